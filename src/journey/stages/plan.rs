//! A day and a time for the talk, and the question how it went, some hours after it.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::input::{Dates, Doubt, Half, TimeReading};
use crate::journey::effect::Anomaly;
use crate::journey::event::Value;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::press::Press;
use crate::journey::schedule;
use crate::journey::stages::{outcome, reachout};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// How long after the planned time the question comes.
const AFTER: SignedDuration = SignedDuration::from_hours(3);

/// How far ahead one can plan, in days.
const AHEAD: i32 = 90;

/// How many days ahead are looked at for the seven that are offered: today may have no hour left.
const OFFERED: i64 = 7;

/// Times offered at once, in minutes after midnight: daytime hours, and the early evening.
const TIMES: [u16; 4] = [11 * 60, 15 * 60, 18 * 60, 19 * 60 + 30];

/// A talk that is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// When (UTC).
    pub at: Timestamp,
}

/// Asks for the day.
pub fn ask(turn: &mut Turn) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let today = turn.today();
    let days =
        (0..=OFFERED).map(|ahead| today.saturating_add(ahead.days())).filter(|date| !times(turn, *date).is_empty());
    let days: Vec<Press> = days.take(7).map(|date| Press::PlanDay { date: date.to_string() }).collect();
    let message = match turn.journey.reachout.plan {
        Some(plan) => Message::with(Key::PlanAgain, turn.when(plan.at)).choices([Press::PlanOff]),
        None => reachout::friction(turn, Message::new(Key::PlanAsk)),
    };
    message.choices(days).choices([Press::PlanForm, Press::Reachout])
}

/// A day was chosen; asks for the time.
pub fn day(turn: &mut Turn, date: &str) -> Message {
    match date.parse::<Date>() {
        Ok(date) => time(turn, date),
        Err(_) => ask(turn),
    }
}

/// Day and time were chosen.
pub fn at(turn: &mut Turn, date: &str, minute: u16) -> Message {
    let Ok(date) = date.parse::<Date>() else { return ask(turn) };
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let time = schedule::from_minute(minute);
    let at = schedule::instant(&turn.journey.settings, date, time, turn.now);
    if at <= turn.now {
        return refused(Key::PlanPast);
    }
    if is_too_far(turn, date) {
        return too_far();
    }
    turn.journey.reachout.plan = Some(Plan { at });
    set_follow_up(turn, at);
    Message::with(Key::Planned, turn.when(at)).choices([
        Press::Talk,
        Press::Points,
        Press::Plan,
        Press::PlanOff,
        Press::Reachout,
    ])
}

/// What was typed as day and time: asks whether it was read rightly.
pub fn given(turn: &mut Turn, value: &Value) -> Message {
    let Value::When(days, time) = value else { return refused(Key::PlanUnreadable) };
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let today = turn.today();
    let named: Vec<Dates> = days.iter().map(|day| day.dates(today)).collect();
    let sure = named.iter().filter(|named| named.doubt.is_none());
    let (dates, doubt) = match sure.flat_map(|named| named.dates.clone()).collect::<Vec<_>>() {
        sure if sure.is_empty() => match named.into_iter().find(|named| named.doubt != Some(Doubt::NoSuchDay)) {
            Some(named) => (named.dates, named.doubt),
            None => return refused(Key::PlanNoSuchDay),
        },
        sure => (sure, None),
    };
    let near: Vec<Date> = dates.iter().copied().filter(|date| !is_too_far(turn, *date)).collect();
    if near.is_empty() && doubt.is_none() {
        // The same day in another year may have been meant.
        let returns = days.iter().filter_map(|day| day.next_return(today)).filter(|date| !is_too_far(turn, *date));
        return too_far().choices(returns.flat_map(|date| at_times(turn, date, time.as_ref())).collect::<Vec<_>>());
    }
    let choices: Vec<Press> = near.iter().flat_map(|date| at_times(turn, *date, time.as_ref())).collect();
    let message = match (doubt, choices.is_empty(), time) {
        (Some(Doubt::OtherWeekday), false, _) => Message::new(Key::PlanOtherWeekday),
        (Some(_), ..) | (None, true, _) => Message::new(Key::PlanPast),
        (None, false, None) if near.len() == 1 => return self::time(turn, near[0]),
        (None, false, Some(time)) if is_early(time) => Message::new(Key::PlanEarly),
        (None, false, _) => Message::new(Key::PlanCheck),
    };
    message.choices(choices).choices([Press::PlanForm, Press::Plan])
}

/// The choices of a date at the times that were said, the likeliest first; the date alone where none was.
fn at_times(turn: &Turn, date: Date, time: Option<&TimeReading>) -> Vec<Press> {
    let name = date.to_string();
    let Some(time) = time else { return vec![Press::PlanDay { date: name }] };
    let settings = &turn.journey.settings;
    let later = |at: &Time| schedule::instant(settings, date, *at, turn.now) > turn.now;
    let on = |at: Time| Press::PlanOn { date: name.clone(), minute: schedule::minute(at) };
    time.times.iter().flat_map(|at| meant(*at, time.half)).filter(later).map(on).collect()
}

/// The times that a time for a talk may mean: an early hour may be the evening's, and so may one without am and pm.
fn meant(time: Time, half: Half) -> Vec<Time> {
    let other = schedule::from_minute(schedule::minute(time) + 720);
    match time.hour() {
        1..8 => vec![other, time],
        8 if half == Half::Unsaid => vec![other, time],
        9..12 if half == Half::Unsaid => vec![time, other],
        _ => vec![time],
    }
}

/// Whether a time that was said with am, or with a leading zero, is early for a talk.
fn is_early(time: &TimeReading) -> bool {
    time.times.iter().all(|at| (1..8).contains(&at.hour()))
}

/// Calls it off; nothing else is lost.
pub fn off(turn: &mut Turn) -> Message {
    end(turn);
    Message::new(Key::PlanOff).choices([Press::Plan, Press::Reachout, Press::Journey])
}

/// Ends it without a word.
pub fn end(turn: &mut Turn) {
    turn.journey.reachout.plan = None;
    turn.cancel(Timer::Planned);
}

/// How did it go?
pub fn follow_up(turn: &Turn) -> Message {
    let planned = turn.journey.reachout.plan.map_or(turn.now, |plan| plan.at);
    let date = schedule::date(&turn.journey.settings, planned);
    Message::with(Key::FollowUp, vec![Arg::Date(date)])
        .choices(outcome::choices(turn))
        .choices([Press::TalkForm, Press::Support])
}

/// The time for that question has come.
pub fn due(turn: &mut Turn) {
    if turn.journey.reachout.plan.is_none() {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Planned));
        return;
    }
    let message = follow_up(turn);
    turn.send(Timer::Planned, message);
}

/// Sets the timer again where a closed gate had taken it.
pub fn rearm(turn: &mut Turn) {
    let waits = turn.journey.timers.contains_key(&Timer::Planned);
    if let Some(plan) = turn.journey.reachout.plan.filter(|plan| plan.at > turn.now && !waits) {
        set_follow_up(turn, plan.at);
    }
}

fn set_follow_up(turn: &mut Turn, at: Timestamp) {
    turn.cancel(Timer::Planned);
    let at = at.checked_add(AFTER).unwrap_or(at);
    turn.set(Timer::Planned, schedule::out_of_quiet(&turn.journey.settings, at));
}

/// The hours of a day that are still to come.
fn times(turn: &Turn, date: Date) -> Vec<Press> {
    let settings = &turn.journey.settings;
    let later = |minute: &u16| schedule::instant(settings, date, schedule::from_minute(*minute), turn.now) > turn.now;
    let at = |minute: u16| Press::PlanAt { date: date.to_string(), minute };
    TIMES.iter().copied().filter(later).map(at).collect()
}

fn time(turn: &mut Turn, date: Date) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let times = times(turn, date);
    if is_too_far(turn, date) {
        return too_far();
    }
    if times.is_empty() {
        return refused(Key::PlanPast);
    }
    Message::with(Key::PlanTime, vec![Arg::Date(date)]).choices(times).choices([Press::PlanForm, Press::Plan])
}

fn is_too_far(turn: &Turn, date: Date) -> bool {
    schedule::days_between(turn.today(), date) > AHEAD
}

fn too_far() -> Message {
    let args = vec![Arg::Max(u16::try_from(AHEAD).unwrap_or(0))];
    Message::with(Key::PlanTooFar, args).choices([Press::Plan, Press::PlanForm, Press::Reachout])
}

fn refused(key: Key) -> Message {
    Message::new(key).choices([Press::Plan, Press::PlanForm, Press::Reachout])
}
