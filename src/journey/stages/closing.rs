//! Both endings: together, or let go well. A kind last word, the person's own if they like, everything given back or
//! forgotten; and later a new journey, which inherits the gate and a "no" if it is about the same person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::codes::{Ending, Stage, YesNo};
use crate::journey::effect::Presence;
use crate::journey::keys::Key;
use crate::journey::message::Message;
use crate::journey::press::Press;
use crate::journey::stages::{self, cooloff, letgo, reachout};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;
use crate::journey::{Journey, gate};

/// How a journey was closed, and when (UTC).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Which of the two endings.
    pub ending: Ending,
    /// When.
    pub at: Timestamp,
    /// The person's own last words.
    pub words: Option<EntryId>,
}

/// Which ending this journey has come to, if to one.
fn ending(turn: &Turn) -> Option<Ending> {
    let journey = &turn.journey;
    if let Some(closed) = &journey.closed {
        return Some(closed.ending);
    }
    if journey.letting_go {
        return Some(Ending::Letgo);
    }
    journey.ease.run.is_some().then_some(Ending::Together)
}

/// The last word, before anything is closed.
pub fn last_word(turn: &mut Turn) -> Message {
    let Some(ending) = ending(turn) else { return not_yet() };
    if let Some(instead) = gate(turn, ending) {
        return instead;
    }
    let key = match ending {
        Ending::Together => Key::CloseTogether,
        Ending::Letgo => Key::CloseLetgo,
    };
    let close = turn.journey.closed.is_none().then_some(Press::CloseNow);
    Message::new(key).choices([Press::LastWordsForm]).choices(close).choices([Press::Export, Press::Journey])
}

/// "Together" is about the other person, so the gate stands before it as before the stages that led there.
fn gate(turn: &mut Turn, ending: Ending) -> Option<Message> {
    match ending {
        Ending::Together => gate::before(turn, Stage::Ease),
        Ending::Letgo => None,
    }
}

fn not_yet() -> Message {
    Message::new(Key::CloseNotYet).choices([Press::Letgo, Press::Journey])
}

/// The person's own last words were written.
pub fn words_written(turn: &mut Turn, entry: EntryId) -> Message {
    match &mut turn.journey.closed {
        Some(closed) => closed.words = Some(entry),
        None => turn.journey.last_words = Some(entry),
    }
    let close = turn.journey.closed.is_none().then_some(Press::CloseNow);
    Message::new(Key::LastWordsKept).choices(close).choices([Press::Export, Press::Journey])
}

/// Closes the journey: everything that was to come ends. Words that wait for a decision keep their day.
pub fn close(turn: &mut Turn) -> Message {
    if turn.journey.closed.is_some() {
        return closed(turn, Key::CloseAlready);
    }
    let Some(ending) = ending(turn) else { return not_yet() };
    if let Some(instead) = gate(turn, ending) {
        return instead;
    }
    stages::stop(turn);
    turn.journey.letgo.weekly = None;
    for timer in Timer::ALL.iter().copied().filter(|timer| *timer != Timer::Words) {
        turn.cancel(timer);
    }
    let words = turn.journey.last_words.take();
    turn.journey.closed = Some(Closed { ending, at: turn.now, words });
    closed(
        turn,
        match ending {
            Ending::Together => Key::ClosedTogether,
            Ending::Letgo => Key::ClosedLetgo,
        },
    )
}

fn closed(_turn: &Turn, key: Key) -> Message {
    Message::new(key).choices([Press::Export, Press::NewJourney, Press::Forget, Press::Support])
}

/// `/start` once a journey is closed.
pub fn welcome_back() -> Message {
    Message::new(Key::CloseAlready).choices([Press::NewJourney, Press::Journey, Press::Export, Press::Forget])
}

/// Something of this journey begins again, which opens it.
pub fn reopen(turn: &mut Turn) {
    if let Some(closed) = turn.journey.closed.take() {
        turn.journey.last_words = closed.words;
    }
}

/// Asks whom a new journey is about.
pub fn new_ask(turn: &Turn) -> Message {
    if turn.journey.closed.is_none() {
        return Message::new(Key::NewNotYet).choices([Press::Journey, Press::Letgo]);
    }
    Message::new(Key::NewAsk)
        .choices([YesNo::Yes, YesNo::No].map(|same| Press::NewAbout { same }))
        .choices([Press::Journey])
}

/// Begins a new journey. The old one stays closed, with its words, until it is forgotten.
pub fn new_about(turn: &mut Turn, same: YesNo) -> Message {
    if turn.journey.closed.is_none() {
        return new_ask(turn);
    }
    let today = turn.today();
    letgo::leave(turn);
    let old = std::mem::take(&mut turn.journey);
    // What belongs to the person and not to a journey goes on; so do words that wait for a decision.
    turn.journey = Journey {
        consented: old.consented,
        settings: old.settings,
        words: old.words,
        timers: old.timers.into_iter().filter(|(timer, _)| *timer == Timer::Words).collect(),
        occurrences: old.occurrences,
        ..Journey::default()
    };
    turn.presence = Presence::Anew;
    let key = match same {
        YesNo::No => Key::NewOther,
        YesNo::Yes => {
            turn.journey.gate = old.gate;
            turn.journey.said_no = old.said_no;
            turn.journey.letgo.banked = old.letgo.banked;
            // Two attempts are two attempts, however often one begins.
            turn.journey.reachout = reachout::State {
                over: old.reachout.over,
                told: old.reachout.told,
                spent: old.reachout.spent,
                ..reachout::State::default()
            };
            turn.journey.bringup.asked = old.bringup.asked;
            turn.journey.cooloff = cooloff::State {
                banked: old.cooloff.total_days(today),
                counted_until: old.cooloff.counted_until,
                resisted: old.cooloff.resisted,
                slips: old.cooloff.slips,
                used: old.cooloff.used,
                ..cooloff::State::default()
            };
            if turn.journey.is_barred(turn.now) { Key::NewSameClosed } else { Key::NewSame }
        }
    };
    let message = Message::new(key);
    if turn.journey.is_barred(turn.now) {
        return message.choices([Press::Letgo, Press::Support, Press::Journey]);
    }
    message.choices([Press::Reasons, Press::Cooloff, Press::Journey])
}
