//! The safety gate before stages 3 to 6, as one table: a state for each of its three questions and one transition.
//!
//! [`next`] is that table, pure; `tests/gate_table.rs` in this folder states it a second time. [`Gate`] holds the three
//! questions and says what they mean together: clear, held or closed. The pages a person sees are in `pages`.
//!
//! Source: the safety specification, section 2.

mod answers;
mod pages;
mod said_no;
#[cfg(test)]
mod tests;

pub use answers::{MisTap, cancel_corrections, cancelled_key, unclear, undo_answer};
pub use pages::{
    afraid, after_page, after_violence, answered, apply_bar, ask_open, ask_role, ask_role_again, before, changed,
    correct, lacks_role, later, open_question_page, review, role,
};
pub use said_no::{UNDO, came_back, not_said_no, said_no, stands, undo as undo_no, undoable};

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Journey;
use super::codes::{GateQuestion, Stage, ViolenceRole, YesNo};
use super::press::Press;
use crate::safety::Concern;

/// How long a correction waits, by question.
const fn correction_wait(question: GateQuestion) -> SignedDuration {
    match question {
        GateQuestion::Contact => SignedDuration::from_hours(24),
        GateQuestion::Violence | GateQuestion::Order => WEEK,
    }
}

/// How long a No against the person's own words is remembered, and how often at most a correction is cancelled.
const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The state of one question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Never asked.
    #[default]
    Unanswered,
    /// Asked, and not answered yet.
    Asked {
        /// Whether the person's words raised it.
        by_words: bool,
    },
    /// No.
    No {
        /// When it was given, if it answered a question that the person's words had raised (UTC).
        against_words: Option<Timestamp>,
    },
    /// Yes.
    Yes,
    /// A No that counts only from `until` on (UTC); it counts as a Yes before.
    Correcting {
        /// When the No counts.
        until: Timestamp,
        /// When a No was given against the person's own words, if that began it; `None` where a Yes is corrected.
        against_words: Option<Timestamp>,
    },
}

/// One question: its state, and when words last cancelled a correction of it (UTC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Its state as it was last written; [`Question::at`] has the state that counts.
    pub state: State,
    /// When words last cancelled its correction.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub cancelled: Option<Timestamp>,
}

/// Something that happens to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateEvent {
    /// The person reaches for one of stages 3 to 6.
    Reach,
    /// Sure words of its kind.
    Words,
    /// Sure words that the person pursues the other: for the question of contact, whatever was answered before.
    Pursuit,
    /// An answer.
    Answer(YesNo),
    /// A Yes is taken back: it was never so, or it is over.
    Correct,
}

impl Question {
    /// The state that counts now: a correction whose time is over is a No.
    #[must_use]
    pub fn at(self, now: Timestamp) -> State {
        match self.state {
            State::Correcting { until, against_words } if until <= now => State::No { against_words },
            state => state,
        }
    }
}

/// The table: what a question becomes. An event without a row leaves it as it is.
#[must_use]
pub fn next(question: GateQuestion, before: Question, event: GateEvent, now: Timestamp) -> Question {
    let until = now.checked_add(correction_wait(question)).unwrap_or(now);
    let recent = |at: Timestamp| now.duration_since(at) < WEEK;
    let state = before.at(now);
    let with = |state| Question { state, ..before };
    match (state, event) {
        (State::Unanswered, GateEvent::Reach) => with(State::Asked { by_words: false }),
        (State::No { against_words: Some(at) }, GateEvent::Words)
            if question == GateQuestion::Contact && recent(at) =>
        {
            with(state)
        }
        (State::Unanswered | State::No { .. } | State::Asked { .. }, GateEvent::Words | GateEvent::Pursuit) => {
            with(State::Asked { by_words: true })
        }
        (State::Correcting { against_words, .. }, GateEvent::Words | GateEvent::Pursuit)
            if event == GateEvent::Pursuit || !before.cancelled.is_some_and(recent) =>
        {
            let state = if against_words.is_some() { State::Asked { by_words: true } } else { State::Yes };
            Question { state, cancelled: Some(now) }
        }
        (State::Asked { by_words: true }, GateEvent::Answer(YesNo::No)) => match question {
            GateQuestion::Violence => with(State::No { against_words: Some(now) }),
            GateQuestion::Contact | GateQuestion::Order => with(State::Correcting { until, against_words: Some(now) }),
        },
        (State::Unanswered | State::Asked { by_words: false }, GateEvent::Answer(YesNo::No)) => {
            with(State::No { against_words: None })
        }
        (_, GateEvent::Answer(YesNo::Yes)) => with(State::Yes),
        (State::Yes, GateEvent::Correct) => with(State::Correcting { until, against_words: None }),
        (
            State::No { .. } | State::Yes | State::Correcting { .. },
            GateEvent::Reach
            | GateEvent::Words
            | GateEvent::Pursuit
            | GateEvent::Answer(YesNo::No)
            | GateEvent::Correct,
        )
        | (State::Asked { .. }, GateEvent::Reach | GateEvent::Correct)
        | (State::Unanswered, GateEvent::Correct) => with(state),
    }
}

/// What the three questions mean together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All three are No.
    Clear,
    /// One was never asked, and none stands against the way: reaching for stages 3 to 6 asks it.
    Unasked,
    /// One is asked and none is Yes.
    Held,
    /// One is Yes or being corrected, or the other said no.
    Closed,
}

/// What the person has told the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Gate {
    /// The questions that are not [`State::Unanswered`].
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub questions: BTreeMap<GateQuestion, Question>,
    /// The stage the person was on the way to.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub wanted: Option<Stage>,
    /// Who was hurt, once asked after a Yes to violence.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub role: Option<ViolenceRole>,
    /// The opposite of it that was pressed, and when (UTC): the same press again confirms it.
    pub role_flip: Option<(ViolenceRole, Timestamp)>,
    /// The latest answer that may have been a slip of the finger.
    pub mis_tap: Option<MisTap>,
    /// Whether the one reminder of a waiting question was shown since it was raised.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub reminded: bool,
    /// Set once it was asked again because an answer was neither a yes nor a no.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub asked_again: bool,
    /// Whether stages 3 to 6 are suspended: their timers are taken, and a release is still to be told.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub suspended: bool,
}

/// What is read: today's form, and `answers` and `corrections` of versions before 0.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    questions: BTreeMap<GateQuestion, Question>,
    wanted: Option<Stage>,
    role: Option<ViolenceRole>,
    role_flip: Option<(ViolenceRole, Timestamp)>,
    mis_tap: Option<MisTap>,
    reminded: bool,
    asked_again: bool,
    suspended: bool,
    answers: BTreeMap<GateQuestion, YesNo>,
    corrections: BTreeMap<GateQuestion, Timestamp>,
}

impl From<Stored> for Gate {
    fn from(stored: Stored) -> Self {
        let Stored {
            mut questions,
            wanted,
            role,
            role_flip,
            mis_tap,
            reminded,
            asked_again,
            suspended,
            answers,
            corrections,
        } = stored;
        for (question, answer) in answers {
            let state = match (answer, corrections.get(&question)) {
                (YesNo::No, _) => State::No { against_words: None },
                (YesNo::Yes, None) => State::Yes,
                (YesNo::Yes, Some(until)) => State::Correcting { until: *until, against_words: None },
            };
            questions.entry(question).or_insert(Question { state, cancelled: None });
        }
        Self { questions, wanted, role, role_flip, mis_tap, reminded, asked_again, suspended }
    }
}

impl Gate {
    /// The state of a question that counts now.
    #[must_use]
    pub fn state(&self, question: GateQuestion, now: Timestamp) -> State {
        self.questions.get(&question).copied().unwrap_or_default().at(now)
    }

    /// Lets something happen to a question; says the states before and after.
    pub fn apply(&mut self, question: GateQuestion, event: GateEvent, now: Timestamp) -> (State, State) {
        let before = self.questions.get(&question).copied().unwrap_or_default();
        let after = next(question, before, event, now);
        if matches!(after.state, State::Asked { .. }) && before.at(now) != after.state {
            self.reminded = false;
        }
        if before != after {
            self.asked_again = false;
        }
        if question == GateQuestion::Violence && !matches!(after.state, State::Yes | State::Correcting { .. }) {
            self.role = None;
        }
        if after != Question::default() {
            self.questions.insert(question, after);
        }
        (before.at(now), after.at(now))
    }

    /// What the questions mean together, the other's "no" left out.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        let states = GateQuestion::ALL.iter().map(|question| self.state(*question, now));
        let states: Vec<State> = states.collect();
        let any = |wanted: fn(&State) -> bool| states.iter().any(wanted);
        if any(|state| matches!(state, State::Yes | State::Correcting { .. })) {
            Status::Closed
        } else if any(|state| matches!(state, State::Asked { .. })) {
            Status::Held
        } else if any(|state| *state == State::Unanswered) {
            Status::Unasked
        } else {
            Status::Clear
        }
    }

    /// The question that is asked now; what the words were about first.
    #[must_use]
    pub fn asked(&self, now: Timestamp) -> Option<GateQuestion> {
        const URGENT_FIRST: [GateQuestion; 3] = [GateQuestion::Violence, GateQuestion::Order, GateQuestion::Contact];
        let asked = |by_words| {
            let is = move |question: &GateQuestion| self.state(*question, now) == State::Asked { by_words };
            URGENT_FIRST.iter().copied().find(is)
        };
        asked(true).or_else(|| asked(false))
    }

    /// The first question that was never asked.
    #[must_use]
    pub fn unanswered(&self, now: Timestamp) -> Option<GateQuestion> {
        GateQuestion::ALL.iter().copied().find(|question| self.state(*question, now) == State::Unanswered)
    }

    /// Whether a question counts as a Yes now, or the person's words raised it.
    #[must_use]
    pub fn is_raised(&self, question: GateQuestion, now: Timestamp) -> bool {
        self.is_yes(question, now) || self.state(question, now) == State::Asked { by_words: true }
    }

    /// Whether a question counts as a Yes now.
    #[must_use]
    pub fn is_yes(&self, question: GateQuestion, now: Timestamp) -> bool {
        matches!(self.state(question, now), State::Yes | State::Correcting { .. })
    }
}

/// The question that words of a concern raise.
#[must_use]
pub const fn question_of(concern: Concern) -> Option<GateQuestion> {
    match concern {
        Concern::Threatened | Concern::HarmOther => Some(GateQuestion::Violence),
        Concern::Order => Some(GateQuestion::Order),
        Concern::ContactRefused | Concern::OwnPursuit => Some(GateQuestion::Contact),
        Concern::SelfHarm | Concern::TheirSuicide | Concern::Minor | Concern::Ended => None,
    }
}

impl Journey {
    /// What stands before stages 3 to 6 now.
    #[must_use]
    pub fn gate_status(&self, now: Timestamp) -> Status {
        if stands(self, now) { Status::Closed } else { self.gate.status(now) }
    }

    /// Whether stages 3 to 6 are closed.
    #[must_use]
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.gate_status(now) == Status::Closed
    }

    /// Whether nothing of stages 3 to 6 may be shown, sent, handed back, followed up or recommended: held or closed.
    #[must_use]
    pub fn is_barred(&self, now: Timestamp) -> bool {
        matches!(self.gate_status(now), Status::Held | Status::Closed)
    }

    /// Whether the person has told of violence.
    #[must_use]
    pub fn told_of_violence(&self, now: Timestamp) -> bool {
        self.gate.is_yes(GateQuestion::Violence, now)
    }

    /// Whether the person has told of violence, or wrote of it and has not answered the question yet.
    #[must_use]
    pub fn heard_of_violence(&self, now: Timestamp) -> bool {
        self.gate.is_raised(GateQuestion::Violence, now)
    }

    /// Whether the person said that they were hurt and did no hurting themselves. Until then, texts leave open who did.
    #[must_use]
    pub fn was_hurt(&self) -> bool {
        self.gate.role == Some(ViolenceRole::Hurt)
    }

    /// True where the person said that they did the hurting.
    #[must_use]
    pub fn did_the_hurting(&self) -> bool {
        self.gate.role == Some(ViolenceRole::Did)
    }

    /// Whether texts that are wrong after violence are left out: the person was hurt, hurt and did hurt, would rather not
    /// say, or has not said yet. Who did the hurting has pages of their own.
    #[must_use]
    pub fn leaves_out_own_part(&self, now: Timestamp) -> bool {
        self.heard_of_violence(now) && !self.did_the_hurting()
    }

    /// Whether an order, a wish for no contact or the person's own violence keeps them away from the other.
    #[must_use]
    pub fn keeps_away(&self, now: Timestamp) -> bool {
        let refused = [GateQuestion::Order, GateQuestion::Contact].iter().any(|it| self.gate.is_raised(*it, now));
        refused || self.did_the_hurting()
    }

    /// Whether a press may open its form now: one of stages 3 to 6 only where the gate is clear, and nothing is drafted
    /// or planned during a wait. Where it may not, pressing it says why.
    #[must_use]
    pub fn opens(&self, press: &Press, now: Timestamp) -> bool {
        let Some(stage) = press.behind_gate() else { return true };
        let waits = matches!(press, Press::DraftForm | Press::PlanForm)
            && (self.holds_back(now).is_some() || (stage == Stage::Reachout && self.reachout.is_spent()));
        !waits && self.gate_status(now) == Status::Clear
    }
}
