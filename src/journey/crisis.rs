//! What a concern leads to. One order for every reply: a calm sentence with what to do now, help lines, one question, the
//! ordinary answer. A sure concern is answered so; an unsure one adds the button *Are you safe?* to the ordinary answer;
//! words that may be somebody else's raise the question who wrote them.
//!
//! Source: the safety specification, section 1.

mod quoted;
mod support;

pub use quoted::wrote_by;
pub use support::{lines, support, support_countries, support_in, support_known, support_known_in};

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::{GateQuestion, Safety, ViolenceRole};
use super::gate::{self, GateEvent, State as GateState};
use super::keys::Key;
use super::message::{LineNeed, Message};
use super::press::Press;
use super::turn::Turn;
use super::{aftercare, front, minor};
use crate::chat::EntryId;
use crate::safety::{Certainty, Concern, Concerns, Cues};
use quoted::who_wrote;
use support::with_lines;

/// For how long "I'm okay" silences unsure concerns of the same kind.
const SILENCE: SignedDuration = SignedDuration::from_hours(24);

/// What the scanner found in a text, and whether the text may be somebody else's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// What it is about.
    pub concerns: Concerns,
    /// Whether it may be the other person's: a forward or a quotation.
    pub theirs: bool,
    /// Cues in it: they count only beside what is known of the person.
    pub cues: Cues,
}

impl From<Concerns> for Scan {
    fn from(concerns: Concerns) -> Self {
        Self { concerns, ..Self::default() }
    }
}

/// What is remembered of concerns between two requests. No words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The unsure concerns that the latest *Are you safe?* is about.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub unsure: BTreeSet<Concern>,
    /// Until when an unsure concern stays silent (UTC).
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub silenced: BTreeMap<Concern, Timestamp>,
    /// When a concern was last sure (UTC).
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub sure: BTreeMap<Concern, Timestamp>,
    /// What was found in words that may be somebody else's, until the person says who wrote them.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub quoted: Concerns,
    /// Waiting words that a concern was found in: keeping them has a text of its own.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub words: BTreeSet<EntryId>,
}

/// The answer to a text with concerns. `entry` is where its words wait for a decision, if they do; `ordinary` is the
/// answer to what else the text asked for.
/// `notes` is what [`raise_questions`] has to say.
pub fn heed(
    turn: &mut Turn,
    scan: Scan,
    entry: Option<EntryId>,
    ordinary: Option<Message>,
    notes: Vec<Key>,
) -> Message {
    if let Some(entry) = entry {
        front::wait_for_decision(turn, entry);
    }
    if scan.theirs && scan.concerns.iter().any(|(concern, _)| has_direction(concern)) {
        return who_wrote(turn, scan.concerns, entry, ordinary);
    }
    let concerns = aftercare::heightened(turn, scan.concerns);
    if concerns.any_sure() {
        remember(turn, &scan.concerns);
        return reply(turn, Scan { concerns, ..scan }, entry, ordinary, notes);
    }
    let mut ordinary = match (ordinary, entry) {
        (Some(message), _) => message,
        (None, Some(entry)) => front::words_ask(turn, entry),
        (None, None) => Message::new(Key::WordsEdited).choices([Press::Journey]),
    };
    ordinary.choices.retain(|press| *press != Press::Urge);
    let notes = notes.into_iter().map(Message::new);
    let ordinary = notes.rev().fold(ordinary, Message::below);
    with_safety_button(turn, &scan.concerns, ordinary)
}

/// The reply to sure concerns that nothing else was asked with.
fn reply_alone(turn: &mut Turn, concerns: Concerns) -> Message {
    let notes = raise_questions(turn, concerns.into());
    remember(turn, &concerns);
    reply(turn, concerns.into(), None, None, notes)
}

/// Remembers what is sure by itself, and since when.
fn remember(turn: &mut Turn, concerns: &Concerns) {
    for concern in concerns.sure() {
        turn.journey.crisis.sure.insert(concern, turn.now);
    }
}

/// The reply to sure concerns.
fn reply(
    turn: &mut Turn,
    Scan { concerns, cues, .. }: Scan,
    entry: Option<EntryId>,
    ordinary: Option<Message>,
    notes: Vec<Key>,
) -> Message {
    if concerns.is_sure(Concern::Minor) {
        minor::raise(turn);
    }
    let (told, contradicts) = with_told_role(turn, &concerns);
    let concerns = &told;
    let mut message = Message::new(opening(concerns));
    for key in sentences(concerns, cues) {
        message = message.and(key, Vec::new());
    }
    for concern in concerns.sure() {
        turn.journey.crisis.silenced.remove(&concern);
        if concern == Concern::OwnPursuit && turn.journey.gate.is_yes(GateQuestion::Order, turn.now) {
            message = message.and(Key::ConcernOrderBreach, Vec::new());
        }
    }
    let place = turn.journey.settings.place().map(str::to_owned);
    message = with_lines(message, concerns, place.as_deref(), turn.journey.minor.is_some());
    for note in notes {
        message = message.and(note, Vec::new());
        if note == Key::GateNotAgain {
            message = message.choices([Press::GateReview]);
        }
    }
    let question = if contradicts { Some(gate::ask_role()) } else { question(turn, concerns) };
    let ordinary = ordinary.filter(|ordinary| !concerns.is_urgent() || carries_files(ordinary));
    // A question is asked once: where the ordinary answer is a question of the gate as well, this one stands for it.
    let asks = |message: &Message| message.choices.iter().any(|press| matches!(press, Press::Gate { .. }));
    let ordinary = ordinary.filter(|ordinary| question.is_none() || !asks(ordinary));
    if let Some(question) = question {
        message.blocks.extend(question.blocks);
        message.choices = question.choices;
    }
    if let Some(entry) = entry {
        turn.journey.crisis.words.insert(entry);
        message = message.and(Key::ConcernWords, Vec::new());
        message = message.choices([Press::WordsKeep { words: entry }, Press::WordsDrop { words: entry }]);
    }
    if concerns.is_sure(Concern::Threatened) || concerns.is_sure(Concern::HarmOther) {
        message = message.and(Key::ClearHint, Vec::new()).choices([Press::ClearMySide]);
    }
    if let Some(ordinary) = ordinary {
        // A page of advice would not fit below; its choices lead to it.
        if !is_page(&ordinary) {
            message.blocks.extend(ordinary.blocks);
        }
        message = message.choices(ordinary.choices.into_iter().filter(|press| !is_unfit(press)));
    }
    if place.is_none() && concerns.is_urgent() {
        message = message.choices([Press::SupportCountries]);
    }
    if concerns.is_sure(Concern::SelfHarm) {
        message.choices.insert(0, Press::SafeForNow);
    }
    // A sure concern without help lines of its own swallows no unsure one.
    if !concerns.is_urgent() {
        message = with_safety_button(turn, concerns, message);
    }
    support_first(message)
}

/// Whether an answer comes with files, which no reply to a concern may keep from the person.
fn carries_files(message: &Message) -> bool {
    message.keys().any(|key| matches!(key, Key::ExportReady | Key::ExportLocked))
}

/// Lets the sure concerns of a person's own words raise the gate's questions; returns what is said of those that they do
/// not raise.
pub fn raise_questions(turn: &mut Turn, Scan { concerns, theirs, cues }: Scan) -> Vec<Key> {
    let mut notes = about_contact(turn, cues);
    if theirs && concerns.iter().any(|(concern, _)| has_direction(concern)) {
        return notes;
    }
    let questions: BTreeSet<GateQuestion> = concerns.sure().filter_map(gate::question_of).collect();
    let said_plainly = concerns.is_urgent();
    for question in questions {
        let pursuit = question == GateQuestion::Contact && concerns.is_sure(Concern::OwnPursuit);
        let event = if pursuit { GateEvent::Pursuit } else { GateEvent::Words };
        let (before, after) = turn.journey.gate.apply(question, event, turn.now);
        let note = match (before, after) {
            (GateState::Correcting { .. }, GateState::Yes | GateState::Asked { .. }) => {
                Some(gate::cancelled_key(question))
            }
            (GateState::No { .. }, GateState::No { .. }) => Some(Key::GateNotAgain),
            (GateState::Yes | GateState::Correcting { .. }, _) if said_plainly => None,
            (GateState::Yes | GateState::Correcting { .. }, _) => Some(Key::GateStays),
            _ => None,
        };
        notes.extend(note.filter(|note| !notes.contains(note)));
    }
    notes.extend(gate::cancel_corrections(turn, concerns.unsure()));
    gate::apply_bar(turn);
    notes
}

/// The reasons against writing to the other or reaching them another way, where the person asks about it or plans it.
fn about_contact(turn: &Turn, cues: Cues) -> Vec<Key> {
    let why = why_no_contact(turn).filter(|_| cues.way_round || cues.wish_for_contact);
    why.into_iter().chain((why.is_some() && cues.way_round).then_some(Key::AlsoContact)).collect()
}

/// The gravest reason against contact.
fn why_no_contact(turn: &Turn) -> Option<Key> {
    let raised = |question| turn.journey.gate.is_raised(question, turn.now);
    if raised(GateQuestion::Order) {
        Some(Key::NoContactOrder)
    } else if turn.journey.did_the_hurting() {
        Some(Key::NoContactDid)
    } else if raised(GateQuestion::Contact) {
        Some(Key::NoContactRefused)
    } else if raised(GateQuestion::Violence) {
        Some(Key::NoContactViolence)
    } else {
        gate::stands(&turn.journey, turn.now).then_some(Key::NoContactSaidNo)
    }
}

/// True where there is a reason against contact and a text with these cues asks about contact or goes round the reason.
#[must_use]
pub fn bears_on_contact(journey: &super::Journey, cues: Cues, now: Timestamp) -> bool {
    let raised = GateQuestion::ALL.iter().any(|question| journey.gate.is_raised(*question, now));
    (cues.way_round || cues.wish_for_contact) && (raised || gate::stands(journey, now))
}

/// The one question of a reply.
fn question(turn: &Turn, concerns: &Concerns) -> Option<Message> {
    let raised: BTreeSet<GateQuestion> = concerns.sure().filter_map(gate::question_of).collect();
    let asked = turn.journey.gate.asked(turn.now).filter(|_| !raised.is_empty());
    if let (Some(asked), Some(mut question)) = (asked, gate::ask_open(turn)) {
        let only_harm = !concerns.is_sure(Concern::Threatened) && concerns.is_sure(Concern::HarmOther);
        if asked == GateQuestion::Violence && only_harm {
            question.blocks = Message::new(Key::GateViolenceHarm).blocks;
        }
        return Some(question.below(Message::new(Key::GateHint)));
    }
    if turn.journey.minor.is_some() {
        return Some(minor::ask());
    }
    if raised.contains(&GateQuestion::Violence) && gate::lacks_role(turn) {
        return Some(gate::ask_role());
    }
    let ended = concerns.is_sure(Concern::Ended) && !gate::stands(&turn.journey, turn.now);
    ended.then(|| Message::new(Key::EndedAsk).choices([Press::SaidNo, Press::NotSaidNo]))
}

/// The concerns with both directions of violence, where words say the opposite of who was hurt as the person told it
/// before: then neither is answered alone, and who was hurt is asked again. Also whether that is so.
fn with_told_role(turn: &Turn, concerns: &Concerns) -> (Concerns, bool) {
    let (told, opposite) = match turn.journey.gate.role {
        Some(ViolenceRole::Did) => (Concern::HarmOther, Concern::Threatened),
        Some(ViolenceRole::Hurt) => (Concern::Threatened, Concern::HarmOther),
        Some(ViolenceRole::Both | ViolenceRole::Unsaid) | None => return (*concerns, false),
    };
    if concerns.is_sure(opposite) { (concerns.with(told, Certainty::Sure), true) } else { (*concerns, false) }
}

/// The calm sentences of the sure concerns. Where the person was hurt and hurt somebody, one sentence is for both; where
/// something was taken or begun, the emergency number comes first.
fn sentences(concerns: &Concerns, cues: Cues) -> Vec<Key> {
    let both = concerns.is_sure(Concern::Threatened) && concerns.is_sure(Concern::HarmOther);
    let one = |concern| match concern {
        Concern::SelfHarm if cues.method_begun => Some(Key::ConcernMethodBegun),
        Concern::Threatened if both => Some(Key::ConcernBothWays),
        Concern::HarmOther if both => None,
        concern => sentence(concern),
    };
    concerns.sure().filter_map(one).collect()
}

/// The neutral first words of a reply. Nobody is thanked for words that threaten or chase somebody.
fn opening(concerns: &Concerns) -> Key {
    let plain = concerns.is_sure(Concern::HarmOther) || concerns.is_sure(Concern::OwnPursuit);
    if plain { Key::OpeningPlain } else { Key::Opening }
}

/// The calm sentence of a concern, where its reply has one.
const fn sentence(concern: Concern) -> Option<Key> {
    match concern {
        Concern::SelfHarm => Some(Key::ConcernSelfHarm),
        Concern::Threatened => Some(Key::ConcernThreatened),
        Concern::TheirSuicide => Some(Key::ConcernTheirSuicide),
        Concern::HarmOther => Some(Key::ConcernHarmOther),
        Concern::OwnPursuit => Some(Key::ConcernOwnPursuit),
        Concern::Minor => Some(Key::ConcernMinor),
        Concern::Order | Concern::ContactRefused | Concern::Ended => None,
    }
}

/// Puts the reply to sure concerns above a message, without a question: for somebody who has not consented, and for when a
/// journey cannot be loaded or saved.
#[must_use]
pub fn with_care(scan: Scan, message: Message) -> Message {
    care(scan, message, false)
}

/// The same, for somebody who is known to be under 18 or not.
pub fn care(Scan { concerns, cues, .. }: Scan, message: Message, young: bool) -> Message {
    let concerns = &concerns;
    if !concerns.is_urgent() {
        return message;
    }
    let mut above = Message::new(opening(concerns));
    for key in sentences(concerns, cues) {
        above = above.and(key, Vec::new());
    }
    support_first(message.below(with_lines(above, concerns, None, young)))
}

fn support_first(mut message: Message) -> Message {
    message.choices.retain(|press| *press != Press::Support);
    message.choices.insert(0, Press::Support);
    message
}

/// Whether a message is a page that is read at leisure.
fn is_page(message: &Message) -> bool {
    message.keys().any(|key| key.path().contains("/advice-") || key.path().starts_with("reasons/card-"))
}

/// What has no place under a reply to a sure concern.
const fn is_unfit(press: &Press) -> bool {
    matches!(
        press,
        Press::Urge
            | Press::UrgeLater
            | Press::WordsLetter { .. }
            | Press::Letter
            | Press::WriteLetter
            | Press::LetterBurn { .. }
            | Press::LetterKeep { .. }
            | Press::LetterTomorrow { .. }
            | Press::Support
    )
}

/// Whether a concern turns into another one where somebody else is speaking.
const fn has_direction(concern: Concern) -> bool {
    !matches!(concern, Concern::Minor | Concern::Order | Concern::Ended)
}

/// Adds *Are you safe?* to the ordinary answer where an unsure concern is not silenced.
fn with_safety_button(turn: &mut Turn, concerns: &Concerns, ordinary: Message) -> Message {
    let state = &mut turn.journey.crisis;
    let now = turn.now;
    state.silenced.retain(|_, until| *until > now);
    // Of every kind: an unsure scanner may have named the wrong one.
    let unsure: BTreeSet<Concern> = concerns.unsure().filter(|concern| !state.silenced.contains_key(concern)).collect();
    if unsure.is_empty() {
        return ordinary;
    }
    state.unsure = unsure;
    ordinary.choices([Press::AreYouSafe])
}

/// Repeats the help lines of a crisis within the hour, where another answer would take them off the screen.
pub fn with_recent_help(turn: &Turn, message: Message) -> Message {
    const RECENT: SignedDuration = SignedDuration::from_hours(1);
    let sure = |concern: Concern| turn.journey.crisis.sure.get(&concern);
    let recent = sure(Concern::SelfHarm).is_some_and(|at| turn.now.duration_since(*at) < RECENT);
    if !recent {
        return message;
    }
    let mut message = message.and(Key::LinesCrisis, vec![lines(turn, LineNeed::Crisis)]);
    message.choices.insert(0, Press::SafeForNow);
    support_first(message)
}

/// Offers again what becomes of words that still wait after a reply to a concern.
pub fn with_waiting_words(turn: &Turn, message: Message) -> Message {
    let waiting = turn.journey.words.iter().rev().find(|entry| turn.journey.crisis.words.contains(*entry));
    match waiting {
        Some(words) => message.choices([Press::WordsKeep { words: *words }, Press::WordsDrop { words: *words }]),
        None => message,
    }
}

/// *Are you safe?*
pub fn are_you_safe() -> Message {
    Message::new(Key::SafeAsk).choices(Safety::ALL.iter().map(|answer| Press::Safe { answer: *answer }))
}

/// The answer to it: the first three act like sure words.
pub fn safe(turn: &mut Turn, answer: Safety) -> Message {
    let concern = match answer {
        Safety::Myself => Concern::SelfHarm,
        Safety::Threatened => Concern::Threatened,
        Safety::Afraid => Concern::HarmOther,
        Safety::Okay => {
            let until = turn.now.checked_add(SILENCE).unwrap_or(turn.now);
            let unsure = std::mem::take(&mut turn.journey.crisis.unsure);
            // What was sure within the day is not silenced by one "I'm okay".
            let sure = |concern: &Concern| {
                let at = turn.journey.crisis.sure.get(concern);
                at.is_some_and(|at| turn.now.duration_since(*at) < SILENCE)
            };
            let silenced: Vec<Concern> = unsure.into_iter().filter(|concern| !sure(concern)).collect();
            turn.journey.crisis.silenced.extend(silenced.into_iter().map(|concern| (concern, until)));
            return Message::new(Key::SafeOkay).choices([Press::Journey, Press::Support]);
        }
    };
    let concerns = Concerns::default().with(concern, Certainty::Sure);
    if turn.journey.consented {
        return reply_alone(turn, concerns);
    }
    with_care(concerns.into(), Message::new(Key::StartFirst).choices([Press::Start]))
}

/// "I'm safe for now."
pub fn safe_for_now(turn: &mut Turn) -> Message {
    aftercare::safe_said(turn);
    with_waiting_words(turn, Message::new(Key::SafeForNow).choices([Press::Support, Press::Journey]))
}

/// Below a message that shows something a reply to a concern would not: the one reminder of a waiting question.
pub fn remind_of_question(turn: &mut Turn, message: Message) -> Message {
    turn.journey.gate.reminded = true;
    message.and(Key::GateOneQuestion, Vec::new()).choices([Press::GateAsk])
}

/// Words that waited were decided about: whether a concern was found in any of them.
pub fn decided(turn: &mut Turn, words: &[EntryId]) -> bool {
    let state = &mut turn.journey.crisis;
    let concerned = words.iter().any(|entry| state.words.contains(entry));
    state.words.retain(|entry| !words.contains(entry));
    concerned
}
