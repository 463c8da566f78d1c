//! Safety comes before the advice: the gate before the stages that involve the other person, the other's "no", and
//! the calm answer to words that speak of harm.
//!
//! A yes at the gate closes stages 3 to 6 in the same step and cancels what waits there. Taking a yes back counts
//! after a day. A "no" of the other is final but for ten minutes, in which it may be undone as a slip of the finger.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Journey;
use super::codes::{Card, CardAnswer, GateQuestion, Stage, YesNo};
use super::event::Alarms;
use super::keys::Key;
use super::message::{Arg, HelpLines, LineNeed, Message};
use super::outcome::{Outcome, enter};
use super::press::Press;
use super::stages::{self, reachout};
use super::turn::Turn;

/// How long taking back a yes waits.
const CORRECTION_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// How long a "no" can be undone.
pub const UNDO: SignedDuration = SignedDuration::from_mins(10);

/// What the person has told the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// The answers so far.
    pub answers: BTreeMap<GateQuestion, YesNo>,
    /// Yeses taken back, and from when that counts (UTC).
    pub corrections: BTreeMap<GateQuestion, Timestamp>,
    /// The stage the person was on the way to.
    pub wanted: Option<Stage>,
}

impl Gate {
    /// The answer that counts now. A yes counts until its correction has waited its day.
    #[must_use]
    pub fn answer(&self, question: GateQuestion, now: Timestamp) -> Option<YesNo> {
        let answer = self.answers.get(&question).copied()?;
        let corrected = self.corrections.get(&question).is_some_and(|from| *from <= now);
        Some(if corrected { YesNo::No } else { answer })
    }

    /// Whether any answer that counts now is a yes.
    #[must_use]
    pub fn is_closed(&self, now: Timestamp) -> bool {
        GateQuestion::ALL.iter().any(|question| self.answer(*question, now) == Some(YesNo::Yes))
    }

    fn open_question(&self) -> Option<GateQuestion> {
        GateQuestion::ALL.iter().copied().find(|question| !self.answers.contains_key(question))
    }
}

impl Journey {
    /// Whether the stages that involve the other person are closed.
    #[must_use]
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.said_no.is_some() || self.gate.is_closed(now)
    }
}

impl Journey {
    /// Whether a press may open its form now: behind the gate only where the way is open, and nothing is drafted or
    /// planned while they were promised quiet. Where it may not, pressing it says why.
    #[must_use]
    pub fn opens(&self, press: &Press, now: Timestamp) -> bool {
        let Some(stage) = press.behind_gate() else { return true };
        let held = matches!(press, Press::DraftForm | Press::PlanForm)
            && (self.holds_back(now).is_some() || (stage == Stage::Reachout && self.reachout.is_spent()));
        !held && !self.is_closed(now) && self.gate.open_question().is_none()
    }
}

/// Before a stage: `None` if it is open, else what the person is told or asked instead.
pub fn before(turn: &mut Turn, stage: Stage) -> Option<Message> {
    if !stage.is_gated() {
        return None;
    }
    if turn.journey.said_no.is_some() {
        return Some(no_stands());
    }
    if turn.journey.gate.is_closed(turn.now) {
        return Some(closed(turn));
    }
    let question = turn.journey.gate.open_question()?;
    turn.journey.gate.wanted = Some(stage);
    Some(ask(question).below(Message::new(Key::GateIntro)))
}

/// An answer to a question of the gate.
pub fn answered(turn: &mut Turn, question: GateQuestion, answer: YesNo) -> Message {
    // A late press of an old question may add a yes; taking one back goes through the correction alone.
    if turn.journey.gate.answers.get(&question) == Some(&YesNo::Yes) && answer == YesNo::No {
        return correct(turn, question, answer);
    }
    record(turn, question, answer);
    if let Some(question) = turn.journey.gate.open_question() {
        return ask(question);
    }
    if turn.journey.gate.is_closed(turn.now) {
        return closed(turn);
    }
    if turn.journey.said_no.is_some() {
        // An old button of the gate: the answers are noted, and the "no" stands.
        return no_stands();
    }
    let wanted = turn.journey.gate.wanted.take().map(enter);
    Message::new(Key::GateClear).choices(wanted).choices([Press::Journey])
}

fn no_stands() -> Message {
    Message::new(Key::SaidNoClosed).choices([enter(Stage::Letgo), Press::Support, Press::Journey])
}

/// "Not now": nothing is recorded, and the gate stands.
pub fn later() -> Message {
    Message::new(Key::GateLater).choices([Press::Journey, Press::Support])
}

/// Shows the answers given, each to be corrected.
pub fn review(turn: &Turn) -> Message {
    let gate = &turn.journey.gate;
    let mut message = Message::new(Key::GateReview);
    for question in GateQuestion::ALL.iter().copied() {
        let Some(answer) = gate.answers.get(&question).copied() else { continue };
        let pending = gate.corrections.get(&question).filter(|from| **from > turn.now);
        let now = gate.answer(question, turn.now).unwrap_or(answer);
        message = message.and(review_key(question, now), Vec::new());
        if let Some(from) = pending {
            message = message.and(Key::GateWaiting, turn.when(*from));
        }
        let other = if now == YesNo::Yes && pending.is_none() { YesNo::No } else { YesNo::Yes };
        message = message.choices([Press::GateCorrect { question, answer: other }]);
    }
    if let Some(question) = gate.open_question() {
        return ask(question);
    }
    message.choices([Press::Journey])
}

/// Corrects one answer: a yes counts at once, a no after a day.
pub fn correct(turn: &mut Turn, question: GateQuestion, answer: YesNo) -> Message {
    let was = turn.journey.gate.answer(question, turn.now);
    if answer == YesNo::Yes || was != Some(YesNo::Yes) {
        record(turn, question, answer);
        return if turn.journey.gate.is_closed(turn.now) { closed(turn) } else { review(turn) };
    }
    let from = turn.now.checked_add(CORRECTION_WAIT).unwrap_or(turn.now);
    let from = *turn.journey.gate.corrections.entry(question).or_insert(from);
    let args = turn.when(from);
    Message::with(Key::GateCorrected, args).choices([Press::Journey, Press::Support])
}

fn record(turn: &mut Turn, question: GateQuestion, answer: YesNo) {
    turn.journey.gate.answers.insert(question, answer);
    turn.journey.gate.corrections.remove(&question);
    if turn.journey.is_closed(turn.now) {
        close_stages(turn);
    }
}

fn close_stages(turn: &mut Turn) {
    for stage in Stage::ALL.iter().copied().filter(|stage| stage.is_gated()) {
        turn.cancel_stage(stage);
    }
}

/// The other said no. The first time counts; it is final after ten minutes.
pub fn said_no(turn: &mut Turn) -> Message {
    turn.journey.said_no.get_or_insert(turn.now);
    close_stages(turn);
    let mut offers = Outcome::ToldNo.offers();
    if !undoable(turn) {
        offers.retain(|press| *press != Press::SaidNoUndo);
    }
    Message::new(Key::SaidNo).choices(offers)
}

fn undoable(turn: &Turn) -> bool {
    turn.journey.said_no.is_some_and(|at| turn.now.duration_since(at) <= UNDO)
}

/// Undoes a mis-tapped "no", within ten minutes.
pub fn undo_no(turn: &mut Turn) -> Message {
    if turn.journey.said_no.is_some() && !undoable(turn) {
        return Message::new(Key::SaidNoFinal).choices([enter(Stage::Letgo), Press::Support]);
    }
    turn.journey.said_no = None;
    stages::await_next(turn);
    let answers = &mut turn.journey.reasons.answers;
    if answers.get(&Card::Both) == Some(&CardAnswer::ToldNo) {
        answers.remove(&Card::Both);
    }
    if !turn.journey.is_closed(turn.now) {
        reachout::rearm(turn);
    }
    Message::new(Key::SaidNoUndone).choices([Press::Reasons, Press::Journey])
}

/// Puts what the safety lists saw above the message: the crisis lines at once, then the gate's question.
pub fn heed(turn: &mut Turn, alarms: Alarms, message: Message) -> Message {
    if alarms.is_crisis() {
        return with_lines(alarms, turn.journey.settings.zone.clone(), message);
    }
    if alarms.gate && !turn.journey.is_closed(turn.now) {
        let question = turn.journey.gate.open_question().map_or_else(|| review(turn), ask);
        let hinted = question.below(Message::new(Key::GateHint)).below(message.clone());
        return hinted.choices(message.choices.into_iter().filter(|press| *press != Press::Journey));
    }
    message
}

/// Puts the worldwide directories above a message where the words were of a crisis: for when a journey cannot be loaded and
/// the person's zone is not known.
#[must_use]
pub fn with_care(alarms: Alarms, message: Message) -> Message {
    if alarms.is_crisis() { with_lines(alarms, None, message) } else { message }
}

fn with_lines(alarms: Alarms, zone: Option<String>, message: Message) -> Message {
    let (key, need) =
        if alarms.self_harm { (Key::CrisisSelf, LineNeed::Crisis) } else { (Key::CrisisOther, LineNeed::StopViolence) };
    let mut message = message.below(Message::with(key, vec![Arg::Lines(HelpLines::new(zone, need))]));
    message.choices.retain(|press| *press != Press::Support);
    message.choices.insert(0, Press::Support);
    message
}

/// `/support`, or the answer where nothing else is known: the help lines of a country, else of the person's time zone,
/// then the other needs and the other countries.
pub fn support(turn: &Turn, country: Option<&str>, need: LineNeed) -> Message {
    let place = country.map(str::to_owned).or_else(|| turn.journey.settings.zone.clone());
    if place.is_none() {
        return support_countries(turn, need);
    }
    Message::with(Key::Support, vec![Arg::Lines(HelpLines::new(place, need))])
        .choices(other_needs(need, country))
        .choices([Press::SupportCountries, back(turn)])
}

/// The worldwide directories, and every country to choose from.
pub fn support_countries(turn: &Turn, need: LineNeed) -> Message {
    let countries = turn.catalogue.countries.iter().map(|code| Press::SupportIn { country: code.clone() });
    Message::with(Key::Support, vec![Arg::Lines(HelpLines::new(None, need))])
        .choices(other_needs(need, None))
        .choices(countries)
        .choices([back(turn)])
}

fn other_needs(need: LineNeed, country: Option<&str>) -> impl Iterator<Item = Press> {
    LineNeed::ALL.iter().filter(move |other| **other != need).map(move |need| {
        match (*need, country.map(str::to_owned)) {
            (LineNeed::Crisis, Some(country)) => Press::SupportIn { country },
            (LineNeed::Crisis, None) => Press::Support,
            (need, Some(country)) => Press::SupportFor { need, country },
            (need, None) => Press::SupportNeed { need },
        }
    })
}

fn back(turn: &Turn) -> Press {
    if turn.journey.consented { Press::Journey } else { Press::Start }
}

/// The help lines of the person's country where violence was told of.
pub fn violence_lines(turn: &Turn) -> Arg {
    Arg::Lines(HelpLines::new(turn.journey.settings.zone.clone(), LineNeed::Violence))
}

fn ask(question: GateQuestion) -> Message {
    let key = match question {
        GateQuestion::Contact => Key::GateContact,
        GateQuestion::Violence => Key::GateViolence,
        GateQuestion::Court => Key::GateCourt,
    };
    let answers = [YesNo::No, YesNo::Yes].map(|answer| Press::Gate { question, answer });
    Message::new(key).choices(answers).choices([Press::GateLater])
}

fn closed(turn: &Turn) -> Message {
    let violence = turn.journey.gate.answer(GateQuestion::Violence, turn.now) == Some(YesNo::Yes);
    let message = if violence {
        Message::with(Key::GateClosedViolence, vec![violence_lines(turn)])
            .choices([Press::Support, enter(Stage::Letgo)])
    } else {
        Message::new(Key::GateClosed).choices([enter(Stage::Letgo), Press::Support])
    };
    message.choices([Press::GateReview, Press::Journey])
}

fn review_key(question: GateQuestion, answer: YesNo) -> Key {
    match (question, answer) {
        (GateQuestion::Contact, YesNo::Yes) => Key::GateReviewContactYes,
        (GateQuestion::Contact, YesNo::No) => Key::GateReviewContactNo,
        (GateQuestion::Violence, YesNo::Yes) => Key::GateReviewViolenceYes,
        (GateQuestion::Violence, YesNo::No) => Key::GateReviewViolenceNo,
        (GateQuestion::Court, YesNo::Yes) => Key::GateReviewCourtYes,
        (GateQuestion::Court, YesNo::No) => Key::GateReviewCourtNo,
    }
}
