//! Stage 6: easing back. Three months with a check-in each; who hears of it, one circle at a time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{Circle, How, Monthly, Stage};
use crate::journey::effect::Anomaly;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::Outcome;
use crate::journey::pace::Pace;
use crate::journey::press::Press;
use crate::journey::stages::{advice, closing, letgo};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// So many check-ins arrive.
const CHECKINS: u8 = 3;

/// Months that can be answered about at all; bounds what is remembered.
const MONTHS: u8 = 24;

/// So many answers that something went badly make a month a hard one.
const HARD: usize = 2;

/// Everything remembered of easing back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The months that run.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub run: Option<Run>,
    /// Those that were ended, by letting go or by closing the journey.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub last: Option<Run>,
    /// Who has heard of it.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub told: BTreeSet<Circle>,
}

/// The months of easing back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The civil date on which they began.
    pub start: Date,
    /// The civil date of the next check-in.
    pub next: Option<Date>,
    /// How many have arrived.
    pub sent: u8,
    /// How far apart they are.
    pub pace: Pace,
    /// What was answered, by month.
    pub answers: BTreeMap<u8, BTreeMap<Monthly, How>>,
    /// The latest line about a month.
    pub notes: BTreeMap<u8, EntryId>,
}

impl Run {
    /// The day on which so many months have passed, counted from the start, so that a 31st does not drift.
    fn after(&self, months: u16) -> Date {
        self.start.saturating_add(i32::from(months).months())
    }

    /// The month that can be answered about now: whole months that have passed, at least 1.
    fn current(&self, today: Date) -> u8 {
        (1..=MONTHS).take_while(|month| self.after((*month).into()) <= today).last().unwrap_or(1)
    }

    fn is_over(&self) -> bool {
        self.sent >= CHECKINS && self.next.is_none()
    }
}

impl State {
    /// Forgets a line about a month that is destroyed.
    pub fn forget_entry(&mut self, entry: EntryId) {
        for run in self.run.iter_mut().chain(self.last.iter_mut()) {
            run.notes.retain(|_, note| *note != entry);
        }
    }
}

/// `/ease`: the advice, or where it stands.
pub fn show(turn: &mut Turn) -> Message {
    if turn.journey.ease.run.is_some() && !turn.journey.timers.contains_key(&Timer::Ease) {
        await_next(turn);
    }
    let Some(run) = &turn.journey.ease.run else { return advice::page(turn, Stage::Ease, 1) };
    if run.is_over() {
        return over(turn, None);
    }
    let next = run.next.map(|next| vec![Arg::Date(next)]);
    let message =
        next.into_iter().fold(Message::new(Key::EaseRunning), |message, args| message.and(Key::EaseNext, args));
    message.choices([
        Press::EaseCheckin,
        Press::GoingPublic,
        Press::Read { stage: Stage::Ease, page: 2 },
        Press::Close,
        Press::SaidNo,
        Press::Journey,
    ])
}

fn over(turn: &Turn, note: Option<Press>) -> Message {
    let all = turn.journey.ease.told.len() == Circle::ALL.len();
    let message = Message::new(Key::EaseOver).choices(note).choices(Outcome::EasedBack.offers());
    message.choices((!all).then_some(Press::GoingPublic)).choices([Press::EaseCheckin, Press::SaidNo, Press::Journey])
}

/// Begins today.
pub fn begin(turn: &mut Turn) -> Message {
    if turn.journey.ease.run.is_some() {
        return show(turn);
    }
    letgo::leave(turn);
    closing::reopen(turn);
    let start = turn.today();
    let run =
        Run { start, next: None, sent: 0, pace: Pace::default(), answers: BTreeMap::new(), notes: BTreeMap::new() };
    let first = run.after(1);
    turn.journey.ease.run = Some(Run { next: Some(first), ..run });
    await_next(turn);
    Message::with(Key::EaseBegan, vec![Arg::Date(first)]).choices([Press::GoingPublic, Press::Ease, Press::Journey])
}

/// Sets the timer for the next check-in, unless the gate is closed.
pub fn await_next(turn: &mut Turn) {
    if let Some(next) = turn.journey.ease.run.as_ref().and_then(|run| run.next)
        && !turn.journey.is_barred(turn.now)
    {
        turn.set_on(Timer::Ease, next);
    }
}

/// A check-in is due, and was so since `since`.
pub fn due(turn: &mut Turn, since: Timestamp) {
    let today = turn.today();
    let Some(run) = turn.journey.ease.run.as_mut().filter(|run| run.next.is_some()) else {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Ease));
        return;
    };
    let month = run.current(today);
    run.sent = run.sent.saturating_add(1);
    let gap = run.pace.sent().filter(|_| run.sent < CHECKINS);
    run.next = gap.map(|months| run.after(u16::from(month).saturating_add(months)));
    let head = Message::with(Key::EaseMonth, vec![Arg::Count(run.sent.into()), Arg::Total(CHECKINS.into())]);
    let message = next(turn, month).below(head);
    let late = turn.came_late(since);
    turn.send(Timer::Ease, late.into_iter().fold(message, Message::below));
    await_next(turn);
}

/// The check-in of this month, whenever wanted.
pub fn checkin(turn: &Turn) -> Message {
    let today = turn.today();
    match &turn.journey.ease.run {
        None => none(),
        Some(run) => {
            let month = run.current(today);
            let answered = run.answers.get(&month).is_some_and(|answers| answers.len() == Monthly::ALL.len());
            if answered { ask(month, Monthly::Feelings) } else { next(turn, month) }
        }
    }
}

/// One answer; then whatever is still open in that month.
pub fn answer(turn: &mut Turn, month: u8, question: Monthly, how: How) -> Message {
    let today = turn.today();
    let fits = how != How::Nothing || question != Monthly::Feelings;
    let Some(run) = &mut turn.journey.ease.run else { return none() };
    if !fits || !(1..=run.current(today)).contains(&month) {
        return Message::new(Key::EaseMonthGone).choices([Press::EaseCheckin, Press::Ease, Press::Journey]);
    }
    run.answers.entry(month).or_default().insert(question, how);
    let waiting = run.pace.answered();
    if waiting && run.sent < CHECKINS {
        // It may have backed off further than a month.
        run.next = Some(run.after(u16::from(run.current(today)).saturating_add(1)));
        await_next(turn);
    }
    next(turn, month)
}

/// A line about a month was written.
pub fn noted(turn: &mut Turn, month: u8, entry: EntryId) -> Message {
    let today = turn.today();
    if let Some(run) = turn.journey.ease.run.as_mut().filter(|run| (1..=run.current(today)).contains(&month)) {
        run.notes.insert(month, entry);
    }
    Message::new(Key::EaseNoteKept).choices([Press::Ease, Press::GoingPublic, Press::Journey])
}

fn next(turn: &Turn, month: u8) -> Message {
    let Some(run) = &turn.journey.ease.run else { return none() };
    let answers = run.answers.get(&month);
    let open = |question: &&Monthly| answers.is_none_or(|answers| !answers.contains_key(question));
    if let Some(question) = Monthly::ALL.iter().find(open) {
        return ask(month, *question);
    }
    let note = Press::EaseNote { month };
    if answers.is_some_and(|answers| answers.values().filter(|how| **how == How::Badly).count() >= HARD) {
        return Message::new(Key::EaseMonthHard).choices([
            Press::Read { stage: Stage::Ease, page: 2 },
            Press::Support,
            note,
            Press::Ease,
        ]);
    }
    if run.is_over() {
        return over(turn, Some(note));
    }
    Message::new(Key::EaseMonthDone).choices([note, Press::GoingPublic, Press::Ease, Press::Journey])
}

fn ask(month: u8, question: Monthly) -> Message {
    let key = match question {
        Monthly::Feelings => Key::EaseFeelings,
        Monthly::Disagreements => Key::EaseDisagreements,
        Monthly::Compromises => Key::EaseCompromises,
    };
    let answers = How::ALL.iter().filter(|how| **how != How::Nothing || question != Monthly::Feelings);
    Message::new(key)
        .choices(answers.map(|how| Press::EaseAnswer { month, question, how: *how }))
        .choices([Press::Ease])
}

/// Who has heard of it, and who could next.
pub fn public(turn: &Turn) -> Message {
    let told = &turn.journey.ease.told;
    let said = |message: Message, circle: &Circle| message.and(Key::EaseTold, vec![Arg::Circle(*circle)]);
    let message = told.iter().fold(Message::new(Key::EasePublic), said);
    let next = Circle::ALL.iter().filter(|circle| !told.contains(circle));
    message.choices(next.map(|circle| Press::Told { circle: *circle })).choices([Press::Ease, Press::Journey])
}

/// A circle has been told.
pub fn told(turn: &mut Turn, circle: Circle) -> Message {
    turn.journey.ease.told.insert(circle);
    let all = turn.journey.ease.told.len() == Circle::ALL.len();
    let message = Message::with(Key::EaseToldNoted, vec![Arg::Circle(circle)]);
    let message = if all { message.and(Key::EaseToldAll, Vec::new()) } else { message };
    message.choices((!all).then_some(Press::GoingPublic)).choices([Press::Ease, Press::Journey])
}

/// Ends it without a word.
pub fn stop(turn: &mut Turn) {
    turn.cancel(Timer::Ease);
    let state = &mut turn.journey.ease;
    if let Some(run) = state.run.take() {
        state.last = Some(Run { next: None, ..run });
    }
}

fn none() -> Message {
    Message::new(Key::EaseNone).choices([Press::Ease, Press::Journey])
}
