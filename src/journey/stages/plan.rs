//! A day and a time for the talk, and the question how it went, some hours after it.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::journey::effect::Anomaly;
use crate::journey::event::{Day, Value};
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
    if at <= turn.now || schedule::days_between(turn.today(), date) > AHEAD {
        return not_then();
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

/// What was typed as day and time.
pub fn given(turn: &mut Turn, value: &Value) -> Message {
    let Value::When(day, time) = value else { return not_then() };
    match date(turn.today(), *day) {
        Some(date) => at(turn, &date.to_string(), schedule::minute(*time)),
        None => not_then(),
    }
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
    if times.is_empty() || schedule::days_between(turn.today(), date) > AHEAD {
        return not_then();
    }
    Message::with(Key::PlanTime, vec![Arg::Date(date)]).choices(times).choices([Press::PlanForm, Press::Plan])
}

fn not_then() -> Message {
    Message::with(Key::PlanNotThen, vec![Arg::Max(u16::try_from(AHEAD).unwrap_or(0))]).choices([
        Press::Plan,
        Press::PlanForm,
        Press::Reachout,
    ])
}

/// The date that was meant: never a past one. A weekday is its next, today's name is a week away.
fn date(today: Date, day: Day) -> Option<Date> {
    match day {
        Day::In(days) => today.checked_add(i64::from(days).days()).ok(),
        Day::Weekday(number) => {
            let weekday = Weekday::from_monday_one_offset(i8::try_from(number).ok()?).ok()?;
            today.nth_weekday(1, weekday).ok()
        }
        Day::Date { day, month } => {
            let this = |year: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
            this(today.year()).filter(|date| *date >= today).or_else(|| this(today.year() + 1))
        }
    }
}
