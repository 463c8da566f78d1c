//! Stage 2: reflect, during the time apart. Eight questions, answered one by one in any order, each revisable; then the
//! decision whether a second go still appeals. [`writing`](super::writing) is the same over several days, for who likes it.
//!
//! What was written comes back where it helps: as talk points ([`points`](super::points)), beside a held draft, and as
//! "why I wait" when the urge comes ([`urge`](super::urge)). An earlier answer is never lost: it stays in the journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{Decision, Question, Stage};
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
    pub answers: BTreeMap<Question, EntryId>,
    /// What they decided at the end of it, if they did.
    pub decision: Option<Decision>,
    /// The writing over several days, while it goes on.
    pub writing: Option<Writing>,
}

impl State {
    /// How many questions are answered.
    #[must_use]
    pub fn answered(&self) -> u32 {
        u32::try_from(self.answers.len()).unwrap_or(u32::MAX)
    }

    fn open(&self) -> Option<Question> {
        Question::ALL.iter().copied().find(|question| !self.answers.contains_key(question))
    }
}

/// `/reflect`: the advice where nothing was begun, else where one is.
pub fn show(turn: &Turn) -> Message {
    let state = &turn.journey.reflect;
    if *state == State::default() {
        return Message::new(Key::Reflect1).choices([
            Press::Ask { question: Question::Better },
            Press::Read { stage: Stage::Reflect, page: 2 },
            Press::Writing,
            Press::Journey,
        ]);
    }
    let message = match state.decision {
        Some(Decision::Appeals) if !turn.journey.is_barred(turn.now) => Message::new(Key::ReflectHeadAppeals),
        Some(Decision::NotYet) => Message::new(Key::ReflectHeadNotYet),
        _ => Message::new(Key::ReflectHead),
    };
    let message = message.and(Key::ReflectPlace, place(state)).choices(state.open().map(ask));
    let message = message.choices([Press::DecideAsk, Press::Writing]);
    let rest = Question::ALL.iter().copied().map(ask);
    message.choices(rest).choices([Press::Read { stage: Stage::Reflect, page: 1 }, Press::Journey])
}

/// "So many of eight", as arguments.
#[must_use]
pub fn place(state: &State) -> Vec<Arg> {
    vec![Arg::Count(state.answered()), Arg::Total(u32::try_from(Question::ALL.len()).unwrap_or(u32::MAX))]
}

/// One question, with the answer it has.
pub fn question(turn: &Turn, question: Question) -> Message {
    let message = Message::new(match question {
        Question::Better => Key::AskBetter,
        Question::Part => Key::AskPart,
        Question::Worked => Key::AskWorked,
        Question::NotWorked => Key::AskNotWorked,
        Question::Missing => Key::AskMissing,
        Question::ChangeMe => Key::AskChangeMe,
        Question::ChangeThem => Key::AskChangeThem,
        Question::ChangeUs => Key::AskChangeUs,
    });
    let state = &turn.journey.reflect;
    let message = match state.answers.get(&question) {
        Some(answer) => message.and(Key::AskAnswered, vec![Arg::Words(*answer)]),
        None => message,
    };
    let after = |question: Question| Question::ALL.iter().copied().skip_while(move |other| *other != question).skip(1);
    let next = after(question).find(|other| !state.answers.contains_key(other)).or_else(|| state.open());
    message
        .choices([Press::Reflection { question }])
        .choices(next.filter(|next| *next != question).map(ask))
        .choices([Press::Reflect, Press::Journey])
}

/// An answer was written. It counts from now on; the one before it stays in the journal.
pub fn reflected(turn: &mut Turn, question: Question, entry: EntryId) -> Message {
    let before = turn.journey.reflect.answers.insert(question, entry);
    match turn.journey.reflect.open() {
        _ if before.is_some() => {
            Message::new(Key::ReflectAnew).choices([Press::Reflect, Press::Journal, Press::Journey])
        }
        Some(open) => self::question(turn, open).below(Message::new(Key::ReflectKept)),
        None => Message::new(Key::ReflectAll).choices([Press::DecideAsk, Press::Reflect, Press::Journey]),
    }
}

/// Asks whether a second go still appeals.
pub fn decide_ask() -> Message {
    let decisions = Decision::ALL.iter().map(|decision| Press::Decide { decision: *decision });
    Message::new(Key::DecideAsk).choices(decisions).choices([Press::Reflect])
}

/// The decision at the end of the stage. The way to the other person opens by it alone, and not where it is closed.
pub fn decide(turn: &mut Turn, decision: Decision) -> Message {
    turn.journey.reflect.decision = Some(decision);
    match decision {
        Decision::Appeals if turn.journey.is_barred(turn.now) => {
            Message::new(Key::DecidedClosed).choices([enter(Stage::Letgo), Press::Support, Press::Journey])
        }
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
