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
pub use ids::{Account, Address, DeliveryId, EntryId, InboundId, PersonId};
pub use reply::{Accent, Attachment, Choice, Command, Field, Form, Reply, Response, Style};
pub use transport::{SendOutcome, Transport};
pub use words::Words;

/// Something a person did on a platform, already parsed but not yet understood.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The platform's own id of the event; the same event delivered twice has the same id.
    pub id: InboundId,
    /// Who acted.
    pub account: Account,
    /// Where a direct message reaches that person.
    pub address: Address,
    /// The locale the person's client reports, as a BCP 47 tag (`en-GB`).
    pub locale: String,
    /// What they did.
    pub what: What,
}

/// The kinds of things a person can do.
#[derive(Clone, Debug)]
pub enum What {
    /// Typed a slash command; the name without its slash.
    Command(String),
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
}
