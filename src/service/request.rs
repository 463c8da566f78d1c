//! A request: what a person did, understood as far as that goes without knowing them. Everything they submitted as text is
//! scanned here, once, before it is parsed, measured or refused; commands are found, actions read, values parsed.

use jiff::Timestamp;

use super::{read_action, values};
use crate::chat::{Inbound, What, Words};
use crate::input::zone::{Strictness, country_named};
use crate::journey::{FormKind, Hints, Manner, Press, Scan, Unusable, Value};
use crate::prompts::Prompts;
use crate::safety::{Certainty, Concerns, Cues, TextContext};

/// The most characters of plain words taken at once: what Discord lets a person send.
const PLAIN_LIMIT: u16 = 4000;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it asks for.
    pub kind: RequestKind,
    /// What the scanner found in its text.
    pub scan: Scan,
    /// Its text, whatever it was typed for; `None` where nothing was typed, and for a passphrase.
    pub text: Option<Words>,
    /// What plain words are about if they are written to the other: for where a letter or a draft is open.
    pub as_draft: Option<(Concerns, Hints)>,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub enum RequestKind {
    /// A command or a choice. `journey` is the number the action carries; `None` for a command, which is never stale.
    Press {
        /// What.
        press: Press,
        /// Which journey's button it was.
        journey: Option<u64>,
    },
    /// Words, written into a form or plain.
    Words {
        /// The press that opened the form; `None` for plain words.
        form: Option<(u64, Press)>,
        /// What was written, to be sealed.
        words: Words,
        /// What the draft lists saw; only for opening lines.
        hints: Hints,
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
    /// Words of a message that was changed.
    Edited,
    /// Something that is not text.
    NotText,
    /// A mistyped command, and the nearest one there is.
    Mistyped(Press),
    /// A command or an action that does not exist (any more).
    Unknown,
}

impl Request {
    /// Understands what came in. Total.
    pub fn new(inbound: &Inbound, prompts: &Prompts, now: Timestamp) -> Self {
        let kind = RequestKind::new(&inbound.what, prompts, now);
        let text = text_of(&inbound.what);
        let scan = text.as_ref().map_or_else(Scan::default, |text| scan(text, context(&inbound.what), prompts));
        let scan = match &inbound.what {
            What::Forwarded { around, .. } => with_surroundings(scan, around, prompts),
            _ => scan,
        };
        let as_draft = match &inbound.what {
            What::Words(words) | What::WordsWithFiles(words) => {
                Some((prompts.concerns(words.expose(), TextContext::Draft), prompts.hints(words.expose())))
            }
            _ => None,
        };
        let is_passphrase = kind.form_kind() == Some(FormKind::Passphrase);
        Self { kind, scan, text: text.filter(|_| !is_passphrase), as_draft }
    }

    /// The same request with what was found in it together with the texts before it.
    #[must_use]
    pub fn with_concerns(mut self, concerns: Concerns) -> Self {
        self.scan.concerns = self.scan.concerns.union(concerns);
        self
    }

    /// The same request; plain words that name a place ask for the help lines there.
    #[must_use]
    pub fn for_country(mut self) -> Self {
        if let RequestKind::Words { form: None, words, .. } = &self.kind
            && let Some(country) = country_named(words.expose())
        {
            self.kind = RequestKind::Press { press: Press::SupportIn { country }, journey: None };
        }
        self
    }

    /// Whether it says nothing to answer: an edit in which nothing was found.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self.kind, RequestKind::Edited) && self.scan.concerns.is_empty()
    }

    /// Whether it needs no commit: a stateless action without a word in which something was found.
    #[must_use]
    pub fn is_stateless(&self) -> bool {
        let is_stateless = matches!(&self.kind, RequestKind::Press { press, .. } if press.is_stateless());
        is_stateless && self.scan.concerns.is_empty()
    }

    /// The passphrase that came with it, if one did that will do. It goes to whoever locks the files and nowhere else.
    pub fn passphrase(&self, inbound: &Inbound) -> Option<Words> {
        match (&self.kind, &inbound.what) {
            (RequestKind::Value { value: Value::Passphrase, .. }, What::Submit { fields, .. }) => {
                fields.first().cloned()
            }
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
            What::Words(_) | What::WordsWithFiles(_) | What::Forwarded { .. } | What::Edited(_) | What::NotText => None,
        }
    }

    /// What becomes of the message it was pressed on.
    pub const fn manner(&self) -> Manner {
        match &self.kind {
            RequestKind::Press { press, .. } => press.manner(),
            _ => Manner::Opens,
        }
    }
}

impl RequestKind {
    fn new(what: &What, prompts: &Prompts, now: Timestamp) -> Self {
        match what {
            What::Command { name, option: Some(given) } if let Some(form) = option_of(name) => {
                Self::submitted((0, form.clone()), std::slice::from_ref(given), prompts, now)
            }
            What::Command { name, .. } => {
                let known = Press::COMMANDS.iter().find(|(command, _)| command == name);
                match known {
                    Some((_, press)) => Self::Press { press: press.clone(), journey: None },
                    None => nearest_command(name).map_or(Self::Unknown, Self::Mistyped),
                }
            }
            What::Press(action) => read_action(action)
                .map_or(Self::Unknown, |(journey, press)| Self::Press { press, journey: Some(journey) }),
            What::Submit { action, fields } => match read_action(action) {
                Some(form) => Self::submitted(form, fields, prompts, now),
                None => Self::Unknown,
            },
            What::Forwarded { words, .. } if words.expose().trim().is_empty() => Self::NotText,
            What::Words(words) if let Some(command) = command_in(words) => Self::new(&command, prompts, now),
            What::Words(words) | What::WordsWithFiles(words) | What::Forwarded { words, .. } => {
                Self::words(None, words, PLAIN_LIMIT, Hints::default())
            }
            What::Edited(_) => Self::Edited,
            What::NotText => Self::NotText,
        }
    }

    fn submitted(form: (u64, Press), fields: &[Words], prompts: &Prompts, now: Timestamp) -> Self {
        match form.1.form() {
            Some(kind) if kind.is_words() => {
                let words = fields.first().cloned().unwrap_or_else(|| Words::new(""));
                let hints = if kind == FormKind::Draft { prompts.hints(words.expose()) } else { Hints::default() };
                Self::words(Some(form), &words, kind.limit(), hints)
            }
            Some(kind) => {
                let value = values::read(kind, fields, prompts.lexicon(), now, Strictness::Part);
                Self::Value { form, value }
            }
            None => Self::Unknown,
        }
    }

    fn words(form: Option<(u64, Press)>, words: &Words, limit: u16, hints: Hints) -> Self {
        let text = words.expose().trim();
        if text.is_empty() {
            return Self::Unusable { form, why: Unusable::Empty };
        }
        if text.chars().count() > usize::from(limit) {
            return Self::Unusable { form, why: Unusable::TooLong(limit) };
        }
        Self::Words { form, words: Words::new(text), hints }
    }

    fn form_kind(&self) -> Option<FormKind> {
        match self {
            Self::Words { form, .. } | Self::Unusable { form, .. } => form.as_ref().and_then(|(_, press)| press.form()),
            Self::Value { form: (_, press), .. } => press.form(),
            Self::Press { .. } | Self::Edited | Self::NotText | Self::Mistyped(_) | Self::Unknown => None,
        }
    }

    /// The journey number it carries, if it carries one.
    pub fn journey(&self) -> Option<u64> {
        match self {
            Self::Press { journey, .. } => *journey,
            Self::Words { form, .. } | Self::Unusable { form, .. } => form.as_ref().map(|(journey, _)| *journey),
            Self::Value { form: (journey, _), .. } => Some(*journey),
            Self::Edited | Self::NotText | Self::Mistyped(_) | Self::Unknown => None,
        }
    }
}

/// Everything of a request that a person typed, whatever it was for.
fn text_of(what: &What) -> Option<Words> {
    let joined = |parts: &mut dyn Iterator<Item = &str>| {
        let parts: Vec<&str> = parts.filter(|part| !part.trim().is_empty()).collect();
        (!parts.is_empty()).then(|| Words::new(parts.join("\n")))
    };
    match what {
        What::Command { name, option } => {
            let known = Press::COMMANDS.iter().any(|(command, _)| command == name);
            let typed = (!known).then_some(name.as_str());
            joined(&mut typed.into_iter().chain(option.iter().map(Words::expose)))
        }
        What::Submit { fields, .. } => joined(&mut fields.iter().map(Words::expose)),
        What::Words(words) | What::WordsWithFiles(words) | What::Edited(words) | What::Forwarded { words, .. } => {
            joined(&mut std::iter::once(words.expose()))
        }
        What::Press(_) | What::NotText => None,
    }
}

/// A text of the person's own, to be read together with those around it. Not a passphrase, and not what may be somebody
/// else's words.
pub fn own_text(what: &What) -> Option<(Words, TextContext)> {
    let context = context(what);
    let is_passphrase = match what {
        What::Submit { action, .. } => {
            read_action(action).and_then(|(_, press)| press.form()) == Some(FormKind::Passphrase)
        }
        _ => false,
    };
    let text = text_of(what).filter(|_| !is_passphrase && context != TextContext::Forward)?;
    Some((text, context))
}

/// A slash command typed as plain text: Discord sends it so where it is no command of its own list.
fn command_in(words: &Words) -> Option<What> {
    let rest = words.expose().trim().strip_prefix('/').filter(|rest| rest.starts_with(char::is_alphabetic))?;
    let (name, option) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let option = Some(option.trim()).filter(|option| !option.is_empty()).map(Words::new);
    Some(What::Command { name: name.to_lowercase(), option })
}

/// The command that a mistyped one is nearest to, if one is near.
fn nearest_command(name: &str) -> Option<Press> {
    const NEAR: usize = 2;
    let distance = |command: &str| strsim::osa_distance(command, name);
    let near = Press::COMMANDS.iter().map(|(command, press)| (distance(command), press));
    let nearest = near.filter(|(distance, _)| *distance <= NEAR).min_by_key(|(distance, _)| *distance);
    nearest.map(|(_, press)| press.clone())
}

/// Whom a text speaks to, and whose it may be.
fn context(what: &What) -> TextContext {
    match what {
        What::Forwarded { .. } => TextContext::Forward,
        What::Submit { action, .. } => match read_action(action).and_then(|(_, press)| press.form()) {
            Some(FormKind::Letter | FormKind::Draft) => TextContext::Draft,
            _ => TextContext::Own,
        },
        What::Words(words) | What::WordsWithFiles(words) | What::Edited(words) if is_quotation(words.expose()) => {
            TextContext::Forward
        }
        _ => TextContext::Own,
    }
}

/// Whether a text is somebody's words repeated: every line marked as a quotation, or the whole in quotation marks.
fn is_quotation(text: &str) -> bool {
    const MARKS: [(char, char); 5] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’')];
    let text = text.trim();
    let marked = text.lines().filter(|line| !line.trim().is_empty()).all(|line| line.trim_start().starts_with('>'));
    let enclosed = |(open, close): &(char, char)| {
        text.strip_prefix(*open)
            .and_then(|rest| rest.strip_suffix(*close))
            .is_some_and(|inner| !inner.trim().is_empty() && !inner.contains(*open) && !inner.contains(*close))
    };
    !text.is_empty() && (marked || MARKS.iter().any(enclosed))
}

fn scan(text: &Words, context: TextContext, prompts: &Prompts) -> Scan {
    let theirs = context == TextContext::Forward;
    let cues = if theirs { Cues::default() } else { prompts.cues(text.expose()) };
    Scan { concerns: prompts.concerns(text.expose(), context), theirs, cues }
}

/// What stands around a forwarded text is never more than unsure.
fn with_surroundings(scan: Scan, around: &Words, prompts: &Prompts) -> Scan {
    let found = prompts.concerns(around.expose(), TextContext::Forward);
    let unsure: Concerns = found.iter().map(|(concern, _)| (concern, Certainty::Unsure)).collect();
    Scan { concerns: scan.concerns.union(unsure), ..scan }
}

/// The form that giving a command's option stands for.
pub fn option_of(command: &str) -> Option<&'static Press> {
    Press::OPTIONS.iter().find(|(name, ..)| *name == command).map(|(.., form)| form)
}
