//! What nobody comes back to is not kept for ever: after 180 days in which the person did nothing and nothing was to
//! come, everything is deleted. They are told 14 days before, and any sign of them in between keeps it. A paused time apart,
//! a gate that is held or closed and an open question whether they are 18 keep it as well.

use jiff::{SignedDuration, Timestamp};

use super::Journey;
use super::effect::Presence;
use super::gate;
use super::keys::Key;
use super::message::{Arg, Message};
use super::press::Press;
use super::schedule;
use super::timer::Timer;
use super::turn::Turn;

/// How long a journey without a sign of life and with nothing to come is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);

/// How long before its end the person is told.
const NOTICE: SignedDuration = SignedDuration::from_hours(24 * 14);

/// With less notice than this nobody is told: the word waits, and is said anew with its whole notice when the end is due.
pub const LEAST_NOTICE: SignedDuration = SignedDuration::from_hours(24 * 13);

/// A sign of life moves the end only when that gains so much, so that not every press writes a timer.
const STEP: SignedDuration = SignedDuration::from_hours(24);

/// Called after every event of a person we know: `acted` is whether they did something, in contrast to a timer.
pub fn follow(turn: &mut Turn, acted: bool) {
    let ours = |timer: &Timer| matches!(timer, Timer::Retention | Timer::Deletion);
    let waits = turn.journey.timers.keys().any(|timer| !ours(timer));
    let Some(from) = abandoned_from(turn).filter(|_| !waits) else {
        forget_the_end(turn);
        return;
    };
    let due = from.checked_add(KEPT - NOTICE).unwrap_or(from);
    let pending = turn.journey.timers.get(&Timer::Retention).map(|pending| pending.due_at);
    let announced = turn.journey.timers.contains_key(&Timer::Deletion);
    let gains = pending.is_none_or(|at| due.duration_since(at) >= STEP);
    if (acted && gains) || (pending.is_none() && !announced) {
        if announced {
            forget_the_end(turn);
        }
        turn.set(Timer::Retention, due);
    }
}

/// From when on silence counts as abandoning the journey; `None` where it never does.
fn abandoned_from(turn: &Turn) -> Option<Timestamp> {
    let Journey { cooloff, gate, minor, .. } = &turn.journey;
    let is_paused = cooloff.run.as_ref().is_some_and(|run| run.days.paused_on.is_some());
    if is_paused || minor.is_some() {
        return None;
    }
    if !turn.journey.is_barred(turn.now) {
        return Some(turn.now);
    }
    // A gate that only corrections keep closed opens by itself.
    let ends = gate.questions.values().filter_map(|question| match question.at(turn.now) {
        gate::State::Correcting { until, .. } => Some(until),
        _ => None,
    });
    ends.max().filter(|opens| !turn.journey.is_barred(*opens))
}

/// Whether something keeps the journey now.
fn is_kept(turn: &Turn) -> bool {
    abandoned_from(turn).is_none_or(|from| from > turn.now)
}

fn forget_the_end(turn: &mut Turn) {
    for timer in [Timer::Retention, Timer::Deletion] {
        if turn.journey.timers.contains_key(&timer) {
            turn.cancel(timer);
        }
    }
}

/// Time to say that the end is near.
pub fn announce(turn: &mut Turn) {
    if is_kept(turn) {
        return forget_the_end(turn);
    }
    let end = turn.now.checked_add(NOTICE).unwrap_or(turn.now);
    turn.set(Timer::Deletion, end);
    let date = schedule::date(&turn.journey.settings, end);
    let message = Message::with(Key::Retention, vec![Arg::Date(date)]);
    turn.send(Timer::Retention, message.choices([Press::Journey, Press::Export, Press::Forget]));
}

/// The end is due, and the word of it has not reached the person: it is said again, and the end is 14 days away again. Where
/// their direct messages are closed, that goes on for half a year; then they are as gone as a person can be.
pub fn announce_again(turn: &mut Turn, first_end: Timestamp, closed: bool) {
    if closed && turn.now.duration_since(first_end) >= KEPT {
        return delete(turn);
    }
    announce(turn);
    if let Some(end) = turn.journey.timers.get_mut(&Timer::Deletion).filter(|_| closed) {
        end.since = first_end;
    }
}

/// The end: the key and every row.
pub fn delete(turn: &mut Turn) {
    if is_kept(turn) {
        return forget_the_end(turn);
    }
    turn.journey = Journey::default();
    turn.presence = Presence::Forgotten;
    turn.entries.clear();
}
