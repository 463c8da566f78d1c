//! The terminal: the same bot for newcomers, prompt authors and demos, and for scripts whose output is compared.
//!
//! `rekindle console` wires a [`House`] and calls [`run`]. Typed lines become [`Inbound`]s and what comes back is printed;
//! messages that arrive by themselves come through [`ConsoleTransport`]. Both print on one [`Screen`].
//!
//! On a terminal a line editor completes and remembers (in memory alone). A script, or piped standard input, gives plain
//! lines: each is echoed, and whatever is due after it is sent before the next, so the same script always prints the same.

mod choices;
mod editor;
mod files;
mod forms;
mod input;
mod rehearse;
mod render;
mod screen;
mod texts;
mod transport;

use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::PathBuf;
use std::pin::pin;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

pub use self::rehearse::rehearse;
pub use self::screen::Screen;
pub use self::transport::ConsoleTransport;

use self::editor::Lines;
use self::forms::Filled;
use self::input::{Line, Local, Wrong};
use crate::chat::{Account, Address, Command, DeliveryId, Inbound, InboundId, Reach, Response, What, Words};
use crate::service::Answered;

/// What accounts of this adapter have as their platform.
pub const PLATFORM: &str = "console";

/// What the terminal can do besides talking. The program that wires it implements this.
pub trait House {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Hands in what a person did and returns what to show them.
    fn handle(&self, inbound: Inbound) -> impl Future<Output = Answered> + Send;

    /// The answer with this delivery has been shown.
    fn shown(&self, delivery: DeliveryId) -> impl Future<Output = ()> + Send;

    /// The slash commands, for completion.
    fn commands(&self, locale: &str) -> Vec<Command>;

    /// When something next happens by itself.
    fn next_at(&self) -> impl Future<Output = anyhow::Result<Option<Timestamp>>>;

    /// Moves the time on; everything due on the way arrives in its order and at its time, and has arrived on return.
    /// Asked only for times that are not before [`House::now`].
    fn advance_to(&mut self, to: Timestamp) -> impl Future<Output = anyhow::Result<()>>;

    /// Sends whatever is due right now, and returns when it has arrived. A script asks after every line; on a terminal
    /// nobody does, because there the house sends by itself.
    fn settle(&self) -> impl Future<Output = ()>;

    /// Drops everything and opens it again, `away` later; nothing runs in between.
    fn restart(&mut self, away: Option<SignedDuration>) -> impl Future<Output = anyhow::Result<()>>;
}

/// How the terminal is run.
#[derive(Clone, Debug)]
pub struct ConsoleOptions {
    /// Where the lines come from: a file, or `-` for standard input. Without it a terminal is asked, if there is one.
    pub script: Option<PathBuf>,
    /// The zone in which times are shown, and read by `:to`.
    pub zone: TimeZone,
    /// Who types first; the name is the account.
    pub who: String,
    /// The locale every person here has, as a BCP 47 tag.
    pub locale: String,
}

impl Default for ConsoleOptions {
    fn default() -> Self {
        Self { script: None, zone: TimeZone::UTC, who: "you".into(), locale: "en".into() }
    }
}

/// Why the terminal could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The script cannot be read, or the line editor failed.
    #[error("cannot read what is typed{}: {source}", script.as_ref().map(|s| format!(" in {}", s.display())).unwrap_or_default())]
    Lines {
        /// The script, if it is one.
        script: Option<PathBuf>,
        /// What the system said.
        source: io::Error,
    },
    /// What is shown cannot be printed, such as into a pipe that was closed.
    #[error("cannot show anything: {0}")]
    Screen(#[from] io::Error),
    /// Moving the time or opening again failed.
    #[error(transparent)]
    House(#[from] anyhow::Error),
}

/// Talks with whoever types until they leave (`:quit`, Ctrl-D, Ctrl-C) or the script ends.
///
/// It prints while it waits for nothing else, and until that is taken whatever shares its thread waits: here everything is
/// for the one who reads.
///
/// # Errors
/// Every [`ConsoleError`]. What was said until then is kept.
pub async fn run(options: ConsoleOptions, house: impl House, screen: Screen) -> Result<(), ConsoleError> {
    let commands = house.commands(&options.locale).into_iter().map(|command| command.name).collect();
    let lines = Lines::open(options.script.as_deref(), &screen, commands)?;
    let mut talk = Talk { ids: Ids::new(), person: options.who.clone(), options, house, screen: screen.clone(), lines };
    let mut talking = pin!(talk.run());
    loop {
        tokio::select! {
            // Asked first, so that the line editor finds our handler of Ctrl-C, uses its own and puts ours back.
            biased;
            // This comes while something is being done. Where it comes just as the line editor starts, the editor could
            // not put the terminal in order again; it is then up to the next Ctrl-C, which the editor itself takes.
            () = interrupted() => if !screen.is_typing() { return Ok(()) },
            ended = &mut talking => return ended,
        }
    }
}

/// Returns when Ctrl-C is pressed.
async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::debug!(%error, "Ctrl-C ends the program without further ado");
        std::future::pending::<()>().await;
    }
}

/// A time as it is shown above messages.
fn stamp(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// So much later, by the calendar of the zone: a day is a day, also where it has 23 hours.
fn after(now: Timestamp, span: Span, zone: &TimeZone) -> Option<Timestamp> {
    Some(now.to_zoned_datetime(zone.clone()).checked_add(span).ok()?.timestamp())
}

/// Shows a line of a script, which nobody saw being typed.
fn echo(line: &str, lines: &Lines, screen: &Screen) -> io::Result<()> {
    if !lines.is_script() {
        return Ok(());
    }
    screen.line(|_| render::clean(&format!("> {line}")).trim_end().replace('\n', " "))
}

/// The conversation.
struct Talk<H> {
    options: ConsoleOptions,
    house: H,
    screen: Screen,
    lines: Lines,
    /// Who types.
    person: String,
    ids: Ids,
}

impl<H: House> Talk<H> {
    async fn run(&mut self) -> Result<(), ConsoleError> {
        self.screen.set_person(&self.person);
        if !self.lines.is_script() {
            self.screen.say(texts::GREETING)?;
        }
        loop {
            let prompt = format!("{}> ", self.person);
            let Some(line) = self.lines.next(&prompt, true).await? else { return Ok(()) };
            let meaning = input::parse(&line);
            if !matches!(meaning, Line::Nothing) {
                echo(&line, &self.lines, &self.screen)?;
            }
            if !self.take(meaning, line).await? {
                return Ok(());
            }
            if self.lines.is_script() {
                self.house.settle().await;
            }
        }
    }

    /// Does what a line says; returns whether to go on.
    async fn take(&mut self, meaning: Line, line: String) -> Result<bool, ConsoleError> {
        match meaning {
            Line::Nothing => Ok(true),
            Line::Command(name, option) => self.act(What::Command { name, option: option.map(Words::new) }).await,
            Line::Words => match self.screen.choices().labelled(&line) {
                Some(action) => self.act(What::Press(action.clone())).await,
                None => self.act(What::Words(Words::new(line))).await,
            },
            Line::Choice(number) => {
                let choices = self.screen.choices();
                match choices.numbered(number) {
                    Some(action) => self.act(What::Press(action.clone())).await,
                    None if choices.len() == 0 => self.say(texts::NO_CHOICES),
                    None => self.say(&texts::no_such_choice(choices.len())),
                }
            }
            Line::Token(token) => match self.screen.choices().with_token(&token) {
                Some(action) => self.act(What::Press(action.clone())).await,
                None => self.say(&texts::not_offered(&token)),
            },
            Line::Local(local) => self.local(local).await,
            Line::Wrong(wrong) => self.say(match wrong {
                Wrong::Unknown => texts::UNKNOWN,
                Wrong::Span => texts::NOT_A_SPAN,
                Wrong::Time => texts::NOT_A_TIME,
                Wrong::Name => texts::NOT_A_NAME,
            }),
        }
    }

    /// Hands in what the person did, shows the answer, and fills in forms for as long as forms come back.
    async fn act(&mut self, mut what: What) -> Result<bool, ConsoleError> {
        loop {
            let inbound = self.inbound(what);
            let answered = self.house.handle(inbound).await;
            if answered.clears {
                self.screen.clear()?;
            }
            let form = match answered.response {
                Response::Reply(reply) => {
                    self.screen.answer(&reply, answered.delivery)?;
                    None
                }
                Response::Form(form) => Some(form),
            };
            if let Some(delivery) = answered.delivery {
                self.house.shown(delivery).await;
            }
            let Some(form) = form else { return Ok(true) };
            what = match forms::fill(&form, &self.lines, &self.screen).await? {
                Filled::Sent(fields) => What::Submit { action: form.action, fields },
                Filled::Left => return Ok(true),
                Filled::Gone => return Ok(false),
            };
        }
    }

    fn inbound(&mut self, what: What) -> Inbound {
        Inbound {
            id: self.ids.next(),
            account: Account { platform: PLATFORM.into(), id: self.person.clone() },
            reach: Reach::Direct(Address(self.person.clone())),
            locale: Some(self.options.locale.clone()),
            ticket: None,
            what,
        }
    }

    async fn local(&mut self, local: Local) -> Result<bool, ConsoleError> {
        match local {
            Local::Now => self.say(&texts::now(&self.time(), &self.zone())),
            Local::When => {
                let next = self.house.next_at().await?;
                self.say(&texts::when(next.map(|next| stamp(next, &self.options.zone))))
            }
            Local::Until(to) => self.advance(to).await,
            Local::Help => self.say(texts::HELP),
            Local::Cancel => self.say(texts::NO_FORM),
            Local::Quit => Ok(false),
            Local::Skip(span) => match self.after(span) {
                Some(to) => self.advance(to).await,
                None => self.say(texts::TOO_FAR),
            },
            Local::To(moment) => match self.options.zone.to_zoned_datetime(moment) {
                Ok(to) => self.advance(to.timestamp()).await,
                Err(_) => self.say(texts::TOO_FAR),
            },
            Local::As(name) => {
                self.person = name;
                self.screen.set_person(&self.person);
                self.say(&texts::you_are(&self.person))
            }
            Local::Restart(away) => {
                let away = match away.map(|span| self.after(span)) {
                    None => None,
                    Some(Some(then)) => Some(then.duration_since(self.house.now())),
                    Some(None) => return self.say(texts::TOO_FAR),
                };
                self.house.restart(away).await?;
                self.say(&texts::restarted(&self.time(), &self.zone()))
            }
        }
    }

    async fn advance(&mut self, to: Timestamp) -> Result<bool, ConsoleError> {
        if to < self.house.now() {
            return self.say(&texts::backwards(&self.time(), &self.zone()));
        }
        self.house.advance_to(to).await?;
        self.say(&texts::now(&self.time(), &self.zone()))
    }

    fn after(&self, span: Span) -> Option<Timestamp> {
        after(self.house.now(), span, &self.options.zone)
    }

    fn time(&self) -> String {
        stamp(self.house.now(), &self.options.zone)
    }

    fn zone(&self) -> String {
        self.options.zone.iana_name().unwrap_or("in the zone chosen").to_owned()
    }

    fn say(&self, text: &str) -> Result<bool, ConsoleError> {
        self.screen.say(text)?;
        Ok(true)
    }
}

/// Ids of what people do here. Each run draws its own 128 random bits, so that none comes again after a restart and is
/// taken for a repeat.
struct Ids {
    run: String,
    last: u64,
}

impl Ids {
    fn new() -> Self {
        let random = RandomState::new();
        Self { run: format!("{:016x}{:016x}", random.hash_one(0), random.hash_one(1)), last: 0 }
    }

    fn next(&mut self) -> InboundId {
        self.last += 1;
        InboundId(format!("{}-{}", self.run, self.last))
    }
}

#[cfg(test)]
mod tests;
