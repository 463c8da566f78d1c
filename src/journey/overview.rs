//! `/journey`: where I am, in words. One line for each part that has begun, and the sensible next step.

use super::codes::Stage;
use super::keys::Key;
use super::message::{Arg, Message};
use super::outcome::{Outcome, read};
use super::press::Press;
use super::schedule;
use super::timer::Timer;
use super::turn::Turn;

/// The overview.
pub fn show(turn: &Turn) -> Message {
    let (journey, today) = (&turn.journey, turn.today());
    let mut message = reasons(turn, Message::new(Key::PlaceHead));
    message = time_apart(turn, message);
    let total = journey.cooloff.total_days(today);
    if total > 0 || journey.cooloff.resisted > 0 {
        message = message.and(Key::PlaceTotals, vec![Arg::Total(total), Arg::Count(journey.cooloff.resisted)]);
    }
    if journey.letting_go {
        message = message.and(Key::PlaceLetgo, Vec::new());
    }
    let closed = journey.is_closed(turn.now);
    message = message.and(if closed { Key::PlaceClosed } else { Key::PlaceLater }, Vec::new());
    message.choices(next(turn, closed))
}

fn reasons(turn: &Turn, message: Message) -> Message {
    let state = &turn.journey.reasons;
    match (state.outcome(), state.answered()) {
        (Some(_), _) => message.and(Key::PlaceReasonsDone, Vec::new()),
        (None, 0) => message.and(Key::PlaceReasonsNone, Vec::new()),
        (None, answered) => message.and(Key::PlaceReasonsOpen, vec![Arg::Count(answered), Arg::Total(4)]),
    }
}

fn time_apart(turn: &Turn, message: Message) -> Message {
    let (journey, today) = (&turn.journey, turn.today());
    match &journey.cooloff.run {
        Some(run) if run.days.paused_on.is_some() => message.and(Key::PlaceCooloffPaused, run.args(today)),
        Some(run) => {
            let message = message.and(Key::PlaceCooloffRunning, run.args(today));
            match journey.timers.get(&Timer::CooloffReminder) {
                Some(next) => message.and(
                    Key::PlaceNext,
                    vec![
                        Arg::Date(schedule::date(&journey.settings, next.due_at)),
                        Arg::Time(schedule::time_of_day(&journey.settings, next.due_at)),
                    ],
                ),
                None => message,
            }
        }
        None if journey.cooloff.banked > 0 => message.and(Key::PlaceCooloffOver, Vec::new()),
        None => message.and(Key::PlaceCooloffNone, Vec::new()),
    }
}

fn next(turn: &Turn, closed: bool) -> Vec<Press> {
    let journey = &turn.journey;
    let mut next = Vec::new();
    let paused = journey.cooloff.run.as_ref().is_some_and(|run| run.days.paused_on.is_some());
    match (journey.reasons.outcome(), &journey.cooloff.run) {
        _ if paused => next.push(Press::Resume),
        (_, Some(_)) => next.extend([Press::Checkin, Press::Urge]),
        (None, None) => next.push(Press::Reasons),
        (Some(Outcome::PointsToLettingGo | Outcome::ToldNo), None) => next.push(read(Stage::Letgo)),
        (Some(_), None) => {}
    }
    next.extend([Press::Cooloff, Press::Reasons, read(Stage::Reflect)]);
    if !closed {
        next.extend([Stage::Reachout, Stage::Bringup, Stage::Trial, Stage::Ease].map(read));
    }
    next.extend([read(Stage::Letgo), Press::Settings, Press::Support]);
    if closed && journey.said_no.is_none() {
        next.push(Press::GateReview);
    }
    next
}

/// Opens a discreet note: what it covered, or word that nothing waits.
pub fn open(turn: &mut Turn, timer: Timer) -> Message {
    let running = turn.journey.cooloff.run.as_ref().map(|_| Press::Cooloff);
    let nothing = || Message::new(Key::NothingToOpen).choices(running).choices([Press::Journey]);
    let opened = turn.journey.notices.get(&timer).cloned();
    if opened.as_ref().is_some_and(|note| note.choices.contains(&Press::ReasonsAgain)) {
        turn.journey.cooloff.asked_again = true;
    }
    opened.unwrap_or_else(nothing)
}

/// Said to a press or command that does not exist (any more).
pub fn unknown(turn: &Turn) -> Message {
    let first = if turn.journey.consented { Press::Journey } else { Press::Start };
    Message::new(Key::Unknown).choices([first, Press::Help])
}
