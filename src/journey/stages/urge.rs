//! The urge, the unsent letter, the slip: what a person needs at two in the morning, during the time apart and without one.

use jiff::civil::{Time, time};
use jiff::{SignedDuration, ToSpan};

use crate::chat::EntryId;
use crate::journey::codes::{GateQuestion, Question, ViolenceRole};
use crate::journey::crisis;
use crate::journey::effect::EntryChange;
use crate::journey::gate;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, LineNeed, Message};
use crate::journey::press::Press;
use crate::journey::schedule;
use crate::journey::stages::{cooloff, letgo};
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// "I want to text them": everything that helps, in one place.
pub fn menu(turn: &mut Turn) -> Message {
    turn.journey.cooloff.urge_open = true;
    if turn.journey.awaits_safety(turn.now) {
        let choices = [Press::Support, Press::SafeForNow, Press::WriteLetter, Press::Breathe, Press::UrgePassed];
        return Message::new(Key::UrgeCare).choices(choices);
    }
    Message::new(menu_text(turn)).choices(helps())
}

/// The text of the menu: under an order, after a wish for no contact or after violence it begins with what writing means
/// there.
fn menu_text(turn: &Turn) -> Key {
    let raised = |question| turn.journey.gate.is_raised(question, turn.now);
    if raised(GateQuestion::Order) {
        Key::UrgeOrder
    } else if raised(GateQuestion::Contact) {
        Key::UrgeRefused
    } else if raised(GateQuestion::Violence) {
        if turn.journey.did_the_hurting() { Key::UrgeDid } else { Key::UrgeSafety }
    } else {
        Key::UrgeMenu
    }
}

/// A breathing pause.
pub fn breathe() -> Message {
    Message::new(Key::Breathe).choices(helps().into_iter().filter(|press| *press != Press::Breathe))
}

/// Answers of the reflection that say why one waits. No others: an answer about what was good only pulls on such a night.
const WHY_I_WAIT: [Question; 2] = [Question::NotWorked, Question::Missing];

/// Why the person waits, in their own words: the line written for it, what didn't work and what was missing. Never a note
/// to a card, which was written for another purpose.
pub fn my_reasons(turn: &Turn) -> Message {
    let line = turn.journey.cooloff.waiting;
    let answers =
        WHY_I_WAIT.iter().filter_map(|question| Some((*question, *turn.journey.reflect.answers.get(question)?)));
    let answers: Vec<(Question, EntryId)> = answers.collect();
    let message = if line.is_none() && answers.is_empty() {
        Message::new(Key::MyReasonsNone).choices([Press::WaitingForm, Press::Reflect])
    } else {
        let message = line.into_iter().fold(Message::new(Key::MyReasons), |message, line| {
            message.and(Key::MyReasonsNote, vec![Arg::Words(line)])
        });
        answers.into_iter().fold(message, |message, (question, answer)| {
            message.and(Key::OwnAnswer, vec![Arg::Question(question), Arg::Words(answer)])
        })
    };
    message.choices(helps().into_iter().filter(|press| *press != Press::MyReasons))
}

/// The line why they wait was written.
pub fn waiting_written(turn: &mut Turn, entry: EntryId) -> Message {
    turn.journey.cooloff.waiting = Some(entry);
    Message::new(Key::WaitingKept).choices([Press::Cooloff, Press::Journey])
}

/// Ask me again in 24 hours; a letter that waits is shown then, too.
pub fn later(turn: &mut Turn) -> Message {
    let at = turn.set_after(Timer::Urge, SignedDuration::from_hours(24));
    told_when(turn, Key::UrgeLater, at).choices([Press::WriteLetter, Press::Journey])
}

/// It passed: counted once an urge, because the person says so.
pub fn passed(turn: &mut Turn) -> Message {
    let state = &mut turn.journey.cooloff;
    if std::mem::take(&mut state.urge_open) {
        state.resisted = state.resisted.saturating_add(1);
    }
    let count = Arg::Count(state.resisted);
    turn.cancel_unless_letter();
    Message::with(Key::UrgePassed, vec![count]).choices([Press::Checkin, Press::Journey])
}

/// It is due: is it still there? A letter that was held is shown again.
pub fn due(turn: &mut Turn) {
    // A letter that was given a day of its own, once, never comes with the question.
    let promised = turn.journey.occurrences.contains_key(&Timer::Letter);
    let message = match turn.journey.letter.filter(|_| !promised) {
        Some(letter) => letter_back(letter),
        None => Message::new(Key::UrgeBack).choices([Press::UrgePassed, Press::WriteLetter, Press::UrgeLater]),
    };
    turn.send(Timer::Urge, message.choices([Press::UrgePassed, Press::Slip, Press::Support]));
}

/// The day of the letter has come.
pub fn letter_due(turn: &mut Turn) {
    if let Some(letter) = turn.journey.letter {
        turn.send(Timer::Letter, letter_back(letter).choices([Press::UrgePassed, Press::Slip, Press::Support]));
    }
}

fn letter_back(letter: EntryId) -> Message {
    Message::with(Key::LetterBack, vec![Arg::Words(letter)]).choices([
        Press::LetterKeep { letter },
        Press::LetterBurn { letter },
        Press::LetterTomorrow { letter },
    ])
}

/// `/letter`: what it is for, and the one that waits.
pub fn letter(turn: &Turn) -> Message {
    let intro = Message::new(Key::LetterIntro);
    match turn.journey.letter {
        Some(letter) => intro
            .and(Key::LetterBack, vec![Arg::Words(letter)])
            .choices([Press::LetterKeep { letter }, Press::LetterBurn { letter }])
            .choices([Press::WriteLetter, Press::Support, Press::Journey]),
        None => intro.choices([Press::WriteLetter, Press::Breathe, Press::Support, Press::Journey]),
    }
}

/// A letter was written. One that still waited is kept.
pub fn letter_written(turn: &mut Turn, letter: EntryId) -> Message {
    turn.journey.letter = Some(letter);
    Message::new(Key::LetterWritten).choices([
        Press::LetterTomorrow { letter },
        Press::LetterKeep { letter },
        Press::LetterBurn { letter },
        Press::Support,
    ])
}

/// Keeps it; it is not shown again by itself.
pub fn letter_keep(turn: &mut Turn, letter: EntryId) -> Message {
    if turn.journey.letter != Some(letter) {
        return gone();
    }
    put_away(turn);
    Message::new(Key::LetterKept).choices([Press::UrgePassed, Press::LetterBurn { letter }, Press::Journey])
}

/// Burns it. Also one that was kept before: it is the person's own.
pub fn letter_burn(turn: &mut Turn, letter: EntryId) -> Message {
    turn.forget_entry(letter);
    turn.entries.push(EntryChange::Burn(letter));
    Message::new(Key::LetterBurnt).choices([Press::UrgePassed, Press::WriteLetter, Press::Journey])
}

/// Until then (civil time) "tomorrow" is what comes after the night.
const NIGHT_ENDS: Time = time(5, 0, 0, 0);

/// Keeps it and shows it tomorrow at the reminder time; at night, this morning.
pub fn letter_tomorrow(turn: &mut Turn, letter: EntryId) -> Message {
    if turn.journey.letter != Some(letter) {
        return gone();
    }
    let settings = &turn.journey.settings;
    let is_night = schedule::time_of_day(settings, turn.now) < NIGHT_ENDS;
    let day = if is_night { turn.today() } else { turn.today().saturating_add(1.day()) };
    turn.set_on(Timer::Letter, day);
    let at = turn.journey.timers.get(&Timer::Letter).map_or(turn.now, |pending| pending.due_at);
    told_when(turn, Key::LetterTomorrow, at).choices([Press::Breathe, Press::MyReasons, Press::Journey])
}

/// "I reached out": logged without shame, during a time apart and without one. Under an order, after a wish for no
/// contact or after violence it is answered by what it means there.
pub fn slip(turn: &mut Turn) -> Message {
    let today = turn.today();
    let state = &mut turn.journey.cooloff;
    state.slips = state.slips.saturating_add(1);
    state.urge_open = false;
    let ordinary = letgo::slipped(turn).unwrap_or_else(|| Message::new(Key::Slip));
    let grave = grave_slip(turn);
    let said_no = (!gate::stands(&turn.journey, turn.now)).then_some(Press::SaidNo);
    let running = turn.journey.cooloff.run.as_mut().map(|run| run.streak_from = today).is_some();
    let count = running.then_some([Press::SlipContinue, Press::SlipRestart]).into_iter().flatten();
    if let Some(grave) = grave {
        return grave.choices([Press::Support]).choices(count).choices([Press::Journey]);
    }
    ordinary.choices(count).choices([Press::SlipNote]).choices(said_no).choices([Press::Support, Press::Journey])
}

/// What a slip means under an order, after a wish for no contact, or after violence.
fn grave_slip(turn: &Turn) -> Option<Message> {
    let now = turn.now;
    let stop = || vec![crisis::lines(turn, LineNeed::StopViolence)];
    if turn.journey.gate.is_yes(GateQuestion::Order, now) {
        return Some(Message::with(Key::SlipOrder, stop()));
    }
    if turn.journey.gate.is_yes(GateQuestion::Contact, now) {
        return Some(Message::with(Key::SlipRefused, stop()));
    }
    match turn.journey.gate.role {
        Some(ViolenceRole::Did) => Some(Message::with(Key::SlipRefused, stop())),
        _ if turn.journey.told_of_violence(now) => {
            let key = if turn.journey.was_hurt() { Key::AfterSlip } else { Key::AfterSlipOpen };
            Some(Message::with(key, vec![crisis::lines(turn, LineNeed::Violence)]))
        }
        _ => None,
    }
}

/// Goes on counting.
pub fn slip_continue() -> Message {
    Message::new(Key::SlipContinue).choices([Press::SlipNote, Press::Urge, Press::Journey])
}

/// Day one again; the totals stay.
pub fn slip_restart(turn: &mut Turn) -> Message {
    match cooloff::restart(turn) {
        Some(length) => Message::with(Key::SlipRestart, vec![Arg::Length(length)]).choices([
            Press::SlipNote,
            Press::Cooloff,
            Press::Journey,
        ]),
        None => cooloff::none(),
    }
}

/// A note about it was written.
pub fn slip_noted(turn: &Turn) -> Message {
    let running = turn.journey.cooloff.run.is_some();
    let choices = if running { vec![Press::SlipContinue, Press::SlipRestart] } else { vec![Press::Journey] };
    let key = if grave_slip(turn).is_some() { Key::SlipNoteKeptClosed } else { Key::SlipNoteKept };
    Message::new(key).choices(choices).choices([Press::Support])
}

fn helps() -> Vec<Press> {
    vec![
        Press::WriteLetter,
        Press::Breathe,
        Press::MyReasons,
        Press::UrgeLater,
        Press::UrgePassed,
        Press::Slip,
        Press::Support,
    ]
}

fn gone() -> Message {
    Message::new(Key::LetterGone).choices([Press::WriteLetter, Press::Journey])
}

fn put_away(turn: &mut Turn) {
    turn.journey.letter = None;
    turn.cancel(Timer::Letter);
    turn.cancel(Timer::Urge);
}

fn told_when(turn: &Turn, key: Key, at: jiff::Timestamp) -> Message {
    Message::with(key, turn.when(at))
}

impl Turn<'_> {
    /// An urge that has passed needs no asking again, but a letter that was promised for tomorrow still comes.
    fn cancel_unless_letter(&mut self) {
        if self.journey.letter.is_none() || self.journey.timers.contains_key(&Timer::Letter) {
            self.cancel(Timer::Urge);
        }
    }
}
