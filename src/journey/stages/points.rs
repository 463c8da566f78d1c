//! Talk points: what one takes along into the talk, picked from one's own reflection or written for it. Five at most,
//! because a talk does not carry more.

use crate::chat::EntryId;
use crate::journey::codes::Question;
use crate::journey::keys::Key;
use crate::journey::message::{Arg, Message};
use crate::journey::press::Press;
use crate::journey::stages::reachout::State;
use crate::journey::turn::Turn;

/// The most points.
const MOST: u32 = 5;

/// How many points there are.
#[must_use]
pub fn count(state: &State) -> u32 {
    u32::try_from(state.points.len() + state.own_points.len()).unwrap_or(u32::MAX)
}

/// The points as they are, each to be left out, and what could be taken along.
pub fn show(turn: &Turn) -> Message {
    let (reflect, state) = (&turn.journey.reflect, &turn.journey.reachout);
    if reflect.answers.is_empty() && state.own_points.is_empty() {
        return Message::new(Key::PointsNone).choices([Press::Reflect, Press::PointForm, Press::Reachout]);
    }
    let full = count(state) >= MOST;
    let message = Message::with(if full { Key::PointsFull } else { Key::Points }, vec![Arg::Count(count(state))]);
    let message = quoted(turn, message);
    let open = Question::ALL.iter().copied();
    let open = open.filter(|question| reflect.answers.contains_key(question) && !state.points.contains(question));
    let take = open.filter(|_| !full).map(|question| Press::PointTake { question });
    let drop = state.points.iter().map(|question| Press::PointDrop { question: *question });
    let out = (1u8..).zip(&state.own_points).map(|(place, entry)| Press::PointOut { place, entry: *entry });
    let more = (!full).then_some(Press::PointForm);
    message.choices(take).choices(more).choices(drop).choices(out).choices([Press::Talk, Press::Reachout])
}

/// Takes an answer along.
pub fn take(turn: &mut Turn, question: Question) -> Message {
    let known = turn.journey.reflect.answers.contains_key(&question);
    let state = &mut turn.journey.reachout;
    if known && !state.points.contains(&question) && count(state) < MOST {
        state.points.push(question);
    }
    show(turn)
}

/// Leaves an answer out; it stays in the reflection.
pub fn drop(turn: &mut Turn, question: Question) -> Message {
    turn.journey.reachout.points.retain(|other| *other != question);
    show(turn)
}

/// Leaves a point out; it stays in the journal.
pub fn out(turn: &mut Turn, entry: EntryId) -> Message {
    turn.journey.reachout.own_points.retain(|other| *other != entry);
    show(turn)
}

/// A point was written. Beyond five, it stays in the journal.
pub fn written(turn: &mut Turn, entry: EntryId) -> Message {
    let state = &mut turn.journey.reachout;
    if count(state) < MOST {
        state.own_points.push(entry);
    }
    show(turn)
}

/// The picked points in the person's own words, below a message.
pub fn quoted(turn: &Turn, mut message: Message) -> Message {
    let state = &turn.journey.reachout;
    for question in &state.points {
        if let Some(answer) = turn.journey.reflect.answers.get(question) {
            message = message.and(Key::OwnAnswer, vec![Arg::Question(*question), Arg::Words(*answer)]);
        }
    }
    for (place, entry) in (1u32..).zip(&state.own_points) {
        message = message.and(Key::OwnPoint, vec![Arg::Count(place), Arg::Words(*entry)]);
    }
    message
}
