//! What a person did, understood as far as that goes without knowing them: commands found in the one table, actions
//! read, words scanned by the safety lists, values parsed.

use jiff::Timestamp;

use super::{read_action, values};
use crate::chat::{Inbound, What, Words};
use crate::journey::{Alarms, FormKind, Manner, Press, Unusable, Value};
use crate::prompts::Prompts;

/// The most characters of plain words taken at once: what Discord lets a person send.
const PLAIN_LIMIT: u16 = 4000;

/// An [`Inbound`], understood.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A command or a choice. `journey` is the number the action carries; `None` for a command, which is never stale.
    Press {
        /// What.
        press: Press,
        /// Which journey's button it was.
        journey: Option<u64>,
    },
    /// A form with words.
    Words {
        /// The press that opened it; `None` for plain words.
        form: Option<(u64, Press)>,
        /// What was written, to be sealed.
        words: Words,
        /// What the safety lists saw.
        alarms: Alarms,
    },
    /// A form with a value.
    Value {
        /// The press that opened it.
        form: (u64, Press),
        /// What was read.
        value: Value,
    },
    /// Words that cannot be taken.
    Unusable {
        /// The press that opened the form; `None` for plain words.
        form: Option<(u64, Press)>,
        /// Why.
        why: Unusable,
    },
    /// A command or an action that does not exist (any more).
    Unknown,
}

impl Asked {
    /// Understands what came in. Total.
    pub fn new(inbound: &Inbound, prompts: &Prompts, now: Timestamp) -> Self {
        match &inbound.what {
            What::Command { name, option: Some(given) } if let Some(form) = option_of(name) => {
                Self::submitted((0, form.clone()), std::slice::from_ref(given), prompts, now)
            }
            What::Command { name, .. } => {
                let known = Press::COMMANDS.iter().find(|(command, _)| command == name);
                known.map_or(Self::Unknown, |(_, press)| Self::Press { press: press.clone(), journey: None })
            }
            What::Press(action) => read_action(action)
                .map_or(Self::Unknown, |(journey, press)| Self::Press { press, journey: Some(journey) }),
            What::Submit { action, fields } => match read_action(action) {
                Some((journey, press)) => Self::submitted((journey, press), fields, prompts, now),
                None => Self::Unknown,
            },
            What::Words(words) => Self::words(None, words, PLAIN_LIMIT, prompts),
        }
    }

    fn submitted(form: (u64, Press), fields: &[Words], prompts: &Prompts, now: Timestamp) -> Self {
        match form.1.form() {
            Some(kind) if kind.is_words() => {
                let words = fields.first().cloned().unwrap_or_else(|| Words::new(""));
                let mut asked = Self::words(Some(form), &words, kind.limit(), prompts);
                if let (FormKind::Draft, Self::Words { words, alarms, .. }) = (kind, &mut asked) {
                    alarms.hints = prompts.hints(words.expose());
                }
                asked
            }
            Some(kind) => Self::Value { form, value: values::read(kind, fields, now) },
            None => Self::Unknown,
        }
    }

    fn words(form: Option<(u64, Press)>, words: &Words, limit: u16, prompts: &Prompts) -> Self {
        let text = words.expose().trim();
        if text.is_empty() {
            return Self::Unusable { form, why: Unusable::Empty };
        }
        if text.chars().count() > usize::from(limit) {
            return Self::Unusable { form, why: Unusable::TooLong(limit) };
        }
        Self::Words { form, words: Words::new(text), alarms: prompts.scan(text) }
    }

    /// What the safety lists saw in it.
    pub fn alarms(&self) -> Alarms {
        match self {
            Self::Words { alarms, .. } => *alarms,
            _ => Alarms::default(),
        }
    }

    /// The passphrase that came with it, if one did that will do. It goes to whoever locks the files and nowhere else.
    pub fn passphrase(&self, inbound: &Inbound) -> Option<Words> {
        match (self, &inbound.what) {
            (Self::Value { value: Value::Passphrase, .. }, What::Submit { fields, .. }) => fields.first().cloned(),
            _ => None,
        }
    }

    /// What to press to try the same again after it was not saved.
    pub fn again(what: &What) -> Option<(u64, Press)> {
        match what {
            What::Command { name, .. } => {
                Press::COMMANDS.iter().find(|(command, _)| command == name).map(|(_, press)| (0, press.clone()))
            }
            What::Press(action) | What::Submit { action, .. } => read_action(action),
            What::Words(_) => None,
        }
    }

    /// What becomes of the message it was pressed on.
    pub const fn manner(&self) -> Manner {
        match self {
            Self::Press { press, .. } => press.manner(),
            _ => Manner::Opens,
        }
    }

    /// The journey number it carries, if it carries one.
    pub fn journey(&self) -> Option<u64> {
        match self {
            Self::Press { journey, .. } => *journey,
            Self::Words { form, .. } | Self::Unusable { form, .. } => form.as_ref().map(|(journey, _)| *journey),
            Self::Value { form: (journey, _), .. } => Some(*journey),
            Self::Unknown => None,
        }
    }
}

/// The form that giving a command's option stands for.
pub fn option_of(command: &str) -> Option<&'static Press> {
    Press::OPTIONS.iter().find(|(name, ..)| *name == command).map(|(.., form)| form)
}

/// What kind of words a form's are.
pub fn kind_of(form: Option<&Press>) -> crate::journey::EntryKind {
    use crate::journey::EntryKind;
    match form {
        Some(Press::CardNote { .. }) => EntryKind::Reason,
        Some(Press::MoodNote { .. }) => EntryKind::Mood,
        Some(Press::SlipNote) => EntryKind::Slip,
        Some(Press::WriteLetter) => EntryKind::Letter,
        Some(Press::Reflection { question }) => question.kind(),
        Some(Press::WritingForm { .. }) => EntryKind::Writing,
        Some(Press::PointForm) => EntryKind::Point,
        Some(Press::DraftForm) => EntryKind::Draft,
        Some(Press::TalkForm) => EntryKind::Talk,
        Some(Press::AgreementForm) => EntryKind::Agreement,
        Some(Press::TrialNote { .. }) => EntryKind::Week,
        Some(Press::EaseNote { .. }) => EntryKind::Month,
        Some(Press::LearnedForm) => EntryKind::Learned,
        Some(Press::LastWordsForm) => EntryKind::LastWords,
        _ => EntryKind::Unasked,
    }
}
