//! Stage 3: reach out. Where one is in it, the page for the talk itself, and what was prepared: talk points
//! ([`points`](super::points)), a held draft ([`draft`](super::draft)), a planned time ([`plan`](super::plan)). What came of
//! it is [`outcome`](super::outcome)'s. The gate stands before all of it, in `pressed` and `wrote` of the parent.
//!
//! The bot sends nothing to the other person, and there are two attempts at most: the second only after a wait.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{Decision, Question, Stage, TalkOutcome};
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::enter;
use crate::journey::press::Press;
use crate::journey::stages::draft::{self, Draft};
use crate::journey::stages::plan::{self, Plan};
use crate::journey::stages::{outcome, points, wait};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// What was prepared, and how far the attempts are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Answers of the reflection taken along as talk points, in the order of picking.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub points: Vec<Question>,
    /// Talk points in words of their own.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub own_points: Vec<EntryId>,
    /// The opening lines, held or kept.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub draft: Option<Draft>,
    /// The time chosen for the talk.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub plan: Option<Plan>,
    /// Attempts that are over: none or one.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub over: u8,
    /// What came of the current attempt.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub told: Option<Told>,
    /// Whether both attempts are used; never taken back but by an undo within ten minutes.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub spent: bool,
}

/// An outcome as it was told, and what it put an end to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What came of it.
    pub outcome: TalkOutcome,
    /// When that was told (UTC).
    pub at: Timestamp,
    /// The plan there was.
    pub plan: Option<Plan>,
    /// What had been decided after reflecting.
    pub decision: Option<Decision>,
    /// Whether both attempts had been used before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_spent: bool,
}

impl State {
    /// Which attempt this is: 1 or 2.
    #[must_use]
    pub fn attempt(&self) -> u8 {
        self.over.min(1) + 1
    }

    /// The attempt was used and its wait is over.
    pub fn next_attempt(&mut self) {
        self.over = 1;
        self.told = None;
    }

    /// Whether the second attempt has been used as well: nothing more is suggested.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.spent || self.over > 0 && self.outcome().is_some_and(|outcome| outcome != TalkOutcome::Well)
    }

    /// What came of the current attempt.
    #[must_use]
    pub fn outcome(&self) -> Option<TalkOutcome> {
        self.told.map(|told| told.outcome)
    }
}

/// `/reachout`: the advice where nothing was begun, else where one is.
pub fn show(turn: &mut Turn) -> Message {
    rearm(turn);
    let advice = Press::Read { stage: Stage::Reachout, page: 1 };
    if turn.journey.reachout == State::default() && turn.journey.wait.is_none() {
        let message = friction(turn, Message::new(Key::ReachoutHead));
        return message
            .choices([advice, Press::Points, Press::Draft, Press::Plan, Press::Talk, Press::Tell])
            .choices([Press::SaidNo, Press::Journey]);
    }
    if let Some(message) = held_back(turn) {
        return message;
    }
    if turn.journey.reachout.plan.is_some_and(|plan| plan.at <= turn.now) {
        return plan::follow_up(turn);
    }
    let message = friction(turn, Message::new(Key::ReachoutHead));
    let mut message = lines(turn, message);
    if turn.journey.reachout.over > 0 && turn.journey.reachout.told.is_none() {
        message = message.and(Key::LastAttempt, Vec::new());
    }
    message.choices([Press::Points, Press::Draft, Press::Plan, Press::Talk, Press::Tell, advice]).choices([
        Press::SaidNo,
        enter(Stage::Letgo),
        Press::Journey,
    ])
}

/// What stands against an attempt now, whoever asks for it: a wait, or that both attempts are used.
pub fn held_back(turn: &mut Turn) -> Option<Message> {
    rearm(turn);
    if turn.journey.reachout.is_spent() {
        return Some(outcome::spent(turn));
    }
    turn.journey.holds_back(turn.now).map(|wait| wait::on(turn, wait))
}

/// A wait whose time has passed is put away, and what was to come is set again where a closed gate, or a "no" that was a
/// slip of the finger, had taken it.
pub fn rearm(turn: &mut Turn) {
    wait::settle(turn);
    wait::rearm(turn);
    draft::rearm(turn);
    plan::rearm(turn);
}

/// A gentle word where the order of things speaks for waiting. No lock: it is the person's own decision.
pub fn friction(turn: &Turn, message: Message) -> Message {
    let today = turn.today();
    let message = match &turn.journey.cooloff.run {
        Some(run) => message.and(Key::StillApart, run.args(today)).choices([Press::Cooloff]),
        None => message,
    };
    if turn.journey.reflect.decision == Some(Decision::Appeals) {
        return message;
    }
    message.and(Key::Undecided, Vec::new()).choices([Press::Reflect])
}

/// What is prepared and when it comes, one line each; for here and for `/journey`.
pub fn lines(turn: &Turn, mut message: Message) -> Message {
    let state = &turn.journey.reachout;
    let count = points::count(state);
    if count > 0 {
        message = message.and(Key::PlacePoints, vec![Arg::Count(count)]);
    }
    if let Some(draft) = state.draft {
        message = match turn.journey.timers.get(&Timer::Draft) {
            Some(_) if !draft.kept => message.and(Key::PlaceDraft, turn.when(draft.until)),
            _ => message.and(Key::PlaceDraftReady, Vec::new()),
        };
    }
    if let Some(plan) = state.plan {
        message = message.and(Key::PlacePlan, turn.when(plan.at));
    }
    if state.outcome() == Some(TalkOutcome::Well) {
        message = message.and(Key::PlaceWell, Vec::new());
    }
    if state.is_spent() && state.outcome() != Some(TalkOutcome::Well) {
        message = message.and(Key::PlaceSpent, Vec::new());
    }
    if let Some(wait) = turn.journey.wait.filter(|wait| wait.until > turn.now) {
        message = message.and(Key::PlaceWait, vec![turn.since(wait.until)]);
    }
    message
}

/// The page for the talk itself, with one's own points below it.
pub fn talk(turn: &Turn) -> Message {
    let mut message = Message::new(Key::Talk);
    if points::count(&turn.journey.reachout) > 0 {
        message = points::quoted(turn, message.and(Key::TalkPoints, Vec::new()));
    }
    message.choices([Press::Points, Press::TalkForm, Press::Tell, Press::SaidNo, Press::Reachout])
}

/// A note about the talk was written.
pub fn talk_noted(turn: &Turn) -> Message {
    Message::new(Key::TalkNoteKept).choices(outcome::choices(turn)).choices([Press::Reachout])
}

/// Letting go: what waits here stops, and the words stay in the journal.
pub fn stop(turn: &mut Turn) {
    turn.journey.reachout.plan = None;
    if let Some(told) = &mut turn.journey.reachout.told {
        // Nothing that was ended comes back by an undo.
        told.plan = None;
    }
    for timer in [Timer::Planned, Timer::Draft] {
        turn.cancel(timer);
    }
    wait::end(turn);
}
