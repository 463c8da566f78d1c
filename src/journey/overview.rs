//! `/journey`: where I am, in words. One line for each part that has begun, and the sensible next step.

use super::aftercare;
use super::codes::{Decision, Ending, Stage, TalkOutcome};
use super::gate::{self, Status};
use super::keys::Key;
use super::message::{Arg, Message};
use super::outcome::{Outcome, enter};
use super::press::Press;
use super::stages::{reachout, reflect};
use super::timer::Timer;
use super::turn::Turn;

/// The overview.
pub fn show(turn: &Turn) -> Message {
    let (journey, today) = (&turn.journey, turn.today());
    let mut message = reasons(turn, Message::new(Key::PlaceHead));
    message = time_apart(turn, message);
    message = reflected(turn, message);
    let cared = journey.is_in_aftercare(turn.now);
    let closed = journey.is_barred(turn.now) || cared;
    if !closed {
        message = reachout::lines(turn, message);
    }
    if let Some(snoozed) = journey.timers.get(&Timer::CooloffSnooze) {
        message = message.and(Key::PlaceSnoozed, turn.when(snoozed.due_at));
    }
    let asks_again = [Timer::Urge, Timer::Letter].into_iter().filter_map(|timer| journey.timers.get(&timer));
    if let Some(asked) = asks_again.min_by_key(|pending| pending.due_at).filter(|_| !cared) {
        message = message.and(Key::PlaceAsked, turn.when(asked.due_at));
    }
    let total = journey.days_without_contact(today);
    if total > 0 {
        message = message.and(Key::PlaceTotals, vec![Arg::Total(total)]);
    }
    if journey.cooloff.resisted > 0 {
        message = message.and(Key::PlaceUrges, vec![Arg::Count(journey.cooloff.resisted)]);
    }
    message = later(turn, message, closed);
    let last = match journey.gate_status(turn.now) {
        _ if cared => Key::CarePlace,
        Status::Closed => Key::PlaceClosed,
        Status::Held => Key::PlaceHeld,
        Status::Clear | Status::Unasked => Key::PlaceLater,
    };
    message = message.and(last, Vec::new());
    // A choice that comes twice stays where it came first.
    message.choices(if cared { aftercare::next(turn) } else { next(turn, closed) })
}

fn reasons(turn: &Turn, message: Message) -> Message {
    let state = &turn.journey.reasons;
    match (state.outcome(), state.answered()) {
        (_, 0) if turn.journey.is_barred(turn.now) => message,
        _ if turn.journey.is_barred(turn.now) => message.and(Key::PlaceReasonsClosed, Vec::new()),
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
                Some(next) => message.and(Key::PlaceNext, turn.when(next.due_at)),
                None => message,
            }
        }
        None if journey.cooloff.banked > 0 => message.and(Key::PlaceCooloffOver, Vec::new()),
        None => message.and(Key::PlaceCooloffNone, Vec::new()),
    }
}

fn reflected(turn: &Turn, message: Message) -> Message {
    let state = &turn.journey.reflect;
    let open = !turn.journey.is_barred(turn.now) && !turn.journey.is_in_aftercare(turn.now);
    let message = match state.decision {
        Some(Decision::Appeals) if open => message.and(Key::PlaceReflectAppeals, Vec::new()),
        Some(Decision::NotYet) if open => message.and(Key::PlaceReflectNotYet, Vec::new()),
        _ if state.answers.is_empty() => message,
        _ => message.and(Key::PlaceReflect, reflect::place(turn)),
    };
    if !turn.fits(Key::WritingOffer) {
        return message;
    }
    match (state.writing, turn.journey.timers.get(&Timer::Writing)) {
        (Some(writing), Some(next)) => {
            let mut args = vec![Arg::Day(u16::from(writing.day)), Arg::Length(u16::from(writing.days))];
            args.extend(turn.when(next.due_at));
            message.and(Key::PlaceWriting, args)
        }
        _ => message,
    }
}

/// The trial, easing back, letting go, and how it was closed.
fn later(turn: &Turn, mut message: Message, closed: bool) -> Message {
    let (journey, today) = (&turn.journey, turn.today());
    let begun = journey.trial.run.is_some() || journey.trial.last.is_some();
    if journey.bringup.talks > 0 && !begun && !closed {
        message = message.and(Key::PlaceBringup, vec![Arg::Count(journey.bringup.talks)]);
    }
    if let Some(run) = journey.trial.run.as_ref().filter(|_| !closed) {
        message = if run.is_over(today) {
            message.and(Key::PlaceTrialOver, Vec::new())
        } else {
            message.and(Key::PlaceTrial, vec![Arg::Week(run.current(today)), Arg::Total(run.weeks.into())])
        };
    }
    if journey.ease.run.is_some() && !closed {
        message = message.and(Key::PlaceEase, Vec::new());
    }
    match journey.closed.as_ref().map(|closed| closed.ending) {
        Some(Ending::Together) => message.and(Key::PlaceClosedTogether, Vec::new()),
        Some(Ending::Letgo) => message.and(Key::PlaceClosedLetgo, Vec::new()),
        None if journey.letting_go && !journey.is_in_aftercare(turn.now) => message.and(Key::PlaceLetgo, Vec::new()),
        None => message,
    }
}

fn next(turn: &Turn, closed: bool) -> Vec<Press> {
    let journey = &turn.journey;
    let mut next = Vec::new();
    let paused = journey.cooloff.run.as_ref().is_some_and(|run| run.days.paused_on.is_some());
    if journey.closed.is_some() {
        let later = [Press::Journal, Press::Cooloff, Press::Letgo, Press::Forget, Press::Support];
        return [Press::NewJourney, Press::Export].into_iter().chain(later).collect();
    }
    if closed {
        return next_barred(turn);
    }
    next.extend(journey.letting_go.then_some(Press::Letgo));
    match (journey.reasons.outcome(), &journey.cooloff.run) {
        _ if paused => next.push(Press::Resume),
        (_, Some(_)) => next.extend([Press::Checkin, Press::Urge]),
        (None, None) => next.push(Press::Reasons),
        (Some(Outcome::PointsToLettingGo | Outcome::ToldNo), None) => next.push(enter(Stage::Letgo)),
        (Some(_), None) => {}
    }
    if let Some(first) = toward_them(turn) {
        next.insert(0, first);
    }
    next.extend([Press::Cooloff, Press::Reasons, Press::Reflect]);
    next.extend([Stage::Reachout, Stage::Bringup, Stage::Trial, Stage::Ease].map(enter));
    next.extend([enter(Stage::Letgo), Press::Journal, Press::Settings, Press::Support]);
    next
}

/// What is next while the gate is held or closed: nothing that weighs going back. After their "no", letting go is first.
fn next_barred(turn: &Turn) -> Vec<Press> {
    let journey = &turn.journey;
    let mut next = Vec::new();
    if journey.letting_go || gate::stands(journey, turn.now) {
        next.push(Press::Letgo);
    }
    let violence = journey.told_of_violence(turn.now);
    next.extend(violence.then_some([Press::Support, Press::AfterViolence { page: 1 }]).into_iter().flatten());
    match journey.cooloff.run.as_ref().map(|run| run.days.paused_on.is_some()) {
        Some(true) => next.push(Press::Resume),
        Some(false) => next.push(Press::Checkin),
        None => {}
    }
    next.extend((journey.gate_status(turn.now) == Status::Held).then_some(Press::GateAsk));
    next.extend([Press::Support, Press::Letgo, Press::Cooloff, Press::Urge]);
    next.extend([Press::Reflect, Press::Journal, Press::Settings]);
    next.extend(journey.is_closed(turn.now).then_some(Press::GateReview));
    next
}

/// The step that involves the other person, where one is next.
fn toward_them(turn: &Turn) -> Option<Press> {
    let journey = &turn.journey;
    let at_rest = journey.cooloff.run.is_none() && journey.holds_back(turn.now).is_none();
    match journey.reachout.outcome() {
        _ if journey.letting_go => None,
        _ if journey.reachout.plan.is_some_and(|plan| plan.at <= turn.now) => Some(Press::Tell),
        _ if journey.trial.run.is_some() => Some(enter(Stage::Trial)),
        _ if journey.ease.run.is_some() => Some(enter(Stage::Ease)),
        _ if journey.bringup.said_yes => journey.trial.last.is_none().then(|| enter(Stage::Trial)),
        Some(TalkOutcome::Well) => Some(enter(Stage::Bringup)),
        None if journey.reflect.decision == Some(Decision::Appeals) && at_rest => Some(Press::Reachout),
        _ => None,
    }
}

/// Opens a discreet note: what it covered, or word that nothing waits.
pub fn open(turn: &mut Turn, timer: Timer) -> Message {
    let running = turn.journey.cooloff.run.as_ref().map(|_| Press::Cooloff);
    let nothing = || Message::new(Key::NothingToOpen).choices(running).choices([Press::Journey]);
    let opened = turn.journey.notices.get(&timer).cloned();
    let asks = opened.as_ref().is_some_and(|note| note.choices.contains(&Press::ReasonsAgain));
    let asks = asks && !turn.journey.is_in_aftercare(turn.now);
    if asks && turn.fits(Key::MidpointReasons) {
        turn.journey.cooloff.asked_again = true;
    }
    opened.map_or_else(nothing, |note| aftercare::opened(turn, timer, turn.without_unfit(note)))
}

/// Said to a mistyped command: the nearest one is offered.
pub fn mistyped(nearest: Press) -> Message {
    Message::new(Key::Unknown).choices([nearest, Press::Help, Press::Support])
}

/// Said to a press or command that does not exist (any more).
pub fn unknown(turn: &Turn) -> Message {
    let first = if turn.journey.consented { Press::Journey } else { Press::Start };
    Message::new(Key::Unknown).choices([first, Press::Help])
}
