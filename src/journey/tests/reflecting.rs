//! Reflect: the questions, the decision, the writing over several days, and where the words come back.

use super::*;

#[test]
fn questions_are_kept_one_by_one_and_an_answer_written_anew_counts() {
    let mut play = Play::new();
    assert_eq!(play.press(Press::Reflect), Key::Reflect1);
    let first = play.write(Press::Reflection { question: Question::Worked });
    assert_eq!(play.said(), Key::ReflectKept);
    assert_eq!(play.press(Press::Reflect), Key::ReflectHead, "half-done is kept");
    let second = play.write(Press::Reflection { question: Question::Worked });
    assert_eq!(play.said(), Key::ReflectAnew);
    assert_eq!(play.journey.reflect.answers[&Question::Worked], second);
    let burnt = play.steps.iter().any(|(_, step)| step.entries.contains(&EntryChange::Burn(first)));
    assert!(!burnt, "the first stays in the journal");
    for question in Question::ALL {
        play.write(Press::Reflection { question: *question });
    }
    play.journey.reflect.answers.remove(&Question::Part);
    play.write(Press::Reflection { question: Question::Part });
    assert_eq!(play.said(), Key::ReflectAll);
    assert_eq!(play.last[0], Press::DecideAsk);
}

#[test]
fn each_decision_leads_on_and_can_be_made_anew() {
    let mut play = Play::open();
    assert_eq!(play.press(Press::Decide { decision: Decision::NotYet }), Key::DecidedNotYet);
    assert_eq!(play.last[0], Press::Cooloff);
    assert_eq!(play.press(Press::Decide { decision: Decision::LetGo }), Key::LetgoChosen);
    assert!(play.journey.letting_go);
    assert_eq!(play.press(Press::Decide { decision: Decision::Appeals }), Key::DecidedAppeals);
    assert!(!play.journey.letting_go && play.last[0] == Press::Reachout);
    play.press(Press::CooloffSetUp);
    play.press(Press::Length { days: 14 });
    play.press(Press::Every { days: 1 });
    play.press(Press::CooloffBegin);
    play.press(Press::Decide { decision: Decision::Appeals });
    assert_eq!(play.last[0], Press::Cooloff, "the time apart first");
    play.press(Press::SaidNo);
    assert_eq!(play.press(Press::Decide { decision: Decision::Appeals }), Key::DecidedClosed);
}

#[test]
fn what_was_reflected_on_says_why_one_waits_and_what_worked_does_not() {
    let mut play = Play::new();
    assert_eq!(play.press(Press::MyReasons), Key::MyReasonsNone);
    let worked = play.write(Press::Reflection { question: Question::Worked });
    let missing = play.write(Press::Reflection { question: Question::Missing });
    assert_eq!(play.press(Press::MyReasons), Key::MyReasons);
    let shown: Vec<EntryId> = play.steps.last().unwrap().1.answer.as_ref().unwrap().entries().collect();
    assert!(shown.contains(&missing) && !shown.contains(&worked), "{shown:?}");
}

#[test]
fn writing_brings_one_prompt_a_day_and_never_two_at_once() {
    let mut play = Play::open();
    assert_eq!(play.press(Press::WritingBegin { days: 5 }), Key::WritingBegun);
    let due = play.journey.timers[&Timer::Writing].due_at;
    assert_eq!(due.to_string(), "2026-03-21T08:00:00Z", "tomorrow at nine");
    // Three days of silence of ours: one prompt, and the next a day later.
    let before = play.steps.len();
    play.act(Act::Wait { hours: 72, down: true });
    assert_eq!(play.steps[before..].iter().filter(|(_, step)| !step.sends.is_empty()).count(), 1);
    assert_eq!(play.noted(Timer::Writing), Some(Key::Writing2));
    for (days, key) in [(1, Key::Writing3), (1, Key::Writing4), (1, Key::Writing5), (9, Key::Writing5)] {
        play.days(days);
        assert_eq!(play.noted(Timer::Writing), Some(key));
    }
    assert_eq!(play.journey.reflect.writing, None);
    play.write(Press::WritingForm { day: 5 });
    assert_eq!(play.said(), Key::WritingDone);
}

#[test]
fn writing_moves_with_the_reminder_time_and_stops_when_told() {
    let mut play = Play::open();
    play.press(Press::WritingBegin { days: 3 });
    play.press(Press::Time { minute: 19 * 60 });
    assert_eq!(play.journey.timers[&Timer::Writing].due_at.to_string(), "2026-03-21T18:00:00Z");
    assert_eq!(play.press(Press::WritingStop), Key::WritingStopped);
    play.days(9);
    assert_eq!(play.noted(Timer::Writing), None);
}
