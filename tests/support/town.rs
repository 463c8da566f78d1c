//! A fake Discord, a bot on it, and what people do there.

use std::time::Duration;

use fake_discord::{Answer, FakeDiscord, Interaction, Message, Person, Place};
use jiff::Timestamp;

use super::LONG;
use super::process::{BotProcess, Running};

/// Where every rehearsal begins: an evening in Berlin.
pub const EVENING: &str = "2026-05-04T18:00:00Z";

/// The next reminder of whoever set up at [`EVENING`]: nine in the morning is the default.
pub const REMINDER: &str = "A note for you is ready.";

/// What is asked of whoever [`Town::chooses`].
pub const CHOSEN: &str = "How often should I write?";

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A fake Discord and a bot on it.
pub struct Town {
    pub discord: FakeDiscord,
    pub bot: BotProcess,
}

impl Town {
    /// With a bot that runs since [`EVENING`].
    pub async fn new() -> (Self, Running) {
        Self::with(|_| {}).await
    }

    /// The same, where the bot is another one, or Discord.
    pub async fn with(change: impl FnOnce(&mut Self)) -> (Self, Running) {
        let mut town = Self::without_bot().await;
        change(&mut town);
        let running = town.start(town.bot.start(Some(time(EVENING)))).await;
        (town, running)
    }

    /// With a bot that was not started yet.
    pub async fn without_bot() -> Self {
        let discord = FakeDiscord::start().await;
        Self { bot: BotProcess::new(&discord), discord }
    }

    /// Waits until a bot that was started is there for people.
    pub async fn start(&self, running: Running) -> Running {
        assert!(self.discord.gateway().wait_live(LONG).await.is_some(), "{}", self.bot.log());
        let registered = self.discord.wait_until(|discord| !discord.commands().is_empty(), LONG).await;
        assert!(registered, "{}", self.bot.log());
        running
    }

    pub async fn answer(&self, to: &Interaction) -> Answer {
        let answer = to.answer(LONG).await.unwrap_or_else(|| panic!("no answer\n{}", self.bot.log()));
        if answer.kind != 5 {
            return answer;
        }
        // This machine was too busy for two seconds: the answer comes later, in its place.
        let message = to.original(LONG).await;
        assert!(message.is_some(), "the answer never came\n{}", self.bot.log());
        Answer { message, ..answer }
    }

    pub async fn command(&self, who: &Person, place: Place, name: &str) -> Answer {
        self.answer(&self.discord.command(who, place, name, &[]).await).await
    }

    /// Presses what is so labelled on a message.
    pub async fn press(&self, who: &Person, on: &Message, label: &str) -> Answer {
        let choice = on.choice(label).unwrap_or_else(|| panic!("{label} is not offered: {:?}", on.choices()));
        let pressed = match &choice.value {
            Some(value) => self.discord.select(who, on.id, &choice.custom_id, value).await,
            None => self.discord.press(who, on.id, &choice.custom_id).await,
        };
        self.answer(&pressed).await
    }

    /// Agrees, in the direct message.
    pub async fn agrees(&self, who: &Person) -> Message {
        let hello = self.command(who, Place::Dm, "start").await.message.unwrap();
        self.press(who, &hello, "I'm 18 or older, and I agree").await.message.unwrap()
    }

    /// A time apart of two weeks with a note a day, in Berlin.
    pub async fn settles_in(&self, who: &Person) {
        self.agrees(who).await;
        self.command(who, Place::Dm, "cooloff").await;
        let number = self.journey(who);
        for press in ["length:14", "every:1", "zone:Europe/Berlin", "cooloff-begin"] {
            let on = self.discord.dm(who).last().unwrap().id;
            let pressed = self.discord.press_forged(who, on, &format!("1:{number}:{press}")).await;
            self.answer(&pressed).await;
        }
        let begun = self.discord.dm(who).last().unwrap().text();
        assert!(begun.contains("have begun"), "{begun}");
    }

    /// Presses something that is stored, where it is not what they chose before: how long their time apart is to be.
    pub async fn chooses(&self, who: &Person, days: u32) -> Interaction {
        let on = self.discord.dm(who).last().unwrap().id;
        self.discord.press_forged(who, on, &format!("1:{}:length:{days}", self.journey(who))).await
    }

    /// The number of a person's journey, as their latest buttons have it.
    pub fn journey(&self, who: &Person) -> u64 {
        let dm = self.discord.dm(who);
        let latest = dm.iter().rev().find_map(|message| message.choices().first().cloned()).unwrap();
        latest.custom_id.split(':').nth(1).unwrap().parse().unwrap()
    }

    /// How often a text is on somebody's screen, in the direct message.
    pub fn times(&self, who: &Person, text: &str) -> usize {
        self.discord.dm(who).iter().filter(|message| message.is_by_bot && message.text().contains(text)).count()
    }

    /// Waits until a text is there so often.
    pub async fn sees(&self, who: &Person, text: &str, times: usize) {
        let there = self.discord.wait_until(|_| self.times(who, text) >= times, LONG).await;
        assert!(there, "{text:?} is there {} times\n{}", self.times(who, text), self.bot.log());
        assert_eq!(self.times(who, text), times, "{text:?}");
    }

    /// Waits until the answer that clears a screen is gone: one word stood in it last.
    pub async fn leaves_nothing_of(&self, answer: u64) {
        let gone = self.discord.wait_until(|discord| discord.message(answer).is_none(), LONG).await;
        assert!(gone, "the answer stays\n{}", self.bot.log());
        let requests = self.discord.requests();
        let last = requests
            .iter()
            .rev()
            .find(|request| request.path.ends_with("/messages/@original") && !request.body.is_null());
        let said = last.unwrap().body.to_string();
        assert!(said.contains("\"Done.\""), "{said}");
    }

    /// Waits for what only the log tells.
    pub async fn logs(&self, text: &str) {
        self.logs_times(text, 1).await;
    }

    /// The same, so often.
    pub async fn logs_times(&self, text: &str, times: usize) {
        let there = async {
            while self.bot.log().matches(text).count() < times {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(tokio::time::timeout(LONG, there).await.is_ok(), "{text:?} is not in the log\n{}", self.bot.log());
    }

    /// SIGKILL, and as long away as Discord remembers a nonce.
    pub async fn kills(&self, running: Running) {
        running.kill();
        // Until Discord has noticed, the next to come would be taken for the one that is gone.
        assert!(self.discord.wait_until(|discord| discord.gateway().live() == 0, LONG).await);
        self.discord.forget_nonces();
    }

    /// Nothing of this is readable in the files of the store, nor in the log at its loudest.
    pub fn is_silent_of(&self, secrets: &[String]) {
        let mut searched = 0;
        for entry in std::fs::read_dir(self.bot.path("")).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            searched += bytes.len();
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{secret} is readable in {}", path.display());
            }
        }
        assert!(searched > 50_000, "the files are searched");
        let log = self.bot.log();
        for secret in secrets {
            assert!(!log.contains(secret), "the log names {secret}");
        }
    }

    /// Nothing Discord would complain of, and nothing in a channel of the server.
    pub fn is_well(&self) {
        assert_eq!(self.discord.violations(), Vec::<String>::new());
        assert_eq!(self.discord.server().len(), 0, "something stands in a channel");
        let log = self.bot.log();
        for secret in [self.discord.token(), "aW50ZXJhY3Rpb24".to_owned()] {
            assert!(!log.contains(&secret), "the log names {secret}");
        }
    }
}
