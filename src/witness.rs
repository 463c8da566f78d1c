//! Confirms the date for this process: by the `Date` headers of Discord's responses, or by the operator, who moves the
//! clock of a terminal on purpose.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::clock::{Clock, moment};

/// The newest `Date` header seen. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct DateHeaders(Arc<Mutex<Option<Seen>>>);

#[derive(Clone, Copy, Debug)]
struct Seen {
    date: Timestamp,
    /// The monotonic clock goes on from there, however the wall clock is set.
    at: Instant,
}

impl Seen {
    fn date_now(self) -> Timestamp {
        let passed = SignedDuration::try_from(self.at.elapsed()).unwrap_or_default();
        self.date.checked_add(passed).unwrap_or(self.date)
    }
}

impl DateHeaders {
    /// Takes the value of a header. One that is not a date says nothing.
    pub fn see(&self, header: &str) {
        let Ok(date) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(header) else { return };
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.is_none_or(|seen| seen.date < date) {
            *newest = Some(Seen { date, at: moment() });
        }
    }

    /// The date by the newest header and the time since; `None` where none was seen.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).map(Seen::date_now)
    }
}

/// Who confirms the date.
#[derive(Clone, Debug)]
pub enum Witness {
    /// The operator moves this clock on purpose: it is right.
    Operator(Clock),
    /// Discord.
    Headers(DateHeaders),
}

impl Witness {
    /// The witness of a clock without Discord: the operator where it can be moved, else nobody.
    #[must_use]
    pub fn of(clock: &Clock) -> Self {
        if clock.is_movable() { Self::Operator(clock.clone()) } else { Self::Headers(DateHeaders::default()) }
    }

    /// The date this process knows for certain has come.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        match self {
            Self::Operator(clock) => Some(clock.now()),
            Self::Headers(headers) => headers.date(),
        }
    }

    /// Whether what it says is stored for the next process: a date that an operator moved to is no date of the world.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        matches!(self, Self::Headers(_))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn date(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_header_counts_and_the_time_since() {
        let headers = DateHeaders::default();
        assert_eq!(headers.date(), None);
        headers.see("yesterday");
        assert_eq!(headers.date(), None);
        headers.see("Mon, 04 May 2026 18:00:00 GMT");
        headers.clone().see("Sun, 03 May 2026 18:00:00 GMT");
        assert_eq!(headers.date(), Some(date("2026-05-04T18:00:00Z")));
        tokio::time::advance(Duration::from_hours(24)).await;
        assert_eq!(headers.date(), Some(date("2026-05-05T18:00:00Z")));
    }

    #[test]
    fn the_operator_confirms_a_clock_that_can_be_moved_and_no_other() {
        let now = date("2031-01-01T00:00:00Z");
        let moved = Witness::of(&Clock::at(now));
        assert_eq!((moved.date(), moved.is_stored()), (Some(now), false));
        let machine = Witness::of(&Clock::system());
        assert_eq!((machine.date(), machine.is_stored()), (None, true));
    }
}
