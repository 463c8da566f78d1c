//! Stage 0: be certain of the motive. Two facts, four cards, a summary that says plainly what the answers suggest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{Card, CardAnswer, EndedBy, EndedWhen, GateQuestion, Stage};
use crate::journey::gate::{self, Status};
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::{Outcome, enter};
use crate::journey::press::Press;
use crate::journey::turn::Turn;

/// What the person has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Who ended it.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub ended_by: Option<EndedBy>,
    /// How long ago, at the time of the answer.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub ended_when: Option<EndedWhen>,
    /// The answers to the cards.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub answers: BTreeMap<Card, CardAnswer>,
    /// The latest private note to a card.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub notes: BTreeMap<Card, EntryId>,
}

impl State {
    /// What the four answers suggest, once all are there. The rule is PRODUCT.md's table, line by line.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        if self.answers.values().any(|answer| *answer == CardAnswer::ToldNo) {
            return Some(Outcome::ToldNo);
        }
        if self.open_card().is_some() {
            return None;
        }
        let any = |wanted| self.answers.values().any(|answer| *answer == wanted);
        let decisive_no = [Card::Trust, Card::Both].iter().any(|card| self.answers.get(card) == Some(&CardAnswer::No));
        Some(match (any(CardAnswer::True), any(CardAnswer::No)) {
            _ if decisive_no => Outcome::PointsToLettingGo,
            (true, _) => Outcome::Worth,
            (false, true) => Outcome::PointsToLettingGo,
            (false, false) => Outcome::TooEarly,
        })
    }

    /// How many of the cards are answered.
    #[must_use]
    pub fn answered(&self) -> u32 {
        u32::try_from(self.answers.len()).unwrap_or(u32::MAX)
    }

    fn open_card(&self) -> Option<Card> {
        Card::ALL.iter().copied().find(|card| !self.answers.contains_key(card))
    }
}

/// `/reasons`: the first thing still open, or the summary.
pub fn resume(turn: &mut Turn) -> Message {
    if let Some(read_only) = read_only(turn) {
        return read_only;
    }
    let state = &turn.journey.reasons;
    let fresh = state == &State::default();
    let next = next(turn);
    if fresh {
        return next
            .below(Message::new(Key::ReasonsIntro).and(Key::ReasonsAfraid, Vec::new()))
            .choices([Press::Afraid]);
    }
    next
}

/// The answers are asked again; the two facts and the notes stay. A "no" of the other stays as well.
pub fn again(turn: &mut Turn) -> Message {
    if let Some(read_only) = read_only(turn) {
        return read_only;
    }
    turn.journey.reasons.answers.retain(|_, answer| *answer == CardAnswer::ToldNo);
    next(turn)
}

/// Who ended it.
pub fn ended_by(turn: &mut Turn, who: EndedBy) -> Message {
    if let Some(read_only) = read_only(turn) {
        return read_only;
    }
    turn.journey.reasons.ended_by = Some(who);
    next(turn)
}

/// How long ago.
pub fn ended_when(turn: &mut Turn, when: EndedWhen) -> Message {
    if let Some(read_only) = read_only(turn) {
        return read_only;
    }
    turn.journey.reasons.ended_when = Some(when);
    next(turn)
}

/// One card, to answer or to change; after the other's "no" there is nothing to change.
pub fn show_card(turn: &Turn, card: Card) -> Message {
    read_only(turn).unwrap_or_else(|| self::card(card))
}

/// After the other's "no", while the gate is closed and while a question that words raised is open, the reasons are read:
/// what the person wrote then.
fn read_only(turn: &Turn) -> Option<Message> {
    if !gate::stands(&turn.journey, turn.now) {
        let gate = &turn.journey.gate;
        let raised = GateQuestion::ALL.iter().any(|question| gate.is_raised(*question, turn.now));
        let closed = turn.journey.is_closed(turn.now) || raised;
        return unweighed(turn).filter(|_| closed).map(|message| with_notes(turn, message));
    }
    let message = with_notes(turn, Message::new(Key::ReasonsReadOnly));
    let undo = gate::undoable(turn).then_some(Press::SaidNoUndo);
    Some(message.choices([enter(Stage::Letgo), Press::Support]).choices(undo).choices([Press::Journey]))
}

/// The person's own notes to the cards below a message.
fn with_notes(turn: &Turn, message: Message) -> Message {
    let notes = turn.journey.reasons.notes.values();
    notes.fold(message, |message, note| message.and(Key::MyReasonsNote, vec![Arg::Words(*note)]))
}

fn card(card: Card) -> Message {
    let key = match card {
        Card::Fix => Key::CardFix,
        Card::Grown => Key::CardGrown,
        Card::Trust => Key::CardTrust,
        Card::Both => Key::CardBoth,
    };
    Message::new(key).choices(card_choices(card))
}

/// The answer to a card, new or changed; then whatever is still open.
pub fn answer(turn: &mut Turn, card: Card, answer: CardAnswer) -> Message {
    if let Some(read_only) = read_only(turn) {
        return read_only;
    }
    if answer == CardAnswer::ToldNo {
        if card != Card::Both {
            return self::card(card);
        }
        turn.journey.reasons.answers.insert(card, answer);
        return gate::said_no(turn);
    }
    turn.journey.reasons.answers.insert(card, answer);
    let next = next(turn);
    if turn.journey.reasons.outcome().is_some() { next } else { next.below(Message::new(Key::CardAnswered)) }
}

/// A private note to a card was written.
pub fn noted(turn: &mut Turn, card: Card, entry: EntryId) -> Message {
    turn.journey.reasons.notes.insert(card, entry);
    if let Some(read_only) = read_only(turn) {
        return read_only;
    }
    Message::new(Key::CardNoteKept).choices(card_choices(card))
}

/// Decides to think again later; nothing is lost.
pub fn think_later(turn: &Turn) -> Message {
    if turn.journey.is_barred(turn.now) {
        return Message::new(Key::ThinkLaterClosed).choices([Press::Support, enter(Stage::Letgo), Press::Journey]);
    }
    Message::new(Key::ThinkLater).choices([Press::Cooloff, Press::Journey])
}

fn next(turn: &mut Turn) -> Message {
    let state = &turn.journey.reasons;
    if state.ended_by.is_none() {
        let choices = EndedBy::ALL.iter().map(|who| Press::EndedBy { who: *who });
        return Message::new(Key::ReasonsEndedBy).choices(choices);
    }
    if state.ended_when.is_none() {
        let choices = EndedWhen::ALL.iter().map(|when| Press::EndedWhen { when: *when });
        return Message::new(Key::ReasonsEndedWhen).choices(choices);
    }
    match state.outcome().ok_or_else(|| state.open_card()) {
        Ok(outcome) => summary(turn, outcome),
        Err(open) => card(open.unwrap_or(Card::Fix)),
    }
}

/// Held or closed, the answers are not weighed: no verdict in favour of anything.
fn unweighed(turn: &Turn) -> Option<Message> {
    match turn.journey.gate_status(turn.now) {
        Status::Held => Some(Message::new(Key::SummaryHeld).choices([Press::GateAsk, Press::Support, Press::Journey])),
        Status::Closed => {
            Some(Message::new(Key::SummaryClosed).choices([Press::Support, enter(Stage::Letgo), Press::Journey]))
        }
        Status::Clear | Status::Unasked => None,
    }
}

fn summary(turn: &Turn, outcome: Outcome) -> Message {
    if let Some(message) = unweighed(turn) {
        return message;
    }
    let state = &turn.journey.reasons;
    let mut message = Message::new(match outcome {
        Outcome::Worth => Key::SummaryWorth,
        Outcome::PointsToLettingGo => Key::SummaryLetgo,
        Outcome::ToldNo => Key::SummaryToldNo,
        _ => Key::SummaryEarly,
    });
    if outcome == Outcome::PointsToLettingGo {
        let no = |card| state.answers.get(&card) == Some(&CardAnswer::No);
        let mut said = false;
        for (card, key) in [(Card::Trust, Key::BecauseTrust), (Card::Both, Key::BecauseBoth)] {
            if no(card) {
                message = message.and(key, Vec::new());
                said = true;
            }
        }
        if !said {
            message = message.and(Key::BecauseNothing, Vec::new());
        }
    } else if state.ended_when == Some(EndedWhen::Week) && outcome != Outcome::ToldNo {
        message = message.and(Key::BecauseRecent, Vec::new());
    }
    message.choices(outcome.offers()).choices(Card::ALL.iter().map(|card| Press::ShowCard { card: *card }))
}

fn card_choices(card: Card) -> Vec<Press> {
    let answers = CardAnswer::ALL.iter().copied();
    let mut choices: Vec<Press> = answers
        .filter(|answer| *answer != CardAnswer::ToldNo || card == Card::Both)
        .map(|answer| Press::AnswerCard { card, answer })
        .collect();
    choices.push(Press::CardNote { card });
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(answers: [CardAnswer; 4]) -> State {
        State { answers: Card::ALL.iter().copied().zip(answers).collect(), ..State::default() }
    }

    /// PRODUCT.md's table, with every combination of the four answers.
    #[test]
    fn the_summary_follows_the_table_for_every_combination() {
        let answers = CardAnswer::ALL;
        for index in 0..answers.len().pow(4) {
            let pick = |place: u32| answers[index / answers.len().pow(place) % answers.len()];
            let [fix, grown, trust, both] = [pick(0), pick(1), pick(2), pick(3)];
            if [fix, grown, trust].contains(&CardAnswer::ToldNo) {
                continue; // Only the card on both has this answer.
            }
            let all = [fix, grown, trust, both];
            let any_true = all.contains(&CardAnswer::True);
            let any_no = all.contains(&CardAnswer::No);
            let expected = if both == CardAnswer::ToldNo {
                Outcome::ToldNo
            } else if trust == CardAnswer::No || both == CardAnswer::No || (!any_true && any_no) {
                Outcome::PointsToLettingGo
            } else if any_true {
                Outcome::Worth
            } else {
                Outcome::TooEarly
            };
            assert_eq!(state(all).outcome(), Some(expected), "{all:?}");
        }
    }

    #[test]
    fn there_is_no_summary_before_all_cards_but_a_no_of_the_other_needs_no_more() {
        let mut open = state([CardAnswer::True; 4]);
        open.answers.remove(&Card::Grown);
        assert_eq!(open.outcome(), None);
        open.answers.insert(Card::Both, CardAnswer::ToldNo);
        assert_eq!(open.outcome(), Some(Outcome::ToldNo));
    }
}
