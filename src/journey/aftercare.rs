//! Seven days of care from the last sure words of self-harm. Notes come from the person's days and people alone, each with
//! Support, and nothing about letting go or contact comes by itself. The next visit opens with one gentle question, and
//! unsure words count as sure until the person says that they are safe for now.
//!
//! Source: the safety specification, section 4.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::Stage;
use super::crisis;
use super::effect::Presence;
use super::event::Event;
use super::gate::Status;
use super::keys::Key;
use super::message::{Block, LineNeed, Message, PlanId, Prompt};
use super::press::Press;
use super::timer::Timer;
use super::turn::{Pending, Turn};
use super::{Catalogue, Journey};
use crate::safety::{Certainty, Concern, Concerns};

/// How long it lasts.
const LENGTH: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What the person does so long after their words is the next visit.
const NEXT_VISIT: SignedDuration = SignedDuration::from_hours(1);

/// The theme that notes of the time apart are taken from.
const THEME: &str = "my-days-and-people";

/// What is remembered of it. Since when it counts stands in [`crisis::State::sure`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// When the person last said that they are safe for now (UTC).
    pub safe_said: Option<Timestamp>,
    /// When a visit was last opened with the gentle question (UTC).
    pub asked: Option<Timestamp>,
}

impl Journey {
    /// When self-harm was last sure, while that is less than seven days ago.
    fn cared_for_since(&self, now: Timestamp) -> Option<Timestamp> {
        let since = self.crisis.sure.get(&Concern::SelfHarm).copied();
        since.filter(|since| now.duration_since(*since) < LENGTH)
    }

    /// Whether the seven days run now.
    #[must_use]
    pub fn is_in_aftercare(&self, now: Timestamp) -> bool {
        self.cared_for_since(now).is_some()
    }

    /// Whether unsure words of self-harm count as sure now: since the last sure ones the person hasn't said that they are
    /// safe.
    #[must_use]
    pub fn counts_as_sure(&self, concerns: &Concerns, now: Timestamp) -> bool {
        concerns.certainty(Concern::SelfHarm) == Some(Certainty::Unsure) && self.awaits_safety(now)
    }

    /// True while the person hasn't said that they are safe since their last sure words of self-harm.
    #[must_use]
    pub fn awaits_safety(&self, now: Timestamp) -> bool {
        let since = self.cared_for_since(now);
        since.is_some_and(|since| self.aftercare.safe_said.is_none_or(|at| at < since))
    }

    /// Whether an event is such a text.
    pub(super) fn hears_as_sure(&self, event: &Event, now: Timestamp) -> bool {
        matches!(event, Event::Heard { scan, .. } if self.counts_as_sure(&scan.concerns, now))
    }
}

/// The concerns of a text as they count now.
pub fn heightened(turn: &Turn, concerns: Concerns) -> Concerns {
    if turn.journey.counts_as_sure(&concerns, turn.now) {
        concerns.with(Concern::SelfHarm, Certainty::Sure)
    } else {
        concerns
    }
}

/// Stands in place of a step toward the other person or into letting go: it waits until the person says that they are safe.
pub fn instead_of(turn: &Turn, press: &Press) -> Option<Message> {
    let waits = Message::new(Key::CareFirst).choices([Press::Support, Press::SafeForNow, Press::Urge, Press::Journey]);
    (leads_on(press) && turn.journey.awaits_safety(turn.now)).then_some(waits)
}

/// "I'm safe for now": unsure words are unsure again. The care goes on, and so does the question of the next visit, unless
/// this is the next visit.
pub fn safe_said(turn: &mut Turn) {
    let is_next_visit = turn.journey.cared_for_since(turn.now).is_none_or(|since| is_later_visit(turn, since));
    let state = &mut turn.journey.aftercare;
    state.safe_said = Some(turn.now);
    if is_next_visit {
        state.asked = Some(turn.now);
    }
}

fn is_later_visit(turn: &Turn, since: Timestamp) -> bool {
    turn.now.duration_since(since) >= NEXT_VISIT
}

/// Opens the next visit with one gentle question.
pub fn open_visit(turn: &mut Turn, answer: Message) -> Message {
    let Some(since) = turn.journey.cared_for_since(turn.now) else { return answer };
    let asked = turn.journey.aftercare.asked.is_some_and(|at| at >= since);
    if asked
        || !is_later_visit(turn, since)
        || turn.presence != Presence::Known
        || answer.choices.contains(&Press::SafeForNow)
    {
        return answer;
    }
    turn.journey.aftercare.asked = Some(turn.now);
    let choices = answer.choices.clone();
    let answer = Message { choices: vec![Press::Support, Press::SafeForNow], ..answer };
    answer.choices(choices).below(Message::new(Key::CareAsk))
}

/// Holds back what is due until the seven days are over; returns whether it did. A question about an urge is dropped: a
/// week later it asks about yesterday.
pub fn holds_back(turn: &mut Turn, timer: Timer, pending: Pending) -> bool {
    let Some(since) = turn.journey.cared_for_since(turn.now).filter(|_| !may_come(timer)) else { return false };
    if timer == Timer::Urge && turn.journey.letter.is_none() {
        turn.cancel(timer);
        return true;
    }
    let until = since.checked_add(LENGTH).unwrap_or(turn.now);
    turn.journey.timers.insert(timer, Pending { due_at: until, since: until, ..pending });
    true
}

/// Whether what a timer says may come by itself in that time.
const fn may_come(timer: Timer) -> bool {
    matches!(timer, Timer::CooloffReminder | Timer::CooloffSnooze | Timer::Words | Timer::Retention | Timer::Deletion)
}

/// Whether a text may come by itself in that time.
fn fits(catalogue: &Catalogue, prompt: &Prompt) -> bool {
    match prompt {
        Prompt::Plan(id) => is_gentle(id),
        Prompt::Key(_) => !catalogue.weighs_return.has(prompt),
    }
}

/// Whether a note of the time apart is about the person's days and people.
pub fn is_gentle(PlanId(id): &PlanId) -> bool {
    id.split('/').next() == Some(THEME)
}

/// What leads to letting go or to the other person.
fn leads_on(press: &Press) -> bool {
    let letting_go = matches!(
        press,
        Press::Letgo
            | Press::LetGo
            | Press::LetgoWeekly
            | Press::LetgoThought
            | Press::Close
            | Press::Read { stage: Stage::Letgo, .. }
    );
    letting_go || press.behind_gate().is_some()
}

/// What a message that comes by itself must not offer in that time.
fn weighs(press: &Press) -> bool {
    leads_on(press)
        || matches!(
            press,
            Press::Urge
                | Press::Slip
                | Press::Reasons
                | Press::ReasonsAgain
                | Press::Reflect
                | Press::DecideAsk
                | Press::SaidNo
        )
}

/// A message that comes by itself, as it fits in that time: with Support, and without a way to letting go or contact.
pub fn by_itself(turn: &Turn, mut message: Message) -> Message {
    if !turn.journey.is_in_aftercare(turn.now) {
        return message;
    }
    message.choices.retain(|press| !weighs(press));
    message.choices([Press::Support])
}

/// The note that opening a discreet one shows, as it fits in that time.
pub fn opened(turn: &Turn, timer: Timer, note: Message) -> Message {
    if !turn.journey.is_in_aftercare(turn.now) {
        return note;
    }
    if note.keys().any(|key| matches!(key, Key::Over | Key::OverClosed)) {
        return over();
    }
    let fits = |block: &Block| fits(turn.catalogue, &block.prompt);
    let mut note = by_itself(turn, note);
    note.blocks.retain(fits);
    if note.blocks.is_empty() || !may_come(timer) {
        return Message::new(Key::CareLater).choices([Press::Support, Press::Journey]);
    }
    note
}

/// The end of a time apart in that time.
pub fn over() -> Message {
    Message::new(Key::OverCare).choices([Press::Support, Press::Checkin, Press::ExtendAsk, Press::Journey])
}

/// The answer to a low mood in that time: help lines in the text.
pub fn low_mood(turn: &Turn, note: Press) -> Message {
    let lines = vec![crisis::lines(turn, LineNeed::Crisis)];
    Message::with(Key::MoodLowCare, lines).choices([Press::Support, Press::SafeForNow, note, Press::Journey])
}

/// What `/journey` offers in that time.
pub fn next(turn: &Turn) -> Vec<Press> {
    let journey = &turn.journey;
    let paused = journey.cooloff.run.as_ref().is_some_and(|run| run.days.paused_on.is_some());
    let mut next = vec![Press::Support, Press::Checkin];
    next.extend(paused.then_some(Press::Resume));
    match journey.gate_status(turn.now) {
        Status::Held => next.push(Press::GateAsk),
        Status::Closed => next.push(Press::GateReview),
        Status::Clear | Status::Unasked => {}
    }
    next.extend([Press::Cooloff, Press::Urge, Press::Journal, Press::Settings]);
    next
}

/// An answer without ways to letting go or contact that the person didn't reach for.
pub fn without_ways_on(turn: &Turn, reached: bool, mut answer: Message) -> Message {
    if reached || !turn.journey.is_in_aftercare(turn.now) {
        return answer;
    }
    answer.choices.retain(|press| !leads_on(press));
    if answer.choices.is_empty() { answer.choices([Press::Support, Press::Journey]) } else { answer }
}

/// Whether the person reached for letting go or for one of stages 3 to 6 themselves.
pub fn reaches_on(event: &Event) -> bool {
    match event {
        Event::Pressed(press)
        | Event::Leafed { press, .. }
        | Event::Wrote { form: press, .. }
        | Event::Gave { form: press, .. }
        | Event::Unusable { form: Some(press), .. } => {
            leads_on(press)
                || matches!(press, Press::Gate { .. } | Press::LetgoQuiet | Press::Learned | Press::LearnedForm)
        }
        Event::Heard { event: Some(event), .. } => reaches_on(event),
        _ => false,
    }
}
