//! Around an answer to the gate: one that was a slip of the finger is undone, an unclear one is asked for again, the
//! opposite of who was hurt is confirmed, and words take a correction back.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::pages::{apply_bar, ask, ask_open, ask_role, lacks_role, review};
use super::said_no::UNDO;
use super::{GateEvent, Question, State, question_of};
use crate::chat::EntryId;
use crate::journey::Journey;
use crate::journey::codes::{GateQuestion, ViolenceRole};
use crate::journey::front;
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::press::Press;
use crate::journey::turn::Turn;
use crate::safety::Concern;

/// How long after a correction "it's still on" is about it.
const JUST_CORRECTED: SignedDuration = SignedDuration::from_hours(1);

/// An answer that no words of the person had led to, for undoing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MisTap {
    /// The question.
    pub question: GateQuestion,
    /// What it was before.
    pub before: Question,
    /// What the answer made of it.
    pub after: Question,
    /// When it was given (UTC).
    pub at: Timestamp,
}

/// Remembers an answer for undoing it; one to a question that the person's words had raised stands.
pub(super) fn remember(turn: &mut Turn, question: GateQuestion, before: Option<Question>) {
    let before = before.unwrap_or_default();
    let after = turn.journey.gate.questions.get(&question).copied().unwrap_or_default();
    let by_chance = match before.at(turn.now) {
        State::Unanswered | State::Asked { by_words: false } | State::No { against_words: None } => true,
        State::Asked { by_words: true } | State::No { .. } | State::Yes | State::Correcting { .. } => false,
    };
    let mis_tap = MisTap { question, before, after, at: turn.now };
    turn.journey.gate.mis_tap = (by_chance && before != after).then_some(mis_tap);
}

/// The answer that can be undone now: it is recent, and nothing happened to its question since.
fn undoable(turn: &Turn) -> Option<MisTap> {
    let gate = &turn.journey.gate;
    let stands = |it: &MisTap| gate.questions.get(&it.question) == Some(&it.after);
    gate.mis_tap.filter(|it| stands(it) && turn.now.duration_since(it.at) <= UNDO)
}

/// The press that undoes the latest answer, while it can be undone.
pub(super) fn undo_press(turn: &Turn) -> Option<Press> {
    undoable(turn).map(|_| Press::GateUndo)
}

/// Undoes the latest answer; without one, the answers are shown to be corrected.
pub fn undo_answer(turn: &mut Turn) -> Message {
    let Some(MisTap { question, before, .. }) = undoable(turn) else { return review(turn) };
    let gate = &mut turn.journey.gate;
    gate.mis_tap = None;
    gate.questions.insert(question, before);
    if question == GateQuestion::Violence {
        gate.role = None;
    }
    apply_bar(turn);
    let undone = Message::new(Key::GateUndone);
    match before.at(turn.now) {
        State::Asked { .. } => ask(question).below(undone),
        _ => undone.choices([Press::GateReview, Press::Journey]),
    }
}

/// Words typed where a question of the gate stands, which say neither yes nor no: they wait, and it is asked again, once.
/// A question that the person's words had raised is asked again only for words that hedge an answer: under others it waits
/// quietly.
pub fn unclear(turn: &mut Turn, words: EntryId, hedge: bool) -> Option<Message> {
    if turn.journey.gate.asked_again {
        return None;
    }
    let offers = |wanted: fn(&Press) -> bool| turn.journey.offered(turn.now).any(wanted);
    let asked = turn.journey.gate.asked(turn.now).map(|question| turn.journey.gate.state(question, turn.now));
    let quiet = asked == Some(State::Asked { by_words: true }) && !hedge;
    let (key, asked) = if !quiet && turn.journey.is_asked_by_gate(turn.now) {
        (Key::GateUnclear, ask_open(turn)?)
    } else if lacks_role(turn) && offers(|press| matches!(press, Press::ViolenceRole { .. })) {
        (Key::GateRoleUnclear, ask_role())
    } else {
        return None;
    };
    turn.journey.gate.asked_again = true;
    front::wait_for_decision(turn, words);
    let asked = asked.below(Message::new(key));
    Some(asked.choices([Press::Support, Press::WordsKeep { words }, Press::WordsDrop { words }]))
}

/// Where a role turns into its opposite: asks once.
pub(super) fn confirm_flip(turn: &mut Turn, role: ViolenceRole) -> Option<Message> {
    let key = match (turn.journey.gate.role, role) {
        (Some(ViolenceRole::Hurt), ViolenceRole::Did) => Some(Key::RoleFlipDid),
        (Some(ViolenceRole::Did), ViolenceRole::Hurt) => Some(Key::RoleFlipHurt),
        _ => None,
    };
    let asked = turn.journey.gate.role_flip.take();
    let confirmed = asked.is_some_and(|(asked, at)| asked == role && turn.now.duration_since(at) <= UNDO);
    let key = key.filter(|_| !confirmed)?;
    turn.journey.gate.role_flip = Some((role, turn.now));
    Some(Message::new(key).choices([Press::ViolenceRole { role }, Press::Support, Press::Journey]))
}

/// Even unsure words about an order or a wish for no contact take back a correction of it; says so.
pub fn cancel_corrections(turn: &mut Turn, unsure: impl Iterator<Item = Concern>) -> Vec<Key> {
    let mut notes = Vec::new();
    for question in unsure.filter_map(question_of).filter(|question| *question != GateQuestion::Violence) {
        if !matches!(turn.journey.gate.state(question, turn.now), State::Correcting { .. }) {
            continue;
        }
        let (before, after) = turn.journey.gate.apply(question, GateEvent::Words, turn.now);
        if before != after {
            notes.push(cancelled_key(question));
        }
    }
    notes
}

/// What is said where words take back a correction.
#[must_use]
pub const fn cancelled_key(question: GateQuestion) -> Key {
    match question {
        GateQuestion::Contact => Key::GateCancelledContact,
        GateQuestion::Violence => Key::GateCancelledViolence,
        GateQuestion::Order => Key::GateCancelledOrder,
    }
}

impl Journey {
    /// Whether the latest message asks a question of the gate.
    #[must_use]
    pub fn is_asked_by_gate(&self, now: Timestamp) -> bool {
        self.gate.asked(now).is_some() && self.offered(now).any(|press| matches!(press, Press::Gate { .. }))
    }

    /// What an answer was about that the person corrected within the hour: an order, or a wish for no contact.
    #[must_use]
    pub fn just_corrected(&self, now: Timestamp) -> Option<Concern> {
        let recent = |question: GateQuestion| match self.gate.state(question, now) {
            State::Correcting { until, .. } => {
                until.duration_since(now) > super::correction_wait(question) - JUST_CORRECTED
            }
            _ => false,
        };
        [(GateQuestion::Order, Concern::Order), (GateQuestion::Contact, Concern::ContactRefused)]
            .into_iter()
            .find_map(|(question, concern)| recent(question).then_some(concern))
    }
}
