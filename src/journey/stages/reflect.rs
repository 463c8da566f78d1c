//! Stage 2: reflect, during the time apart. Eight questions, answered one by one in any order, each revisable; then the
//! decision whether a second go still appeals. [`writing`](super::writing) is the same over several days, for who likes it.
//!
//! What was written comes back where it helps: as talk points ([`points`](super::points)), beside a held draft, and as
//! "why I wait" when the urge comes ([`urge`](super::urge)). An earlier answer is never lost: it stays in the journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{Decision, Question, Stage, ViolenceRole};
use crate::journey::gate::Status;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::{Outcome, enter};
use crate::journey::press::Press;
use crate::journey::stages::writing::Writing;
use crate::journey::stages::{closing, letgo};
use crate::journey::turn::Turn;

/// What the person has reflected on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The latest answer to each question.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub answers: BTreeMap<Question, EntryId>,
    /// What they decided at the end of it, if they did.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub decision: Option<Decision>,
    /// The writing over several days, while it goes on.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub writing: Option<Writing>,
}

/// The questions that fit the person, in their order.
fn questions(turn: &Turn) -> impl Iterator<Item = Question> {
    Question::ALL.iter().copied().filter(|question| turn.fits(asked(turn, *question)))
}

/// The first of them that has no answer.
fn open(turn: &Turn) -> Option<Question> {
    questions(turn).find(|question| !turn.journey.reflect.answers.contains_key(question))
}

/// `/reflect`: the advice where nothing was begun, else where one is.
pub fn show(turn: &Turn) -> Message {
    let state = &turn.journey.reflect;
    if turn.journey.leaves_out_own_part(turn.now) || turn.journey.did_the_hurting() {
        return after_violence(turn);
    }
    let barred = turn.journey.is_barred(turn.now);
    if *state == State::default() {
        return Message::new(Key::Reflect1)
            .choices([Press::Ask { question: Question::Better }])
            .choices((!barred).then_some(Press::Read { stage: Stage::Reflect, page: 2 }))
            .choices([Press::Writing, Press::Journey]);
    }
    let message = match state.decision {
        Some(Decision::Appeals) if !barred => Message::new(Key::ReflectHeadAppeals),
        Some(Decision::NotYet) if !barred => Message::new(Key::ReflectHeadNotYet),
        _ => Message::new(Key::ReflectHead),
    };
    let message = message.and(Key::ReflectPlace, place(turn)).choices(open(turn).map(ask));
    let message = message.choices((!barred).then_some(Press::DecideAsk)).choices([Press::Writing]);
    let rest: Vec<Press> = questions(turn).map(ask).collect();
    message.choices(rest).choices([Press::Read { stage: Stage::Reflect, page: 1 }, Press::Journey])
}

/// After violence: looking back without one's own part, and what helps.
fn after_violence(turn: &Turn) -> Message {
    let questions: Vec<Press> = questions(turn).map(ask).collect();
    let key = match turn.journey.gate.role {
        Some(ViolenceRole::Hurt) => Key::AfterReflect,
        Some(ViolenceRole::Did) => Key::AfterReflectDid,
        Some(ViolenceRole::Both | ViolenceRole::Unsaid) | None => Key::AfterReflectOpen,
    };
    let letter = (!turn.journey.did_the_hurting()).then_some(Press::WriteLetter);
    Message::new(key)
        .choices([Press::AfterViolence { page: 1 }])
        .choices(questions)
        .choices(letter)
        .choices([Press::Support, Press::Journey])
}

/// "So many of eight", as arguments.
#[must_use]
pub fn place(turn: &Turn) -> Vec<Arg> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let answers = &turn.journey.reflect.answers;
    let answered = questions(turn).filter(|question| answers.contains_key(question)).count();
    vec![Arg::Count(count(answered)), Arg::Total(count(questions(turn).count()))]
}

/// The text that asks a question.
fn asked(turn: &Turn, question: Question) -> Key {
    let after_violence = turn.journey.leaves_out_own_part(turn.now);
    match question {
        Question::NotWorked if after_violence => Key::AfterAskNotWorked,
        Question::Missing if after_violence => Key::AfterAskMissing,
        Question::Better => Key::AskBetter,
        Question::Part => Key::AskPart,
        Question::Worked => Key::AskWorked,
        Question::NotWorked => Key::AskNotWorked,
        Question::Missing => Key::AskMissing,
        Question::ChangeMe => Key::AskChangeMe,
        Question::ChangeThem => Key::AskChangeThem,
        Question::ChangeUs => Key::AskChangeUs,
    }
}

/// One question, with the answer it has.
pub fn question(turn: &Turn, question: Question) -> Message {
    let key = asked(turn, question);
    if !turn.fits(key) {
        return show(turn);
    }
    let message = Message::new(key);
    let state = &turn.journey.reflect;
    let message = match state.answers.get(&question) {
        Some(answer) => message.and(Key::AskAnswered, vec![Arg::Words(*answer)]),
        None => message,
    };
    let next = questions(turn)
        .skip_while(|other| *other != question)
        .skip(1)
        .find(|other| !state.answers.contains_key(other))
        .or_else(|| open(turn));
    message
        .choices([Press::Reflection { question }])
        .choices(next.filter(|next| *next != question).map(ask))
        .choices([Press::Reflect, Press::Journey])
}

/// An answer was written. It counts from now on; the one before it stays in the journal.
pub fn reflected(turn: &mut Turn, question: Question, entry: EntryId) -> Message {
    let before = turn.journey.reflect.answers.insert(question, entry);
    match open(turn) {
        _ if before.is_some() => {
            Message::new(Key::ReflectAnew).choices([Press::Reflect, Press::Journal, Press::Journey])
        }
        Some(open) => self::question(turn, open).below(Message::new(Key::ReflectKept)),
        None if turn.journey.is_barred(turn.now) => {
            Message::new(Key::ReflectAllClosed).choices([Press::Reflect, enter(Stage::Letgo), Press::Journey])
        }
        None => Message::new(Key::ReflectAll).choices([Press::DecideAsk, Press::Reflect, Press::Journey]),
    }
}

/// Held or closed, whether a second go appeals is not asked.
fn undecided(turn: &Turn) -> Option<Message> {
    let (key, first) = match turn.journey.gate_status(turn.now) {
        Status::Held => (Key::DecideHeld, Some(Press::GateAsk)),
        Status::Closed => (Key::DecidedClosed, None),
        Status::Clear | Status::Unasked => return None,
    };
    Some(Message::new(key).choices(first).choices([enter(Stage::Letgo), Press::Support, Press::Journey]))
}

/// Asks whether a second go still appeals.
pub fn decide_ask(turn: &Turn) -> Message {
    if let Some(instead) = undecided(turn) {
        return instead;
    }
    let decisions = Decision::ALL.iter().map(|decision| Press::Decide { decision: *decision });
    Message::new(Key::DecideAsk).choices(decisions).choices([Press::Reflect])
}

/// The decision at the end of the stage. The way to the other person opens by it alone, and not where it is closed.
pub fn decide(turn: &mut Turn, decision: Decision) -> Message {
    if let Some(instead) = undecided(turn).filter(|_| decision != Decision::LetGo) {
        return instead;
    }
    turn.journey.reflect.decision = Some(decision);
    match decision {
        Decision::Appeals => {
            letgo::leave(turn);
            closing::reopen(turn);
            let message = Message::new(Key::DecidedAppeals);
            let today = turn.today();
            let running = turn.journey.cooloff.run.as_ref().map(|run| run.args(today));
            let message = match running {
                Some(args) => message.and(Key::StillApart, args).choices([Press::Cooloff]),
                None => message,
            };
            message.choices(Outcome::Appeals.offers())
        }
        Decision::NotYet => Message::new(Key::DecidedNotYet).choices(Outcome::NotSure.offers()),
        Decision::LetGo => letgo::choose(turn),
    }
}

fn ask(question: Question) -> Press {
    Press::Ask { question }
}
