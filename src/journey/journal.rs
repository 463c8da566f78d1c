//! `/journal`: page through one's own words, by stage and by date, and delete any. The service brings what there is (ids,
//! kinds, times, no words); a long entry is shown in parts, so that nothing of it is cut.
//!
//! It is open whatever the gate says, because the words are the person's own. While the gate is held or closed, what was
//! written toward the other person is listed and can be deleted, and is not shown.

use jiff::Timestamp;

use super::Journey;
use super::codes::{EntryKind, Shelf};
use super::effect::EntryChange;
use super::keys::Key;
use super::message::{Arg, Excerpt, Message};
use super::press::Press;
use super::schedule;
use super::turn::Turn;
use crate::chat::EntryId;

/// One entry as the journal knows it: everything but its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Where the words are.
    pub entry: EntryId,
    /// What they are.
    pub kind: EntryKind,
    /// When they were written (UTC).
    pub at: Timestamp,
    /// In how many parts they are shown, at least one.
    pub parts: u8,
}

/// The most months offered at once.
const MONTHS: usize = 12;

/// Answers a press of the journal; `leaves` are the person's entries, oldest first.
pub fn show(turn: &mut Turn, press: &Press, leaves: &[Leaf]) -> Message {
    let waiting = turn.journey.words.clone();
    let leaves: Vec<Leaf> = leaves.iter().copied().filter(|leaf| !waiting.contains(&leaf.entry)).collect();
    let on = |shelf: Shelf| leaves.iter().filter(move |leaf| shelf.holds(leaf.kind));
    let newest = |shelf: Shelf| on(shelf).next_back().copied();
    match press {
        Press::Shelved { shelf } => page(turn, &leaves, *shelf, newest(*shelf), 1),
        Press::Older { shelf, entry } => {
            let older = on(*shelf).rfind(|leaf| leaf.entry < *entry).copied();
            page(turn, &leaves, *shelf, older.or_else(|| on(*shelf).next().copied()), 1)
        }
        Press::Newer { shelf, entry } => {
            let newer = on(*shelf).find(|leaf| leaf.entry > *entry).copied();
            page(turn, &leaves, *shelf, newer.or_else(|| newest(*shelf)), 1)
        }
        Press::Leaf { shelf, entry, part } => {
            let leaf = on(*shelf).find(|leaf| leaf.entry == *entry).copied();
            page(turn, &leaves, *shelf, leaf, *part)
        }
        Press::Month { month } => {
            let of = on(Shelf::All).rfind(|leaf| month_of(turn, leaf) == *month).copied();
            page(turn, &leaves, Shelf::All, of.or_else(|| newest(Shelf::All)), 1)
        }
        Press::DropAsk { shelf, entry } => drop_ask(&leaves, *shelf, *entry),
        Press::Drop { shelf, entry } => drop(turn, &leaves, *shelf, *entry),
        _ => cover(turn, &leaves),
    }
}

/// How much there is, and the shelves that hold something.
fn cover(turn: &Turn, leaves: &[Leaf]) -> Message {
    if leaves.is_empty() {
        return Message::new(Key::JournalEmpty).choices([Press::Reflect, Press::WriteLetter, Press::Journey]);
    }
    let count = Arg::Count(u32::try_from(leaves.len()).unwrap_or(u32::MAX));
    let filled = Shelf::ALL.iter().copied().filter(|shelf| leaves.iter().any(|leaf| shelf.holds(leaf.kind)));
    let mut months: Vec<String> = leaves.iter().rev().map(|leaf| month_of(turn, leaf)).collect();
    months.dedup();
    let months = months.into_iter().take(MONTHS).map(|month| Press::Month { month });
    Message::with(Key::JournalCover, vec![count])
        .choices(filled.map(|shelf| Press::Shelved { shelf }))
        .choices(months)
        .choices([Press::Journey])
}

/// One entry, or a part of it, with the ways on from it.
fn page(turn: &Turn, leaves: &[Leaf], shelf: Shelf, leaf: Option<Leaf>, part: u8) -> Message {
    let Some(Leaf { entry, kind, at, parts }) = leaf else {
        return Message::new(Key::JournalGone).choices([Press::Journal, Press::Journey]);
    };
    let on: Vec<EntryId> = leaves.iter().filter(|leaf| shelf.holds(leaf.kind)).map(|leaf| leaf.entry).collect();
    let place = on.iter().position(|other| *other == entry).map_or(1, |index| index + 1);
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let part = part.clamp(1, parts.max(1));
    let count = [Arg::Count(number(place)), Arg::Total(number(on.len()))];
    let args = [Arg::Kind(kind), turn.since(at)].into_iter().chain(count).collect();
    let mut message = Message::with(Key::JournalPage, args);
    // Held or closed, what was written toward them stays where it is and is not handed back.
    let withheld = kind.leads_to_them() && turn.journey.is_barred(turn.now);
    let parts = if withheld { 1 } else { parts };
    if withheld {
        message = message.and(Key::JournalWithheld, Vec::new());
    } else if parts > 1 {
        message = message.and(Key::JournalPart, vec![Arg::Page(u16::from(part)), Arg::Pages(u16::from(parts))]);
    }
    if !withheld {
        message = message.and(Key::JournalWords, vec![Arg::Part(Excerpt { entry, part })]);
    }
    let at_part = |part: u8| Press::Leaf { shelf, entry, part };
    message
        .choices((part < parts).then(|| at_part(part + 1)))
        .choices((part > 1).then(|| at_part(part - 1)))
        .choices((place > 1).then_some(Press::Older { shelf, entry }))
        .choices((place < on.len()).then_some(Press::Newer { shelf, entry }))
        .choices([Press::DropAsk { shelf, entry }, Press::Journal, Press::Journey])
}

/// Asks once before something goes for good.
fn drop_ask(leaves: &[Leaf], shelf: Shelf, entry: EntryId) -> Message {
    let Some(leaf) = leaves.iter().find(|leaf| leaf.entry == entry) else {
        return Message::new(Key::JournalGone).choices([Press::Journal, Press::Journey]);
    };
    let burns = matches!(leaf.kind, EntryKind::Letter | EntryKind::Draft);
    let message = Message::new(if burns { Key::JournalBurnAsk } else { Key::JournalDropAsk });
    message.choices([Press::Leaf { shelf, entry, part: 1 }, Press::Drop { shelf, entry }])
}

fn drop(turn: &mut Turn, leaves: &[Leaf], shelf: Shelf, entry: EntryId) -> Message {
    if !leaves.iter().any(|leaf| leaf.entry == entry) {
        return Message::new(Key::JournalGone).choices([Press::Journal, Press::Journey]);
    }
    turn.forget_entry(entry);
    turn.entries.push(EntryChange::Burn(entry));
    let left = leaves.iter().filter(|leaf| leaf.entry != entry && shelf.holds(leaf.kind)).count();
    let more = (left > 0).then_some(Press::Older { shelf, entry });
    Message::new(Key::JournalDropped).choices(more).choices([Press::Journal, Press::Journey])
}

/// The month a person wrote in, where they are: `2026-05`.
fn month_of(turn: &Turn, leaf: &Leaf) -> String {
    let date = schedule::date(&turn.journey.settings, leaf.at);
    format!("{:04}-{:02}", date.year(), date.month())
}

impl Journey {
    /// Forgets where words are that are destroyed, wherever they were used.
    pub fn forget_entry(&mut self, entry: EntryId) {
        self.reasons.notes.retain(|_, note| *note != entry);
        self.reflect.answers.retain(|_, answer| *answer != entry);
        let answers = &self.reflect.answers;
        self.reachout.points.retain(|question| answers.contains_key(question));
        self.reachout.own_points.retain(|point| *point != entry);
        self.reachout.draft = self.reachout.draft.filter(|draft| draft.entry != entry);
        self.letter = self.letter.filter(|letter| *letter != entry);
        self.trial.forget_entry(entry);
        self.ease.forget_entry(entry);
        self.letgo.learned.retain(|learned| *learned != entry);
        self.last_words = self.last_words.filter(|words| *words != entry);
        if let Some(closed) = &mut self.closed {
            closed.words = closed.words.filter(|words| *words != entry);
        }
        self.words.retain(|words| *words != entry);
        self.crisis.words.remove(&entry);
        self.cooloff.waiting = self.cooloff.waiting.filter(|waiting| *waiting != entry);
    }
}
