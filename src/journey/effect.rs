//! What a step asks of the shell: one answer, messages to send, timers and entries to change.

use jiff::Timestamp;

use super::Journey;
use super::codes::EntryKind;
use super::keys::Key;
use super::message::Message;
use super::timer::Timer;
use crate::chat::EntryId;

/// The outcome of one event.
#[derive(Clone, Debug)]
pub struct Step {
    /// The journey after it.
    pub journey: Journey,
    /// What the person who acted is told; `None` exactly where nobody acted (a timer).
    pub answer: Option<Message>,
    /// Messages that reach the person by themselves.
    pub sends: Vec<Send>,
    /// Timers to set or cancel.
    pub timers: Vec<TimerChange>,
    /// Sealed words to keep or burn.
    pub entries: Vec<EntryChange>,
    /// Whether the person begins or ends to exist for us.
    pub presence: Presence,
    /// Something that cannot happen did; the shell logs it.
    pub anomaly: Option<Anomaly>,
}

impl Step {
    /// Whether nothing is lost where it isn't stored: it changes at most which message plain words are about, and from when
    /// on a silence counts.
    #[must_use]
    pub fn only_shows(&self, before: &Journey) -> bool {
        let Self { journey, answer: _, timers, sends, entries, presence, anomaly } = self;
        let shown = |journey: &Journey| {
            let mut shown = Journey { latest: None, ..journey.clone() };
            shown.timers.remove(&Timer::Retention);
            shown.occurrences.remove(&Timer::Retention);
            shown
        };
        let is_retention = |change: &TimerChange| matches!(change, TimerChange::Set { timer: Timer::Retention, .. });
        let is_quiet = sends.is_empty() && entries.is_empty() && anomaly.is_none() && timers.iter().all(is_retention);
        is_quiet && *presence == Presence::Known && shown(journey) == shown(before)
    }
}

/// A message that is not a direct answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// The timer it comes from: a newer one of the same timer supersedes it while unsent.
    pub timer: Timer,
    /// What it says, already covered where the person wants discretion.
    pub message: Message,
}

/// A change of the one row a timer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerChange {
    /// Due at this instant; replaces the row there is.
    Set {
        /// Which timer.
        timer: Timer,
        /// Counts up with every firing of that timer, so that a late duplicate is known.
        occurrence: u32,
        /// UTC.
        due_at: Timestamp,
    },
    /// No longer due.
    Cancel(Timer),
}

/// A change of a sealed entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// Is kept, as this kind.
    Keep(EntryId, EntryKind),
    /// Is destroyed.
    Burn(EntryId),
}

/// Whether a person is known to us after the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nothing is stored about them, and nothing will be.
    Stranger,
    /// The journey is stored.
    Known,
    /// The journey so far stays as it was, closed; this one begins beside it.
    Anew,
    /// Everything is to be destroyed: keys, rows, timers, deliveries.
    Forgotten,
    /// The same, and the account is remembered for 30 days as one that is too young.
    Barred,
}

/// A state that should be impossible. It costs the person nothing; the operator should see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// A timer fired for a part of the journey that does not wait for one.
    UnexpectedTimer(Timer),
    /// A text that invites contact was about to be said although the way is closed. It was not said.
    InvitesContact(Key),
    /// A text that does not fit what the person told was about to be said. It was left out. `None` for a plan prompt.
    Unfit(Option<Key>),
}
