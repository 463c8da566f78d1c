//! One file a stage: its state, what it answers, what arrives by itself. A stage reports an
//! [`Outcome`](super::outcome::Outcome); the parent alone decides what opens next.

pub mod advice;
pub mod bringup;
pub mod closing;
pub mod cooloff;
pub mod draft;
pub mod ease;
pub mod letgo;
pub mod outcome;
pub mod plan;
pub mod points;
pub mod reachout;
pub mod reasons;
pub mod reflect;
pub mod set_up;
pub mod trial;
pub mod urge;
pub mod wait;
pub mod weeks;
pub mod writing;

use super::turn::Turn;

/// Sets the timers of every stage anew, after the zone, the reminder time or the quiet hours have changed.
pub fn await_next(turn: &mut Turn) {
    cooloff::await_next(turn);
    writing::await_next(turn);
    trial::await_next(turn);
    ease::await_next(turn);
    letgo::await_next(turn);
}

/// Ends whatever runs, without a word: the person lets go, or closes the journey.
pub fn stop(turn: &mut Turn) {
    cooloff::stop(turn);
    writing::end(turn);
    reachout::stop(turn);
    trial::stop(turn);
    ease::stop(turn);
}
