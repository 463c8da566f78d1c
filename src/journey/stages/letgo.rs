//! Letting go: its own advice, a note a week for as long as wanted, a count of days without contact whose total never
//! resets, and what was learned. Where there was violence, people who know the field come before everything else.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::Journey;
use crate::journey::codes::Stage;
use crate::journey::crisis;
use crate::journey::effect::Anomaly;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, LineNeed, Message};
use crate::journey::outcome::Outcome;
use crate::journey::pace::Pace;
use crate::journey::press::Press;
use crate::journey::schedule;
use crate::journey::stages::{advice, closing};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// The thoughts of the weekly notes, in their order; then from the first again.
const THOUGHTS: [Key; 12] = [
    Key::LetgoThought1,
    Key::LetgoThought2,
    Key::LetgoThought3,
    Key::LetgoThought4,
    Key::LetgoThought5,
    Key::LetgoThought6,
    Key::LetgoThought7,
    Key::LetgoThought8,
    Key::LetgoThought9,
    Key::LetgoThought10,
    Key::LetgoThought11,
    Key::LetgoThought12,
];

/// A streak is shown from here on, where it encourages.
const STREAK: i32 = 3;

/// So many learned things are remembered here for showing; all of them are kept.
const LEARNED: usize = 30;

/// So many are shown at once, the latest first.
const SHOWN: usize = 6;

/// Everything remembered of letting go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Since when the days without contact are counted without a break.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub since: Option<Date>,
    /// Days without contact before that; never reset.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub banked: u32,
    /// The weekly notes, if they are wanted.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub weekly: Option<Weekly>,
    /// The next thought.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub thought: usize,
    /// What was learned, oldest first.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub learned: Vec<EntryId>,
    /// Whether the specialist lines were shown before the advice.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub help_shown: bool,
}

/// The weekly notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly {
    /// The civil date on which they were asked for.
    pub start: Date,
    /// The civil date of the next; `None` while they rest.
    pub next: Option<Date>,
    /// How far apart they are.
    pub pace: Pace,
}

impl State {
    /// All days without contact so far.
    #[must_use]
    pub fn total(&self, today: Date) -> u32 {
        self.banked.saturating_add(self.streak(today).unsigned_abs())
    }

    /// Days without contact without a break, the first date not counted.
    fn streak(&self, today: Date) -> i32 {
        self.since.map_or(0, |since| schedule::days_between(since, today).max(0))
    }
}

impl Weekly {
    /// The first day of its weekly rhythm that is at least `weeks` weeks after today's.
    fn after(&self, today: Date, weeks: u16) -> Date {
        let passed = i64::from(schedule::days_between(self.start, today).max(0) / 7);
        self.start.saturating_add((7 * (passed + i64::from(weeks))).days())
    }
}

impl Journey {
    /// All days without contact: of every time apart and of letting go, each date once.
    #[must_use]
    pub fn days_without_contact(&self, today: Date) -> u32 {
        self.cooloff.total_days(today).saturating_add(self.letgo.total(today))
    }
}

/// Whether the person has told of violence, threats or control.
fn violence(turn: &Turn) -> bool {
    turn.journey.told_of_violence(turn.now)
}

/// Whether it was the person who did the hurting.
fn did(turn: &Turn) -> bool {
    turn.journey.did_the_hurting()
}

fn help_first(turn: &mut Turn) -> Message {
    turn.journey.letgo.help_shown = true;
    if did(turn) {
        return Message::with(Key::AfterHelpDid, vec![crisis::lines(turn, LineNeed::StopViolence)]);
    }
    Message::with(Key::LetgoHelpFirst, vec![crisis::lines(turn, LineNeed::Violence)])
}

/// `/letgo`: the advice, or where letting go stands; specialist help first where there was violence.
pub fn show(turn: &mut Turn) -> Message {
    let help = violence(turn).then(|| help_first(turn).choices([Press::Support]));
    if turn.journey.letting_go {
        let place = place(turn);
        return match help {
            Some(help) => Message { choices: help.choices.clone(), ..place.clone() }.choices(place.choices).below(help),
            None => place,
        };
    }
    let page = Press::Read { stage: Stage::Letgo, page: 1 };
    match help {
        Some(help) => help
            .choices([Press::AfterViolence { page: 1 }])
            .choices(did(turn).then_some(page))
            .choices([Press::LetGo, Press::Journey]),
        None => advice::page(turn, Stage::Letgo, 1),
    }
}

/// A page of the advice; the first time, the specialist lines come before it where there was violence.
pub fn read(turn: &mut Turn, page: u8) -> Message {
    if violence(turn) && !turn.journey.letgo.help_shown {
        let page = Press::Read { stage: Stage::Letgo, page };
        return help_first(turn).choices([Press::Support, page, Press::Journey]);
    }
    advice::page(turn, Stage::Letgo, page)
}

fn place(turn: &Turn) -> Message {
    let state = &turn.journey.letgo;
    let notes = if state.weekly.as_ref().is_some_and(|weekly| weekly.next.is_some()) {
        Press::LetgoQuiet
    } else {
        Press::LetgoWeekly
    };
    count(turn, Message::new(Key::LetgoRunning))
        .choices([Press::LetgoThought, Press::LearnedForm])
        .choices((!state.learned.is_empty()).then_some(Press::Learned))
        .choices([Press::WriteLetter, Press::Checkin, Press::Slip, notes])
        .choices(turn.journey.told_of_violence(turn.now).then_some(Press::AfterViolence { page: 1 }))
        .choices(turn.fits(Key::Letgo1).then_some(Press::Read { stage: Stage::Letgo, page: 1 }))
        .choices([Press::Close, Press::Support, Press::Journey])
}

/// The days without contact: the total once there is one, the streak where it encourages.
fn count(turn: &Turn, message: Message) -> Message {
    let today = turn.today();
    let streak = turn.journey.letgo.streak(today);
    let total = turn.journey.days_without_contact(today);
    if total == 0 {
        return message;
    }
    let message = message.and(Key::LetgoCount, vec![Arg::Total(total)]);
    if streak >= STREAK && total > streak.unsigned_abs() {
        return message.and(Key::LetgoStreak, vec![Arg::Count(streak.unsigned_abs())]);
    }
    message
}

/// The decision to let go: whatever runs ends, the days without contact are counted.
pub fn choose(turn: &mut Turn) -> Message {
    let today = turn.today();
    closing::reopen(turn);
    super::stop(turn);
    turn.journey.letting_go = true;
    turn.journey.letgo.since.get_or_insert(today);
    let weekly = turn.journey.letgo.weekly.is_none().then_some(Press::LetgoWeekly);
    if violence(turn) {
        turn.journey.letgo.help_shown = true;
        let key = if did(turn) { Key::AfterChosenDid } else { Key::LetgoChosenHelp };
        let message = Message::new(key).choices([Press::Support, Press::AfterViolence { page: 1 }]);
        return message.choices(weekly).choices(Outcome::LettingGo.offers());
    }
    Message::new(Key::LetgoChosen).choices(weekly).choices(Outcome::LettingGo.offers())
}

/// Going back to another stage: the notes end, the days so far stay in the total.
pub fn leave(turn: &mut Turn) {
    let today = turn.today();
    turn.cancel(Timer::Letgo);
    turn.journey.letting_go = false;
    bank(turn, today);
    turn.journey.letgo.since = None;
    turn.journey.letgo.weekly = None;
}

/// Adds the days since the last break to the total.
fn bank(turn: &mut Turn, today: Date) {
    let state = &mut turn.journey.letgo;
    if state.streak(today) > 0 {
        let counted = &mut turn.journey.cooloff.counted_until;
        *counted = (*counted).max(Some(today));
    }
    state.banked = state.total(today);
}

/// They reached out: the streak begins again, the total stays. `None` where letting go does not count.
pub fn slipped(turn: &mut Turn) -> Option<Message> {
    let today = turn.today();
    turn.journey.letgo.since?;
    bank(turn, today);
    turn.journey.letgo.since = Some(today);
    Some(count(turn, Message::new(Key::LetgoSlip)))
}

/// A note each week from now on.
pub fn weekly(turn: &mut Turn) -> Message {
    if !turn.journey.letting_go {
        return Message::new(Key::LetgoNotYet).choices([Press::Letgo, Press::LetGo, Press::Journey]);
    }
    closing::reopen(turn);
    let today = turn.today();
    let weekly = Weekly { start: today, next: None, pace: Pace::default() };
    let next = weekly.after(today, 1);
    turn.journey.letgo.weekly = Some(Weekly { next: Some(next), ..weekly });
    await_next(turn);
    let args = vec![Arg::Date(next), Arg::Time(turn.journey.settings.reminder)];
    Message::with(Key::LetgoBegan, args).choices([Press::LetgoThought, Press::Letgo, Press::LetgoQuiet, Press::Journey])
}

/// No more notes.
pub fn quiet(turn: &mut Turn) -> Message {
    turn.journey.letgo.weekly = None;
    turn.cancel(Timer::Letgo);
    Message::new(Key::LetgoQuiet).choices([Press::Letgo, Press::LetgoWeekly, Press::Journey])
}

/// Sets the timer for the next note.
pub fn await_next(turn: &mut Turn) {
    if let Some(next) = turn.journey.letgo.weekly.as_ref().and_then(|weekly| weekly.next) {
        turn.set_on(Timer::Letgo, next);
    }
}

/// A note is due, and was so since `since`.
pub fn due(turn: &mut Turn, since: Timestamp) {
    let today = turn.today();
    let Some(weekly) = turn.journey.letgo.weekly.as_mut().filter(|weekly| weekly.next.is_some()) else {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Letgo));
        return;
    };
    let gap = weekly.pace.sent();
    weekly.next = gap.map(|weeks| weekly.after(today, weeks));
    let note = thought(turn);
    let note = count(turn, note);
    let note = if gap.is_none() { note.and(Key::LetgoResting, Vec::new()) } else { note };
    let help = violence(turn).then_some(Press::Support);
    let note = note.choices(help).choices([
        Press::LearnedForm,
        Press::Checkin,
        Press::Slip,
        if gap.is_none() { Press::LetgoWeekly } else { Press::LetgoQuiet },
        Press::Support,
    ]);
    let late = turn.came_late(since);
    turn.send(Timer::Letgo, late.into_iter().fold(note, Message::below));
    await_next(turn);
}

/// A sign of the person: whatever they do answers a note, since it asks for nothing.
pub fn heard(turn: &mut Turn) {
    let today = turn.today();
    let Some(weekly) = turn.journey.letgo.weekly.as_mut().filter(|weekly| weekly.next.is_some()) else { return };
    if weekly.pace.answered() {
        weekly.next = Some(weekly.after(today, 1));
        await_next(turn);
    }
}

/// The next thought that fits; the ones that don't are passed over.
fn thought(turn: &mut Turn) -> Message {
    let first = turn.journey.letgo.thought;
    let order = (0..THOUGHTS.len()).map(|ahead| first.wrapping_add(ahead) % THOUGHTS.len());
    let next = order.into_iter().find(|index| turn.fits(THOUGHTS[*index])).unwrap_or(0);
    turn.journey.letgo.thought = (next + 1) % THOUGHTS.len();
    Message::new(THOUGHTS[next])
}

/// A thought now.
pub fn thought_now(turn: &mut Turn) -> Message {
    let first = if turn.journey.letting_go { Press::LearnedForm } else { Press::LetGo };
    thought(turn).choices([first, Press::WriteLetter, Press::Letgo, Press::Support])
}

/// Something learned was written.
pub fn learned(turn: &mut Turn, entry: EntryId) -> Message {
    let learned = &mut turn.journey.letgo.learned;
    learned.push(entry);
    let excess = learned.len().saturating_sub(LEARNED);
    learned.drain(..excess);
    Message::new(Key::LearnedKept).choices([Press::Learned, Press::LearnedForm, Press::Letgo, Press::Journey])
}

/// What was learned so far, the latest first.
pub fn show_learned(turn: &Turn) -> Message {
    let learned = &turn.journey.letgo.learned;
    if learned.is_empty() {
        return Message::new(Key::LearnedNone).choices([Press::LearnedForm, Press::Letgo, Press::Journey]);
    }
    let line = |message: Message, entry: &EntryId| message.and(Key::LearnedLine, vec![Arg::Words(*entry)]);
    let shown = learned.iter().rev().take(SHOWN).fold(Message::new(Key::LearnedHead), line);
    shown.choices([Press::LearnedForm, Press::Letgo, Press::Journey])
}
