//! Seven days of care after words of self-harm.

use super::after_violence::real;
use super::*;
use crate::journey::aftercare::reaches_on;

fn scan(certainty: Certainty) -> Scan {
    Scan::from(Concerns::default().with(Concern::SelfHarm, certainty))
}

/// True for a press that leads to letting go or to one of stages 3 to 6.
fn leads_on(press: &Press) -> bool {
    let letting_go = matches!(press, Press::Letgo | Press::LetGo | Press::LetgoWeekly | Press::LetgoThought);
    letting_go || press.behind_gate().is_some()
}

impl Play {
    /// While the care goes on, whatever comes by itself is discreet, has Support, and is about neither letting go nor
    /// contact; an answer leads there only where the person reached for it.
    pub(super) fn cares(&self, event: &Event, step: &Step) {
        if !step.journey.is_in_aftercare(self.now) {
            return;
        }
        for send in &step.sends {
            assert_eq!(send.message.keys().collect::<Vec<_>>(), [Key::Discreet], "{event:?}");
            let note = &step.journey.notices[&send.timer];
            assert!(note.choices.contains(&Press::Support), "{note:?}");
            let weighs =
                |press: &Press| leads_on(press) || matches!(press, Press::Urge | Press::Reasons | Press::Reflect);
            assert!(!note.choices.iter().any(weighs), "{note:?}");
            for block in &note.blocks {
                match &block.prompt {
                    Prompt::Plan(id) => assert!(id.0.starts_with("my-days-and-people/"), "{id:?}"),
                    Prompt::Key(key) => {
                        let apart = ["cooloff", "after", "shell", "safety"].contains(&key.folder().unwrap());
                        assert!(apart && !self.catalogue.contact.contains(key), "{key:?}");
                        assert!(!self.catalogue.weighs_return.has(&block.prompt), "{key:?}");
                    }
                }
            }
        }
        if let Some(answer) = step.answer.as_ref().filter(|_| !reaches_on(event)) {
            let found = answer.choices.iter().find(|press| leads_on(press));
            assert_eq!(found, None, "nobody reached for it: {event:?}");
        }
    }

    fn in_care() -> Self {
        let mut play = Self::apart();
        play.hear(scan(Certainty::Sure), None);
        play
    }

    fn hours(&mut self, hours: i64) {
        self.act(Act::Wait { hours, down: false });
    }

    fn needs_crisis_lines(&self) -> bool {
        let answer = self.steps.last().unwrap().1.answer.as_ref().unwrap();
        let mut args = answer.blocks.iter().flat_map(|block| &block.args);
        args.any(|arg| matches!(arg, Arg::Lines(lines) if lines.need == LineNeed::Crisis))
    }
}

#[test]
fn the_next_visit_opens_with_one_gentle_question() {
    let mut play = Play::in_care();
    assert_ne!(play.press(Press::Cooloff), Key::CareAsk, "the same visit");
    play.hours(1);
    assert_eq!(play.press(Press::Support), Key::Support, "help is never put off");
    assert_eq!(play.press(Press::Cooloff), Key::CareAsk);
    assert!(play.says(Key::CooloffRunning), "the answer follows");
    assert_eq!(play.last[..2], [Press::Support, Press::SafeForNow]);
    assert_eq!(play.press(Press::Cooloff), Key::CooloffRunning, "once");
    play.hours(5);
    assert_eq!(play.press(Press::Journey), Key::PlaceHead, "once");
    play.hear(scan(Certainty::Sure), None);
    play.hours(2);
    assert_eq!(play.press(Press::Journey), Key::CareAsk, "sure words begin it anew");
}

#[test]
fn safe_for_now_ends_no_care_and_answers_the_question_of_the_next_visit_alone() {
    let mut play = Play::in_care();
    play.press(Press::SafeForNow);
    assert_eq!(play.press(Press::Journey), Key::PlaceHead, "the same visit");
    play.days(1);
    assert_eq!(play.press(Press::Journey), Key::CareAsk, "a day later");
    play.press(Press::SafeForNow);
    play.days(1);
    assert_eq!(play.press(Press::Journey), Key::PlaceHead, "once");

    // Said first on the next visit, it answers before it was asked.
    let mut play = Play::in_care();
    play.days(1);
    play.press(Press::SafeForNow);
    assert_eq!(play.press(Press::Journey), Key::PlaceHead);
}

#[test]
fn unsure_words_count_as_sure_until_the_person_says_that_they_are_safe() {
    let mut play = Play::in_care();
    let since = play.journey.crisis.sure[&Concern::SelfHarm];
    play.hours(30);
    play.hear(scan(Certainty::Unsure), Some(Press::MoodNote { day: 1 }));
    assert!(play.says(Key::ConcernSelfHarm) && play.last.contains(&Press::SafeForNow));
    assert!(!play.says(Key::CareAsk), "one question at a time");
    assert_eq!(play.journey.crisis.sure[&Concern::SelfHarm], since, "only what is sure by itself renews it");
    assert_eq!(play.press(Press::SafeForNow), Key::SafeForNow);
    play.hear(scan(Certainty::Unsure), None);
    assert!(!play.says(Key::ConcernSelfHarm) && play.last.contains(&Press::AreYouSafe));
    assert!(play.journey.is_in_aftercare(play.now), "the care goes on");
    play.hours(1);
    play.hear(scan(Certainty::Sure), None);
    play.hear(scan(Certainty::Unsure), None);
    assert!(play.says(Key::ConcernSelfHarm), "sure words begin it anew");
}

#[test]
fn it_ends_after_seven_days() {
    let mut play = Play::in_care();
    play.hours(24 * 7 - 1);
    assert!(play.journey.is_in_aftercare(play.now));
    play.hours(1);
    assert!(!play.journey.is_in_aftercare(play.now));
    play.press(Press::Journey);
    assert!(play.last.contains(&Press::Letgo));
    play.hear(scan(Certainty::Unsure), None);
    assert!(!play.says(Key::ConcernSelfHarm));
}

#[test]
fn case_18_low_moods_show_help_lines_and_never_letting_go() {
    let mut play = Play::in_care();
    for _ in 0..4 {
        play.days(1);
        play.press(Press::Checkin);
        assert!(!play.last.contains(&Press::Urge), "{:?}", play.last);
        let day = play.journey.cooloff.run.as_ref().unwrap().sent;
        play.press(Press::Mood { day, mood: 1 });
        assert!(play.says(Key::MoodLowCare) && play.needs_crisis_lines() && play.last[0] == Press::Support);
        assert!(!play.last.contains(&Press::Letgo) && !play.last.contains(&Press::Urge), "{:?}", play.last);
    }
}

#[test]
fn notes_are_about_days_and_people_and_the_end_asks_nothing() {
    let mut play = real(Play::apart());
    play.days(5);
    play.hear(scan(Certainty::Sure), None);
    let before = play.steps.len();
    play.press(Press::Notices { style: Notices::Plain });
    play.days(6);
    let plans = |prompt: &Prompt| matches!(prompt, Prompt::Plan(PlanId(id)) if id.starts_with("my-days-and-people/"));
    let said = play.said_since(before);
    assert!(said.iter().filter(|prompt| plans(prompt)).count() >= 5);
    assert!(!said.contains(&Prompt::Key(Key::Midpoint)) && !said.contains(&Prompt::Key(Key::MidpointReasons)));
    play.hear(scan(Certainty::Sure), None);
    play.days(4);
    assert_eq!(play.noted(Timer::CooloffReminder), Some(Key::OverCare));
    assert_eq!(play.press(Press::Open { timer: Timer::CooloffReminder }), Key::CareAsk);
    assert!(play.says(Key::OverCare) && !play.last.contains(&Press::Reflect), "{:?}", play.last);
}

#[test]
fn what_belongs_to_contact_or_letting_go_waits_until_it_is_over() {
    let mut play = Play::open();
    play.press(Press::LetGo);
    play.press(Press::LetgoWeekly);
    play.press(Press::UrgeLater);
    play.hear(scan(Certainty::Sure), None);
    let before = play.steps.len();
    play.days(6);
    assert!(play.steps[before..].iter().all(|(_, step)| step.sends.is_empty()));
    assert!(!play.journey.timers.contains_key(&Timer::Urge), "yesterday's urge is not asked about a week later");
    play.days(8);
    assert!(play.noted(Timer::Letgo).is_some(), "the weekly note goes on");
    let mut play = Play::open();
    let date = schedule::date(&play.journey.settings, play.now).tomorrow().unwrap();
    play.press(Press::PlanAt { date: date.to_string(), minute: 1080 });
    assert!(play.journey.timers.contains_key(&Timer::Planned));
    play.hear(scan(Certainty::Sure), None);
    let before = play.steps.len();
    play.days(6);
    assert!(play.steps[before..].iter().all(|(_, step)| step.sends.is_empty()), "no follow-up");
}

#[test]
fn a_note_from_before_is_opened_without_a_way_on() {
    let mut play = real(Play::apart());
    play.days(1);
    play.hear(scan(Certainty::Sure), None);
    play.press(Press::Open { timer: Timer::CooloffReminder });
    assert!(!play.last.contains(&Press::Urge) && play.last.contains(&Press::Support), "{:?}", play.last);
    let mut play = Play::open();
    play.press(Press::LetGo);
    play.press(Press::LetgoWeekly);
    play.days(8);
    play.hear(scan(Certainty::Sure), None);
    assert_eq!(play.press(Press::Open { timer: Timer::Letgo }), Key::CareLater);
}

#[test]
fn a_note_while_a_question_is_open_is_discreet_whatever_is_set() {
    let mut play = Play::apart();
    play.press(Press::Notices { style: Notices::Plain });
    let order = Scan::from(Concerns::default().with(Concern::Order, Certainty::Sure));
    play.hear(order, None);
    play.days(1);
    let sent = play.steps.iter().flat_map(|(_, step)| &step.sends).next_back().unwrap();
    assert_eq!(sent.message.keys().collect::<Vec<_>>(), [Key::Discreet]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// What holds at every step stands in [`Play::cares`].
    #[test]
    fn nothing_about_letting_go_or_contact_comes_by_itself(
        before in prop::collection::vec(any_act(), 0..50),
        acts in prop::collection::vec(any_act(), 1..40),
    ) {
        let mut play = Play::open();
        for act in before {
            play.act(act);
        }
        play.hear(scan(Certainty::Sure), None);
        for act in acts {
            play.act(act);
        }
    }
}

#[test]
fn contact_and_letting_go_wait_until_the_person_says_that_they_are_safe() {
    let mut play = Play::open();
    play.hear(scan(Certainty::Sure), None);
    let letting_go = [Press::Letgo, Press::LetGo, Press::LetgoWeekly, Press::Read { stage: Stage::Letgo, page: 2 }];
    for press in [Press::Reachout, Press::Trial, Press::Draft].into_iter().chain(letting_go) {
        assert_eq!(play.press(press), Key::CareFirst);
    }
    assert!(!play.journey.letting_go);
    assert_eq!(play.press(Press::Urge), Key::UrgeCare);
    play.press(Press::SafeForNow);
    assert_eq!(play.press(Press::Urge), Key::UrgeMenu);
    assert_ne!(play.press(Press::Reachout), Key::CareFirst);
    assert_ne!(play.press(Press::Letgo), Key::CareFirst);
}

#[test]
fn a_typed_answer_to_are_you_safe_is_understood() {
    let mut play = Play::open();
    play.press(Press::AreYouSafe);
    let typed = |play: &Play, answer| play.journey.open_answer(answer, play.now);
    assert_eq!(typed(&play, YesNo::Yes), Some(Press::Safe { answer: Safety::Okay }));
    assert_eq!(typed(&play, YesNo::No), Some(Press::AreYouSafe));
}

#[test]
fn an_unsure_concern_of_any_kind_offers_the_button() {
    for concern in Concern::ALL {
        let unsure = Concerns::default().with(*concern, Certainty::Unsure);
        for concerns in [unsure, unsure.with(Concern::ContactRefused, Certainty::Sure)] {
            let mut play = Play::open();
            play.hear(Scan::from(concerns), None);
            let answer = play.steps.last().unwrap().1.answer.clone().unwrap();
            let offered = answer.choices.contains(&Press::AreYouSafe);
            let is_unsure = concerns.unsure().next().is_some();
            assert_eq!(offered, is_unsure, "{}", concern.name());
        }
    }
}
