//! Stage 1: take your time. A length and a rhythm; a day counter, a prompt and a check-in arrive; pause, snooze,
//! change, extend, end. [`set_up`](super::set_up) begins it, [`urge`](super::urge) is what happens at two in the morning.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::Journey;
use crate::journey::aftercare;
use crate::journey::codes::{EarlyWhy, Notices, Stage};
use crate::journey::effect::Anomaly;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message, PlanId};
use crate::journey::outcome::{Outcome, enter};
use crate::journey::press::Press;
use crate::journey::schedule::{self, Days, LATE, LENGTHS};
use crate::journey::stages::{advice, closing, letgo};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// Moods and used prompts remembered: a year and a half of days, far over the longest time apart.
const REMEMBERED: usize = 550;

/// A mood at or under this is low.
const LOW: u8 = 2;

/// An end that comes later than this needs a second witness of the date.
const UNWITNESSED: SignedDuration = SignedDuration::from_hours(24 * 2);

/// So many low moods in a row bring support.
const LOW_IN_A_ROW: usize = 3;

/// A streak is shown from here on, where it encourages.
const STREAK: i32 = 3;

/// Everything remembered of the time apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What was chosen before it begins.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub draft: Draft,
    /// The one that runs or is paused.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub run: Option<Run>,
    /// The one that is over, so that it can be extended.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub over: Option<Run>,
    /// Days apart of times that are behind; never reset.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub banked: u32,
    /// The last date that is counted in a total of days without contact, here or in letting go.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub counted_until: Option<Date>,
    /// The person's own line for a hard night: why they wait.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub waiting: Option<EntryId>,
    /// Urges the person said have passed; never reset.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub resisted: u32,
    /// Whether the reasons that were too early to know have been asked again in this time apart.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub asked_again: bool,
    /// Whether an urge was spoken of and has not been said to have passed.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub urge_open: bool,
    /// Times the person reached out; never reset.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub slips: u32,
    /// The mood of a date, oldest first.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub moods: Vec<(Date, u8)>,
    /// Plan prompts shown, oldest first.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub used: Vec<PlanId>,
}

/// The choices of the set-up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Days.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub length: Option<u16>,
    /// Days between reminders.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub every: Option<u16>,
    /// Whether the set-up is going on, so that setting a zone or time leads back to it.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub active: bool,
}

/// One time apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its days.
    pub days: Days,
    /// The last day something arrived for; no day arrives twice.
    pub sent: u16,
    /// The day awaited.
    #[serde(default, skip_serializing_if = "crate::journey::is_default")]
    pub awaited: Option<u16>,
    /// Since when nothing slipped.
    pub streak_from: Date,
    /// How often it was extended.
    #[serde(default, skip_serializing_if = "crate::journey::is_default")]
    pub extensions: u8,
    /// Whether its first day had been counted before it began.
    #[serde(default, skip_serializing_if = "crate::journey::is_default")]
    pub first_counted: bool,
}

impl State {
    /// All days apart so far, up to `today`.
    #[must_use]
    pub fn total_days(&self, today: Date) -> u32 {
        self.banked + self.run.as_ref().map_or(0, |run| run.counted(today))
    }
}

impl Run {
    /// Its days so far, each date once.
    fn counted(&self, today: Date) -> u32 {
        self.unique(self.days.counted_day(today).min(self.days.length))
    }

    fn unique(&self, days: u16) -> u32 {
        u32::from(days).saturating_sub(u32::from(self.first_counted))
    }

    /// The last date of it that counts.
    fn counted_until(&self, today: Date) -> Date {
        let last = self.days.date_of(self.days.length);
        self.days.paused_on.map_or(today, |paused| paused.min(today)).min(last)
    }

    /// Day and length as arguments, for the day `today` is.
    #[must_use]
    pub fn args(&self, today: Date) -> Vec<Arg> {
        vec![Arg::Day(self.days.counted_day(today).min(self.days.length)), Arg::Length(self.days.length)]
    }

    fn left(&self, today: Date) -> Arg {
        Arg::Left(self.days.length.saturating_sub(self.days.counted_day(today)))
    }
}

/// `/cooloff`: the advice and the set-up, or the time apart as it stands.
pub fn show(turn: &mut Turn) -> Message {
    let today = turn.today();
    let Some(run) = &turn.journey.cooloff.run else {
        if turn.journey.cooloff.over.is_none() {
            return advice::page(turn, Stage::Cooloff, 1);
        }
        let key = if turn.journey.is_barred(turn.now) { Key::EndedClosed } else { Key::CooloffEnded };
        return Message::new(key).choices([Press::Reflect, Press::ExtendAsk, Press::CooloffSetUp, enter(Stage::Letgo)]);
    };
    if run.days.paused_on.is_some() {
        return Message::with(Key::PausedStill, run.args(today)).choices([Press::Resume, Press::EndEarly]);
    }
    let mut args = run.args(today);
    args.push(run.left(today));
    let mut message = Message::with(Key::CooloffRunning, args);
    let streak = schedule::days_between(run.streak_from, today);
    if streak >= STREAK {
        message = message.and(Key::Streak, vec![Arg::Count(streak.unsigned_abs())]);
    }
    message.choices([Press::Checkin, Press::Urge, Press::Slip, Press::CooloffChange])
}

/// Begins day 1 today. The first note is the answer itself.
pub fn begin(turn: &mut Turn, length: u16, every: u16) -> Message {
    let start = turn.today();
    let days = Days { start, length, every, skipped: 0, paused_on: None };
    let undone = turn.journey.letting_go;
    letgo::leave(turn);
    closing::reopen(turn);
    turn.journey.cooloff.over = None;
    turn.journey.cooloff.asked_again = false;
    turn.journey.cooloff.draft = Draft::default();
    let first_counted = turn.journey.cooloff.counted_until.is_some_and(|until| until >= start);
    turn.journey.cooloff.run =
        Some(Run { days, sent: 1, awaited: None, streak_from: start, extensions: 0, first_counted });
    await_next(turn);
    let args = vec![Arg::Day(1), Arg::Length(length)];
    let asks = turn.journey.cooloff.waiting.is_none();
    let message = Message::with(Key::CooloffBegan, vec![Arg::Length(length)]);
    let message = if undone { message.and(Key::LetgoUndone, Vec::new()) } else { message };
    let message = message.and(Key::FirstDay, args);
    let message = if asks { message.and(Key::WaitingAsk, Vec::new()) } else { message };
    message.choices(asks.then_some(Press::WaitingForm)).choices([Press::Checkin, Press::Urge, Press::CooloffChange])
}

/// Sets the timer to the next day on which something arrives. Called after whatever may move it.
pub fn await_next(turn: &mut Turn) {
    let Some(run) = turn.journey.cooloff.run.as_mut().filter(|run| run.days.paused_on.is_none()) else { return };
    let (day, due_at) = run.days.next(run.sent, run.awaited, &turn.journey.settings, turn.now);
    run.awaited = Some(day);
    turn.set(Timer::CooloffReminder, due_at);
}

/// The same after the plan itself has changed: what was awaited may not be due any more, but what is overdue stays.
fn await_changed(turn: &mut Turn) {
    let (settings, now) = (&turn.journey.settings, turn.now);
    if let Some(run) = &mut turn.journey.cooloff.run {
        run.awaited = run.awaited.filter(|day| run.days.due_at(*day, settings, now) <= now);
    }
    await_next(turn);
}

/// A day is due, and was so since `since`: now as a rule, long ago if the bot was down.
pub fn due(turn: &mut Turn, since: Timestamp) {
    let today = turn.today();
    let now = turn.now;
    let Some((run, awaited)) =
        turn.journey.cooloff.run.as_mut().and_then(|run| run.awaited.take().map(|day| (run, day)))
    else {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::CooloffReminder));
        return;
    };
    turn.journey.timers.remove(&Timer::CooloffSnooze);
    let late = now.duration_since(since) >= LATE;
    let behind = schedule::days_between(run.days.date_of(awaited), today) >= 2;
    let day = if late || behind { run.days.counted_day(today).max(awaited) } else { awaited };
    run.sent = day;
    if day >= run.days.over() {
        return finish(turn);
    }
    let (days, away) = (run.days.clone(), days_late(&run.days, awaited, today));
    let message = note(turn, &days, awaited, day, late.then_some(away));
    turn.send(Timer::CooloffReminder, message);
    await_next(turn);
}

/// The end of the time apart, where a note awaited since `since` would end it late because much time has passed.
pub fn late_end(journey: &Journey, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let run = journey.cooloff.run.as_ref()?;
    let today = schedule::date(&journey.settings, now);
    let ends = run.days.counted_day(today).max(run.awaited?) >= run.days.over();
    let is_late = now.duration_since(since) > UNWITNESSED;
    (ends && is_late).then(|| run.days.due_at(run.days.over(), &journey.settings, now))
}

/// Days without a word of ours: from the one that was awaited to today, both counted.
fn days_late(days: &Days, awaited: u16, today: Date) -> u16 {
    u16::try_from(schedule::days_between(days.date_of(awaited), today).max(0) + 1).unwrap_or(u16::MAX)
}

/// The note of `day`, where everything since `awaited` is missed if the bot was `away`.
fn note(turn: &mut Turn, days: &Days, awaited: u16, day: u16, away: Option<u16>) -> Message {
    let args = vec![Arg::Day(day), Arg::Length(days.length)];
    let special = [(days.midpoint(), Key::Midpoint), (days.length, Key::LastDay)];
    let cared = turn.journey.is_in_aftercare(turn.now);
    let special =
        special.iter().filter(|_| !cared).rev().find(|(at, _)| (awaited..=day).contains(at)).map(|(_, key)| *key);
    let head = match (away, special) {
        (Some(away), _) => Message::with(Key::CatchUp, [vec![Arg::Away(away)], args.clone()].concat()),
        (None, Some(key)) => Message::with(key, args.clone()),
        (None, None) => Message::with(Key::DayHead, args.clone()),
    };
    let mut message = match special {
        Some(key) if away.is_some() => head.and(key, args),
        Some(_) => head,
        None => match turn.catalogue.next(days.length, &turn.journey.cooloff.used, |id| turn.fits_plan(id)) {
            Some(id) => {
                remember(&mut turn.journey.cooloff.used, id.clone());
                head.and_plan(id)
            }
            None => head,
        },
    };
    // Asked at the midpoint; if that note was never opened, with the next one that is.
    let open = turn.journey.reasons.outcome() == Some(Outcome::TooEarly) && !turn.journey.cooloff.asked_again;
    if open && !cared && turn.fits(Key::MidpointReasons) && day >= days.midpoint() {
        turn.journey.cooloff.asked_again = turn.style() == Notices::Plain;
        message = message.and(Key::MidpointReasons, Vec::new()).choices([Press::ReasonsAgain]);
    }
    let urge = urge(turn).unwrap_or(Press::Support);
    message.choices(moods(day)).choices([urge, Press::Snooze { day, hours: 3 }, Press::CooloffChange])
}

fn finish(turn: &mut Turn) {
    let today = turn.today();
    let Some(run) = end(turn) else { return };
    let late = schedule::days_between(run.days.date_of(run.days.over()), today);
    let barred = turn.journey.is_barred(turn.now);
    if turn.journey.is_in_aftercare(turn.now) {
        turn.journey.cooloff.over = Some(run);
        return turn.send(Timer::CooloffReminder, aftercare::over());
    }
    let mut message = if barred {
        Message::new(Key::OverClosed)
    } else {
        Message::with(Key::Over, vec![Arg::Length(run.days.length)])
    };
    if let Ok(late @ 1..) = u16::try_from(late) {
        message = message.and(Key::OverLate, vec![Arg::Away(late)]);
    }
    turn.journey.cooloff.over = Some(run);
    let offers = if barred { Outcome::TimeOverClosed } else { Outcome::TimeOver }.offers();
    turn.send(Timer::CooloffReminder, message.choices(offers));
}

/// Ends the time apart without a word: its days count, its notes stop.
pub fn stop(turn: &mut Turn) {
    end(turn);
    turn.journey.cooloff.draft = Draft::default();
}

fn end(turn: &mut Turn) -> Option<Run> {
    let today = turn.today();
    let run = turn.journey.cooloff.run.take()?;
    let state = &mut turn.journey.cooloff;
    state.banked += run.counted(today);
    state.counted_until = state.counted_until.max(Some(run.counted_until(today)));
    turn.cancel(Timer::CooloffReminder);
    turn.cancel(Timer::CooloffSnooze);
    Some(run)
}

/// Stops counting; nothing arrives until resumed.
pub fn pause(turn: &mut Turn) -> Message {
    let today = turn.today();
    let Some(run) = &mut turn.journey.cooloff.run else { return none() };
    if run.days.paused_on.is_none() {
        run.days.paused_on = Some(today);
        turn.cancel(Timer::CooloffReminder);
        turn.cancel(Timer::CooloffSnooze);
    }
    let Some(run) = &turn.journey.cooloff.run else { return none() };
    let day = Arg::Day(run.days.counted_day(today).min(run.days.length));
    Message::with(Key::Paused, vec![day]).choices([Press::Resume, Press::Urge, Press::Journey])
}

/// Counts on; the end has moved by the days paused.
pub fn resume(turn: &mut Turn) -> Message {
    let today = turn.today();
    let Some(run) = &mut turn.journey.cooloff.run else { return none() };
    if run.days.paused_on.is_none() {
        return show(turn);
    }
    run.days.resume(today);
    run.awaited = None;
    let mut args = run.args(today);
    args.push(Arg::Date(run.days.date_of(run.days.length)));
    await_next(turn);
    Message::with(Key::Resumed, args).choices([Press::Checkin, Press::Urge, Press::CooloffChange])
}

/// Shows the day's note again later; the next one keeps its time.
pub fn snooze(turn: &mut Turn, day: u16, hours: u16) -> Message {
    let current = turn.journey.cooloff.run.as_ref().filter(|run| run.days.paused_on.is_none() && run.sent == day);
    let offered = (1..=24).contains(&hours);
    if current.is_none() || !offered || !turn.journey.notices.contains_key(&Timer::CooloffReminder) {
        return Message::new(Key::SnoozeOver).choices([Press::Cooloff, Press::Urge]);
    }
    let at = turn.set_after(Timer::CooloffSnooze, SignedDuration::from_hours(i64::from(hours)));
    let time = schedule::time_of_day(&turn.journey.settings, at);
    Message::with(Key::Snoozed, vec![Arg::Time(time)]).choices([Press::Urge, Press::Journey])
}

/// A snoozed note is due.
pub fn snooze_due(turn: &mut Turn) {
    let note = turn.journey.notices.get(&Timer::CooloffReminder).cloned();
    match note.filter(|_| turn.journey.cooloff.run.is_some()) {
        Some(note) => {
            let note = aftercare::opened(turn, Timer::CooloffSnooze, turn.without_unfit(note));
            turn.send(Timer::CooloffSnooze, note);
        }
        None => turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::CooloffSnooze)),
    }
}

/// What can be changed while it runs.
pub fn change(turn: &Turn) -> Message {
    match &turn.journey.cooloff.run {
        // "Stop", typed where no time apart runs, comes here as well.
        None => stop_what(turn),
        Some(run) if run.days.paused_on.is_some() => {
            Message::new(Key::Change).choices([Press::Resume, Press::ExtendAsk, Press::EndEarly, Press::Settings])
        }
        Some(_) => Message::new(Key::Change).choices([
            Press::Pause,
            Press::TimeForm,
            Press::ChangeRhythm,
            Press::ExtendAsk,
            Press::EndEarly,
            Press::Settings,
        ]),
    }
}

/// What can be stopped where no time apart runs.
fn stop_what(turn: &Turn) -> Message {
    let weekly = turn.journey.timers.contains_key(&Timer::Letgo).then_some(Press::LetgoQuiet);
    Message::new(Key::StopWhat).choices(weekly).choices([
        Press::Hide,
        Press::Forget,
        Press::Settings,
        Press::Support,
        Press::Journey,
    ])
}

/// A new rhythm for the one that runs.
pub fn every(turn: &mut Turn, every: u16) -> Message {
    let Some(run) = &mut turn.journey.cooloff.run else { return none() };
    run.days.every = every;
    await_changed(turn);
    Message::with(Key::RhythmChanged, vec![Arg::Every(every)]).choices([Press::Cooloff, Press::Journey])
}

/// Asks how much longer.
pub fn extend_ask(turn: &Turn) -> Message {
    if turn.journey.cooloff.run.is_none() && turn.journey.cooloff.over.is_none() {
        return none();
    }
    Message::new(Key::ExtendAsk).choices([7, 14, 30].map(|days| Press::Extend { days })).choices([Press::Cooloff])
}

/// So many days more, also after the end; the days in between did not count.
pub fn extend(turn: &mut Turn, more: u16) -> Message {
    let today = turn.today();
    let state = &mut turn.journey.cooloff;
    let Some((length, counted)) =
        state.run.as_ref().or(state.over.as_ref()).map(|run| (run.days.length, run.unique(run.days.length)))
    else {
        return none();
    };
    let longer = length.saturating_add(more);
    if !(1..=90).contains(&more) || !LENGTHS.contains(&longer) {
        return Message::with(Key::ExtendLimit, vec![Arg::Max(*LENGTHS.end())]).choices([Press::Cooloff]);
    }
    let was_over = state.run.is_none();
    let Some(mut run) = state.run.take().or_else(|| state.over.take()) else { return none() };
    if was_over {
        state.banked = state.banked.saturating_sub(counted);
        run.days.skip(schedule::days_between(run.days.date_of(run.days.over()), today));
        run.sent = length;
    }
    run.days.length = longer;
    run.extensions = run.extensions.saturating_add(1);
    let third = run.extensions >= 3;
    let message = Message::with(Key::Extended, vec![Arg::Length(longer), run.left(today)]);
    state.run = Some(run);
    await_changed(turn);
    if third {
        let message = message.and(Key::ExtendedThird, Vec::new());
        return message.choices([Press::Support, enter(Stage::Letgo), Press::Cooloff]);
    }
    message.choices([Press::Cooloff, Press::Journey])
}

/// Asks once why.
pub fn end_early(turn: &Turn) -> Message {
    if turn.journey.cooloff.run.is_none() {
        return none();
    }
    let whys = EarlyWhy::ALL.iter().map(|why| Press::EndWhy { why: *why });
    Message::new(Key::EndEarlyAsk).choices(whys).choices([Press::Cooloff])
}

/// Ends it, whatever the answer.
pub fn end_why(turn: &mut Turn) -> Message {
    if end(turn).is_none() {
        return none();
    }
    if turn.journey.is_barred(turn.now) {
        return Message::new(Key::EndedEarlyClosed).choices(Outcome::TimeOverClosed.offers()).choices([Press::Journey]);
    }
    Message::new(Key::EndedEarly).choices(Outcome::EndedEarly.offers())
}

/// "I want to text them" beside a note or a mood; not where the way to them is closed, nor in the days after words of
/// self-harm.
fn urge(turn: &Turn) -> Option<Press> {
    let leaves_out = turn.journey.is_closed(turn.now) || turn.journey.is_in_aftercare(turn.now);
    (!leaves_out).then_some(Press::Urge)
}

/// `/checkin`.
pub fn checkin(turn: &Turn) -> Message {
    let today = turn.today();
    let day = turn.journey.cooloff.run.as_ref().map_or(0, |run| run.days.counted_day(today));
    Message::new(Key::Checkin).choices(moods(day)).choices(urge(turn)).choices([Press::Support])
}

/// The mood of a day; a later answer for the same day replaces it.
pub fn mood(turn: &mut Turn, day: u16, mood: u8) -> Message {
    if !(1..=5).contains(&mood) {
        return checkin(turn);
    }
    let date = mood_date(turn, day);
    let moods = &mut turn.journey.cooloff.moods;
    moods.retain(|(other, _)| *other != date);
    let at = moods.partition_point(|(other, _)| *other < date);
    moods.insert(at, (date, mood));
    let excess = moods.len().saturating_sub(REMEMBERED);
    moods.drain(..excess);
    let low = moods.iter().rev().take_while(|(_, mood)| *mood <= LOW).count();
    let note = [Press::MoodNote { day }];
    let cared = turn.journey.is_in_aftercare(turn.now);
    if mood <= LOW && cared {
        return aftercare::low_mood(turn, Press::MoodNote { day });
    }
    if mood <= LOW && low >= LOW_IN_A_ROW && low.is_multiple_of(LOW_IN_A_ROW) {
        let care = [Press::Support, enter(Stage::Letgo), Press::Urge];
        return Message::new(Key::MoodLowAgain).choices(care).choices(note);
    }
    let key = match mood {
        ..=LOW => Key::MoodLow,
        3 => Key::MoodEven,
        _ => Key::MoodLight,
    };
    let urge = urge(turn);
    let care = (mood <= LOW || urge.is_none()).then_some(Press::Support);
    Message::new(key).choices(care).choices(note).choices(urge).choices([Press::Journey])
}

/// A note to a mood was written.
pub fn mood_noted(turn: &Turn) -> Message {
    let next = urge(turn).unwrap_or(Press::Support);
    Message::new(Key::MoodNoteKept).choices([next, Press::Journey])
}

/// The date of a day that is not in the future; today for everything else.
fn mood_date(turn: &Turn, day: u16) -> Date {
    let today = turn.today();
    let run = turn.journey.cooloff.run.as_ref();
    run.filter(|_| day > 0).map_or(today, |run| run.days.date_of(day).min(today))
}

fn moods(day: u16) -> [Press; 5] {
    [1, 2, 3, 4, 5].map(|mood| Press::Mood { day, mood })
}

fn remember(used: &mut Vec<PlanId>, id: PlanId) {
    used.push(id);
    let excess = used.len().saturating_sub(REMEMBERED);
    used.drain(..excess);
}

/// Counts again from day 1, today. The days so far stay in the total.
pub fn restart(turn: &mut Turn) -> Option<u16> {
    let today = turn.today();
    let run = end(turn)?;
    let Days { length, every, .. } = run.days;
    let days = Days { start: today, length, every, skipped: 0, paused_on: None };
    let first_counted = turn.journey.cooloff.counted_until.is_some_and(|until| until >= today);
    turn.journey.cooloff.run = Some(Run { days, sent: 1, awaited: None, streak_from: today, first_counted, ..run });
    await_next(turn);
    Some(length)
}

/// Said where something needs a time apart and none runs.
pub fn none() -> Message {
    Message::new(Key::CooloffNone).choices([Press::Cooloff, Press::Journey])
}
