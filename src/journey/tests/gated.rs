//! Held or closed: nothing weighs going back, nothing of stages 3 to 6 is handed back, and `/journey` says what is open.

use super::*;

fn sure(concern: Concern) -> Scan {
    Scan::from(Concerns::default().with(concern, Certainty::Sure))
}

/// A person whose gate is held, and one whose gate is closed by an order.
fn barred() -> [Play; 2] {
    let (mut held, mut closed) = (Play::open(), Play::open());
    held.hear(sure(Concern::ContactRefused), None);
    closed.press(Press::GateCorrect { question: GateQuestion::Order, answer: YesNo::Yes });
    assert_eq!(held.journey.gate_status(held.now), GateStatus::Held);
    [held, closed]
}

/// Presses that weigh going back or lead to doing so.
fn weighs(press: &Press) -> bool {
    matches!(press, Press::DecideAsk | Press::Reasons | Press::ReasonsAgain | Press::ThinkLater | Press::Decide { .. })
}

#[test]
fn the_end_of_a_time_apart_recommends_more_time_or_letting_go() {
    for mut play in barred() {
        for press in [Press::Length { days: 3 }, Press::Every { days: 1 }, Press::CooloffBegin] {
            play.press(press);
        }
        play.days(4);
        assert_eq!(play.noted(Timer::CooloffReminder), Some(Key::OverClosed));
        play.press(Press::Open { timer: Timer::CooloffReminder });
        assert_eq!(play.last, [Press::ExtendAsk, Press::Letgo, Press::Support]);
        assert_eq!(play.press(Press::Cooloff), Key::EndedClosed);
        play.press(Press::Extend { days: 7 });
        assert_eq!(play.press(Press::EndWhy { why: EarlyWhy::Clear }), Key::EndedEarlyClosed);
        assert!(!play.last.iter().any(weighs), "{:?}", play.last);
    }
}

#[test]
fn a_note_of_the_end_that_was_made_before_is_opened_as_it_is_now() {
    let mut play = Play::open();
    for press in [Press::Length { days: 3 }, Press::Every { days: 1 }, Press::CooloffBegin] {
        play.press(press);
    }
    play.days(4);
    assert_eq!(play.noted(Timer::CooloffReminder), Some(Key::Over));
    play.hear(sure(Concern::Order), None);
    assert_eq!(play.press(Press::Open { timer: Timer::CooloffReminder }), Key::OverClosed);
}

#[test]
fn reflecting_asks_no_decision_and_an_old_button_decides_nothing() {
    for (mut play, key) in barred().into_iter().zip([Key::DecideHeld, Key::DecidedClosed]) {
        play.write(Press::Reflection { question: Question::Worked });
        assert_eq!(play.press(Press::Reflect), Key::ReflectHead);
        assert!(!play.last.iter().any(weighs), "{:?}", play.last);
        for press in [
            Press::DecideAsk,
            Press::Decide { decision: Decision::Appeals },
            Press::Decide { decision: Decision::NotYet },
        ] {
            assert_eq!(play.press(press.clone()), key, "{press:?}");
        }
        assert_eq!(play.journey.reflect.decision, None);
        for question in Question::ALL {
            play.write(Press::Reflection { question: *question });
        }
        assert!(!play.last.iter().any(weighs), "{:?}", play.last);
    }
}

#[test]
fn what_was_decided_before_is_not_shown() {
    let mut play = Play::open();
    play.press(Press::Decide { decision: Decision::Appeals });
    play.hear(sure(Concern::Order), None);
    assert_eq!(play.press(Press::Reflect), Key::ReflectHead);
    play.press(Press::Journey);
    assert!(!play.says(Key::PlaceReflectAppeals) && play.says(Key::PlaceHeld));
}

#[test]
fn reasons_that_were_too_early_are_not_asked_again_meanwhile_and_are_after() {
    let mut play = Play::open();
    play.press(Press::Notices { style: Notices::Plain });
    play.press(Press::EndedBy { who: EndedBy::Me });
    play.press(Press::EndedWhen { when: EndedWhen::Month });
    for card in Card::ALL {
        play.press(Press::AnswerCard { card: *card, answer: CardAnswer::Unsure });
    }
    for press in [Press::Length { days: 14 }, Press::Every { days: 1 }, Press::CooloffBegin] {
        play.press(press);
    }
    play.press(Press::GateCorrect { question: GateQuestion::Contact, answer: YesNo::Yes });
    play.days(8);
    assert!(
        !play
            .steps
            .iter()
            .any(|(_, step)| step.sends.iter().any(|send| send.message.choices.contains(&Press::ReasonsAgain)))
    );
    assert_eq!(play.press(Press::ThinkLater), Key::ThinkLaterClosed);
    play.press(Press::GateCorrect { question: GateQuestion::Contact, answer: YesNo::No });
    play.days(2);
    assert!(
        play.steps
            .iter()
            .any(|(_, step)| step.sends.iter().any(|send| send.message.choices.contains(&Press::ReasonsAgain)))
    );
}

#[test]
fn the_overview_offers_the_question_while_held_and_letting_go_first_after_a_no() {
    let [mut held, mut closed] = barred();
    held.press(Press::Journey);
    assert!(held.says(Key::PlaceHeld) && held.last.contains(&Press::GateAsk), "{:?}", held.last);
    closed.press(Press::Journey);
    assert!(closed.says(Key::PlaceClosed) && closed.last.contains(&Press::GateReview));
    assert!(!held.last.iter().chain(&closed.last).any(weighs));
    closed.press(Press::GateCorrect { question: GateQuestion::Order, answer: YesNo::No });
    let mut refused = Play::open();
    refused.press(Press::SaidNo);
    refused.press(Press::Journey);
    assert_eq!(refused.last[0], Press::Letgo);
}

#[test]
fn the_journal_lists_what_was_written_toward_them_does_not_show_it_and_lets_it_be_deleted() {
    let kinds = [
        EntryKind::Draft,
        EntryKind::Point,
        EntryKind::Talk,
        EntryKind::Agreement,
        EntryKind::Week,
        EntryKind::Month,
        EntryKind::Letter,
    ];
    for mut play in barred() {
        let leaves: Vec<Leaf> = kinds
            .iter()
            .zip(101..)
            .map(|(kind, n)| Leaf { entry: EntryId(n), kind: *kind, at: play.now, parts: 3 })
            .collect();
        for leaf in &leaves {
            let press = Press::Leaf { shelf: Shelf::All, entry: leaf.entry, part: 2 };
            play.event(Event::Leafed { press, leaves: leaves.clone() });
            let shown =
                play.steps.last().unwrap().1.answer.as_ref().unwrap().entries().any(|entry| entry == leaf.entry);
            assert_eq!(shown, leaf.kind == EntryKind::Letter, "{:?}", leaf.kind);
            assert_eq!(play.says(Key::JournalWithheld), !shown);
            let drop = Press::DropAsk { shelf: Shelf::All, entry: leaf.entry };
            assert!(play.last.contains(&drop));
        }
        let press = Press::Drop { shelf: Shelf::All, entry: EntryId(101) };
        play.event(Event::Leafed { press, leaves });
        assert_eq!(play.steps.last().unwrap().1.entries, [EntryChange::Burn(EntryId(101))]);
    }
}
