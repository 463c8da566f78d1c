//! A Discord on this machine to talk to the bot by hand: `cargo run --example fake_discord`, then the bot against it in
//! another terminal. What a person would type or press in Discord is typed here; what they would see is printed.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Parser;
use fake_discord::{FakeDiscord, Field, Interaction, Message, Person, Place, TOKEN};
use tokio::io::{AsyncBufReadExt as _, BufReader};

const HELP: &str = "\
/name option:value   a slash command
3                    presses (or chooses) number 3 of the latest message that has choices
anything else        is written into the direct messages
:place server|dm|private   where commands are given      :as NAME           who you are
:dms open|closed           whether you take messages     :drop              drops the gateway's connection
:cancel                    leaves a form                 :help   :quit";

/// How long the bot may take to answer before the next line is read.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Parser)]
struct Arguments {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 8089)]
    port: u16,
    /// The bot's token
    #[arg(long, default_value = TOKEN)]
    token: String,
}

/// A form that is being filled in, field by field.
struct Filling {
    opened: Interaction,
    fields: Vec<Field>,
    values: Vec<String>,
}

/// One person at the keyboard.
struct Table {
    discord: FakeDiscord,
    who: Person,
    place: Place,
    filling: Option<Filling>,
    /// What was printed, by message: a change is printed again.
    shown: BTreeMap<u64, String>,
    is_connected: bool,
    /// How many breaches of the rules were printed.
    blamed: usize,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let Arguments { port, token } = Arguments::parse();
    let discord = FakeDiscord::start_on(port, &token).await?;
    println!("A Discord listens. Configure the bot with\n");
    println!("  [discord]\n  api_base = \"{}\"\n", discord.base());
    println!("and start it with\n\n  DISCORD_TOKEN={token} rekindle run\n\n{HELP}\n");
    let who = discord.person("Ada");
    let mut table =
        Table { discord, who, place: Place::Dm, filling: None, shown: BTreeMap::new(), is_connected: false, blamed: 0 };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        let discord = table.discord.clone();
        let news = discord.wait_until(|_| table.has_news(), Duration::MAX);
        tokio::select! {
            line = lines.next_line() => match line? {
                Some(line) if line.trim() == ":quit" => return Ok(()),
                Some(line) => table.take(line.trim()).await,
                None => return Ok(()),
            },
            _ = news => {}
        }
        table.show();
    }
}

impl Table {
    async fn take(&mut self, line: &str) {
        if let Some(filling) = self.filling.take() {
            self.fill(filling, line).await;
        } else if line.is_empty() {
        } else if let Some(order) = line.strip_prefix(':') {
            self.order(order);
        } else if let Some(command) = line.strip_prefix('/') {
            let (name, options) = parse(command);
            let options: Vec<(&str, &str)> = options.iter().map(|(name, value)| (&**name, &**value)).collect();
            let asked = self.discord.try_command(&self.who, self.place, name, &options);
            self.asked(asked).await;
        } else if let Ok(number) = line.parse::<usize>() {
            let asked = self.press(number);
            self.asked(asked).await;
        } else {
            let before = self.messages().len();
            self.discord.writes(&self.who, line).await;
            // Its own line counts as one; the answer makes two.
            self.discord.wait_until(|_| self.messages().len() > before + 1, PATIENCE).await;
        }
    }

    fn order(&mut self, order: &str) {
        match order.split_once(' ').map_or((order, ""), |(order, rest)| (order, rest.trim())) {
            ("place", "server") => self.place = Place::Server,
            ("place", "dm") => self.place = Place::Dm,
            ("place", "private") => self.place = Place::Private,
            ("as", name) if !name.is_empty() => {
                self.who = self.discord.person(name);
                self.shown.clear();
            }
            ("dms", "open") => self.who.set_dms_open(true),
            ("dms", "closed") => self.who.set_dms_open(false),
            ("drop", "") => self.discord.gateway().drop_connections(),
            ("cancel", "") => println!("(no form is open)"),
            _ => println!("{HELP}"),
        }
    }

    /// Presses or chooses number `number` of the latest message with something to press.
    fn press(&self, number: usize) -> Result<Interaction, String> {
        let messages = self.messages();
        let latest = messages.iter().rev().find(|message| !message.choices().is_empty()).ok_or("nothing to press")?;
        let choice = number.checked_sub(1).and_then(|at| latest.choices().into_iter().nth(at));
        let choice = choice.ok_or_else(|| format!("there is no number {number}"))?;
        match choice.value {
            None => self.discord.try_press(&self.who, latest.id, &choice.custom_id),
            Some(value) => self.discord.try_select(&self.who, latest.id, &choice.custom_id, &[&value]),
        }
    }

    /// Waits for the answer to what was done; opens its form.
    async fn asked(&mut self, asked: Result<Interaction, String>) {
        let asked = match asked {
            Ok(asked) => asked,
            Err(why) => return println!("(Discord would not: {why})"),
        };
        if !asked.is_delivered {
            return println!("(no bot is connected; it is lost)");
        }
        let Some(answer) = asked.answer(PATIENCE).await else {
            return println!("(the bot did not respond)");
        };
        if answer.is_form() {
            println!("── form: {} ──", answer.title());
            self.next_field(Filling { fields: answer.fields(), opened: asked, values: Vec::new() }).await;
        } else {
            asked.original(PATIENCE).await;
        }
    }

    async fn fill(&mut self, mut filling: Filling, line: &str) {
        if line == ":cancel" {
            return println!("(the form is closed)");
        }
        let field = &filling.fields[filling.values.len()];
        filling.values.push(if line.is_empty() { field.value.clone() } else { line.to_owned() });
        self.next_field(filling).await;
    }

    /// Asks for the next field, or sends the form.
    async fn next_field(&mut self, filling: Filling) {
        if let Some(field) = filling.fields.get(filling.values.len()) {
            let standing = if field.value.is_empty() { String::new() } else { format!(" [{}]", field.value) };
            let optional = if field.is_required { "" } else { " (may stay empty)" };
            println!("{}{optional}{standing}:", field.label);
            self.filling = Some(filling);
            return;
        }
        let names = filling.fields.iter().map(|field| field.custom_id.as_str());
        let values: Vec<(&str, &str)> = names.zip(filling.values.iter().map(String::as_str)).collect();
        let sent = self.discord.try_submit(&self.who, &filling.opened, &values);
        Box::pin(self.asked(sent)).await;
    }

    /// All this person sees, in the order it came.
    fn messages(&self) -> Vec<Message> {
        let mut all = self.discord.dm(&self.who);
        all.extend(self.discord.ephemerals(&self.who));
        all.extend(self.discord.server());
        all.extend(self.discord.private(&self.who));
        all.sort_by_key(|message| message.id);
        all
    }

    fn has_news(&self) -> bool {
        let messages = self.messages();
        messages.len() != self.shown.len()
            || messages.iter().any(|message| self.shown.get(&message.id) != Some(&paper(message)))
            || self.is_connected != (self.discord.gateway().live() > 0)
            || self.blamed != self.discord.violations().len()
    }

    fn show(&mut self) {
        let violations = self.discord.violations();
        for violation in &violations[self.blamed..] {
            println!("(the bot broke a rule: {violation})");
        }
        self.blamed = violations.len();
        let is_connected = self.discord.gateway().live() > 0;
        if is_connected != self.is_connected {
            self.is_connected = is_connected;
            println!("({})", if is_connected { "the bot is connected" } else { "the bot is gone" });
        }
        let messages = self.messages();
        let gone: Vec<u64> =
            self.shown.keys().filter(|id| messages.iter().all(|message| message.id != **id)).copied().collect();
        for id in gone {
            self.shown.remove(&id);
            println!("(a message is gone)");
        }
        for message in messages {
            let paper = paper(&message);
            if self.shown.get(&message.id) != Some(&paper) {
                if message.is_by_bot {
                    println!("{paper}\n");
                }
                self.shown.insert(message.id, paper);
            }
        }
    }
}

/// A message as printed: a heading, its text, its files, its numbered choices.
fn paper(message: &Message) -> String {
    let mut heading = if message.is_ephemeral { "only you see this" } else { "message" }.to_owned();
    if message.is_edited {
        heading.push_str(", edited");
    }
    let mut lines = vec![format!("── {heading} ──"), message.text()];
    lines.extend(message.attachments.iter().map(|file| format!("[{}: {} bytes]", file.name, file.bytes.len())));
    for (at, choice) in message.choices().iter().enumerate() {
        let off = if choice.disabled { " (not now)" } else { "" };
        lines.push(format!("  {}. {}{off}", at + 1, choice.label));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// `name option:value with blanks other:value`.
fn parse(command: &str) -> (&str, Vec<(String, String)>) {
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    let mut options: Vec<(String, String)> = Vec::new();
    for word in rest.split_whitespace() {
        match (word.split_once(':'), options.last_mut()) {
            (Some((option, value)), _)
                if option.chars().all(|c| c.is_alphanumeric() || "-_".contains(c))
                    && !option.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                options.push((option.to_owned(), value.to_owned()));
            }
            (_, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            (_, None) => println!("(an option is written name:value)"),
        }
    }
    (name, options)
}
