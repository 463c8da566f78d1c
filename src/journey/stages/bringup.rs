//! Stage 4: bring it up. First a few conversations that are only that, which are counted; four questions of readiness; ways
//! to say it, fitted to how the other has been; and what came of it. Suggested in this order, demanded nowhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::journey::codes::{Readiness, Stage, WaitWhy, Warmth, YesNo};
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::Outcome;
use crate::journey::press::Press;
use crate::journey::stages::wait::{self, Wait};
use crate::journey::turn::Turn;

/// So many conversations as friends are suggested before the question.
const TALKS: u32 = 3;

/// What the person has told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Conversations as friends.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub talks: u32,
    /// The four questions.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub ready: BTreeMap<Readiness, YesNo>,
    /// How the other has been, as last told.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub warmth: Option<Warmth>,
    /// Whether they said yes.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub said_yes: bool,
    /// How often they asked for time.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub asked: u8,
}

/// So often they can ask for time; then it is an answer of its own.
const TIMES: u8 = 2;

/// The advice page of that number.
const fn advice(page: u8) -> Press {
    Press::Read { stage: Stage::Bringup, page }
}

/// `/bringup`: where one is in it.
pub fn show(turn: &mut Turn) -> Message {
    if let Some(message) = held_back(turn) {
        return message;
    }
    let state = &turn.journey.bringup;
    let message = Message::with(Key::BringupPlace, vec![Arg::Count(state.talks)]);
    let message = if state.said_yes { message.choices([Press::Trial]) } else { message };
    let first =
        if state.talks < TALKS { [Press::FriendTalk, Press::ReadyAsk] } else { [Press::ReadyAsk, Press::FriendTalk] };
    message.choices([advice(1)].into_iter().filter(|_| state.talks == 0)).choices(first).choices([
        Press::Ways,
        Press::BroughtUp,
        advice(1),
        Press::SaidNo,
        Press::Journey,
    ])
}

/// Another conversation as friends.
pub fn talked(turn: &mut Turn) -> Message {
    let state = &mut turn.journey.bringup;
    state.talks = state.talks.saturating_add(1);
    let args = vec![Arg::Count(state.talks)];
    if state.talks < TALKS {
        return Message::with(Key::FriendTalk, args).choices([Press::Bringup, advice(1), Press::Journey]);
    }
    Message::with(Key::FriendTalkEnough, args).choices([Press::ReadyAsk, Press::Bringup, Press::SaidNo, Press::Journey])
}

/// The first of the four that is open, or what they say together.
pub fn ready_ask(turn: &Turn) -> Message {
    let answers = &turn.journey.bringup.ready;
    match Readiness::ALL.iter().copied().find(|question| !answers.contains_key(question)) {
        Some(question) => ask(question),
        None => summary(turn),
    }
}

/// The answer to one of the four.
pub fn ready(turn: &mut Turn, question: Readiness, answer: YesNo) -> Message {
    turn.journey.bringup.ready.insert(question, answer);
    ready_ask(turn)
}

/// All four again.
pub fn ready_again(turn: &mut Turn) -> Message {
    turn.journey.bringup.ready.clear();
    ready_ask(turn)
}

fn ask(question: Readiness) -> Message {
    let key = match question {
        Readiness::Talked => Key::ReadyTalked,
        Readiness::TheirView => Key::ReadyView,
        Readiness::Calm => Key::ReadyCalm,
        Readiness::New => Key::ReadyNew,
    };
    Message::new(key)
        .choices(YesNo::ALL.iter().map(|answer| Press::Ready { question, answer: *answer }))
        .choices([Press::Bringup])
}

fn summary(turn: &Turn) -> Message {
    let state = &turn.journey.bringup;
    let lacks = Readiness::ALL.iter().filter(|question| state.ready.get(question) != Some(&YesNo::Yes));
    let lacks: Vec<Key> = lacks
        .map(|question| match question {
            Readiness::Talked => Key::LacksTalked,
            Readiness::TheirView => Key::LacksView,
            Readiness::Calm => Key::LacksCalm,
            Readiness::New => Key::LacksNew,
        })
        .collect();
    if lacks.is_empty() {
        let message = few(turn, Message::new(Key::ReadyYes));
        return message.choices([Press::Ways, Press::Bringup, Press::ReadyAgain, Press::Journey]);
    }
    let message = lacks.into_iter().fold(Message::new(Key::ReadyNotYet), |message, key| message.and(key, Vec::new()));
    message.choices([Press::Bringup, Press::ReadyAgain, Press::Cooloff, Press::Ways, Press::Journey])
}

/// A gentle word where there were few conversations. No lock: it is the person's own decision.
fn few(turn: &Turn, message: Message) -> Message {
    if turn.journey.bringup.talks >= TALKS {
        return message;
    }
    message.and(Key::BringupFewTalks, Vec::new()).choices([Press::FriendTalk])
}

/// Asks how they have been.
pub fn ways(turn: &mut Turn) -> Message {
    if let Some(message) = held_back(turn) {
        return message;
    }
    let ways = Warmth::ALL.iter().map(|warmth| Press::Way { warmth: *warmth });
    few(turn, Message::new(Key::Ways).choices(ways)).choices([Press::Bringup])
}

/// The way that fits.
pub fn way(turn: &mut Turn, warmth: Warmth) -> Message {
    if let Some(message) = held_back(turn) {
        return message;
    }
    turn.journey.bringup.warmth = Some(warmth);
    match warmth {
        Warmth::Warm => Message::new(Key::WayWarm).choices([Press::BroughtUp, advice(2), Press::Bringup]),
        Warmth::Careful => Message::new(Key::WayCareful).choices([Press::BroughtUp, Press::FriendTalk, Press::Bringup]),
        Warmth::Cool => Message::new(Key::WayCool).choices([Press::Letgo, Press::Cooloff, Press::Bringup]),
    }
    .choices([Press::SaidNo, Press::Journey])
}

/// "I brought it up": what did they say?
pub fn brought_up(turn: &mut Turn) -> Message {
    wait::settle(turn);
    Message::new(Key::BroughtUp).choices([Press::BroughtUpYes, Press::BroughtUpTime, Press::SaidNo, Press::Bringup])
}

/// They said yes, perhaps before the time they asked for was over.
pub fn said_yes(turn: &mut Turn) -> Message {
    turn.journey.bringup.said_yes = true;
    wait::end(turn);
    Message::new(Key::BroughtUpYes).choices(Outcome::SaidYes.offers())
}

/// They asked for time: a month begins at once, and another length changes it. The second time is an answer.
pub fn asked_for_time(turn: &mut Turn) -> Message {
    wait::settle(turn);
    let asked = turn.journey.bringup.asked;
    if let Some(wait) = waiting(turn) {
        return wait::ask(turn, Stage::Bringup, asked, wait.until);
    }
    let time = asked.saturating_add(1);
    if time >= TIMES {
        turn.journey.bringup.asked = TIMES;
        return twice();
    }
    turn.journey.bringup.asked = time;
    let until = wait::begin(turn, Stage::Bringup, WaitWhy::Time, wait::UNSAID);
    wait::ask(turn, Stage::Bringup, time, until)
}

/// As long as they said, the `time`th time. While it goes on it can be told anew; an old button counts nothing twice.
pub fn waits(turn: &mut Turn, time: u8, days: u16) -> Message {
    wait::settle(turn);
    let asked = turn.journey.bringup.asked;
    let anew = waiting(turn).is_some() && time == asked;
    if !anew && time != asked.saturating_add(1) {
        return show(turn);
    }
    turn.journey.bringup.asked = time;
    if time >= TIMES {
        return twice();
    }
    let until = wait::begin(turn, Stage::Bringup, WaitWhy::Time, days);
    Message::with(Key::AskedForTime, vec![turn.since(until)])
        .choices(Outcome::AskedForTime.offers())
        .choices([Press::BroughtUp])
}

/// The time they asked for when it was brought up, while it goes on.
fn waiting(turn: &Turn) -> Option<Wait> {
    turn.journey.holds_back(turn.now).filter(|wait| wait.stage == Stage::Bringup)
}

fn twice() -> Message {
    Message::new(Key::BringupTwice).choices([Press::Letgo, Press::WriteLetter, Press::BroughtUpYes, Press::SaidNo])
}

/// What stands against asking now: a wait that goes on, or that they asked for time twice.
fn held_back(turn: &mut Turn) -> Option<Message> {
    wait::settle(turn);
    wait::rearm(turn);
    if turn.journey.bringup.asked >= TIMES && !turn.journey.bringup.said_yes {
        return Some(twice());
    }
    let wait = turn.journey.holds_back(turn.now)?;
    let mut message = wait::on(turn, wait);
    // What came of it is told here, not as if it were a first talk.
    message.choices.retain(|press| *press != Press::Tell);
    Some(message.choices([Press::BroughtUp]))
}
