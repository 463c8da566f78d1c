//! The only reader of wall time.
//!
//! The program makes one [`Clock`] at its start and hands clones of it to whoever needs to know what time it is or wants
//! to wait; everything else takes time as a parameter. The terminal and the tests use clocks that can be moved on.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The longest a running clock sleeps without looking at the wall. What it sleeps by (Linux: `CLOCK_MONOTONIC`) stands
/// still while the machine does and does not hear of a wall clock that is set: what is due is then at most this late.
const SLICE: Duration = Duration::from_mins(5);

/// Tells the time, in whole milliseconds, and waits for it. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    movable: bool,
    reading: watch::Sender<Reading>,
}

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// It stands still until it is moved.
    Frozen(Timestamp),
    /// The wall's time and so much more.
    Running(SignedDuration),
}

/// Why a clock was not moved. It reads as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Time only goes forward: what was due in between has already happened.
    #[error("the clock is already at {now} and only goes forward")]
    Backwards {
        /// What the clock reads.
        now: Timestamp,
    },
    /// This is the wall's own time.
    #[error("this clock is the computer's own and cannot be moved")]
    Fixed,
}

impl Clock {
    /// The computer's own time. It cannot be moved.
    #[must_use]
    pub fn system() -> Self {
        Self::new(false, Reading::Running(SignedDuration::ZERO))
    }

    /// Runs with the computer's time, and can be moved ahead of it: for trying things out in the terminal.
    #[must_use]
    pub fn shifted() -> Self {
        Self::new(true, Reading::Running(SignedDuration::ZERO))
    }

    /// Stands still at `now` until it is moved: for tests and for scripts, whose output must not depend on the hour.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self::new(true, Reading::Frozen(whole_milliseconds(now)))
    }

    fn new(movable: bool, reading: Reading) -> Self {
        Self(Arc::new(Inner { movable, reading: watch::Sender::new(reading) }))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.reading.borrow().time()
    }

    /// Whether the operator can move it.
    #[must_use]
    pub fn is_movable(&self) -> bool {
        self.0.movable
    }

    /// Whether it stands still unless it is moved.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(*self.0.reading.borrow(), Reading::Frozen(_))
    }

    /// Moves the time on to `to` and wakes everyone whose time has come. A running clock goes on running from there.
    ///
    /// # Errors
    /// [`ClockError::Backwards`] where `to` lies before [`Clock::now`], [`ClockError::Fixed`] for [`Clock::system`].
    pub fn advance_to(&self, to: Timestamp) -> Result<(), ClockError> {
        if !self.0.movable {
            return Err(ClockError::Fixed);
        }
        let to = whole_milliseconds(to);
        let mut refused = None;
        self.0.reading.send_if_modified(|reading| {
            let now = reading.time();
            if to < now {
                refused = Some(ClockError::Backwards { now });
                return false;
            }
            *reading = match *reading {
                Reading::Frozen(_) => Reading::Frozen(to),
                Reading::Running(ahead) => Reading::Running(ahead.saturating_add(to.duration_since(now))),
            };
            to != now
        });
        refused.map_or(Ok(()), Err)
    }

    /// Returns once it is `due` or later; at once if it already is.
    pub async fn sleep_until(&self, due: Timestamp) {
        // Subscribed before the clock is read, so that a move between the two is not missed.
        let mut changes = self.0.reading.subscribe();
        loop {
            let reading = *changes.borrow_and_update();
            let left = due.duration_since(reading.time());
            if left <= SignedDuration::ZERO {
                return;
            }
            let moved = async {
                // The sender lives in `self`, so this fails never; should it, waiting is all that is left.
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            match reading {
                Reading::Frozen(_) => moved.await,
                Reading::Running(_) => {
                    // Rounded up to the next millisecond, so that it does not wake just before its time.
                    let slice =
                        Duration::try_from(left).map_or(SLICE, |left| left.min(SLICE)) + Duration::from_millis(1);
                    tokio::select! {
                        () = moved => {}
                        () = tokio::time::sleep(slice) => {}
                    }
                }
            }
        }
    }
}

/// A moment of the machine's own time, which only goes forward and says nothing of the hour: for pauses between requests
/// and for deadlines. A paused test runtime moves it.
#[must_use]
pub fn moment() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

impl Reading {
    fn time(self) -> Timestamp {
        match self {
            Self::Frozen(now) => now,
            Self::Running(ahead) => {
                // Beyond the year 9999 there is nothing to remind anyone of: it then stays at the wall's time.
                let wall = Timestamp::now();
                whole_milliseconds(wall.checked_add(ahead).unwrap_or(wall))
            }
        }
    }
}

/// The store keeps milliseconds: a time that was written must read back as the same.
fn whole_milliseconds(time: Timestamp) -> Timestamp {
    let second = time.as_second();
    let nanosecond = time.subsec_nanosecond() / 1_000_000 * 1_000_000;
    Timestamp::new(second, nanosecond).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn noon() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn polled<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_frozen_clock_stands_still_until_moved_and_its_clones_with_it() {
        let clock = Clock::at(noon());
        let other = clock.clone();
        assert!(other.is_frozen());
        assert_eq!(other.now(), noon());
        let later = noon() + SignedDuration::from_hours(72);
        assert_eq!(clock.advance_to(later), Ok(()));
        assert_eq!(other.now(), later);
    }

    #[test]
    fn time_does_not_go_back() {
        let clock = Clock::at(noon());
        let before = noon() - SignedDuration::from_secs(1);
        assert_eq!(clock.advance_to(before), Err(ClockError::Backwards { now: noon() }));
        assert_eq!(clock.advance_to(noon()), Ok(()));
        assert_eq!(clock.now(), noon());
    }

    #[test]
    fn a_shifted_clock_goes_on_from_where_it_was_moved() {
        let clock = Clock::shifted();
        let later = clock.now() + SignedDuration::from_hours(240);
        assert_eq!(clock.advance_to(later), Ok(()));
        assert!(!clock.is_frozen());
        let now = clock.now();
        assert!(now >= later && now < later + SignedDuration::from_hours(1), "{now}");
    }

    #[test]
    fn the_computers_own_clock_is_not_moved() {
        let clock = Clock::system();
        assert_eq!(clock.advance_to(clock.now() + SignedDuration::from_secs(1)), Err(ClockError::Fixed));
    }

    #[test]
    fn times_are_whole_milliseconds() {
        let clock = Clock::at(noon() + SignedDuration::from_nanos(1_999_999));
        assert_eq!(clock.now(), noon() + SignedDuration::from_millis(1));
        assert_eq!(Clock::system().now().subsec_nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn a_sleeper_on_a_frozen_clock_wakes_when_its_time_is_reached_and_not_before() {
        let clock = Clock::at(noon());
        let due = noon() + SignedDuration::from_mins(10);
        let mut sleep = pin!(clock.sleep_until(due));
        assert_eq!(polled(sleep.as_mut()), Poll::Pending);
        clock.advance_to(due - SignedDuration::from_millis(1)).unwrap();
        assert_eq!(polled(sleep.as_mut()), Poll::Pending);
        clock.advance_to(due).unwrap();
        assert_eq!(polled(sleep.as_mut()), Poll::Ready(()));
    }

    #[tokio::test]
    async fn a_sleeper_on_a_running_clock_wakes_when_the_clock_is_moved() {
        let clock = Clock::shifted();
        let due = clock.now() + SignedDuration::from_hours(1000);
        let mut sleep = pin!(clock.sleep_until(due));
        assert_eq!(polled(sleep.as_mut()), Poll::Pending);
        clock.advance_to(due).unwrap();
        assert_eq!(polled(sleep.as_mut()), Poll::Ready(()));
    }

    /// The wall is set, or the machine slept: nobody is told.
    fn jump(clock: &Clock, by: SignedDuration) {
        clock.0.reading.send_if_modified(|reading| {
            let Reading::Running(ahead) = *reading else { panic!("it stands still") };
            *reading = Reading::Running(ahead + by);
            false
        });
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_that_jumps_ahead_is_noticed_within_minutes() {
        let clock = Clock::system();
        let sleep = clock.sleep_until(clock.now() + SignedDuration::from_hours(9));
        jump(&clock, SignedDuration::from_hours(10));
        let began = moment();
        sleep.await;
        assert!(began.elapsed() <= SLICE + Duration::from_millis(1), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_that_is_set_back_wakes_nobody_before_their_time() {
        let clock = Clock::system();
        let due = clock.now() + SignedDuration::from_mins(1);
        let mut sleep = pin!(clock.sleep_until(due));
        assert_eq!(polled(sleep.as_mut()), Poll::Pending);
        jump(&clock, SignedDuration::from_hours(-1));
        // The minute has passed, but not on the wall.
        assert!(tokio::time::timeout(Duration::from_mins(50), sleep.as_mut()).await.is_err());
        jump(&clock, SignedDuration::from_hours(1) + SignedDuration::from_mins(1));
        sleep.await;
        assert!(clock.now() >= due);
    }

    #[test]
    fn what_is_already_due_is_not_waited_for() {
        for clock in [Clock::at(noon()), Clock::system()] {
            let due = clock.now();
            assert_eq!(polled(pin!(clock.sleep_until(due))), Poll::Ready(()));
        }
    }
}
