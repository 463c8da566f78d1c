//! What came of reaching out, and what follows: PRODUCT.md's table "What comes after an outcome", line by line.
//!
//! An outcome names the attempt it is about, so that an old button counts nothing twice. While its wait goes on it can be
//! told anew: silence became an answer, or a finger slipped.

use crate::journey::codes::{Card, CardAnswer, Stage, TalkOutcome, WaitWhy};
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::outcome::Outcome;
use crate::journey::press::Press;
use crate::journey::stages::{plan, reachout, reasons, wait};
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

/// "Tell how it went", whether a talk was planned or just happened.
pub fn ask(turn: &Turn) -> Message {
    Message::new(Key::Tell).choices(choices(turn)).choices([Press::TalkForm, Press::Reachout])
}

/// What came of an attempt.
pub fn told(turn: &mut Turn, attempt: u8, outcome: TalkOutcome) -> Message {
    wait::settle(turn);
    if attempt != turn.journey.reachout.attempt() {
        return reachout::show(turn);
    }
    match outcome {
        TalkOutcome::Well => {
            settled(turn, outcome);
            wait::end(turn);
            both_ask().below(Message::new(Key::TalkedWell))
        }
        TalkOutcome::NotYet => {
            plan::end(turn);
            Message::new(Key::NotYet).choices(Outcome::TalkNotYet.offers())
        }
        TalkOutcome::Time if turn.journey.reachout.over == 0 => wait::ask(Stage::Reachout),
        TalkOutcome::Badly | TalkOutcome::NoReply if turn.journey.reachout.over == 0 => {
            settled(turn, outcome);
            let (why, key, outcome) = match outcome {
                TalkOutcome::NoReply => (WaitWhy::NoReply, Key::NoReply, Outcome::NoReply),
                _ => (WaitWhy::Badly, Key::TalkedBadly, Outcome::TalkedBadly),
            };
            if why == WaitWhy::Badly {
                // To be reflected again: what was decided before the talk does not carry the next attempt.
                turn.journey.reflect.decision = None;
            }
            let until = wait::begin(turn, Stage::Reachout, why, wait::FORTNIGHT);
            Message::with(key, turn.when(until)).choices(outcome.offers()).choices([Press::Tell])
        }
        TalkOutcome::Time | TalkOutcome::Badly | TalkOutcome::NoReply => {
            settled(turn, outcome);
            wait::end(turn);
            spent().below(Message::new(match outcome {
                TalkOutcome::Time => Key::SpentTime,
                TalkOutcome::NoReply => Key::SpentNoReply,
                _ => Key::SpentBadly,
            }))
        }
    }
}

/// They asked for time, and so many days.
pub fn asked_for_time(turn: &mut Turn, days: u16) -> Message {
    wait::settle(turn);
    if turn.journey.reachout.over > 0 {
        return told(turn, turn.journey.reachout.attempt(), TalkOutcome::Time);
    }
    settled(turn, TalkOutcome::Time);
    let until = wait::begin(turn, Stage::Reachout, WaitWhy::Time, days);
    Message::with(Key::AskedForTime, turn.when(until)).choices(Outcome::AskedForTime.offers()).choices([Press::Tell])
}

/// "Not yet", asked again in a week.
pub fn not_yet_later(turn: &mut Turn) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let until = wait::begin(turn, Stage::Reachout, WaitWhy::NotYet, wait::WEEK);
    Message::with(Key::NotYetLater, turn.when(until)).choices([Press::Plan, Press::Reachout, Press::Journey])
}

/// Two attempts are enough.
pub fn spent() -> Message {
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
        CardAnswer::ToldNo => return reasons::answer(turn, Card::Both, answer),
        CardAnswer::True => (Key::BothTrue, Outcome::TalkedWell),
        CardAnswer::No => (Key::BothNo, Outcome::PointsToLettingGo),
        CardAnswer::Unsure | CardAnswer::NotOurs => (Key::BothUnsure, Outcome::TalkedWell),
    };
    if turn.journey.reasons.answers.get(&Card::Both) != Some(&CardAnswer::ToldNo) {
        turn.journey.reasons.answers.insert(Card::Both, answer);
    }
    Message::new(key).choices(outcome.offers()).choices([Press::Reachout])
}

/// The attempt is told of: nothing planned or held is asked about any more. The words of a draft stay.
fn settled(turn: &mut Turn, outcome: TalkOutcome) {
    turn.journey.reachout.told = Some(outcome);
    plan::end(turn);
    turn.cancel(Timer::Draft);
}
