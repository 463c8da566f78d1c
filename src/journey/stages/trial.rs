//! Stage 5: the trial period. A length in weeks, up to ten agreements in the person's own words, a check-in a week and a
//! review at the end; [`weeks`](super::weeks) is what is asked. Unanswered check-ins come further and further apart.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{EntryKind, How, Stage, Weekly, YesNo};
use crate::journey::effect::{Anomaly, EntryChange};
use crate::journey::event::Value;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::outcome::Outcome;
use crate::journey::pace::Pace;
use crate::journey::press::Press;
use crate::journey::stages::{advice, closing, letgo, weeks};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;
use crate::journey::{preferences, schedule};

/// The shortest and the longest trial, in weeks.
const LENGTHS: std::ops::RangeInclusive<u16> = 2..=26;

/// The most agreements.
const AGREEMENTS: u8 = 10;

/// Everything remembered of trials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The length chosen before it begins, in weeks.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub draft: Option<u16>,
    /// The one that runs, or waits for its decision.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub run: Option<Run>,
    /// The last one that was decided.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub last: Option<Run>,
    /// The agreements by number, 1 to 10; a number that was removed can be given again.
    #[serde(skip_serializing_if = "crate::journey::is_default")]
    pub agreements: BTreeMap<u8, EntryId>,
}

/// One trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The civil date on which it began.
    pub start: Date,
    /// How many weeks, extension included.
    pub weeks: u16,
    /// The length that was chosen.
    pub chosen: u16,
    /// The civil date of what comes next.
    pub next: Option<Date>,
    /// How far apart what comes is.
    pub pace: Pace,
    /// Whether the review has been asked for by time.
    pub reviewed: bool,
    /// Whether it was extended, which happens once.
    pub extended: bool,
    /// What was answered, by week.
    pub answers: BTreeMap<u16, Week>,
}

/// The answers about one week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Week {
    /// The three questions.
    pub answers: BTreeMap<Weekly, How>,
    /// Which agreements were kept.
    pub kept: BTreeMap<u8, YesNo>,
    /// The latest line about it.
    pub note: Option<EntryId>,
}

impl Run {
    /// The day on which so many weeks have passed.
    fn after(&self, weeks: u16) -> Date {
        self.start.saturating_add((7 * i64::from(weeks)).days())
    }

    /// The day of the review.
    #[must_use]
    pub fn end(&self) -> Date {
        self.after(self.weeks)
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        today >= self.end()
    }

    /// Whole weeks that have passed.
    fn passed(&self, today: Date) -> u16 {
        u16::try_from(schedule::days_between(self.start, today).max(0) / 7).unwrap_or(u16::MAX)
    }

    /// The week that goes on, from 1; the last one when all have passed.
    #[must_use]
    pub fn current(&self, today: Date) -> u16 {
        self.passed(today).saturating_add(1).min(self.weeks)
    }
}

impl State {
    /// Forgets words that are destroyed: an agreement with what was answered about it, a line about a week.
    pub fn forget_entry(&mut self, entry: EntryId) {
        let slot = self.agreements.iter().find(|(_, agreement)| **agreement == entry).map(|(slot, _)| *slot);
        if let Some(slot) = slot {
            self.agreements.remove(&slot);
        }
        for week in self.run.iter_mut().chain(self.last.iter_mut()).flat_map(|run| run.answers.values_mut()) {
            week.kept.retain(|kept, _| Some(*kept) != slot);
            week.note = week.note.filter(|note| *note != entry);
        }
    }
}

/// `/trial`: the advice, the trial as it stands, or its review.
pub fn show(turn: &mut Turn) -> Message {
    let today = turn.today();
    if turn.journey.trial.run.is_some() && !turn.journey.timers.contains_key(&Timer::Trial) {
        // The gate had stopped it and is open again.
        await_next(turn);
    }
    let Some(run) = &turn.journey.trial.run else { return advice::page(turn, Stage::Trial, 1) };
    if run.is_over(today) {
        return weeks::review(turn);
    }
    let args = vec![Arg::Week(run.current(today)), Arg::Total(run.weeks.into()), Arg::Date(run.end())];
    let message = lines(turn, Message::with(Key::TrialRunning, args));
    let state = &turn.journey.trial;
    let room = state.agreements.len() < usize::from(AGREEMENTS);
    message
        .choices([Press::TrialCheckin])
        .choices(room.then_some(Press::AgreementForm))
        .choices((!state.agreements.is_empty()).then_some(Press::Agreements))
        .choices([Press::TrialReview, Press::Read { stage: Stage::Trial, page: 2 }, Press::SaidNo, Press::Journey])
}

/// Asks how long.
pub fn set_up(turn: &mut Turn) -> Message {
    if turn.journey.trial.run.is_some() {
        return show(turn);
    }
    let lengths = [4, 6, 8, 12].map(|weeks| Press::TrialLength { weeks });
    Message::new(Key::TrialLengthAsk).choices(lengths).choices([Press::TrialLengthForm])
}

/// What was typed as a length.
pub fn length_given(turn: &mut Turn, value: &Value) -> Message {
    match value {
        Value::Number(weeks) => length(turn, u16::try_from(*weeks).unwrap_or(u16::MAX)),
        _ => length_unknown(),
    }
}

/// A length was chosen: sums up, with the suggestion to keep it private for now.
pub fn length(turn: &mut Turn, weeks: u16) -> Message {
    if turn.journey.trial.run.is_some() {
        return show(turn);
    }
    if !LENGTHS.contains(&weeks) {
        return length_unknown();
    }
    if turn.journey.settings.zone.is_none() {
        return preferences::ask_zone_for(turn, Press::TrialLength { weeks });
    }
    turn.journey.trial.draft = Some(weeks);
    let first = turn.today().saturating_add(7.days());
    let args = vec![Arg::Weeks(weeks), Arg::Date(first), Arg::Time(turn.journey.settings.reminder)];
    Message::with(Key::TrialReady, args).and(Key::TrialPrivate, Vec::new()).choices([
        Press::TrialBegin,
        Press::TrialLengthForm,
        Press::TimeForm,
        Press::Journey,
    ])
}

fn length_unknown() -> Message {
    let args = vec![Arg::Min(*LENGTHS.start()), Arg::Max(*LENGTHS.end())];
    Message::with(Key::TrialLengthUnknown, args).choices([Press::TrialLengthForm, Press::Trial])
}

/// Begins today, as summed up.
pub fn begin(turn: &mut Turn) -> Message {
    let Some(weeks) = turn.journey.trial.draft.filter(|_| turn.journey.trial.run.is_none()) else {
        return set_up(turn);
    };
    letgo::leave(turn);
    closing::reopen(turn);
    let start = turn.today();
    let run = Run {
        start,
        weeks,
        chosen: weeks,
        next: None,
        pace: Pace::default(),
        reviewed: false,
        extended: false,
        answers: BTreeMap::new(),
    };
    let (next, end) = (run.after(1), run.end());
    turn.journey.trial.draft = None;
    turn.journey.trial.run = Some(Run { next: Some(next), ..run });
    await_next(turn);
    Message::with(Key::TrialBegan, vec![Arg::Weeks(weeks), Arg::Date(end)]).choices([
        Press::AgreementForm,
        Press::Trial,
        Press::Journey,
    ])
}

/// Sets the timer for what comes next, unless the gate is closed.
pub fn await_next(turn: &mut Turn) {
    if let Some(next) = turn.journey.trial.run.as_ref().and_then(|run| run.next)
        && !turn.journey.is_barred(turn.now)
    {
        turn.set_on(Timer::Trial, next);
    }
}

/// A check-in or the review is due, and was so since `since`.
pub fn due(turn: &mut Turn, since: Timestamp) {
    let today = turn.today();
    let Some(run) = turn.journey.trial.run.as_mut().filter(|run| run.next.is_some()) else {
        turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Trial));
        return;
    };
    let message = if run.is_over(today) {
        if !std::mem::replace(&mut run.reviewed, true) {
            // The review has a ladder of its own: it is a question of another weight than a week's.
            run.pace = Pace::default();
        }
        let gap = run.pace.sent();
        run.next = gap.map(|weeks| today.saturating_add((7 * i64::from(weeks)).days()));
        Some(weeks::review(turn))
    } else {
        let week = run.passed(today).max(1);
        if weeks::is_answered(&turn.journey.trial, week) {
            weeks::answered(turn);
            None
        } else if let Some(run) = turn.journey.trial.run.as_mut() {
            let gap = run.pace.sent().unwrap_or(run.weeks);
            run.next = Some(run.after(week.saturating_add(gap)).min(run.end()));
            Some(weeks::arrives(turn, week))
        } else {
            None
        }
    };
    if let Some(message) = message {
        let late = turn.came_late(since);
        turn.send(Timer::Trial, late.into_iter().fold(message, Message::below));
    }
    await_next(turn);
}

/// An agreement was written.
pub fn agreed(turn: &mut Turn, entry: EntryId) -> Message {
    let agreements = &mut turn.journey.trial.agreements;
    let Some(slot) = (1..=AGREEMENTS).find(|slot| !agreements.contains_key(slot)) else {
        // Nothing that was written is lost.
        turn.entries.push(EntryChange::Keep(entry, EntryKind::Note));
        return Message::with(Key::AgreementsFull, vec![Arg::Max(AGREEMENTS.into())])
            .choices([Press::Agreements, Press::Trial]);
    };
    agreements.insert(slot, entry);
    let count = u32::try_from(agreements.len()).unwrap_or(u32::MAX);
    let room = agreements.len() < usize::from(AGREEMENTS);
    Message::with(Key::AgreementKept, vec![Arg::Count(count)]).choices(room.then_some(Press::AgreementForm)).choices([
        Press::Agreements,
        Press::Trial,
        Press::Journey,
    ])
}

/// All agreements, each to be removed.
pub fn agreements(turn: &Turn) -> Message {
    let state = &turn.journey.trial;
    if state.agreements.is_empty() {
        return Message::new(Key::AgreementsNone).choices([Press::AgreementForm, Press::Trial]);
    }
    let room = state.agreements.len() < usize::from(AGREEMENTS);
    lines(turn, Message::new(Key::AgreementsList))
        .choices(room.then_some(Press::AgreementForm))
        .choices(state.agreements.keys().map(|slot| Press::AgreementDrop { slot: *slot }))
        .choices([Press::Trial])
}

/// Removes an agreement and what was answered about it.
pub fn drop_agreement(turn: &mut Turn, slot: u8) -> Message {
    if let Some(entry) = turn.journey.trial.agreements.get(&slot).copied() {
        turn.forget_entry(entry);
        turn.entries.push(EntryChange::Burn(entry));
    }
    Message::new(Key::AgreementDropped).choices([Press::Agreements, Press::Trial, Press::Journey])
}

fn lines(turn: &Turn, message: Message) -> Message {
    turn.journey.trial.agreements.iter().fold(message, |message, (slot, entry)| {
        message.and(Key::AgreementLine, vec![Arg::Count((*slot).into()), Arg::Words(*entry)])
    })
}

/// The decision that it holds.
pub fn go_on(turn: &mut Turn) -> Message {
    match decide(turn) {
        Ok(()) => Message::new(Key::TrialHolds).choices(Outcome::TrialHolds.offers()),
        Err(instead) => instead,
    }
}

/// Once more the same length, from the week that runs.
pub fn extend(turn: &mut Turn) -> Message {
    let today = turn.today();
    let Some(run) = &mut turn.journey.trial.run else { return none() };
    if !run.is_over(today) {
        return show(turn);
    }
    if run.extended {
        return Message::new(Key::TrialExtendedOnce).choices([Press::TrialGoOn, Press::TrialStop, Press::TrialReview]);
    }
    run.extended = true;
    run.reviewed = false;
    run.pace = Pace::default();
    run.weeks = run.passed(today).saturating_add(run.chosen);
    run.next = Some(run.after(run.passed(today).saturating_add(1)));
    let args = vec![Arg::Weeks(run.chosen), Arg::Date(run.end())];
    await_next(turn);
    Message::with(Key::TrialExtended, args).choices([Press::Trial, Press::Agreements, Press::Journey])
}

/// The decision that it does not hold; at any time.
pub fn end(turn: &mut Turn) -> Message {
    if turn.journey.trial.run.is_none() {
        return none();
    }
    stop(turn);
    Message::new(Key::TrialStopped).choices(Outcome::TrialStopped.offers())
}

/// Ends it at its end; before that, or without one, says where it stands.
fn decide(turn: &mut Turn) -> Result<(), Message> {
    let today = turn.today();
    match &turn.journey.trial.run {
        None => Err(none()),
        Some(run) if !run.is_over(today) => Err(show(turn)),
        Some(_) => {
            stop(turn);
            Ok(())
        }
    }
}

/// Ends it without a word.
pub fn stop(turn: &mut Turn) {
    turn.cancel(Timer::Trial);
    let state = &mut turn.journey.trial;
    state.draft = None;
    if let Some(run) = state.run.take() {
        state.last = Some(Run { next: None, ..run });
    }
}

/// Said where something needs a trial and none runs.
pub fn none() -> Message {
    Message::new(Key::TrialNone).choices([Press::Trial, Press::Journey])
}
