//! A second witness of the date. A machine's clock can be years ahead, so deletion for age, and the end of a time apart
//! that comes late, need the date confirmed from elsewhere. Until it is, they are postponed, neither dropped nor fired.
//!
//! Source: the safety specification, section 4.

use jiff::{SignedDuration, Timestamp};

use super::Journey;
use super::stages::cooloff;
use super::timer::Timer;

/// How far a due date may lie ahead of the confirmed one: time zones, and the hours between two dates that are heard.
const SLACK: SignedDuration = SignedDuration::from_hours(24);

/// A date that is confirmed from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateWitness {
    /// The date is this one or later (UTC).
    pub confirmed_until: Timestamp,
}

impl DateWitness {
    /// Whether a due date has really come.
    #[must_use]
    pub fn confirms(self, due: Timestamp) -> bool {
        due.duration_since(self.confirmed_until) <= SLACK
    }
}

/// The date that has to be confirmed before this firing of a timer may act; `None` where it needs no witness.
#[must_use]
pub fn date_to_confirm(journey: &Journey, timer: Timer, occurrence: u32, now: Timestamp) -> Option<Timestamp> {
    let pending = journey.timers.get(&timer).filter(|pending| pending.occurrence == occurrence)?;
    match timer {
        Timer::Retention | Timer::Deletion => Some(pending.due_at),
        Timer::CooloffReminder => cooloff::late_end(journey, pending.since, now),
        Timer::CooloffSnooze
        | Timer::Urge
        | Timer::Letter
        | Timer::Words
        | Timer::Writing
        | Timer::Draft
        | Timer::Planned
        | Timer::Wait
        | Timer::Trial
        | Timer::Ease
        | Timer::Letgo => None,
    }
}

/// How long such a timer is postponed before it is tried again.
#[must_use]
pub const fn postponed_for(timer: Timer) -> SignedDuration {
    match timer {
        Timer::Retention | Timer::Deletion => SignedDuration::from_hours(24),
        _ => SignedDuration::from_hours(1),
    }
}
