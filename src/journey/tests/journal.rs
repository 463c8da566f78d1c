//! The journal: every entry is reached, none twice, and what is deleted is gone wherever it was used.

use super::*;

fn leaf(entry: i64, kind: EntryKind, day: i64) -> Leaf {
    let at = Timestamp::from_second(1_774_000_000 + day * 86_400).unwrap();
    Leaf { entry: EntryId(entry), kind, at, parts: 1 }
}

fn shelves() -> Vec<Leaf> {
    EntryKind::ALL.iter().zip(1..).map(|(kind, n)| leaf(n, *kind, n * 7)).collect()
}

impl Play {
    fn leaf(&mut self, press: Press, leaves: &[Leaf]) -> Message {
        self.event(Event::Leafed { press, leaves: leaves.to_vec() });
        self.steps.last().unwrap().1.answer.clone().unwrap()
    }
}

#[test]
fn every_shelf_is_paged_from_the_newest_to_the_oldest_and_back() {
    let (mut play, leaves) = (Play::open(), shelves());
    for shelf in Shelf::ALL.iter().copied() {
        let expected: Vec<EntryId> =
            leaves.iter().rev().filter(|leaf| shelf.holds(leaf.kind)).map(|leaf| leaf.entry).collect();
        let mut seen = Vec::new();
        let mut page = play.leaf(Press::Shelved { shelf }, &leaves);
        loop {
            seen.extend(page.entries());
            let Some(older) = page.choices.iter().find(|press| matches!(press, Press::Older { .. })) else { break };
            page = play.leaf(older.clone(), &leaves);
        }
        assert_eq!(seen, expected, "{shelf:?}");
        let mut back: Vec<EntryId> = page.entries().collect();
        while let Some(newer) = page.choices.iter().find(|press| matches!(press, Press::Newer { .. })) {
            page = play.leaf(newer.clone(), &leaves);
            back.extend(page.entries());
        }
        back.reverse();
        assert_eq!(back, expected, "{shelf:?} back");
    }
    let unasked = leaves.iter().filter(|leaf| leaf.kind == EntryKind::Unasked);
    assert!(unasked.clone().count() == 1 && unasked.clone().all(|leaf| !Shelf::All.holds(leaf.kind)));
}

#[test]
fn a_month_opens_at_its_newest_entry() {
    let mut play = Play::open();
    let leaves = [leaf(1, EntryKind::Note, 0), leaf(2, EntryKind::Note, 2), leaf(3, EntryKind::Note, 40)];
    let cover = play.leaf(Press::Journal, &leaves);
    let months = |month: &str| Press::Month { month: month.into() };
    assert!(cover.choices.contains(&months("2026-03")) && cover.choices.contains(&months("2026-04")));
    assert_eq!(play.leaf(months("2026-03"), &leaves).entries().collect::<Vec<_>>(), [EntryId(2)]);
}

#[test]
fn many_months_and_shelves_still_fit_one_message() {
    let mut play = Play::open();
    let mut leaves: Vec<Leaf> =
        (1..=900).map(|n| leaf(n, EntryKind::ALL[usize::try_from(n).unwrap() % 18], n)).collect();
    leaves[3].parts = 9;
    for press in [Press::Journal, Press::Leaf { shelf: Shelf::All, entry: EntryId(4), part: 200 }] {
        assert!(play.leaf(press, &leaves).choices.len() <= 25);
    }
}

#[test]
fn a_long_entry_is_shown_in_parts() {
    let mut play = Play::open();
    let leaves = [Leaf { parts: 3, ..leaf(1, EntryKind::Letter, 0) }];
    let part = |part| Press::Leaf { shelf: Shelf::All, entry: EntryId(1), part };
    let shown = |message: &Message| {
        message.blocks.iter().flat_map(|block| block.args.clone()).find_map(|arg| match arg {
            Arg::Part(excerpt) => Some(excerpt.part),
            _ => None,
        })
    };
    let first = play.leaf(Press::Shelved { shelf: Shelf::Letters }, &leaves);
    assert_eq!(
        (shown(&first), first.choices[0].clone()),
        (Some(1), Press::Leaf { shelf: Shelf::Letters, entry: EntryId(1), part: 2 })
    );
    assert_eq!(shown(&play.leaf(part(3), &leaves)), Some(3));
    assert_eq!(shown(&play.leaf(part(200), &leaves)), Some(3), "never beyond the last");
}

#[test]
fn what_is_deleted_is_asked_for_once_and_then_gone_wherever_it_was_used() {
    let mut play = Play::open();
    let answer = play.write(Press::Reflection { question: Question::Part });
    play.press(Press::PointTake { question: Question::Part });
    let draft = play.write(Press::DraftForm);
    let note = play.write(Press::CardNote { card: Card::Fix });
    let leaves =
        [leaf(answer.0, EntryKind::MyPart, 0), leaf(draft.0, EntryKind::Draft, 0), leaf(note.0, EntryKind::Reason, 0)];
    for (entry, asked) in [(answer, Key::JournalDropAsk), (draft, Key::JournalBurnAsk), (note, Key::JournalDropAsk)] {
        play.leaf(Press::DropAsk { shelf: Shelf::All, entry }, &leaves);
        assert!(play.said() == asked && play.steps.last().unwrap().1.entries.is_empty());
        play.leaf(Press::Drop { shelf: Shelf::All, entry }, &leaves);
        assert_eq!(play.steps.last().unwrap().1.entries, [EntryChange::Burn(entry)]);
    }
    let journey = &play.journey;
    assert!(journey.reflect.answers.is_empty() && journey.reasons.notes.is_empty());
    assert!(journey.reachout.points.is_empty() && journey.reachout.draft.is_none());
    assert!(!journey.timers.contains_key(&Timer::Draft), "a burnt draft is not shown again");
    play.leaf(Press::Drop { shelf: Shelf::All, entry: EntryId(77) }, &leaves);
    assert_eq!(play.said(), Key::JournalGone);
    assert!(play.steps.last().unwrap().1.entries.is_empty(), "nobody else's, and nothing twice");
}

#[test]
fn the_journal_stays_open_where_the_way_to_the_other_is_closed_and_hands_no_draft_back() {
    let mut play = Play::open();
    let draft = play.write(Press::DraftForm);
    play.press(Press::SaidNo);
    let leaves = [leaf(draft.0, EntryKind::Draft, 0)];
    let page = play.leaf(Press::Shelved { shelf: Shelf::Reachout }, &leaves);
    assert!(page.entries().next().is_none() && play.says(Key::JournalWithheld));
    play.leaf(Press::Drop { shelf: Shelf::Reachout, entry: draft }, &leaves);
    assert_eq!(play.said(), Key::JournalDropped);
}
