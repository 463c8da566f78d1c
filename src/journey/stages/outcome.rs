//! What came of reaching out, and what follows: PRODUCT.md's table "What comes after an outcome", line by line.
//!
//! An outcome names the attempt it is about, so that an old button counts nothing twice. While its wait goes on it can be
//! told anew: silence became an answer, or a finger slipped.

use crate::journey::codes::{Card, CardAnswer, Stage, TalkOutcome, WaitWhy};
use crate::journey::gate;
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::outcome::{Outcome, enter};
use crate::journey::press::Press;
use crate::journey::stages::reachout::{self, Told};
use crate::journey::stages::{plan, wait};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// The outcomes, to be told.
#[must_use]
pub fn choices(turn: &Turn) -> Vec<Press> {
    let attempt = turn.journey.reachout.attempt();
    let mut told: Vec<Press> =
        TalkOutcome::ALL.iter().map(|outcome| Press::Talked { attempt, outcome: *outcome }).collect();
    // "They said no" stands before "not yet": it is an outcome like the others.
    told.insert(told.len() - 1, Press::SaidNo);
    told
}

/// "How it went", whether a talk was planned or just happened.
pub fn ask(turn: &Turn) -> Message {
    Message::new(Key::Tell).choices(choices(turn)).choices([Press::TalkForm, Press::Reachout])
}

/// What came of an attempt.
pub fn told(turn: &mut Turn, attempt: u8, outcome: TalkOutcome) -> Message {
    wait::settle(turn);
    if attempt != turn.journey.reachout.attempt() {
        return reachout::show(turn);
    }
    // Two attempts stay two, however the last of them is told anew.
    let second = turn.journey.reachout.over > 0 || turn.journey.reachout.is_spent();
    match outcome {
        TalkOutcome::Well => {
            let spent = turn.journey.reachout.is_spent();
            settled(turn, outcome);
            turn.journey.reachout.spent = spent;
            wait::end(turn);
            both_ask().below(Message::new(Key::TalkedWell))
        }
        TalkOutcome::NotYet => not_yet(turn),
        TalkOutcome::Time if !second => {
            settled(turn, outcome);
            let until = wait::begin(turn, Stage::Reachout, WaitWhy::Time, wait::UNSAID);
            wait::ask(turn, Stage::Reachout, attempt, until).choices([Press::Untell { attempt }])
        }
        TalkOutcome::Badly | TalkOutcome::NoReply if !second => {
            let (why, key, next) = match outcome {
                TalkOutcome::NoReply => (WaitWhy::NoReply, Key::NoReply, Outcome::NoReply),
                _ => (WaitWhy::Badly, Key::TalkedBadly, Outcome::TalkedBadly),
            };
            settled(turn, outcome);
            if why == WaitWhy::Badly {
                // To be reflected again: what was decided before the talk does not carry the next attempt.
                turn.journey.reflect.decision = None;
            }
            let until = wait::begin(turn, Stage::Reachout, why, wait::FORTNIGHT);
            let message = Message::with(key, vec![turn.since(until)]).choices(next.offers());
            message.choices([Press::Tell, Press::Untell { attempt }])
        }
        TalkOutcome::Time | TalkOutcome::Badly | TalkOutcome::NoReply => {
            settled(turn, outcome);
            turn.journey.reachout.spent = true;
            wait::end(turn);
            let above = Message::new(match outcome {
                TalkOutcome::Time => Key::SpentTime,
                TalkOutcome::NoReply => Key::SpentNoReply,
                _ => Key::SpentBadly,
            });
            spent(turn).below(above).choices([Press::Untell { attempt }])
        }
    }
}

/// They asked for time, and so many days.
pub fn asked_for_time(turn: &mut Turn, attempt: u8, days: u16) -> Message {
    wait::settle(turn);
    if attempt != turn.journey.reachout.attempt() || turn.journey.reachout.over > 0 {
        return told(turn, attempt, TalkOutcome::Time);
    }
    settled(turn, TalkOutcome::Time);
    let until = wait::begin(turn, Stage::Reachout, WaitWhy::Time, days);
    let message = Message::with(Key::AskedForTime, vec![turn.since(until)]).choices(Outcome::AskedForTime.offers());
    message.choices([Press::Tell, Press::Untell { attempt }])
}

/// A slip of the finger, undone within ten minutes: what was planned and decided is back.
pub fn untell(turn: &mut Turn, attempt: u8) -> Message {
    let state = &mut turn.journey.reachout;
    let recent = |told: &Told| turn.now.duration_since(told.at) <= gate::UNDO;
    let Some(told) = state.told.filter(|told| attempt == state.attempt() && recent(told)) else {
        return reachout::show(turn);
    };
    state.told = None;
    state.spent = told.was_spent;
    state.plan = told.plan;
    turn.journey.reflect.decision = told.decision;
    wait::end(turn);
    reachout::rearm(turn);
    Message::new(Key::Untold).choices([Press::Tell, Press::Reachout, Press::Journey])
}

/// "It hasn't happened yet": plan again, or wait. While they were promised quiet, it changes nothing.
fn not_yet(turn: &mut Turn) -> Message {
    if let Some(wait) = turn.journey.holds_back(turn.now) {
        return wait::on(turn, wait);
    }
    if turn.journey.reachout.is_spent() {
        return spent(turn);
    }
    turn.journey.reachout.told = None;
    plan::end(turn);
    Message::new(Key::NotYet).choices(Outcome::TalkNotYet.offers())
}

/// "Not yet", asked again in a week.
pub fn not_yet_later(turn: &mut Turn) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let until = wait::begin(turn, Stage::Reachout, WaitWhy::NotYet, wait::WEEK);
    Message::with(Key::NotYetLater, turn.when(until)).choices([Press::Plan, Press::Reachout, Press::Journey])
}

/// Two attempts are enough. Where the last went well after all, bringing it up is what is left.
pub fn spent(turn: &Turn) -> Message {
    if turn.journey.reachout.outcome() == Some(TalkOutcome::Well) {
        return Message::new(Key::SpentWell).choices([
            enter(Stage::Bringup),
            Press::SaidNo,
            enter(Stage::Letgo),
            Press::Journey,
        ]);
    }
    Message::new(Key::Spent).choices(Outcome::Spent.offers()).choices([Press::Tell])
}

/// "Both want to work on it", asked again now that they have spoken.
pub fn both_ask() -> Message {
    let answers = [CardAnswer::True, CardAnswer::Unsure, CardAnswer::No, CardAnswer::ToldNo];
    Message::new(Key::BothAsk).choices(answers.map(|answer| Press::BothAgain { answer })).choices([Press::TalkForm])
}

/// The answer to it replaces the card's.
pub fn both(turn: &mut Turn, answer: CardAnswer) -> Message {
    let (key, outcome) = match answer {
        CardAnswer::ToldNo => {
            turn.journey.reasons.answers.insert(Card::Both, answer);
            return gate::said_no(turn);
        }
        CardAnswer::True => (Key::BothTrue, Outcome::TalkedWell),
        CardAnswer::No => (Key::BothNo, Outcome::PointsToLettingGo),
        CardAnswer::Unsure | CardAnswer::NotOurs => (Key::BothUnsure, Outcome::TalkedWell),
    };
    if turn.journey.reasons.answers.get(&Card::Both) != Some(&CardAnswer::ToldNo) {
        turn.journey.reasons.answers.insert(Card::Both, answer);
    }
    let back = (!turn.journey.reachout.is_spent()).then_some(Press::Reachout);
    Message::new(key).choices(outcome.offers()).choices(back)
}

/// The attempt is told of: nothing planned or held is asked about any more. The words of a draft stay. What it replaces
/// is remembered, in case a finger slipped; told anew, the first telling's is.
fn settled(turn: &mut Turn, outcome: TalkOutcome) {
    let state = &turn.journey.reachout;
    let told = match state.told {
        Some(told) => Told { outcome, at: turn.now, was_spent: state.is_spent(), ..told },
        None => Told {
            outcome,
            at: turn.now,
            plan: state.plan,
            decision: turn.journey.reflect.decision,
            was_spent: state.is_spent(),
        },
    };
    turn.journey.reachout.told = Some(told);
    plan::end(turn);
    turn.cancel(Timer::Draft);
}
