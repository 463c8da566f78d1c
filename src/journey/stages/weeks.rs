//! The weeks of a trial: what each is asked, the lines written about it, and the review, which shows the person's own
//! answers and asks whether this would survive what is to come.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::chat::EntryId;
use crate::journey::codes::{How, Stage, Weekly, YesNo};
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::press::Press;
use crate::journey::stages::trial::{self, Run, State};
use crate::journey::turn::Turn;

/// So many answers that something went badly make a week a hard one.
const HARD: usize = 2;

/// So many lines are shown at once, the latest first.
const LINES: usize = 8;

/// The check-in of the week that goes on.
pub fn checkin(turn: &mut Turn) -> Message {
    let today = turn.today();
    let Some(run) = &turn.journey.trial.run else { return trial::none() };
    let week = run.current(today);
    if is_answered(&turn.journey.trial, week) {
        // Everything can be answered anew, one after the other.
        return ask(week, Weekly::Arguments).below(head(run, week));
    }
    let head = head(run, week);
    next(turn, week).below(head)
}

/// The check-in of a week that has passed, as it arrives by itself.
pub fn arrives(turn: &Turn, week: u16) -> Message {
    let head = turn.journey.trial.run.as_ref().map(|run| head(run, week));
    head.into_iter().fold(next(turn, week), Message::below)
}

fn head(run: &Run, week: u16) -> Message {
    Message::with(Key::TrialWeek, vec![Arg::Week(week), Arg::Total(run.weeks.into())])
}

/// Whether a week has all its answers.
#[must_use]
pub fn is_answered(state: &State, week: u16) -> bool {
    let answers = state.run.as_ref().and_then(|run| run.answers.get(&week));
    answers.is_some_and(|week| {
        Weekly::ALL.iter().all(|question| week.answers.contains_key(question))
            && state.agreements.keys().all(|slot| week.kept.contains_key(slot))
    })
}

/// One answer; then whatever is still open in that week.
pub fn answer(turn: &mut Turn, week: u16, question: Weekly, how: How) -> Message {
    let today = turn.today();
    let fits = how != How::Nothing || question == Weekly::Arguments;
    match run_in(turn, week, today).filter(|_| fits) {
        Some(run) => run.answers.entry(week).or_default().answers.insert(question, how),
        None => return gone(turn),
    };
    answered(turn);
    next(turn, week)
}

/// Whether an agreement was kept; then whatever is still open.
pub fn kept(turn: &mut Turn, week: u16, slot: u8, answer: YesNo) -> Message {
    let today = turn.today();
    let known = turn.journey.trial.agreements.contains_key(&slot);
    match run_in(turn, week, today).filter(|_| known) {
        Some(run) => run.answers.entry(week).or_default().kept.insert(slot, answer),
        None => return gone(turn),
    };
    answered(turn);
    next(turn, week)
}

/// A line about a week was written.
pub fn noted(turn: &mut Turn, week: u16, entry: EntryId) -> Message {
    let today = turn.today();
    if let Some(run) = run_in(turn, week, today) {
        run.answers.entry(week).or_default().note = Some(entry);
    }
    Message::new(Key::TrialNoteKept).choices([Press::TrialNotes, Press::Trial, Press::Journey])
}

/// The trial, if that week has begun in it.
fn run_in<'a>(turn: &'a mut Turn, week: u16, today: Date) -> Option<&'a mut Run> {
    turn.journey.trial.run.as_mut().filter(|run| (1..=run.current(today)).contains(&week))
}

fn gone(turn: &Turn) -> Message {
    if turn.journey.trial.run.is_none() {
        return trial::none();
    }
    Message::new(Key::TrialWeekGone).choices([Press::TrialCheckin, Press::Trial, Press::Journey])
}

/// There was an answer: the next check-in comes in a week again.
pub fn answered(turn: &mut Turn) {
    let today = turn.today();
    let Some(run) = &mut turn.journey.trial.run else { return };
    if run.is_over(today) {
        return;
    }
    run.pace.answered();
    let weeks = i64::from(run.current(today));
    let next = run.start.saturating_add((7 * weeks).days()).min(run.end());
    if run.next != Some(next) {
        run.next = Some(next);
        trial::await_next(turn);
    }
}

/// The first question of that week that is still open, or what all answers together say.
fn next(turn: &Turn, week: u16) -> Message {
    let state = &turn.journey.trial;
    let answers = state.run.as_ref().and_then(|run| run.answers.get(&week));
    let open = |question: &&Weekly| answers.is_none_or(|week| !week.answers.contains_key(question));
    if let Some(question) = Weekly::ALL.iter().find(open) {
        return ask(week, *question);
    }
    let open = |slot: &&u8| answers.is_none_or(|week| !week.kept.contains_key(slot));
    if let Some(slot) = state.agreements.keys().find(open) {
        let words = state.agreements.get(slot).map(|entry| Arg::Words(*entry));
        let answers = [YesNo::Yes, YesNo::No].map(|answer| Press::Kept { week, slot: *slot, answer });
        return Message::with(Key::TrialKept, words.into_iter().collect()).choices(answers).choices([Press::Trial]);
    }
    let badly = answers.map_or(0, |week| week.answers.values().filter(|how| **how == How::Badly).count());
    let (key, first) = if badly >= HARD {
        (Key::TrialWeekHard, Some([Press::Support, Press::TrialReview]))
    } else {
        (Key::TrialWeekDone, None)
    };
    Message::new(key).choices(first.into_iter().flatten()).choices([
        Press::TrialNote { week },
        Press::Trial,
        Press::Journey,
    ])
}

fn ask(week: u16, question: Weekly) -> Message {
    let key = match question {
        Weekly::Arguments => Key::TrialArguments,
        Weekly::Changes => Key::TrialChanges,
        Weekly::Calm => Key::TrialCalm,
    };
    let answers = How::ALL.iter().filter(|how| **how != How::Nothing || question == Weekly::Arguments);
    Message::new(key)
        .choices(answers.map(|how| Press::TrialAnswer { week, question, how: *how }))
        .choices([Press::Trial])
}

/// The lines written so far, the latest first.
pub fn notes(turn: &Turn) -> Message {
    let state = &turn.journey.trial;
    let runs = state.run.iter().chain(state.last.iter());
    let notes =
        runs.flat_map(|run| run.answers.iter().rev().filter_map(|(week, of)| of.note.map(|note| (*week, note))));
    let notes: Vec<_> = notes.take(LINES).collect();
    if notes.is_empty() {
        return Message::new(Key::TrialNotesNone).choices([Press::TrialCheckin, Press::Trial, Press::Journey]);
    }
    let line =
        |message: Message, (week, note)| message.and(Key::TrialNoteLine, vec![Arg::Week(week), Arg::Words(note)]);
    notes.into_iter().fold(Message::new(Key::TrialNotesHead), line).choices([Press::Trial, Press::Journey])
}

/// The review: the person's own answers, counted, and the question what is to come of it. Before its time it shows the
/// same, and what can be decided then is to stop.
pub fn review(turn: &Turn) -> Message {
    let (today, state) = (turn.today(), &turn.journey.trial);
    let Some(run) = &state.run else { return trial::none() };
    let over = run.is_over(today);
    let mut message = if over {
        Message::with(Key::TrialReview, vec![Arg::Weeks(run.weeks)])
    } else {
        Message::with(Key::TrialReviewEarly, vec![Arg::Week(run.current(today)), Arg::Total(run.weeks.into())])
    };
    let answered = run.answers.values().filter(|week| !week.answers.is_empty() || !week.kept.is_empty()).count();
    if over && answered > 0 {
        let answered = u32::try_from(answered).unwrap_or(u32::MAX);
        message = message.and(Key::TrialReviewAnswered, vec![Arg::Count(answered), Arg::Total(run.weeks.into())]);
    }
    let mut said = false;
    for (question, key) in [
        (Weekly::Arguments, Key::TrialReviewArguments),
        (Weekly::Changes, Key::TrialReviewChanges),
        (Weekly::Calm, Key::TrialReviewCalm),
    ] {
        let good = |how: &How| matches!(how, How::Well | How::Nothing);
        let answers = run.answers.values().filter_map(|week| week.answers.get(&question));
        if let Some((count, total)) = counted(answers.map(good)) {
            message = message.and(key, vec![count, total]);
            said = true;
        }
    }
    for (slot, entry) in &state.agreements {
        let answers = run.answers.values().filter_map(|week| week.kept.get(slot));
        if let Some((count, total)) = counted(answers.map(|answer| *answer == YesNo::Yes)) {
            message = message.and(Key::TrialReviewKept, vec![count, total, Arg::Words(*entry)]);
            said = true;
        }
    }
    if !said {
        message = message.and(Key::TrialReviewNothing, Vec::new());
    }
    let notes = run.answers.values().any(|week| week.note.is_some()).then_some(Press::TrialNotes);
    if !over {
        return message.choices([Press::Trial]).choices(notes).choices([Press::TrialStop, Press::Support]);
    }
    let extend = (!run.extended).then_some(Press::TrialExtend);
    message
        .and(Key::TrialReviewAsk, Vec::new())
        .choices([Press::TrialGoOn])
        .choices(extend)
        .choices([Press::TrialStop])
        .choices(notes)
        .choices([Press::Read { stage: Stage::Trial, page: 2 }, Press::SaidNo, Press::Support])
}

/// How many of them are true, and how many there are; `None` of none.
fn counted(answers: impl Iterator<Item = bool>) -> Option<(Arg, Arg)> {
    let answers: Vec<bool> = answers.collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let good = answers.iter().filter(|good| **good).count();
    (!answers.is_empty()).then(|| (Arg::Count(count(good)), Arg::Total(count(answers.len()))))
}
