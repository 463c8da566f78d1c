//! What the journey says: keys of prompts and typed arguments, never words.

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::codes::{Circle, EntryKind, Notices, Question, codes};
use super::keys::Key;
use super::press::Press;
use crate::chat::EntryId;

/// From when something counts: a civil date, and the time of day where the person's zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The date.
    pub date: civil::Date,
    /// The time of day.
    pub time: Option<civil::Time>,
}

/// A time zone and what its clocks show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneClock {
    /// IANA name.
    pub zone: String,
    /// Date and time there.
    pub at: civil::DateTime,
}

/// One message: blocks of text in order, then what can be pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The texts, one below the other; the first gives the heading.
    pub blocks: Vec<Block>,
    /// The choices, most helpful first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Press>,
}

/// One prompt with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which text.
    pub prompt: Prompt,
    /// What fills its placeholders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Arg>,
}

/// Which text: one of the fixed moments, or a prompt of the cooling-off plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// A moment the code knows.
    Key(Key),
    /// A prompt of a plan, known by its id alone.
    Plan(PlanId),
}

/// The id of a plan prompt: `theme/number`, such as `my-part/3`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanId(pub String);

/// A part of a piece of the person's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Where the words are.
    pub entry: EntryId,
    /// Which part, from 1.
    pub part: u8,
}

codes! {
    /// What help lines are needed for.
    #[derive(Default)]
    LineNeed {
        /// Somebody to talk to, also about self-harm.
        #[default]
        Crisis = "crisis",
        /// Being hurt, threatened or controlled.
        Violence = "violence",
        /// Using violence, or being afraid of it.
        StopViolence = "stop_violence",
        /// Being a minor.
        Youth = "youth",
    }
}

/// Help lines of one place for one need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredHelpLines")]
pub struct HelpLines {
    /// A country (ISO 3166 alpha-2) or a time zone; without one, the worldwide directories.
    pub place: Option<String>,
    /// What they are needed for.
    pub need: LineNeed,
}

impl HelpLines {
    /// The help lines of `place` for `need`.
    #[must_use]
    pub const fn new(place: Option<String>, need: LineNeed) -> Self {
        Self { place, need }
    }
}

/// Stored messages hold either form: until November 2026 it was the place alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredHelpLines {
    Place(Option<String>),
    WithNeed { place: Option<String>, need: LineNeed },
}

impl From<StoredHelpLines> for HelpLines {
    fn from(stored: StoredHelpLines) -> Self {
        match stored {
            StoredHelpLines::Place(place) => Self::new(place, LineNeed::default()),
            StoredHelpLines::WithNeed { place, need } => Self::new(place, need),
        }
    }
}

macro_rules! args {
    ($($(#[$doc:meta])* $variant:ident($kind:ty) = $name:literal),* $(,)?) => {
        /// A value for a placeholder `{ $name }`. How it reads is the locale's business (`ui.ftl`, `arg-<name>`).
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Arg { $($(#[$doc])* $variant($kind)),* }

        impl Arg {
            /// The names of all placeholders.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The name of its placeholder.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),* }
            }
        }
    };
}

args! {
    /// Which day of the time apart it is, from 1.
    Day(u16) = "day",
    /// The length of the time apart in days.
    Length(u16) = "length",
    /// Days left, today not counted.
    Left(u16) = "left",
    /// Days the bot was away, or days paused.
    Away(u16) = "away",
    /// Days between two reminders.
    Every(u16) = "every",
    /// A plain count: urges resisted, cards answered.
    Count(u32) = "count",
    /// Another plain count beside the first: the total.
    Total(u32) = "total",
    /// The smallest number taken.
    Min(u16) = "min",
    /// The largest number taken.
    Max(u16) = "max",
    /// A civil time of day in the person's zone.
    Time(civil::Time) = "time",
    /// A civil date in the person's zone.
    Date(civil::Date) = "date",
    /// Start of the quiet hours.
    From(civil::Time) = "from",
    /// End of the quiet hours.
    Until(civil::Time) = "until",
    /// An IANA time zone.
    Zone(String) = "zone",
    /// What a clock shows where the person is.
    Now(civil::DateTime) = "now",
    /// Time zones, each with what its clocks show.
    Clocks(Vec<ZoneClock>) = "clocks",
    /// How reminders look.
    Style(Notices) = "style",
    /// A piece of the person's own words, quoted.
    Words(EntryId) = "words",
    /// Help lines of a place for a need.
    Lines(HelpLines) = "lines",
    /// The list of slash commands.
    Commands(()) = "commands",
    /// A question of the reflection, by name.
    Question(Question) = "question",
    /// What a piece of the person's own words is.
    Kind(EntryKind) = "kind",
    /// A part of a piece of the person's own words, as long as one message can show.
    Part(Excerpt) = "part",
    /// Which part it is, from 1.
    Page(u16) = "page",
    /// How many parts there are.
    Pages(u16) = "pages",
    /// Which week of a trial it is, from 1.
    Week(u16) = "week",
    /// A length in weeks.
    Weeks(u16) = "weeks",
    /// People who have heard of it.
    Circle(Circle) = "circle",
    /// From when something counts.
    Since(Since) = "since",
    /// A form, by its title.
    Form(Press) = "form",
}

impl Message {
    /// A message of one moment without arguments.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self::with(key, Vec::new())
    }

    /// A message of one moment.
    #[must_use]
    pub fn with(key: Key, args: Vec<Arg>) -> Self {
        Self { blocks: vec![Block { prompt: Prompt::Key(key), args }], choices: Vec::new() }
    }

    /// Adds another moment below.
    #[must_use]
    pub fn and(mut self, key: Key, args: Vec<Arg>) -> Self {
        self.blocks.push(Block { prompt: Prompt::Key(key), args });
        self
    }

    /// Adds a plan prompt below.
    #[must_use]
    pub fn and_plan(mut self, id: PlanId) -> Self {
        self.blocks.push(Block { prompt: Prompt::Plan(id), args: Vec::new() });
        self
    }

    /// Adds choices after those it has.
    #[must_use]
    pub fn choices(mut self, choices: impl IntoIterator<Item = Press>) -> Self {
        for choice in choices {
            if !self.choices.contains(&choice) {
                self.choices.push(choice);
            }
        }
        self
    }

    /// Puts another message's texts above this one; this one's choices stay.
    #[must_use]
    pub fn below(mut self, above: Self) -> Self {
        self.blocks.splice(0..0, above.blocks);
        self
    }

    /// The moments it says, in order.
    pub fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.blocks.iter().filter_map(|block| match block.prompt {
            Prompt::Key(key) => Some(key),
            Prompt::Plan(_) => None,
        })
    }

    /// The pieces of the person's own words it quotes.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.blocks.iter().flat_map(|block| &block.args).filter_map(|arg| match arg {
            Arg::Words(entry) | Arg::Part(Excerpt { entry, .. }) => Some(*entry),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_help_lines_without_a_need_are_those_for_a_crisis() {
        let read = |stored: &str| serde_json::from_str::<Arg>(stored).unwrap();
        let crisis = |place: Option<&str>| Arg::Lines(HelpLines::new(place.map(Into::into), LineNeed::Crisis));
        assert_eq!(read(r#"{"Lines":"de"}"#), crisis(Some("de")));
        assert_eq!(read(r#"{"Lines":null}"#), crisis(None));
    }

    #[test]
    fn help_lines_read_back_as_they_were_stored() {
        for (place, need) in [(None, LineNeed::Crisis), (Some("Europe/Berlin"), LineNeed::StopViolence)] {
            let lines = Arg::Lines(HelpLines::new(place.map(Into::into), need));
            let stored = serde_json::to_string(&lines).unwrap();
            assert_eq!(serde_json::from_str::<Arg>(&stored).unwrap(), lines, "{stored}");
        }
        let youth = Arg::Lines(HelpLines::new(None, LineNeed::Youth));
        assert_eq!(serde_json::to_string(&youth).unwrap(), r#"{"Lines":{"place":null,"need":"youth"}}"#);
    }
}
