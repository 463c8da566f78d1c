//! The other's "no". It is final after ten minutes in which it can be undone as a mis-tap, and it closes stages 3 to 6.
//!
//! One way leads back, and no page recommends it: the other came back by themselves. It waits 14 days, asks the gate
//! anew, and never opens after violence or an order.

use jiff::{SignedDuration, Timestamp};

use super::Gate;
use super::pages::{resume, suspend};
use crate::journey::Journey;
use crate::journey::codes::{Card, CardAnswer, GateQuestion, Stage};
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::outcome::{Outcome, enter};
use crate::journey::press::Press;
use crate::journey::turn::Turn;

/// How long a "no" can be undone.
pub const UNDO: SignedDuration = SignedDuration::from_mins(10);

/// How long "they came back to me by themselves" waits.
const CAME_BACK_WAIT: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Whether the other's "no" counts now.
#[must_use]
pub fn stands(journey: &Journey, now: Timestamp) -> bool {
    let lifted = journey.came_back.is_some_and(|at| now.duration_since(at) >= CAME_BACK_WAIT);
    journey.said_no.is_some() && !lifted
}

/// The other said no. The first time counts; it is final after ten minutes.
pub fn said_no(turn: &mut Turn) -> Message {
    if !stands(&turn.journey, turn.now) {
        turn.journey.said_no = Some(turn.now);
    }
    turn.journey.came_back = None;
    suspend(turn);
    let mut offers = Outcome::ToldNo.offers();
    if !undoable(turn) {
        offers.retain(|press| *press != Press::SaidNoUndo);
    }
    Message::new(Key::SaidNo).choices(offers)
}

/// Whether the "no" can still be undone.
#[must_use]
pub fn undoable(turn: &Turn) -> bool {
    turn.journey.said_no.is_some_and(|at| turn.now.duration_since(at) <= UNDO)
}

/// Undoes a mis-tapped "no", within ten minutes.
pub fn undo(turn: &mut Turn) -> Message {
    if turn.journey.said_no.is_some() && !undoable(turn) {
        return Message::new(Key::SaidNoFinal).choices([enter(Stage::Letgo), Press::Support]);
    }
    turn.journey.said_no = None;
    let answers = &mut turn.journey.reasons.answers;
    if answers.get(&Card::Both) == Some(&CardAnswer::ToldNo) {
        answers.remove(&Card::Both);
    }
    resume(turn);
    Message::new(Key::SaidNoUndone).choices([Press::Reasons, Press::Journey])
}

/// The person's words sounded like a "no" of the other, and were none.
pub fn not_said_no() -> Message {
    Message::new(Key::NotSaidNo).choices([Press::Journey, Press::Support])
}

/// The other came back by themselves: the "no" is lifted in 14 days and the gate asks anew.
pub fn came_back(turn: &mut Turn) -> Message {
    let now = turn.now;
    let barred = [GateQuestion::Violence, GateQuestion::Order].iter().any(|q| turn.journey.gate.is_yes(*q, now));
    if !stands(&turn.journey, now) || barred {
        return Message::new(Key::CameBackNot).choices([Press::Support, Press::Journey]);
    }
    let since = *turn.journey.came_back.get_or_insert(now);
    // All three questions are asked anew; what words raised meanwhile stays asked.
    turn.journey.gate = Gate { suspended: true, ..Gate::default() };
    let from = since.checked_add(CAME_BACK_WAIT).unwrap_or(since);
    Message::with(Key::CameBack, vec![turn.since(from)]).choices([Press::Support, Press::Journey])
}
