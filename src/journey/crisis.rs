//! What a concern leads to. One order for every reply: a calm sentence with what to do now, help lines, one question, the
//! ordinary answer. A sure concern is answered so; an unsure one adds the button *Are you safe?* to the ordinary answer;
//! words that may be somebody else's raise the question who wrote them.
//!
//! Source: the safety specification, section 1.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::{Author, GateQuestion, Safety, ViolenceRole};
use super::gate::{self, GateEvent, State as GateState};
use super::keys::Key;
use super::message::{Arg, HelpLines, LineNeed, Message};
use super::press::Press;
use super::turn::Turn;
use super::{aftercare, front, minor};
use crate::chat::EntryId;
use crate::safety::{Certainty, Concern, Concerns};

/// For how long "I'm okay" silences unsure concerns of the same kind.
const SILENCE: SignedDuration = SignedDuration::from_hours(24);

/// The most kinds of help lines in one reply, so that it fits into one message.
const NEEDS: usize = 3;

/// What the scanner found in a text, and whether the text may be somebody else's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// What it is about.
    pub concerns: Concerns,
    /// Whether it may be the other person's: a forward or a quotation.
    pub theirs: bool,
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
        return reply(turn, &concerns, entry, ordinary, notes);
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
    let notes = raise_questions(turn, Scan { concerns, theirs: false });
    remember(turn, &concerns);
    reply(turn, &concerns, None, None, notes)
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
    concerns: &Concerns,
    entry: Option<EntryId>,
    ordinary: Option<Message>,
    notes: Vec<Key>,
) -> Message {
    if concerns.is_sure(Concern::Minor) {
        minor::raise(turn);
    }
    let mut message = Message::new(opening(concerns));
    for concern in concerns.sure() {
        turn.journey.crisis.silenced.remove(&concern);
        if let Some(key) = sentence(concern) {
            message = message.and(key, Vec::new());
        }
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
    let question = question(turn, concerns);
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
pub fn raise_questions(turn: &mut Turn, Scan { concerns, theirs }: Scan) -> Vec<Key> {
    let mut notes = Vec::new();
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

/// Which help lines a concern needs.
const fn need(concern: Concern) -> Option<LineNeed> {
    match concern {
        Concern::SelfHarm | Concern::TheirSuicide => Some(LineNeed::Crisis),
        Concern::Threatened => Some(LineNeed::Violence),
        Concern::HarmOther | Concern::OwnPursuit => Some(LineNeed::StopViolence),
        Concern::Minor => Some(LineNeed::Youth),
        Concern::Order | Concern::ContactRefused | Concern::Ended => None,
    }
}

/// Adds the help lines that the concerns need; for a young person first those for their age.
fn with_lines(mut message: Message, concerns: &Concerns, place: Option<&str>, young: bool) -> Message {
    let young = young && concerns.is_urgent();
    let mut needs: Vec<LineNeed> = young.then_some(LineNeed::Youth).into_iter().collect();
    if young && concerns.is_sure(Concern::Threatened) {
        message = message.and(Key::ConcernYoungThreatened, Vec::new());
    }
    for need in concerns.sure().filter_map(need) {
        if !needs.contains(&need) && needs.len() < NEEDS {
            needs.push(need);
        }
    }
    for need in needs {
        let key = match need {
            LineNeed::Crisis => Key::LinesCrisis,
            LineNeed::Violence => Key::LinesViolence,
            LineNeed::StopViolence => Key::LinesStop,
            LineNeed::Youth => Key::LinesYouth,
        };
        message = message.and(key, vec![Arg::Lines(HelpLines::new(place.map(str::to_owned), need))]);
    }
    message
}

/// Puts the reply to sure concerns above a message, without a question: for somebody who has not consented, and for when a
/// journey cannot be loaded or saved.
#[must_use]
pub fn with_care(concerns: &Concerns, message: Message) -> Message {
    care(concerns, message, false)
}

/// The same, for somebody who is known to be under 18 or not.
pub fn care(concerns: &Concerns, message: Message, young: bool) -> Message {
    if !concerns.is_urgent() {
        return message;
    }
    let mut above = Message::new(opening(concerns));
    for key in concerns.sure().filter_map(sentence) {
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
    with_care(&concerns, Message::new(Key::StartFirst).choices([Press::Start]))
}

/// "I'm safe for now."
pub fn safe_for_now(turn: &mut Turn) -> Message {
    aftercare::safe_said(turn);
    with_waiting_words(turn, Message::new(Key::SafeForNow).choices([Press::Support, Press::Journey]))
}

fn who_wrote(turn: &mut Turn, concerns: Concerns, entry: Option<EntryId>, ordinary: Option<Message>) -> Message {
    turn.journey.crisis.quoted = concerns;
    let both = Concerns::default().with(Concern::SelfHarm, Certainty::Sure).with(Concern::Threatened, Certainty::Sure);
    let place = turn.journey.settings.place();
    let mut message = with_lines(Message::new(Key::Opening), &both, place, turn.journey.minor.is_some())
        .and(Key::WhoWrote, Vec::new());
    message = message.choices(Author::ALL.iter().map(|author| Press::WhoWrote { author: *author }));
    if let Some(entry) = entry {
        turn.journey.crisis.words.insert(entry);
        message = message.choices([Press::WordsKeep { words: entry }, Press::WordsDrop { words: entry }]);
    }
    if let Some(ordinary) = ordinary {
        message.blocks.extend(ordinary.blocks);
    }
    support_first(message)
}

/// Who wrote them: the person's own words count as they stand, the other's the other way round, somebody else's stay unsure.
pub fn wrote_by(turn: &mut Turn, author: Author) -> Message {
    let quoted = std::mem::take(&mut turn.journey.crisis.quoted);
    let sure = |concern| (concern, Certainty::Sure);
    let concerns: Concerns = match author {
        Author::Me => quoted.iter().map(|(concern, _)| sure(concern)).collect(),
        Author::Them => quoted.iter().map(|(concern, _)| sure(mirrored(concern))).collect(),
        Author::Other => {
            let thanks = Message::new(Key::SafeOkay).choices([Press::Journey, Press::Support]);
            return with_safety_button(turn, &quoted, thanks);
        }
    };
    if concerns.is_empty() {
        return Message::new(Key::SafeOkay).choices([Press::Journey, Press::Support]);
    }
    reply_alone(turn, concerns)
}

/// What a concern is where the other person is the one who speaks.
const fn mirrored(concern: Concern) -> Concern {
    match concern {
        Concern::SelfHarm => Concern::TheirSuicide,
        Concern::HarmOther | Concern::OwnPursuit => Concern::Threatened,
        Concern::Threatened => Concern::HarmOther,
        Concern::TheirSuicide => Concern::SelfHarm,
        Concern::Minor | Concern::Order | Concern::ContactRefused | Concern::Ended => concern,
    }
}

/// The help lines where the person is, for a need.
#[must_use]
pub fn lines(turn: &Turn, need: LineNeed) -> Arg {
    Arg::Lines(HelpLines::new(turn.journey.settings.place().map(str::to_owned), need))
}

/// `/support`: the help lines for what is known of the person.
pub fn support_known(turn: &Turn) -> Message {
    support(turn, None, known_need(turn))
}

/// Help lines of a country for what is known of the person; later replies have the lines of this country.
pub fn support_known_in(turn: &mut Turn, country: &str) -> Message {
    let need = known_need(turn);
    support_in(turn, country, need)
}

/// Help lines of a country for a need; later replies have the lines of this country.
pub fn support_in(turn: &mut Turn, country: &str, need: LineNeed) -> Message {
    if turn.catalogue.countries.iter().any(|known| known == country) {
        turn.journey.settings.country = Some(country.to_owned());
    }
    support(turn, Some(country), need)
}

fn known_need(turn: &Turn) -> LineNeed {
    if turn.journey.minor.is_some() {
        LineNeed::Youth
    } else if turn.journey.told_of_violence(turn.now) {
        if turn.journey.gate.role == Some(ViolenceRole::Did) { LineNeed::StopViolence } else { LineNeed::Violence }
    } else {
        LineNeed::Crisis
    }
}

/// The help lines of a country, else of the person's time zone, then the other needs and the other countries.
pub fn support(turn: &Turn, country: Option<&str>, need: LineNeed) -> Message {
    let place = country.or(turn.journey.settings.place()).map(str::to_owned);
    if place.is_none() {
        return support_countries(turn, need);
    }
    Message::with(support_text(turn, need), vec![Arg::Lines(HelpLines::new(place, need))])
        .choices(other_needs(need, country))
        .choices([Press::SupportCountries])
        .choices(back(turn))
}

/// The worldwide directories, and every country to choose from.
pub fn support_countries(turn: &Turn, need: LineNeed) -> Message {
    let countries = turn.catalogue.countries.iter().map(|code| Press::SupportIn { country: code.clone() });
    Message::with(support_text(turn, need), vec![Arg::Lines(HelpLines::new(None, need))])
        .choices(countries)
        .choices(other_needs(need, None))
        .choices(back(turn))
}

/// The text around the lines; who is young is not sent back to the journey.
fn support_text(turn: &Turn, need: LineNeed) -> Key {
    let young = need == LineNeed::Youth || turn.journey.minor.is_some();
    if young { Key::SupportYoung } else { Key::Support }
}

fn other_needs(need: LineNeed, country: Option<&str>) -> impl Iterator<Item = Press> {
    let others = LineNeed::ALL.iter().copied().filter(move |other| *other != need);
    others.map(move |need| match country.map(str::to_owned) {
        Some(country) => Press::SupportFor { need, country },
        None => Press::SupportNeed { need },
    })
}

fn back(turn: &Turn) -> Option<Press> {
    let back = if turn.journey.consented { Press::Journey } else { Press::Start };
    turn.journey.minor.is_none().then_some(back)
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
