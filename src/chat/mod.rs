//! The platform-neutral vocabulary: what comes in from a person, what goes back out, and the port through which it leaves.
//!
//! Nothing here knows Discord, the terminal or SQLite. An adapter turns its platform's payload into an [`Inbound`]
//! and shows the [`Response`] it gets back; the dispatcher sends everything else through the adapter's [`Transport`].

mod action;
mod ids;
mod reply;
mod transport;
mod words;

pub use action::Action;
pub use ids::{Account, Address, DeliveryId, EntryId, InboundId, PersonId, Ticket};
pub use reply::{Accent, Attachment, Choice, Command, CommandOption, Field, Form, Reply, Response, Style};
pub use transport::{Parcel, SendOutcome, Transport};
pub use words::Words;

/// Something a person did on a platform, already parsed but not yet understood.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The platform's own id of the event; the same event delivered twice has the same id.
    pub id: InboundId,
    /// Who acted.
    pub account: Account,
    /// Where a direct message reaches that person.
    pub reach: Reach,
    /// The locale the person's client reports, as a BCP 47 tag (`en-GB`); `None` where the platform does not say.
    pub locale: Option<String>,
    /// By which the adapter can find out later whether the person saw the answer; `None` where it cannot.
    pub ticket: Option<Ticket>,
    /// What they did.
    pub what: What,
}

/// Where a direct message reaches the person who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They acted in the direct message itself: this is its address, and from now on theirs.
    Direct(Address),
    /// They acted somewhere else. From this address a direct message can be opened; a better one that is known stays.
    Elsewhere(Address),
}

/// The kinds of things a person can do.
#[derive(Clone, Debug)]
pub enum What {
    /// Typed a slash command.
    Command {
        /// The name without its slash.
        name: String,
        /// What they gave for its option, if they did.
        option: Option<Words>,
    },
    /// Pressed a choice of an earlier message.
    Press(Action),
    /// Sent a form: the action it was opened with and the fields in the form's order.
    Submit {
        /// The action of the [`Form`].
        action: Action,
        /// One entry a [`Field`], in order.
        fields: Vec<Words>,
    },
    /// Wrote plain words in the direct message.
    Words(Words),
    /// Wrote plain words with something beside them that is not text.
    WordsWithFiles(Words),
    /// Forwarded a message: the words may be somebody else's. What was read of its embeds and attachments comes apart.
    Forwarded {
        /// The text of the forwarded message.
        words: Words,
        /// Titles and descriptions of its embeds and attachments.
        around: Words,
    },
    /// Changed a message of theirs; these are its words now.
    Edited(Words),
    /// Sent something that is not text: a file, a sticker, a voice message.
    NotText,
}

impl What {
    /// A command without its option.
    #[must_use]
    pub fn command(name: impl Into<String>) -> Self {
        Self::Command { name: name.into(), option: None }
    }
}
