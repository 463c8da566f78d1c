//! What comes after an outcome: PRODUCT.md's table, line by line, and what must not come twice.

use super::*;

fn talked(play: &Play, outcome: TalkOutcome) -> Press {
    Press::Talked { attempt: play.journey.reachout.attempt(), outcome }
}

fn tell(play: &mut Play, outcome: TalkOutcome) -> Key {
    let press = talked(play, outcome);
    play.press(press)
}

#[test]
fn talked_well_leads_to_both_asked_again_and_then_to_bring_it_up() {
    let mut play = Play::open();
    assert_eq!(tell(&mut play, TalkOutcome::Well), Key::TalkedWell);
    assert_eq!(play.press(Press::BothAgain { answer: CardAnswer::True }), Key::BothTrue);
    assert_eq!(play.last[0], Press::Bringup);
    assert_eq!(play.journey.reasons.answers.get(&Card::Both), Some(&CardAnswer::True));
    assert_eq!(play.press(Press::BothAgain { answer: CardAnswer::No }), Key::BothNo);
    assert_eq!(play.last[0], Press::Letgo);
    assert_eq!(play.press(Press::BothAgain { answer: CardAnswer::ToldNo }), Key::SaidNo);
    assert!(play.journey.is_closed(play.now));
}

#[test]
fn talked_badly_is_two_weeks_and_reflect_again_then_one_attempt_and_no_third() {
    let mut play = Play::open();
    play.press(Press::Decide { decision: Decision::Appeals });
    assert_eq!(tell(&mut play, TalkOutcome::Badly), Key::TalkedBadly);
    assert_eq!(play.journey.reflect.decision, None, "to be decided again");
    play.days(13);
    assert_eq!(play.noted(Timer::Wait), None);
    play.days(1);
    assert_eq!(play.noted(Timer::Wait), Some(Key::WaitOverBadly));
    assert_eq!(play.press(Press::Reachout), Key::ReachoutHead);
    assert_eq!(tell(&mut play, TalkOutcome::Badly), Key::SpentBadly);
    assert_eq!(play.last[0], Press::Letgo);
    for press in [Press::Draft, Press::Plan, Press::Reachout] {
        assert_eq!(play.press(press.clone()), Key::Spent, "{press:?}");
    }
}

#[test]
fn no_reply_is_two_weeks_then_one_message_then_letting_go() {
    let mut play = Play::open();
    assert_eq!(tell(&mut play, TalkOutcome::NoReply), Key::NoReply);
    play.days(14);
    assert_eq!(play.noted(Timer::Wait), Some(Key::WaitOverNoReply));
    assert_eq!(play.press(Press::Draft), Key::DraftIntro, "one more message");
    assert_eq!(tell(&mut play, TalkOutcome::NoReply), Key::SpentNoReply);
    assert!(play.last.contains(&Press::LetGo));
}

#[test]
fn asked_for_time_is_as_long_as_they_said_or_a_month_then_one_message_at_most() {
    for (days, press) in [
        (21, Press::WaitDays { stage: Stage::Reachout, attempt: 1, days: 21 }),
        (30, Press::WaitUnsaid { stage: Stage::Reachout, attempt: 1 }),
    ] {
        let mut play = Play::open();
        assert_eq!(tell(&mut play, TalkOutcome::Time), Key::TimeAsk);
        assert_eq!(play.press(press), Key::AskedForTime);
        play.days(days - 1);
        assert_eq!(play.press(Press::Draft), Key::WaitOnTime);
        assert_eq!(play.noted(Timer::Wait), None);
        play.days(1);
        assert_eq!(play.noted(Timer::Wait), Some(Key::WaitOverTime));
        assert_eq!(play.press(Press::Draft), Key::DraftIntro);
        assert_eq!(tell(&mut play, TalkOutcome::Time), Key::SpentTime, "no second month");
        assert_eq!(play.journey.wait, None);
    }
}

#[test]
fn a_length_they_cannot_have_meant_is_asked_again() {
    let mut play = Play::open();
    for value in [Value::Unreadable, Value::Number(0), Value::Number(366), Value::Number(u32::MAX)] {
        play.event(Event::Gave { form: Press::WaitForm { stage: Stage::Reachout, attempt: 1 }, value });
        assert_eq!((play.said(), play.journey.wait), (Key::TimeUnreadable, None));
    }
}

#[test]
fn not_yet_is_planned_again_or_asked_again_in_a_week() {
    let mut play = Play::open();
    play.press(Press::PlanAt { date: "2026-03-21".into(), minute: 900 });
    play.days(1);
    assert_eq!(play.noted(Timer::Planned), Some(Key::FollowUp));
    assert_eq!(tell(&mut play, TalkOutcome::NotYet), Key::NotYet);
    assert_eq!(play.last[..2], [Press::Plan, Press::NotYetLater]);
    play.press(Press::NotYetLater);
    assert_eq!(play.press(Press::Plan), Key::PlanAsk, "it holds nothing back");
    play.days(7);
    assert_eq!(play.noted(Timer::Wait), Some(Key::WaitOverNotYet));
    assert_eq!(play.journey.reachout.attempt(), 1, "no attempt was used");
}

#[test]
fn said_no_leads_to_letting_go_and_stops_what_waited() {
    let mut play = Play::open();
    play.press(Press::PlanAt { date: "2026-03-23".into(), minute: 900 });
    play.write(Press::DraftForm);
    assert_eq!(play.journey.timers.len(), 2);
    assert_eq!(play.press(Press::SaidNo), Key::SaidNo);
    assert!(play.is_at_rest());
    play.act(Act::Wait { hours: 1, down: false });
    assert_eq!(play.press(Press::SaidNoUndo), Key::SaidNoFinal);
    let sent = play.steps.len();
    play.days(60);
    assert_eq!(play.steps.len(), sent, "nothing fires");
}

#[test]
fn a_no_that_was_a_slip_of_the_finger_brings_back_what_waited() {
    let mut play = Play::open();
    play.press(Press::PlanAt { date: "2026-03-23".into(), minute: 900 });
    play.write(Press::DraftForm);
    let waited = play.journey.timers.iter().map(|(timer, it)| (*timer, it.due_at)).collect::<Vec<_>>();
    play.press(Press::SaidNo);
    assert_eq!(play.press(Press::SaidNoUndo), Key::SaidNoUndone);
    assert_eq!(play.journey.timers.iter().map(|(timer, it)| (*timer, it.due_at)).collect::<Vec<_>>(), waited);
}

#[test]
fn an_outcome_told_by_mistake_is_undone_with_what_it_ended() {
    let mut play = Play::open();
    play.press(Press::Decide { decision: Decision::Appeals });
    play.press(Press::PlanAt { date: "2026-03-23".into(), minute: 900 });
    let before = (play.journey.reachout.clone(), play.journey.reflect.clone());
    tell(&mut play, TalkOutcome::Badly);
    assert_eq!(play.press(Press::Untell { attempt: 1 }), Key::Untold);
    assert_eq!((play.journey.reachout.clone(), play.journey.reflect.clone()), before);
    assert!(play.journey.timers.contains_key(&Timer::Planned) && play.journey.wait.is_none());
    tell(&mut play, TalkOutcome::Badly);
    play.act(Act::Wait { hours: 1, down: false });
    assert_eq!(play.press(Press::Untell { attempt: 1 }), Key::WaitOnBadly, "ten minutes, as for a no");
}

#[test]
fn an_outcome_can_be_told_anew_while_its_wait_goes_on() {
    let mut play = Play::open();
    tell(&mut play, TalkOutcome::NoReply);
    play.days(3);
    assert_eq!(tell(&mut play, TalkOutcome::Well), Key::TalkedWell);
    assert!(play.journey.wait.is_none() && !play.journey.timers.contains_key(&Timer::Wait));
    assert_eq!(play.journey.reachout.attempt(), 1);
}

#[test]
fn an_old_button_of_the_first_attempt_counts_nothing_in_the_second() {
    let mut play = Play::open();
    let old = talked(&play, TalkOutcome::NoReply);
    play.press(old.clone());
    play.days(14);
    for press in [old, Press::WaitUnsaid { stage: Stage::Reachout, attempt: 1 }, Press::Untell { attempt: 1 }] {
        assert_eq!(play.press(press), Key::ReachoutHead);
        assert!(play.journey.wait.is_none() && play.journey.reachout.told.is_none());
    }
}

#[test]
fn a_wait_whose_note_is_held_by_quiet_hours_is_over_all_the_same() {
    let mut play = Play::open();
    tell(&mut play, TalkOutcome::NoReply);
    let until = play.journey.wait.unwrap().until;
    play.now = until;
    assert_eq!(play.press(Press::Reachout), Key::ReachoutHead);
    assert_eq!(play.journey.reachout.attempt(), 2);
    assert!(!play.journey.timers.contains_key(&Timer::Wait), "who looked needs no note");
}

#[test]
fn a_later_stage_waits_the_same_way() {
    let mut play = Play::open();
    play.press(Press::PlanAt { date: "2026-03-23".into(), minute: 900 });
    let press = Press::WaitDays { stage: Stage::Bringup, attempt: 1, days: 14 };
    assert_eq!(play.press(press.clone()), Key::AskedForTime);
    assert!(!play.journey.timers.contains_key(&Timer::Planned), "nothing is sent meanwhile");
    play.days(14);
    assert_eq!(play.noted(Timer::Wait), Some(Key::WaitOverTime));
    assert_eq!(play.journey.reachout.attempt(), 1, "it was another stage's question");
    play.press(Press::SaidNo);
    assert_eq!(play.press(press), Key::SaidNoClosed, "and keeps its gate");
}

#[test]
fn a_mistake_of_ours_that_would_invite_contact_while_closed_is_not_said() {
    let mut play = Play::open();
    play.press(Press::SaidNo);
    let mut catalogue = catalogue();
    catalogue.contact.insert(Key::Checkin);
    let step = step(&play.journey, &catalogue, Event::Pressed(Press::Checkin), play.now);
    assert_eq!(step.anomaly, Some(Anomaly::InvitesContact(Key::Checkin)));
    assert_eq!(step.answer.unwrap().keys().next(), Some(Key::PlaceHead));
}
