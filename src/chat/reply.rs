//! What a person is shown: a message with choices, or a form.

use std::fmt;

use zeroize::Zeroizing;

use super::Action;

/// The direct answer to something a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// A message.
    Reply(Reply),
    /// A form to fill in; nothing was stored for opening it.
    Form(Form),
}

/// A message: an optional heading, Markdown paragraphs, choices below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// One short line above the body.
    pub heading: Option<String>,
    /// Markdown of the small kind: paragraphs, lists, quotes, emphasis. At most 2000 characters with its heading.
    pub body: String,
    /// What can be pressed, most helpful first; at most 25.
    pub choices: Vec<Choice>,
    /// Which part of the journey it belongs to, for the colour of its edge.
    pub accent: Accent,
    /// Files that come with it.
    pub files: Vec<Attachment>,
    /// Whether it answers a press under a message that is to be deleted now, where the platform can.
    pub deletes_pressed: bool,
}

/// A file that comes with a message. It may hold all of a person's words: its `Debug` shows name and length alone, and
/// the memory is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without a path. It says nothing of what is inside.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// One thing to press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What comes back when it is pressed.
    pub action: Action,
    /// What it says; at most 80 characters.
    pub label: String,
    /// How it looks.
    pub style: Style,
}

/// How a choice looks where the platform can show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The ordinary choice.
    Plain,
    /// The suggested next step.
    Primary,
    /// Destroys something.
    Danger,
}

/// The part of the journey a message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accent {
    /// Start, help, settings, privacy.
    Shell,
    /// Care: support, the gate, a "no".
    Safety,
    /// Stage 0.
    Reasons,
    /// Stage 1.
    Cooloff,
    /// Stages 2 to 6, by number.
    Stage(u8),
    /// Letting go.
    Letgo,
}

/// A few fields to fill in. Limits are Discord's: title 45 characters, five fields, label 45, 4000 characters a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Comes back with what was filled in.
    pub action: Action,
    /// What the form is for.
    pub title: String,
    /// What it asks, in order.
    pub fields: Vec<Field>,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The question.
    pub label: String,
    /// An example or a hint, shown while it is empty; at most 100 characters.
    pub hint: String,
    /// Whether it has room for paragraphs.
    pub long: bool,
    /// The most characters it takes.
    pub max: u16,
    /// Whether it may stay empty: what belongs into it can stand in another field.
    pub optional: bool,
}

/// One slash command in a person's language, for registration, completion and help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name without the slash.
    pub name: String,
    /// What it does, at most 100 characters.
    pub description: String,
    /// The one thing that can be typed with it, if it takes any.
    pub option: Option<CommandOption>,
}

/// What can be typed with a command: always optional, always text, completed while it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOption {
    /// Its name, such as `zone`.
    pub name: String,
    /// What to type, at most 100 characters.
    pub description: String,
}
