//! The opening lines as a draft. It is held, a day by default; then it is shown beside one's own reflections, to keep, to
//! change or to burn. The bot sends it to nobody.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::chat::EntryId;
use crate::journey::Hints;
use crate::journey::codes::Question;
use crate::journey::effect::{Anomaly, EntryChange};
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::press::Press;
use crate::journey::schedule;
use crate::journey::stages::reachout;
use crate::journey::timer::Timer;
use crate::journey::turn::Turn;

/// How long a draft is held, in hours, unless the person wants it longer.
const HOLD: u16 = 24;

/// How much longer it can be held, in hours.
const LONGER: [u16; 2] = [72, 168];

/// Answers shown beside a draft: one's own part comes first.
const BESIDE: [Question; 3] = [Question::Part, Question::Better, Question::ChangeMe];

/// How many of them: a draft is always whole beside two answers of any length.
const BESIDES: usize = 2;

/// Opening lines that were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Where the words are.
    pub entry: EntryId,
    /// Until when it is held (UTC).
    pub until: Timestamp,
    /// Whether it was kept after that.
    pub kept: bool,
    /// What the lists saw in it.
    pub hints: Hints,
}

/// What a draft is good for, or the one there is.
pub fn show(turn: &mut Turn) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    match turn.journey.reachout.draft {
        None => Message::new(Key::DraftIntro).choices([
            Press::Plan,
            Press::DraftForm,
            Press::Points,
            Press::Reachout,
            Press::Journey,
        ]),
        Some(draft) if draft.until > turn.now && !draft.kept => held(turn, draft),
        Some(draft) => shown(turn, draft),
    }
}

/// A draft was written, the first or a changed one. It is held; the one before it stays in the journal.
pub fn written(turn: &mut Turn, entry: EntryId, hints: Hints) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message.below(Message::new(Key::KeptAside));
    }
    hold_for(turn, Draft { entry, until: turn.now, kept: false, hints }, HOLD)
}

/// Holds it longer.
pub fn hold(turn: &mut Turn, entry: EntryId, hours: u16) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    match current(turn, entry) {
        Some(draft) if LONGER.contains(&hours) => hold_for(turn, Draft { kept: false, ..draft }, hours),
        _ => gone(),
    }
}

/// Keeps it, as it reads after its wait.
pub fn keep(turn: &mut Turn, entry: EntryId) -> Message {
    if let Some(message) = reachout::held_back(turn) {
        return message;
    }
    let Some(draft) = current(turn, entry) else { return gone() };
    if draft.until > turn.now && !draft.kept {
        return held(turn, draft);
    }
    turn.journey.reachout.draft = Some(Draft { kept: true, ..draft });
    turn.cancel(Timer::Draft);
    Message::new(Key::DraftKept).choices([
        Press::Plan,
        Press::Talk,
        Press::Tell,
        Press::DraftForm,
        Press::DraftBurn { draft: entry },
        Press::Reachout,
    ])
}

/// Burns it: gone at once.
pub fn burn(turn: &mut Turn, entry: EntryId) -> Message {
    if current(turn, entry).is_none() {
        return gone();
    }
    turn.forget_entry(entry);
    turn.entries.push(EntryChange::Burn(entry));
    Message::new(Key::DraftBurnt).choices([Press::DraftForm, Press::Reachout, Press::Journey])
}

/// Its wait is over: it is shown beside one's own reflections.
pub fn due(turn: &mut Turn) {
    match turn.journey.reachout.draft {
        Some(draft) => {
            let message = shown(turn, draft);
            turn.send(Timer::Draft, message);
        }
        None => turn.anomaly = Some(Anomaly::UnexpectedTimer(Timer::Draft)),
    }
}

/// Sets the timer again where a closed gate had taken it.
pub fn rearm(turn: &mut Turn) {
    let waits = turn.journey.timers.contains_key(&Timer::Draft) || turn.journey.holds_back(turn.now).is_some();
    if let Some(draft) = turn.journey.reachout.draft.filter(|draft| !draft.kept && draft.until > turn.now && !waits)
        && turn.journey.reachout.told.is_none()
    {
        turn.set(Timer::Draft, schedule::out_of_quiet(&turn.journey.settings, draft.until));
    }
}

fn current(turn: &Turn, entry: EntryId) -> Option<Draft> {
    turn.journey.reachout.draft.filter(|draft| draft.entry == entry)
}

fn hold_for(turn: &mut Turn, draft: Draft, hours: u16) -> Message {
    turn.cancel(Timer::Draft);
    let until = turn.set_after(Timer::Draft, SignedDuration::from_hours(i64::from(hours)));
    let draft = Draft { until, ..draft };
    turn.journey.reachout.draft = Some(draft);
    held(turn, draft)
}

fn held(turn: &Turn, draft: Draft) -> Message {
    let message = hinted(draft, Message::with(Key::DraftHeld, turn.when(draft.until)));
    let longer = LONGER.map(|hours| Press::DraftHold { draft: draft.entry, hours });
    message
        .choices([Press::Points, Press::DraftForm])
        .choices(longer)
        .choices([Press::DraftBurn { draft: draft.entry }, Press::Reachout])
}

fn shown(turn: &Turn, draft: Draft) -> Message {
    let entry = draft.entry;
    let message = hinted(draft, Message::with(Key::DraftBack, vec![Arg::Words(entry)]));
    let message = beside(turn, message);
    let longer = LONGER.map(|hours| Press::DraftHold { draft: entry, hours });
    let again = [Press::DraftForm, Press::DraftBurn { draft: entry }];
    let kept = (!draft.kept).then_some(Press::DraftKeep { draft: entry });
    message.choices(kept).choices(again).choices(longer).choices([Press::Plan, Press::SaidNo, Press::Reachout])
}

fn beside(turn: &Turn, mut message: Message) -> Message {
    let answers = &turn.journey.reflect.answers;
    let picked = turn.journey.reachout.points.iter().chain(&BESIDE);
    let mut shown: Vec<Question> = Vec::new();
    for question in picked.filter(|question| answers.contains_key(question)) {
        if !shown.contains(question) && shown.len() < BESIDES {
            shown.push(*question);
        }
    }
    if !shown.is_empty() {
        message = message.and(Key::DraftBeside, Vec::new());
    }
    for question in shown {
        if let Some(answer) = answers.get(&question) {
            message = message.and(Key::OwnAnswer, vec![Arg::Question(question), Arg::Words(*answer)]);
        }
    }
    message
}

/// What the lists saw, gently; it stops nothing.
fn hinted(draft: Draft, mut message: Message) -> Message {
    let hints = draft.hints;
    let seen = [
        (hints.threatens, Key::HintThreat),
        (hints.presses, Key::HintPress),
        (hints.demands, Key::HintDemand),
        (hints.blames, Key::HintBlame),
    ];
    for (_, key) in seen.iter().filter(|(seen, _)| *seen) {
        message = message.and(*key, Vec::new());
    }
    message
}

fn gone() -> Message {
    Message::new(Key::DraftGone).choices([Press::Draft, Press::Reachout, Press::Journey])
}
