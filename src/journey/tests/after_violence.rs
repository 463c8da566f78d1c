//! After violence: no text about one's own part, no count of days, own pages; and another way for who did the hurting.

use super::*;

const VIOLENCE: Press = Press::Gate { question: GateQuestion::Violence, answer: YesNo::Yes };

impl Play {
    /// A person in Berlin in a time apart of 14 days, with a note every day.
    pub(super) fn apart() -> Self {
        let mut play = Self::open();
        for press in [Press::Length { days: 14 }, Press::Every { days: 1 }, Press::CooloffBegin] {
            play.press(press);
        }
        play
    }

    /// The same after violence.
    fn hurt(role: Option<ViolenceRole>) -> Self {
        let mut play = Self::apart();
        play.press(VIOLENCE);
        if let Some(role) = role {
            play.press(Press::ViolenceRole { role });
        }
        play
    }

    /// Everything said from a step on, prompts of plans included.
    pub(super) fn said_since(&self, step: usize) -> Vec<Prompt> {
        let steps = self.steps[step..].iter();
        let messages = steps.flat_map(|(_, step)| {
            step.answer.iter().chain(step.sends.iter().map(|send| &send.message)).chain(step.journey.notices.values())
        });
        messages.flat_map(|message| message.blocks.iter().map(|block| block.prompt.clone())).collect()
    }

    fn answer(&self) -> &Message {
        self.steps.iter().rev().find_map(|(_, step)| step.answer.as_ref()).unwrap()
    }
}

/// A catalogue of the real plans.
pub(super) fn real(play: Play) -> Play {
    Play { catalogue: texts().catalogue().clone(), ..play }
}

/// Everything a person can reach by command and by the pages behind them.
fn look_everywhere(play: &mut Play) {
    for (_, press) in Press::COMMANDS {
        play.press(press.clone());
        for choice in play.last.clone().into_iter().filter(|press| press.form().is_none() && !closes(press)) {
            let calm = !matches!(
                choice,
                Press::GateCorrect { .. } | Press::GateOver { .. } | Press::ForgetAll | Press::EndEarly
            );
            if calm {
                play.press(choice);
            }
        }
    }
    for question in Question::ALL {
        play.press(Press::Ask { question: *question });
    }
    for page in 1..=3 {
        for stage in [Stage::Cooloff, Stage::Reflect, Stage::Letgo] {
            play.press(Press::Read { stage, page });
        }
    }
    for _ in 0..12 {
        play.press(Press::LetgoThought);
    }
}

#[test]
fn texts_about_own_part_never_come_whatever_was_said_of_the_roles_and_while_a_correction_waits() {
    let roles = [Some(ViolenceRole::Hurt), Some(ViolenceRole::Both), Some(ViolenceRole::Unsaid), None];
    for (role, corrects) in roles.into_iter().flat_map(|role| [(role, false), (role, true)]) {
        let mut play = real(Play::hurt(role));
        if corrects {
            play.press(Press::GateCorrect { question: GateQuestion::Violence, answer: YesNo::No });
        }
        let from = play.steps.len();
        look_everywhere(&mut play);
        play.press(Press::Notices { style: Notices::Plain });
        play.days(if corrects { 6 } else { 20 });
        let tagged = &play.catalogue.not_after_violence;
        let wrong: Vec<Prompt> = play.said_since(from).into_iter().filter(|prompt| tagged.has(prompt)).collect();
        assert_eq!(wrong, [], "{role:?}, correcting: {corrects}");
    }
}

#[test]
fn notes_come_all_the_same_and_count_no_days() {
    let mut play = real(Play::hurt(Some(ViolenceRole::Hurt)));
    play.press(Press::Notices { style: Notices::Plain });
    let from = play.steps.len();
    play.days(15);
    let sent: Vec<&Message> =
        play.steps[from..].iter().flat_map(|(_, step)| step.sends.iter().map(|send| &send.message)).collect();
    assert!(sent.len() >= 10, "{} notes", sent.len());
    for message in sent {
        let counts =
            message.blocks.iter().flat_map(|block| &block.args).any(|arg| matches!(arg, Arg::Day(_) | Arg::Length(_)));
        assert!(!counts, "{message:?}");
    }
    assert!(
        play.steps[from..]
            .iter()
            .any(|(_, step)| step.sends.iter().any(|send| send.message.keys().any(|key| key == Key::OverClosed)))
    );
}

#[test]
fn no_page_counts_days() {
    let mut play = Play::hurt(Some(ViolenceRole::Both));
    play.days(4);
    for (press, key) in [
        (Press::Cooloff, Key::AfterRunning),
        (Press::Pause, Key::AfterPaused),
        (Press::Cooloff, Key::AfterPaused),
        (Press::Resume, Key::AfterResumed),
        (Press::Extend { days: 7 }, Key::AfterExtended),
    ] {
        assert_eq!(play.press(press.clone()), key, "{press:?}");
    }
    play.press(Press::Journey);
    assert!(play.says(Key::AfterPlaceRunning) && !play.says(Key::PlaceTotals));
    play.press(Press::LetGo);
    play.press(Press::Letgo);
    assert!(play.says(Key::LetgoRunning) && !play.says(Key::LetgoCount));
    play.press(Press::LetgoWeekly);
    play.days(7);
    assert!(!play.journey.notices[&Timer::Letgo].keys().any(|key| key == Key::LetgoCount));
}

#[test]
fn a_note_that_was_made_before_is_opened_without_what_does_not_fit() {
    let mut play = Play { catalogue: Catalogue::default(), ..Play::apart() };
    let id = PlanId("my-part/1".into());
    play.catalogue.prompts = vec![id.clone()];
    play.days(1);
    assert!(
        play.journey.notices[&Timer::CooloffReminder]
            .blocks
            .iter()
            .any(|block| block.prompt == Prompt::Plan(id.clone()))
    );
    play.catalogue = texts().catalogue().clone();
    play.press(VIOLENCE);
    play.press(Press::Open { timer: Timer::CooloffReminder });
    assert_eq!(play.answer().blocks.len(), 1, "{:?}", play.answer());
    assert_eq!(play.said(), Key::AfterDay);
}

#[test]
fn letting_go_offers_the_pages_for_after_violence_in_place_of_simply_leaving() {
    let mut play = Play::hurt(Some(ViolenceRole::Hurt));
    assert_eq!(play.press(Press::Letgo), Key::LetgoHelpFirst);
    assert!(play.last.contains(&Press::AfterViolence { page: 1 }));
    assert!(!play.last.iter().any(|press| matches!(press, Press::Read { .. })), "{:?}", play.last);
    assert_eq!(play.press(Press::Read { stage: Stage::Letgo, page: 2 }), Key::After1, "an old button as well");
    for page in 2..=6 {
        assert!(play.last.contains(&Press::AfterViolence { page }), "page {page}");
        play.press(Press::AfterViolence { page });
    }
    assert_eq!(play.said(), Key::After6);
    play.press(Press::LetGo);
    assert_eq!(play.said(), Key::LetgoChosenHelp);
    assert!(play.last.contains(&Press::AfterViolence { page: 1 }));
}

#[test]
fn who_did_the_hurting_has_a_page_and_help_lines_of_their_own_and_no_apologies() {
    let mut play = real(Play::hurt(Some(ViolenceRole::Did)));
    assert_eq!(play.press(Press::AfterViolence { page: 1 }), Key::AfterDid);
    assert_eq!(play.press(Press::Letgo), Key::AfterHelpDid);
    let stops = |message: &Message| {
        let mut args = message.blocks.iter().flat_map(|block| &block.args);
        args.any(|arg| matches!(arg, Arg::Lines(lines) if lines.need == LineNeed::StopViolence))
    };
    assert!(stops(play.answer()));
    play.press(Press::Support);
    assert!(stops(play.answer()));
    let from = play.steps.len();
    look_everywhere(&mut play);
    play.days(14);
    let apologies = &play.catalogue.apologies;
    assert!(!play.said_since(from).iter().any(|prompt| apologies.has(prompt)));
    play.press(Press::LetGo);
    assert_eq!(play.said(), Key::AfterChosenDid);
}

#[test]
fn nothing_about_winning_back_or_what_to_say_comes_to_who_did_the_hurting() {
    let mut play = real(Play::hurt(Some(ViolenceRole::Did)));
    play.press(Press::Notices { style: Notices::Plain });
    let from = play.steps.len();
    look_everywhere(&mut play);
    for press in [Press::Writing, Press::WritingBegin { days: 3 }, Press::DecideAsk] {
        play.press(press);
    }
    play.days(40);
    let tagged = &play.catalogue.not_after_hurting;
    let wrong: Vec<Prompt> = play.said_since(from).into_iter().filter(|prompt| tagged.has(prompt)).collect();
    assert_eq!(wrong, []);
    assert!(play.steps.iter().all(|(_, step)| step.anomaly.is_none()), "the stages keep to it themselves");
}

#[test]
fn the_time_apart_and_looking_back_have_pages_of_their_own_for_who_did_the_hurting() {
    let mut play = Play::open();
    play.press(VIOLENCE);
    play.press(Press::ViolenceRole { role: ViolenceRole::Did });
    assert_eq!(play.press(Press::Cooloff), Key::AfterCooloffDid);
    assert_eq!(play.press(Press::Reflect), Key::AfterReflectDid);
    assert!(!play.last.contains(&Press::WriteLetter) && play.last.contains(&Press::Support));
    for question in Question::ALL {
        assert_eq!(play.press(Press::Ask { question: *question }), Key::AfterReflectDid, "{question:?}");
    }
}

#[test]
fn words_about_violence_are_enough_until_the_question_is_answered() {
    let mut play = Play::apart();
    let scan = Scan::from(Concerns::default().with(Concern::Threatened, Certainty::Sure));
    play.hear(scan, None);
    assert!(play.journey.leaves_out_own_part(play.now));
    assert_eq!(play.press(Press::Reflect), Key::AfterReflectOpen, "who was hurt is open");
    play.press(Press::Gate { question: GateQuestion::Violence, answer: YesNo::No });
    assert!(!play.journey.leaves_out_own_part(play.now));
}

#[test]
fn a_mistake_of_ours_that_does_not_fit_is_not_said() {
    let mut play = Play::hurt(Some(ViolenceRole::Hurt));
    play.catalogue.not_after_violence.moments.insert(Key::Checkin);
    let step = step(&play.journey, &play.catalogue, Event::Pressed(Press::Checkin), play.now);
    assert_eq!(step.anomaly, Some(Anomaly::Unfit(Some(Key::Checkin))));
    assert_eq!(step.answer.unwrap().keys().next(), Some(Key::PlaceHead));
}

#[test]
fn writing_over_several_days_stops_and_is_not_offered() {
    let mut play = Play::apart();
    play.press(Press::WritingBegin { days: 5 });
    play.press(VIOLENCE);
    let from = play.steps.len();
    play.days(5);
    assert!(!play.steps[from..].iter().any(|(_, step)| step.sends.iter().any(|send| send.timer == Timer::Writing)));
    assert_eq!(play.journey.reflect.writing, None);
    assert_eq!(play.press(Press::Writing), Key::AfterReflectOpen);
    assert_eq!(play.press(Press::WritingBegin { days: 3 }), Key::AfterReflectOpen);
}
