//! The journey itself: pure. Events go in, a [`Step`] comes out; no clock, no database, no platform, no words.
//!
//! [`step`] is total: whatever arrives, in whatever order, the person gets an answer and a next choice.

mod aftercare;
mod catalogue;
mod codes;
mod crisis;
mod date_witness;
mod effect;
mod event;
mod fit;
mod form;
mod front;
mod gate;
mod handlers;
pub mod journal;
mod key_macro;
mod keys;
mod latest;
mod manner;
mod message;
mod minor;
mod outcome;
mod overview;
mod pace;
mod preferences;
mod press;
mod retention;
mod rules;
pub mod schedule;
mod settings;
mod stages;
mod timer;
mod turn;

pub use crate::safety::Hints;
pub use catalogue::{Catalogue, Tagged};
pub use codes::{
    Author, Card, CardAnswer, Circle, Decision, EarlyWhy, EndedBy, EndedWhen, Ending, EntryKind, GateQuestion, How,
    Monthly, Notices, Question, Readiness, Safety, Shelf, Stage, TalkOutcome, ViolenceRole, WaitWhy, Warmth, Weekly,
    YesNo,
};
pub use crisis::{Scan, bears_on_contact, with_care};
pub use date_witness::{DateWitness, date_to_confirm, postponed_for};
pub use effect::{Anomaly, EntryChange, Presence, Send, Step, TimerChange};
pub use event::{Event, Unusable, Value};
pub use form::FormKind;
pub use front::PASSPHRASE;
pub use gate::{State as GateState, Status as GateStatus};
pub use journal::Leaf;
pub use keys::Key;
pub use manner::Manner;
pub use message::{Arg, Block, Excerpt, HelpLines, LineNeed, Message, PlanId, Prompt, Since, ZoneClock};
pub use outcome::Outcome;
pub use press::Press;
pub use retention::LEAST_NOTICE;
pub use settings::{QuietHours, Settings};
pub use timer::Timer;
pub use turn::{Pending, Turn};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use handlers::{gave, pressed, wrote};
use latest::Latest;
use stages::{
    bringup, closing, cooloff, draft, ease, letgo, plan, reachout, reasons, reflect, trial, urge, wait, writing,
};

/// Everything that is remembered of one person's way, apart from their words.
///
/// It holds the state of every stage, not one current stage: the time apart goes on while one reflects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Journey {
    /// Whether the person is of age and has agreed to what is stored.
    pub consented: bool,
    /// What they have set.
    pub settings: Settings,
    /// What they pressed that waits for their time zone, because it names a time of day.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub wanted: Option<Press>,
    /// The latest message: typed words are about it for a while.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub latest: Option<latest::Latest>,
    /// Words that wait for a decision, and the form they may belong into.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub addition: Option<latest::Addition>,
    /// The safety gate.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub gate: gate::Gate,
    /// When the other's "no" was told (UTC).
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub said_no: Option<Timestamp>,
    /// When the other came back by themselves after it (UTC).
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub came_back: Option<Timestamp>,
    /// What is remembered of concerns.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub crisis: crisis::State,
    /// What is remembered of the care after words of self-harm.
    pub aftercare: aftercare::State,
    /// Since when it is asked whether the person is 18 (UTC).
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub minor: Option<Timestamp>,
    /// Whether they said that they are not.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub said_under_age: bool,
    /// Stage 0.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub reasons: reasons::State,
    /// Stage 1.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub cooloff: cooloff::State,
    /// Stage 2.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub reflect: reflect::State,
    /// Stage 3.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub reachout: reachout::State,
    /// The wait after an outcome, of stage 3 or a later one.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub wait: Option<wait::Wait>,
    /// The unsent letter that waits for a decision or for tomorrow.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub letter: Option<EntryId>,
    /// Whether the person has decided to let go.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub letting_go: bool,
    /// Letting go.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub letgo: letgo::State,
    /// Stage 4.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub bringup: bringup::State,
    /// Stage 5.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub trial: trial::State,
    /// Stage 6.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub ease: ease::State,
    /// The person's last words, until the journey is closed.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub last_words: Option<EntryId>,
    /// How it was closed.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub closed: Option<closing::Closed>,
    /// Words written unasked that wait for a decision, oldest first.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub words: Vec<EntryId>,
    /// What is due next, at most once a timer.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub timers: BTreeMap<Timer, Pending>,
    /// The last occurrence given out, a timer.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub occurrences: BTreeMap<Timer, u32>,
    /// The latest message of a timer: what opening its note shows.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub notices: BTreeMap<Timer, Message>,
}

/// Whether a field is left out of the stored state: reading gives it its default.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Takes one event. Never fails, never panics; an event that does not fit gets a gentle answer and changes nothing.
#[must_use]
pub fn step(journey: &Journey, catalogue: &Catalogue, event: Event, now: Timestamp) -> Step {
    let presence = if journey.consented { Presence::Known } else { Presence::Stranger };
    let mut turn = Turn {
        journey: journey.clone(),
        catalogue,
        now,
        sends: Vec::new(),
        entries: Vec::new(),
        cancelled: BTreeSet::new(),
        presence,
        anomaly: None,
        released: None,
    };
    let fired = match event {
        Event::Due { timer, .. } => Some(timer),
        Event::Unannounced { .. } => Some(Timer::Deletion),
        _ => None,
    };
    // A correction whose wait is over releases the gate with the next thing the person does.
    if fired.is_none() && turn.journey.consented && gate::changed(&turn) {
        gate::apply_bar(&mut turn);
    }
    let acted_on = event.clone();
    let answer = match event {
        Event::Due { timer, occurrence } => {
            due(&mut turn, timer, occurrence);
            None
        }
        Event::Unannounced { occurrence, closed } => {
            if let Some(end) = is_due(&turn, Timer::Deletion, occurrence) {
                retention::announce_again(&mut turn, end.since, closed);
            }
            None
        }
        event if !journey.consented => Some(front::stranger(&mut turn, &event)),
        event => {
            let reminds = !is_exempt_from_reminder(&event) && !turn.journey.hears_as_sure(&event, now);
            let reached = aftercare::reaches_on(&event);
            let answer = acted(&mut turn, event);
            let answer = aftercare::without_ways_on(&turn, reached, answer);
            // A visit opens with one question: the reminder of another one waits.
            let opened = if reminds { aftercare::open_visit(&mut turn, answer.clone()) } else { answer.clone() };
            let reminds = reminds && opened == answer;
            Some(with_gate_notes(&mut turn, opened, reminds))
        }
    };
    let answer = answer.map(|answer| turn.uncounted(answer));
    let answer = fit::guard(&mut turn, answer);
    let answer = guarded(&mut turn, answer);
    if let Some(answer) = &answer
        && turn.journey.consented
    {
        let form_is_open = latest::opens_form(journey, &acted_on, answer, now);
        turn.journey.latest = Some(Latest::new(answer, form_is_open, now));
    }
    if turn.journey.consented {
        retention::follow(&mut turn, fired.is_none());
    }
    Step {
        timers: changes(&journey.timers, &turn.journey.timers, &turn.cancelled, fired),
        journey: turn.journey,
        answer,
        sends: turn.sends,
        entries: turn.entries,
        presence: turn.presence,
        anomaly: turn.anomaly,
    }
}

/// The rows follow the journey's timers. The row of a timer that fired is always written or removed, so that a row
/// nothing waits for cannot fire again. One that was cancelled is cancelled even where it had fired already: what it had
/// to say may still wait to be sent, or be parked.
fn changes(
    before: &BTreeMap<Timer, Pending>,
    after: &BTreeMap<Timer, Pending>,
    cancelled: &BTreeSet<Timer>,
    fired: Option<Timer>,
) -> Vec<TimerChange> {
    let mut changes = Vec::new();
    for timer in Timer::ALL.iter().copied() {
        let changed = before.get(&timer) != after.get(&timer) || fired == Some(timer);
        let waits = after.get(&timer);
        if cancelled.contains(&timer) || (changed && waits.is_none()) {
            changes.push(TimerChange::Cancel(timer));
        }
        if let Some(pending) = waits.filter(|_| changed) {
            changes.push(TimerChange::Set { timer, occurrence: pending.occurrence, due_at: pending.due_at });
        }
    }
    changes
}

/// The last line of defence: while the way to the other person is closed, nothing that invites contact is said. The
/// stages keep to this themselves; what gets here is a mistake of ours, and the operator sees it.
fn guarded(turn: &mut Turn, answer: Option<Message>) -> Option<Message> {
    if !turn.journey.is_barred(turn.now) {
        return answer;
    }
    let leads = |press: &Press| press.behind_gate().is_some();
    for send in &mut turn.sends {
        send.message.choices.retain(|press| !leads(press));
    }
    for notice in turn.journey.notices.values_mut() {
        notice.choices.retain(|press| !leads(press));
    }
    let answer = answer.map(|mut answer| {
        answer.choices.retain(|press| !leads(press));
        answer
    });
    let invites = |message: &Message| message.keys().find(|key| turn.catalogue.contact.contains(key));
    let found = answer.iter().chain(turn.sends.iter().map(|send| &send.message)).find_map(invites);
    let Some(key) = found else { return answer };
    let told = answer.as_ref().and_then(invites).is_some();
    let catalogue = turn.catalogue;
    turn.sends.retain(|send| !send.message.keys().any(|key| catalogue.contact.contains(&key)));
    turn.anomaly = Some(Anomaly::InvitesContact(key));
    if told { Some(overview::show(turn)) } else { answer }
}

/// What a timer waits for, if it is this very occurrence and its time has come.
fn is_due(turn: &Turn, timer: Timer, occurrence: u32) -> Option<Pending> {
    let expected = turn.journey.timers.get(&timer).copied();
    expected.filter(|pending| pending.occurrence == occurrence && pending.due_at <= turn.now)
}

fn due(turn: &mut Turn, timer: Timer, occurrence: u32) {
    let Some(pending) = is_due(turn, timer, occurrence) else {
        // A duplicate, or cancelled meanwhile: nothing is waiting for it, nothing is lost.
        return;
    };
    let allowed = schedule::out_of_quiet(&turn.journey.settings, turn.now);
    if timer.speaks() && allowed > turn.now {
        turn.journey.timers.insert(timer, Pending { due_at: allowed, ..pending });
        return;
    }
    if minor::holds_back(turn, timer, pending) || aftercare::holds_back(turn, timer, pending) {
        return;
    }
    turn.journey.timers.remove(&timer);
    let since = pending.since;
    match timer {
        Timer::CooloffReminder => cooloff::due(turn, since),
        Timer::CooloffSnooze => cooloff::snooze_due(turn),
        Timer::Urge => urge::due(turn),
        Timer::Letter => urge::letter_due(turn),
        Timer::Words => front::words_due(turn),
        Timer::Writing => writing::due(turn),
        Timer::Draft => draft::due(turn),
        Timer::Planned => plan::due(turn),
        Timer::Wait => wait::due(turn),
        Timer::Trial => trial::due(turn, since),
        Timer::Ease => ease::due(turn, since),
        Timer::Letgo => letgo::due(turn, since),
        Timer::Retention => retention::announce(turn),
        Timer::Deletion => retention::delete(turn),
    }
}

fn acted(turn: &mut Turn, event: Event) -> Message {
    letgo::heard(turn);
    preferences::forget_wanted(turn, &event);
    if let Some(instead) = minor_first(turn, &event) {
        return instead;
    }
    match event {
        Event::Pressed(press) => pressed(turn, press),
        Event::Wrote { form, entry, hints } => wrote(turn, &form, entry, hints),
        Event::Gave { form, value } => gave(turn, &form, &value),
        Event::Said { entry: Some(entry), form } => {
            gate::unclear(turn, entry, false).unwrap_or_else(|| front::said(turn, entry, form))
        }
        Event::Hedged { entry } => gate::unclear(turn, entry, true).unwrap_or_else(|| front::said(turn, entry, None)),
        Event::Asked { entry } => front::asked(turn, entry),
        Event::Heard { scan, entry, event } => {
            // First the questions, so that the ordinary answer is already what fits behind them.
            let notes = crisis::raise_questions(turn, scan);
            let ordinary = event.map(|event| acted(turn, *event));
            crisis::heed(turn, scan, entry, ordinary, notes)
        }
        Event::NotText => front::not_text(turn),
        Event::Unusable { form, why } => {
            // The form is offered again, but never one behind a gate that is not clear.
            let closed = form.as_ref().and_then(Press::behind_gate).and_then(|stage| gate::before(turn, stage));
            closed.unwrap_or_else(|| front::unusable(form, why))
        }
        Event::Mistyped { nearest } => overview::mistyped(nearest),
        Event::Leafed { press, leaves } => journal::show(turn, &press, &leaves),
        Event::Unknown
        | Event::Said { entry: None, .. }
        | Event::TooYoung(_)
        | Event::Due { .. }
        | Event::Unannounced { .. } => overview::unknown(turn),
    }
}

/// The question whether the person is 18, in place of what waits for its answer.
fn minor_first(turn: &mut Turn, event: &Event) -> Option<Message> {
    turn.journey.minor?;
    match event {
        Event::Pressed(press) | Event::Leafed { press, .. } | Event::Gave { form: press, .. } => {
            minor::instead_of(turn, press)
        }
        Event::Wrote { entry, .. }
        | Event::Said { entry: Some(entry), .. }
        | Event::Hedged { entry }
        | Event::Asked { entry } => {
            let words = front::said(turn, *entry, None);
            Some(minor::ask().below(Message { choices: Vec::new(), ..words.clone() }).choices(words.choices))
        }
        Event::Heard { .. } | Event::TooYoung(_) | Event::Due { .. } | Event::Unannounced { .. } => None,
        Event::Unusable { .. }
        | Event::Unknown
        | Event::Mistyped { .. }
        | Event::NotText
        | Event::Said { entry: None, .. } => Some(minor::ask().choices([Press::Support])),
    }
}

/// Whether an answer never carries the reminder of a waiting question: help, hiding, deleting and exporting.
fn is_exempt_from_reminder(event: &Event) -> bool {
    match event {
        Event::Pressed(press) | Event::Gave { form: press, .. } => matches!(
            press,
            Press::Hide
                | Press::ClearMySide
                | Press::Forget
                | Press::ForgetAll
                | Press::MinorForget
                | Press::Support
                | Press::SupportIn { .. }
                | Press::SupportFor { .. }
                | Press::SupportNeed { .. }
                | Press::SupportCountries
                | Press::Help
                | Press::Privacy
                | Press::Export
                | Press::ExportPlain
                | Press::ExportLocked
                | Press::DeleteMessage
                | Press::Gate { .. }
                | Press::GateLater
                | Press::GateUndo
                | Press::GateAsk
                | Press::GateReview
                | Press::ViolenceRole { .. }
                | Press::AreYouSafe
                | Press::Safe { .. }
                | Press::SafeForNow
        ),
        Event::Heard { scan, .. } => scan.theirs || scan.concerns.any_sure(),
        _ => false,
    }
}

/// Adds what the gate has to say under an ordinary answer: that it was released, or once that a question waits.
fn with_gate_notes(turn: &mut Turn, answer: Message, reminds: bool) -> Message {
    let answer = match turn.released.take() {
        Some(line) if turn.presence == Presence::Known => answer.and(line, Vec::new()),
        _ => answer,
    };
    let asks = answer.choices.iter().any(|press| matches!(press, Press::Gate { .. }));
    let waits = turn.journey.gate.asked(turn.now).is_some() && !turn.journey.gate.reminded;
    if waits && reminds && !asks && turn.presence == Presence::Known {
        return crisis::remind_of_question(turn, answer);
    }
    answer
}

#[cfg(test)]
mod tests;
