//! One event's turn: the journey being changed, and what the change asks of the shell.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::{Notices, Stage};
use super::effect::{Anomaly, EntryChange, Presence, Send};
use super::gate::Status;
use super::keys::Key;
use super::latest::Latest;
use super::message::{Arg, Message, Since};
use super::press::Press;
use super::timer::Timer;
use super::{Catalogue, Journey, aftercare, schedule};
use crate::chat::EntryId;

/// What a timer waits for. The journey knows its timers; the stored rows follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Which firing of the timer.
    pub occurrence: u32,
    /// When it fires (UTC).
    pub due_at: Timestamp,
    /// When it was first meant to fire: earlier than `due_at` where quiet hours held it back.
    pub since: Timestamp,
}

/// The state of one call of [`step`](super::step).
pub struct Turn<'a> {
    /// The journey as it becomes.
    pub journey: Journey,
    /// The plans.
    pub catalogue: &'a Catalogue,
    /// UTC.
    pub now: Timestamp,
    pub(in crate::journey) sends: Vec<Send>,
    pub(in crate::journey) entries: Vec<EntryChange>,
    /// Timers cancelled in this turn, also those that had fired already.
    pub(in crate::journey) cancelled: BTreeSet<Timer>,
    pub(in crate::journey) presence: Presence,
    pub(in crate::journey) anomaly: Option<Anomaly>,
    /// What is said of a gate that was released in this step.
    pub(in crate::journey) released: Option<Key>,
}

impl Turn<'_> {
    /// Today where the person is.
    #[must_use]
    pub fn today(&self) -> Date {
        schedule::date(&self.journey.settings, self.now)
    }

    /// Sets a timer, a new occurrence of it.
    pub fn set(&mut self, timer: Timer, due_at: Timestamp) {
        let occurrence = self.journey.occurrences.entry(timer).or_default();
        *occurrence = occurrence.wrapping_add(1);
        self.journey.timers.insert(timer, Pending { occurrence: *occurrence, due_at, since: due_at });
    }

    /// Sets a timer `after` from now, out of quiet hours; says when.
    pub fn set_after(&mut self, timer: Timer, after: SignedDuration) -> Timestamp {
        let due_at = self.now.checked_add(after).unwrap_or(self.now);
        let due_at = schedule::out_of_quiet(&self.journey.settings, due_at);
        self.set(timer, due_at);
        due_at
    }

    /// Sets a timer for a civil date at the reminder time, out of quiet hours; a date that has passed means now.
    pub fn set_on(&mut self, timer: Timer, date: Date) {
        let settings = &self.journey.settings;
        let at = schedule::instant(settings, date, settings.reminder, self.now).max(self.now);
        let at = schedule::out_of_quiet(settings, at);
        self.set(timer, at);
    }

    /// The line that says so, where something due `since` then comes late because the bot was down.
    #[must_use]
    pub fn came_late(&self, since: Timestamp) -> Option<Message> {
        let away = schedule::days_between(schedule::date(&self.journey.settings, since), self.today());
        let away = u16::try_from(away.max(0)).unwrap_or(u16::MAX);
        let late = self.now.duration_since(since) >= schedule::LATE;
        late.then(|| Message::with(Key::CameLate, vec![Arg::Away(away)]))
    }

    /// Cancels a timer, forgets the note it left unopened, and takes back what it has not said yet.
    pub fn cancel(&mut self, timer: Timer) {
        self.journey.timers.remove(&timer);
        self.journey.notices.remove(&timer);
        self.cancelled.insert(timer);
    }

    /// A time where the person is, as arguments: date and time.
    #[must_use]
    pub fn when(&self, at: Timestamp) -> Vec<Arg> {
        let settings = &self.journey.settings;
        vec![Arg::Date(schedule::date(settings, at)), Arg::Time(schedule::time_of_day(settings, at))]
    }

    /// From when something counts, as an argument: the time of day only where the person's zone is known.
    #[must_use]
    pub fn since(&self, at: Timestamp) -> Arg {
        let settings = &self.journey.settings;
        let time = settings.zone.is_some().then(|| schedule::time_of_day(settings, at));
        Arg::Since(Since { date: schedule::date(settings, at), time })
    }

    /// Forgets where words are that are destroyed, and what was to show them.
    pub fn forget_entry(&mut self, entry: EntryId) {
        if self.journey.letter == Some(entry) {
            self.cancel(Timer::Letter);
            self.cancel(Timer::Urge);
        }
        if self.journey.reachout.draft.is_some_and(|draft| draft.entry == entry) {
            self.cancel(Timer::Draft);
        }
        self.journey.forget_entry(entry);
    }

    /// Cancels everything that waits in a stage.
    pub fn cancel_stage(&mut self, stage: Stage) {
        for timer in Timer::ALL.iter().copied().filter(|timer| timer.stage() == Some(stage)) {
            self.cancel(timer);
        }
    }

    /// How what comes by itself looks: discreet where the person wants that, and whatever they want while a question of
    /// the gate is open or the care after words of self-harm goes on.
    #[must_use]
    pub fn style(&self) -> Notices {
        let held = self.journey.gate_status(self.now) == Status::Held;
        if held || self.journey.is_in_aftercare(self.now) { Notices::Discreet } else { self.journey.settings.notices }
    }

    /// Sends a message by itself. Where it is to be discreet, a note that says nothing goes out instead, and
    /// this message is what opening it shows.
    pub fn send(&mut self, timer: Timer, message: Message) {
        let message = aftercare::by_itself(self, self.uncounted(message));
        let shown = match self.style() {
            Notices::Plain => message.clone(),
            Notices::Discreet => Message::new(Key::Discreet).choices([Press::Open { timer }]),
        };
        self.journey.notices.insert(timer, message);
        // Words that follow are about this message.
        self.journey.latest = Some(Latest::new(&shown, false, self.now));
        self.sends.push(Send { timer, message: shown });
    }
}
