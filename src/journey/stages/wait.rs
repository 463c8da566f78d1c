//! A wait after an outcome: two weeks after a talk that went badly or a message without a reply, as long as they said
//! where they asked for time, a week where it was "not yet". Nothing is sent meanwhile; at its end one note arrives.
//!
//! Stage 3 begins it, and any stage that asks the other person something can: it carries the stage it belongs to, whose
//! gate it keeps. There is one wait at a time, since there is one other person.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::journey::Journey;
use crate::journey::codes::{Stage, WaitWhy};
use crate::journey::effect::Anomaly;
use crate::journey::event::Value;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::{Outcome, enter};
use crate::journey::press::Press;
use crate::journey::schedule;
use crate::journey::stages::{bringup, outcome, plan};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// After a talk that went badly, and after no reply.
pub const FORTNIGHT: u16 = 14;

/// Where they asked for time and did not say how long.
pub const UNSAID: u16 = 30;

/// Asked again after a "not yet".
pub const WEEK: u16 = 7;

/// How long they may have asked for, in days.
const DAYS: std::ops::RangeInclusive<u16> = 1..=365;

/// A wait that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// The stage it belongs to.
    pub stage: Stage,
    /// Why one waits.
    pub why: WaitWhy,
    /// Until when (UTC).
    pub until: Timestamp,
}

impl Journey {
    /// The wait in which nothing is sent to the other person, if one goes on.
    #[must_use]
    pub fn holds_back(&self, now: Timestamp) -> Option<Wait> {
        self.wait.filter(|wait| wait.until > now && wait.why != WaitWhy::NotYet)
    }
}

/// Begins a wait of so many days, in place of any other; it ends at the reminder time. Says when. Where nothing is to be
/// sent meanwhile, a plan ends and a held draft is not shown by itself any more; its words stay.
pub fn begin(turn: &mut Turn, stage: Stage, why: WaitWhy, days: u16) -> Timestamp {
    let settings = &turn.journey.settings;
    let date = turn.today().saturating_add(i64::from(days.clamp(*DAYS.start(), *DAYS.end())).days());
    let at = schedule::instant(settings, date, settings.reminder, turn.now).max(turn.now);
    let until = schedule::out_of_quiet(settings, at);
    if why != WaitWhy::NotYet {
        plan::end(turn);
        turn.cancel(Timer::Draft);
    }
    turn.journey.wait = Some(Wait { stage, why, until });
    turn.set(Timer::Wait, until);
    until
}

/// Ends it without a word.
pub fn end(turn: &mut Turn) {
    turn.journey.wait = None;
    turn.cancel(Timer::Wait);
}

/// Sets the timer again where a "no" was a slip of the finger or the gate was opened again.
pub fn rearm(turn: &mut Turn) {
    if let Some(wait) = turn.journey.wait.filter(|_| !turn.journey.timers.contains_key(&Timer::Wait)) {
        let at = schedule::out_of_quiet(&turn.journey.settings, wait.until.max(turn.now));
        turn.set(Timer::Wait, at);
    }
}

/// Puts away a wait whose time has passed; what was one attempt is over then.
pub fn settle(turn: &mut Turn) -> Option<Wait> {
    let over = turn.journey.wait.filter(|wait| wait.until <= turn.now)?;
    end(turn);
    if over.why != WaitWhy::NotYet && over.stage == Stage::Reachout {
        turn.journey.reachout.next_attempt();
    }
    Some(over)
}

/// It is over: the note that says so, and what is sensible then.
pub fn due(turn: &mut Turn) {
    let Some(over) = settle(turn) else {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Wait));
        return;
    };
    let (key, outcome) = match over.why {
        WaitWhy::Time => (Key::WaitOverTime, Outcome::TimeGiven),
        WaitWhy::NoReply => (Key::WaitOverNoReply, Outcome::Unanswered),
        WaitWhy::Badly => (Key::WaitOverBadly, Outcome::CooledDown),
        WaitWhy::NotYet => (Key::WaitOverNotYet, Outcome::TalkNotYet),
    };
    let mut offers = outcome.offers();
    // The way back to the other person is never what is suggested first; after a time that was given, it is next.
    offers.insert(1, enter(over.stage));
    turn.send(Timer::Wait, Message::new(key).choices(offers));
}

/// "They asked for time": a month has begun, and another length changes it. `attempt` is the stage's own count, so that an
/// old button means nothing later.
pub fn ask(turn: &Turn, stage: Stage, attempt: u8, until: Timestamp) -> Message {
    Message::with(Key::TimeAsk, vec![turn.since(until)])
        .choices([7, 14, UNSAID, 60, 90].map(|days| Press::WaitDays { stage, attempt, days }))
        .choices([Press::WaitForm { stage, attempt }, Press::WaitUnsaid { stage, attempt }, Press::SaidNo])
}

/// As long as they said.
pub fn days(turn: &mut Turn, stage: Stage, attempt: u8, days: u16) -> Message {
    if !DAYS.contains(&days) {
        return Message::with(Key::TimeUnreadable, vec![Arg::Min(*DAYS.start()), Arg::Max(*DAYS.end())])
            .choices([Press::WaitForm { stage, attempt }, Press::WaitUnsaid { stage, attempt }]);
    }
    if stage == Stage::Reachout {
        return outcome::asked_for_time(turn, attempt, days);
    }
    bringup::waits(turn, attempt, days)
}

/// What was typed as a number of days.
pub fn days_given(turn: &mut Turn, stage: Stage, attempt: u8, value: &Value) -> Message {
    let number = if let Value::Number(number) = value { u16::try_from(*number).unwrap_or(0) } else { 0 };
    days(turn, stage, attempt, number)
}

/// Said where something would reach out while one waits.
pub fn on(turn: &Turn, wait: Wait) -> Message {
    let key = match wait.why {
        WaitWhy::Time => Key::WaitOnTime,
        WaitWhy::NoReply => Key::WaitOnNoReply,
        WaitWhy::Badly | WaitWhy::NotYet => Key::WaitOnBadly,
    };
    Message::with(key, vec![turn.since(wait.until)]).choices([
        Press::WriteLetter,
        Press::Reflect,
        Press::Tell,
        Press::SaidNo,
        enter(Stage::Letgo),
        Press::Journey,
    ])
}
