//! What the journey says: keys of prompts and typed arguments, never words.

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::codes::{Circle, EntryKind, Notices, Question};
use super::keys::Key;
use super::press::Press;
use crate::chat::EntryId;

/// Which kind of help a list of help lines is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineNeed {
    /// Somebody to talk to: self-harm and every other crisis.
    #[default]
    Crisis,
    /// Being hurt, threatened or controlled.
    Violence,
    /// Hurting somebody, or fearing to.
    StopViolence,
    /// Someone under 18.
    Youth,
}

/// Which help lines to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredHelpLines")]
pub struct HelpLines {
    /// A country (ISO 3166 alpha-2) or a time zone (IANA); `None` for the worldwide directory.
    pub place: Option<String>,
    /// For what.
    pub need: LineNeed,
}

impl HelpLines {
    /// The lines of a place for a need.
    #[must_use]
    pub const fn new(place: Option<String>, need: LineNeed) -> Self {
        Self { place, need }
    }
}

/// What is read: today's form, and the bare place of messages stored by versions before 0.2.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredHelpLines {
    Place(Option<String>),
    Lines { place: Option<String>, need: LineNeed },
}

impl From<StoredHelpLines> for HelpLines {
    fn from(stored: StoredHelpLines) -> Self {
        match stored {
            StoredHelpLines::Place(place) => Self::new(place, LineNeed::Crisis),
            StoredHelpLines::Lines { place, need } => Self::new(place, need),
        }
    }
}

/// From when something counts: a civil date, and the time of day where the person's zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The date.
    pub date: civil::Date,
    /// The time of day.
    pub time: Option<civil::Time>,
}

/// One message: blocks of text in order, then what can be pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The texts, one below the other; the first gives the heading.
    pub blocks: Vec<Block>,
    /// The choices, most helpful first.
    pub choices: Vec<Press>,
}

/// One prompt with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which text.
    pub prompt: Prompt,
    /// What fills its placeholders.
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
