//! Words that say an age under 18: one question, and everything but help, hiding, deleting, exporting and the scan waits
//! for its answer. Unanswered for seven days, the journey pauses. A No deletes everything, after a confirmation.
//!
//! Source: the safety specification, section 2, `minor`.

use jiff::{SignedDuration, Timestamp};

use super::Journey;
use super::codes::YesNo;
use super::effect::Presence;
use super::keys::Key;
use super::message::{LineNeed, Message};
use super::press::Press;
use super::stages::{self, cooloff, reachout};
use super::timer::Timer;
use super::turn::{Pending, Turn};
use super::{crisis, schedule};

/// How long the question waits before the journey pauses.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The question is raised; the first time counts.
pub fn raise(turn: &mut Turn) {
    turn.journey.minor.get_or_insert(turn.now);
}

/// "Are you 18 or older now?"
#[must_use]
pub fn ask() -> Message {
    let answers = [YesNo::No, YesNo::Yes].map(|answer| Press::Adult { answer });
    Message::new(Key::MinorAsk).choices([Press::Support]).choices(answers)
}

/// The question in place of what was asked for; `None` where that does not wait for it.
pub fn instead_of(turn: &Turn, press: &Press) -> Option<Message> {
    turn.journey.minor?;
    if passes(press) {
        return None;
    }
    Some(if turn.journey.said_under_age { under_age(turn) } else { ask() })
}

/// What works while the question is open.
const fn passes(press: &Press) -> bool {
    matches!(
        press,
        Press::Support
            | Press::SupportIn { .. }
            | Press::SupportFor { .. }
            | Press::SupportNeed { .. }
            | Press::SupportCountries
            | Press::Help
            | Press::Privacy
            | Press::Hide
            | Press::ClearMySide
            | Press::Forget
            | Press::ForgetAll
            | Press::Export
            | Press::ExportPlain
            | Press::ExportLocked
            | Press::DeleteMessage
            | Press::Adult { .. }
            | Press::MinorForget
            | Press::AreYouSafe
            | Press::Safe { .. }
            | Press::SafeForNow
            | Press::WhoWrote { .. }
            | Press::WordsKeep { .. }
            | Press::WordsDrop { .. }
            | Press::Gate { .. }
            | Press::GateLater
            | Press::GateUndo
            | Press::ViolenceRole { .. }
    )
}

/// The answer. A Yes goes on where it was; a No asks once before everything is deleted.
pub fn answered(turn: &mut Turn, answer: YesNo) -> Message {
    if answer == YesNo::No {
        turn.journey.minor.get_or_insert(turn.now);
        turn.journey.said_under_age = true;
        return under_age(turn);
    }
    turn.journey.said_under_age = false;
    if turn.journey.minor.take().is_some() {
        go_on(turn);
    }
    let message = Message::new(Key::MinorGoOn).choices([Press::Support, Press::Journey]);
    let message = crisis::with_recent_help(turn, message);
    crisis::with_waiting_words(turn, message)
}

/// The page for who said that they are not 18: people of their age, and everything is deleted if they confirm it.
fn under_age(turn: &Turn) -> Message {
    Message::with(Key::MinorNo, vec![crisis::lines(turn, LineNeed::Youth)]).choices([
        Press::Support,
        Press::MinorForget,
        Press::Export,
        Press::Adult { answer: YesNo::Yes },
    ])
}

/// Everything is deleted. The shell remembers the account, so that a new start is not offered.
pub fn forget(turn: &mut Turn) -> Message {
    if turn.journey.minor.is_none() {
        return super::front::not_now();
    }
    let lines = crisis::lines(turn, LineNeed::Youth);
    turn.journey = Journey::default();
    turn.presence = Presence::Barred;
    turn.entries.clear();
    Message::with(Key::MinorForgotten, vec![lines]).choices([Press::Support, Press::Hide])
}

/// Holds back what is due while the question is open; returns whether it did.
pub fn holds_back(turn: &mut Turn, timer: Timer, pending: Pending) -> bool {
    let Some(since) = turn.journey.minor.filter(|_| timer.speaks() && timer != Timer::Retention) else { return false };
    let until = since.checked_add(PATIENCE).unwrap_or(turn.now);
    if turn.now < until {
        turn.journey.timers.insert(timer, Pending { due_at: until, ..pending });
    } else {
        pause(turn);
    }
    true
}

fn pause(turn: &mut Turn) {
    if turn.journey.cooloff.run.as_ref().is_some_and(|run| run.days.paused_on.is_none()) {
        cooloff::pause(turn);
    }
    for timer in Timer::ALL.iter().copied().filter(|timer| timer.speaks() && *timer != Timer::Retention) {
        turn.cancel(timer);
    }
}

/// Sets again what waited for the answer.
fn go_on(turn: &mut Turn) {
    if turn.journey.cooloff.run.as_ref().is_some_and(|run| run.days.paused_on.is_some()) && !waits(turn) {
        cooloff::resume(turn);
    }
    let soon = schedule::out_of_quiet(&turn.journey.settings, turn.now);
    let now: Timestamp = turn.now;
    for (timer, pending) in turn.journey.timers.clone() {
        if timer.speaks() && pending.since <= now && pending.due_at > soon {
            turn.journey.timers.insert(timer, Pending { due_at: soon, ..pending });
        }
    }
    if !turn.journey.is_barred(turn.now) {
        reachout::rearm(turn);
    }
    stages::await_next(turn);
}

fn waits(turn: &Turn) -> bool {
    turn.journey.timers.contains_key(&Timer::CooloffReminder)
}
