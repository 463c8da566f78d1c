//! The golden transcripts of the terminal, over Discord's wire: each script is played by people of a fake Discord against
//! the real `rekindle run`, in their direct messages, and must read to the letter as it does in the terminal.
//!
//! The terminal's own loop plays the script and prints; behind it stands Discord instead of the service.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rekindle::adapters::console::{self, ConsoleOptions, ConsoleTransport, House, Screen};
use rekindle::chat::{
    Accent, Action, Address, Attachment, Choice, Command, DeliveryId, Field, Form, Inbound, Parcel, Reply, Response,
    Style, Transport as _, What,
};
use rekindle::service::{Answered, Manner};

use fake_discord::{Answer, FakeDiscord, Interaction, Message, Person, Place};

use crate::support::console::Paper;
use crate::support::process::{BotProcess, Running};
use crate::support::{LONG, folder};
use crate::transcripts::{beginning, scripts};

/// Where a choice stands: the message, and its component with the option of a list.
type Placed = (u64, fake_discord::Pressable);

/// The people's side of the wire.
struct Wire {
    discord: FakeDiscord,
    bot: BotProcess,
    running: Mutex<Option<Running>>,
    now: Arc<Mutex<Timestamp>>,
    screen: ConsoleTransport,
    /// The messages that are on somebody's screen already.
    seen: Mutex<HashSet<u64>>,
    /// Forms that are open, by the interaction that opened them.
    forms: Mutex<HashMap<u64, Interaction>>,
    people: Mutex<Vec<Person>>,
    /// The newest place of each action that each person was offered.
    offered: Mutex<HashMap<(String, Action), Placed>>,
}

impl Wire {
    fn person(&self, name: &str) -> Person {
        let person = self.discord.person(name);
        let mut people = self.people.lock().unwrap();
        if !people.iter().any(|known| known.id == person.id) {
            people.push(person.clone());
        }
        person
    }

    fn run<T>(&self, f: impl FnOnce(&mut Running) -> T) -> T {
        f(self.running.lock().unwrap().as_mut().unwrap())
    }

    async fn asked(&self, person: &Person, what: What) -> Answer {
        let interaction = match &what {
            What::Command { name, option } => {
                let option = option.as_ref().map(|option| ("zone", option.expose()));
                match self.discord.try_command(person, Place::Dm, name, option.as_slice()) {
                    Ok(interaction) => interaction,
                    // Discord's client would not offer it; an old one, or a forged call, may all the same.
                    Err(_) => self.forged(person, name).await,
                }
            }
            What::Press(action) => {
                let (message, choice) = self.offered.lock().unwrap()[&(person.name.clone(), action.clone())].clone();
                match choice.value {
                    Some(value) => self.discord.select(person, message, &choice.custom_id, &value).await,
                    None => self.discord.press(person, message, &choice.custom_id).await,
                }
            }
            What::Submit { action, fields } => {
                let opened = self.forms.lock().unwrap().remove(&action.as_str().parse().unwrap()).unwrap();
                let names: Vec<_> = (0..fields.len()).map(|index| index.to_string()).collect();
                let values: Vec<_> =
                    names.iter().zip(fields).map(|(name, words)| (name.as_str(), words.expose())).collect();
                self.discord.submit(person, &opened, &values).await
            }
            What::Words(_) | What::WordsWithFiles(_) | What::Forwarded { .. } | What::Edited(_) | What::NotText => {
                unreachable!("no interaction")
            }
        };
        let answer = interaction.answer(LONG).await;
        let mut answer = answer.unwrap_or_else(|| panic!("no answer to {what:?}\n{}", self.bot.log()));
        if answer.kind == 5 {
            // This machine was too busy for two seconds: the answer comes later, in its place.
            answer.message = interaction.original(LONG).await;
        }
        if answer.is_form() {
            self.forms.lock().unwrap().insert(interaction.id, interaction);
        }
        answer
    }

    async fn forged(&self, person: &Person, name: &str) -> Interaction {
        let data = serde_json::json!({ "id": "5", "name": name, "type": 1 });
        self.discord.forge(person, Place::Dm, serde_json::json!({ "type": 2, "data": data })).await
    }

    /// Words, and the message that answers them.
    async fn said(&self, person: &Person, words: &str) -> Message {
        let said = self.discord.writes(person, words).await;
        let answer = |discord: &FakeDiscord| {
            discord.dm(person).into_iter().find(|message| message.is_by_bot && message.id > said)
        };
        let answer = self.discord.wait_for(answer, LONG).await;
        answer.unwrap_or_else(|| panic!("no answer to words\n{}", self.bot.log()))
    }

    /// Prints what has arrived for anybody since it was last looked.
    async fn arrived(&self) {
        let people = self.people.lock().unwrap().clone();
        let mut new: Vec<_> = people
            .iter()
            .flat_map(|person| self.discord.dm(person).into_iter().map(|message| (person.name.clone(), message)))
            .filter(|(_, message)| message.is_by_bot && self.seen.lock().unwrap().insert(message.id))
            .collect();
        new.sort_by_key(|(_, message)| message.id);
        for (name, message) in new {
            let reply = self.reply(&name, &message);
            let parcel = Parcel {
                to: Address(name),
                id: DeliveryId(message.id.cast_signed()),
                reply,
                urgent: false,
                unsure: false,
                ticket: None,
            };
            self.screen.send(&parcel).await;
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            assert!(running.end().success() || std::thread::panicking());
        }
    }
}

impl House for Wire {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn handle(&self, inbound: Inbound) -> Answered {
        let person = self.person(&inbound.account.id);
        let response = match inbound.what {
            What::Words(words) => self.shown(&person, &self.said(&person, words.expose()).await),
            what => {
                let answer = self.asked(&person, what).await;
                match &answer.message {
                    Some(message) => self.shown(&person, message),
                    None => Response::Form(self.form(&answer)),
                }
            }
        };
        Answered { response, delivery: None, manner: Manner::Opens, private: false, clears: false }
    }

    async fn shown(&self, _: DeliveryId) {}

    fn commands(&self, _: &str) -> Vec<Command> {
        Vec::new()
    }

    async fn next_at(&self) -> anyhow::Result<Option<Timestamp>> {
        Ok(self.run(Running::next_at))
    }

    async fn advance_to(&mut self, to: Timestamp) -> anyhow::Result<()> {
        self.settle().await;
        while let Some(next) = self.run(Running::next_at).filter(|next| *next <= to) {
            self.move_to(next).await;
            assert_ne!(self.run(Running::next_at), Some(next), "something that is due does not happen");
        }
        self.move_to(to).await;
        Ok(())
    }

    async fn settle(&self) {
        let now = self.now();
        self.move_to(now).await;
    }

    async fn restart(&mut self, away: Option<SignedDuration>) -> anyhow::Result<()> {
        let ended = self.running.lock().unwrap().take().unwrap().end();
        assert!(ended.success(), "{ended}\n{}", self.bot.log());
        let later = self.now().checked_add(away.unwrap_or_default())?;
        *self.now.lock().unwrap() = later;
        *self.running.lock().unwrap() = Some(self.bot.start(Some(later)));
        assert!(self.discord.gateway().wait_live(LONG).await.is_some(), "{}", self.bot.log());
        Ok(())
    }
}

impl Wire {
    async fn move_to(&self, to: Timestamp) {
        self.run(|running| running.move_to(to));
        let now = self.now();
        *self.now.lock().unwrap() = to.max(now);
        self.arrived().await;
    }

    fn shown(&self, person: &Person, message: &Message) -> Response {
        self.seen.lock().unwrap().insert(message.id);
        Response::Reply(self.reply(&person.name, message))
    }

    /// The message as the screen shows it; its choices can be pressed from then on.
    fn reply(&self, name: &str, message: &Message) -> Reply {
        let mut offered = self.offered.lock().unwrap();
        let choice = |choice: fake_discord::Pressable| {
            let action = action(&choice);
            let label = choice.label.clone();
            offered.insert((name.to_owned(), action.clone()), (message.id, choice));
            Choice { action, label, style: Style::Plain }
        };
        let choices = message.choices().into_iter().map(choice).collect();
        Reply { choices, ..reply(message) }
    }

    /// A modal as the form it is for the person.
    fn form(&self, answer: &Answer) -> Form {
        let opened = self.forms.lock().unwrap().keys().copied().max().unwrap();
        let rows = answer.data["components"].as_array().unwrap();
        let field = |row: &serde_json::Value| {
            let input = &row["components"][0];
            Field {
                label: input["label"].as_str().unwrap().to_owned(),
                hint: input["placeholder"].as_str().unwrap_or_default().to_owned(),
                long: input["style"] == 2,
                max: input["max_length"].as_u64().unwrap().try_into().unwrap(),
                optional: input["required"] == false,
            }
        };
        let action = Action::from_wire(opened.to_string());
        Form { action, title: answer.title().to_owned(), fields: rows.iter().map(field).collect() }
    }
}

/// The action behind a component or an option, without the number of its delivery.
fn action(choice: &fake_discord::Pressable) -> Action {
    let id = choice.value.as_ref().unwrap_or(&choice.custom_id);
    Action::from_wire(id.split(['#', '~']).next().unwrap_or_default())
}

/// What a message of the wire says, without what it offers.
fn reply(message: &Message) -> Reply {
    let text = message.text();
    let (heading, body) = match text.strip_prefix("## ").and_then(|rest| rest.split_once('\n')) {
        Some((heading, body)) => (Some(heading.to_owned()), body.to_owned()),
        None => (None, text),
    };
    let file = |attachment: &fake_discord::Attachment| Attachment {
        name: attachment.name.clone(),
        media_type: "application/octet-stream",
        bytes: zeroize::Zeroizing::new(attachment.bytes.clone()),
    };
    let files = message.attachments.iter().map(file).collect();
    Reply { heading, body, choices: Vec::new(), accent: Accent::Shell, files, deletes_pressed: false }
}

async fn play(script: &Path) -> (String, FakeDiscord, String) {
    let [zone, at] = beginning(script);
    let zone = TimeZone::get(&zone).unwrap();
    let at = at.parse::<DateTime>().unwrap().to_zoned_datetime(zone.clone()).unwrap().timestamp();

    let discord = FakeDiscord::start().await;
    // The clock is moved far ahead, and Discord's date agrees with all of it.
    discord.set_date("2100-01-01T00:00:00Z".parse().unwrap());
    let mut bot = BotProcess::new(&discord);
    // Weeks pass in a second here.
    bot.set("requests_per_second = 0\nacts_per_minute = 0");
    let log = bot.log_handle();
    let running = bot.start(Some(at));
    assert!(discord.gateway().wait_live(LONG).await.is_some(), "{}", bot.log());
    // Until the commands are there, nobody can type one.
    let early = discord.command(&discord.person("early"), Place::Dm, "help", &[]).await;
    assert!(early.answer(LONG).await.is_some(), "{}", log.lock().unwrap());

    let (folder, paper) = (folder(), Paper::default());
    let screen = Screen::into_writer(Box::new(paper.clone())).with_folder(folder.path());
    let now = Arc::new(Mutex::new(at));
    let time = Arc::clone(&now);
    let wire = Wire {
        screen: ConsoleTransport::new(screen.clone(), zone.clone(), move || *time.lock().unwrap()),
        discord: discord.clone(),
        bot,
        running: Mutex::new(Some(running)),
        now,
        seen: Mutex::default(),
        forms: Mutex::default(),
        people: Mutex::default(),
        offered: Mutex::default(),
    };
    let options = ConsoleOptions { script: Some(script.to_owned()), zone, ..ConsoleOptions::default() };
    console::run(options, wire, screen).await.unwrap();
    let log = log.lock().unwrap().clone();
    (paper.text(), discord, log)
}

/// Plays a script. Returns how many bodies were checked, and what is not as it was approved.
async fn is_the_same(script: &Path) -> (u64, Option<String>) {
    let name = script.file_stem().unwrap().to_string_lossy().into_owned();
    let (shown, discord, log) = play(script).await;
    assert_eq!(discord.violations(), Vec::<String>::new(), "{name}");
    // No token of an interaction, no word, no account in the log, at its loudest.
    for secret in [discord.token(), discord.person("you").id.to_string(), "aW50ZXJhY3Rpb24".to_owned()] {
        assert!(!log.contains(&secret), "{name}: the log names {secret}");
    }
    let golden = std::fs::read_to_string(script.with_extension("txt")).unwrap();
    let different = (shown != golden).then(|| {
        let place = std::env::temp_dir().join(format!("discord-{name}.txt"));
        std::fs::write(&place, &shown).unwrap();
        format!("diff {} {}", script.with_extension("txt").display(), place.display())
    });
    (discord.openapi_checked().unwrap_or_default(), different)
}

/// Scripts that are played at once: each waits for its bot much of the time.
const AT_ONCE: usize = 4;

#[test]
fn every_conversation_reads_on_discord_as_in_the_terminal() {
    let (scripts, next, results) = (scripts(), AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let runtime =
                    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = runtime.block_on(is_the_same(script));
                    results.lock().unwrap().push(result);
                }
            });
        }
    });
    let (checked, different): (Vec<u64>, Vec<_>) = results.into_inner().unwrap().into_iter().unzip();
    let (checked, different): (u64, Vec<_>) = (checked.iter().sum(), different.into_iter().flatten().collect());
    println!("{} conversations, {checked} bodies checked against Discord's description", scripts.len());
    assert!(different.is_empty(), "not the same words; look with\n{}", different.join("\n"));
}
