//! Cases of the safety specification that belong to the guide. The numbers are the rows of its section 5.

use super::*;

fn begin(play: &mut Play, days: u16) {
    for press in [Press::Length { days }, Press::Every { days: 1 }, Press::CooloffBegin] {
        play.press(press);
    }
}

fn tell(play: &mut Play, outcome: TalkOutcome) -> Key {
    let attempt = play.journey.reachout.attempt();
    play.press(Press::Talked { attempt, outcome })
}

fn total(play: &Play) -> u32 {
    play.journey.days_without_contact(schedule::date(&play.journey.settings, play.now))
}

fn needs(play: &Play, need: LineNeed) -> bool {
    let answer = play.steps.last().unwrap().1.answer.as_ref().unwrap();
    let mut args = answer.blocks.iter().flat_map(|block| &block.args);
    args.any(|arg| matches!(arg, Arg::Lines(lines) if lines.need == need))
}

/// Both attempts used.
fn spent() -> Play {
    let mut play = Play::open();
    tell(&mut play, TalkOutcome::NoReply);
    play.days(15);
    assert_eq!(tell(&mut play, TalkOutcome::NoReply), Key::SpentNoReply);
    play
}

#[test]
fn case_13_reasons_after_a_no_are_read_and_nothing_in_them_can_be_answered() {
    let mut play = Play::new();
    play.press(Press::EndedBy { who: EndedBy::Them });
    play.press(Press::EndedWhen { when: EndedWhen::Month });
    let note = play.write(Press::CardNote { card: Card::Fix });
    play.press(Press::AnswerCard { card: Card::Both, answer: CardAnswer::ToldNo });
    play.act(Act::Wait { hours: 1, down: false });
    let before = play.journey.reasons.clone();
    for press in [
        Press::Reasons,
        Press::ReasonsAgain,
        Press::ShowCard { card: Card::Both },
        Press::AnswerCard { card: Card::Both, answer: CardAnswer::True },
        Press::EndedBy { who: EndedBy::Me },
        Press::EndedWhen { when: EndedWhen::Year },
    ] {
        assert_eq!(play.press(press.clone()), Key::ReasonsReadOnly, "{press:?}");
        assert_eq!(play.journey.reasons, before, "{press:?}");
    }
    let shown: Vec<EntryId> = play.steps.last().unwrap().1.answer.as_ref().unwrap().entries().collect();
    assert_eq!(shown, [note]);
    play.write(Press::CardNote { card: Card::Grown });
    assert!(!play.last.iter().any(|press| matches!(press, Press::AnswerCard { .. })), "{:?}", play.last);
}

#[test]
fn case_14_after_both_attempts_went_well_leads_to_bringing_it_up_and_nothing_opens_again() {
    let mut play = spent();
    assert_eq!(tell(&mut play, TalkOutcome::Well), Key::TalkedWell);
    play.press(Press::BothAgain { answer: CardAnswer::True });
    assert!(!play.last.contains(&Press::Reachout) && play.last.contains(&Press::Bringup), "{:?}", play.last);
    for press in [Press::Reachout, Press::Draft, Press::Plan] {
        assert_eq!(play.press(press.clone()), Key::SpentWell, "{press:?}");
        assert_eq!(play.last[0], Press::Bringup);
    }
    for outcome in [TalkOutcome::NoReply, TalkOutcome::Well, TalkOutcome::NotYet, TalkOutcome::Badly, TalkOutcome::Well]
    {
        tell(&mut play, outcome);
        assert!(play.journey.reachout.is_spent(), "{outcome:?}");
        assert_eq!(play.journey.reachout.over, 1, "{outcome:?}");
        play.days(20);
    }
    assert_eq!(play.press(Press::Draft), Key::SpentWell);
}

#[test]
fn case_14_a_slip_of_the_finger_is_undone_with_the_attempt_it_used() {
    let mut play = spent();
    assert_eq!(play.press(Press::Untell { attempt: 2 }), Key::Untold);
    assert!(!play.journey.reachout.is_spent());
    tell(&mut play, TalkOutcome::NoReply);
    tell(&mut play, TalkOutcome::Well);
    play.press(Press::Untell { attempt: 2 });
    assert!(play.journey.reachout.is_spent(), "two attempts were used before");
}

#[test]
fn case_14_one_attempt_is_told_of_only_where_there_was_one() {
    let mut play = Play::open();
    tell(&mut play, TalkOutcome::Well);
    play.press(Press::Reachout);
    assert!(!play.says(Key::LastAttempt));
    tell(&mut play, TalkOutcome::NoReply);
    play.days(15);
    play.press(Press::Reachout);
    assert!(play.says(Key::LastAttempt));
    tell(&mut play, TalkOutcome::Well);
    play.press(Press::Reachout);
    assert!(!play.says(Key::LastAttempt), "it was the second that went well");
}

#[test]
fn case_15_a_slip_under_an_order_says_what_it_can_mean_and_where_help_is() {
    for letting_go in [false, true] {
        for (question, key) in [(GateQuestion::Order, Key::SlipOrder), (GateQuestion::Contact, Key::SlipRefused)] {
            let mut play = Play::open();
            begin(&mut play, 14);
            if letting_go {
                play.press(Press::LetGo);
            }
            play.press(Press::GateCorrect { question, answer: YesNo::Yes });
            assert_eq!(play.press(Press::Slip), key);
            assert!(needs(&play, LineNeed::StopViolence) && play.last[0] == Press::Support);
            assert!(!play.last.contains(&Press::SlipNote) && !play.says(Key::Slip) && !play.says(Key::LetgoSlip));
            play.write(Press::SlipNote);
            assert_eq!(play.said(), Key::SlipNoteKeptClosed);
        }
    }
}

#[test]
fn case_15_a_slip_of_someone_who_was_hurt_is_answered_with_care() {
    let mut play = Play::open();
    play.press(Press::GateCorrect { question: GateQuestion::Violence, answer: YesNo::Yes });
    play.press(Press::ViolenceRole { role: ViolenceRole::Hurt });
    assert_eq!(play.press(Press::Slip), Key::AfterSlip);
    assert!(needs(&play, LineNeed::Violence));
    assert_eq!(play.press(Press::ViolenceRole { role: ViolenceRole::Did }), Key::RoleFlipDid);
    play.press(Press::ViolenceRole { role: ViolenceRole::Did });
    assert_eq!(play.press(Press::Slip), Key::SlipRefused);
}

#[test]
fn case_16_a_yes_to_violence_brings_care_at_once_and_not_now_says_what_is_noted() {
    let mut play = Play::new();
    play.press(Press::Reachout);
    play.press(Press::Gate { question: GateQuestion::Contact, answer: YesNo::No });
    assert_eq!(play.press(Press::Gate { question: GateQuestion::Violence, answer: YesNo::Yes }), Key::GateViolenceYes);
    assert!(needs(&play, LineNeed::Violence) && play.says(Key::GateRole) && !play.says(Key::GateOrder));
    assert_eq!(play.press(Press::GateLater), Key::GateLaterClosed);
    assert!(play.last.contains(&Press::GateReview));
    assert_eq!(play.press(Press::GateReview), Key::GateReview);
    assert!(play.says(Key::GateReviewViolenceYes), "it can be seen and put right");
}

#[test]
fn case_19_asked_for_time_counts_at_once_and_a_length_changes_it() {
    let mut play = Play::open();
    assert_eq!(tell(&mut play, TalkOutcome::Time), Key::TimeAsk);
    let month = play.journey.wait.unwrap().until;
    for press in [Press::Plan, Press::Draft] {
        assert_eq!(play.press(press.clone()), Key::WaitOnTime, "{press:?}");
    }
    play.press(Press::WaitDays { stage: Stage::Reachout, attempt: 1, days: 60 });
    assert!(play.journey.wait.unwrap().until > month);
    let mut later = Play::open();
    assert_eq!(later.press(Press::BroughtUpTime), Key::TimeAsk);
    assert_eq!(later.press(Press::Ways), Key::WaitOnTime);
    let month = later.journey.wait.unwrap().until;
    later.press(Press::WaitDays { stage: Stage::Bringup, attempt: 1, days: 7 });
    assert!(later.journey.wait.unwrap().until < month);
    assert_eq!(later.journey.bringup.asked, 1, "the same asking");
}

#[test]
fn case_24_a_trial_review_says_how_many_weeks_were_answered() {
    let mut play = Play::open();
    play.press(Press::TrialLength { weeks: 12 });
    play.press(Press::TrialBegin);
    play.days(8);
    for question in Weekly::ALL {
        play.press(Press::TrialAnswer { week: 1, question: *question, how: How::Well });
    }
    play.days(90);
    assert_eq!(play.press(Press::TrialReview), Key::TrialReview);
    let answer = play.steps.last().unwrap().1.answer.clone().unwrap();
    let said = answer.blocks.iter().find(|block| block.prompt == Prompt::Key(Key::TrialReviewAnswered)).unwrap();
    assert_eq!(said.args, [Arg::Count(1), Arg::Total(12)]);
}

#[test]
fn case_24_no_text_claims_what_was_never_told() {
    let text = |key: Key| {
        let message = Message { blocks: Message::new(key).blocks, choices: Vec::new() };
        texts().render("en", &message, &Frame { journey: 1, words: &BTreeMap::new() }).body
    };
    for (key, claim) in [
        (Key::Trial1, "You both said yes"),
        (Key::Ease1, "The trial held"),
        (Key::TrialHolds, "after ordinary weeks"),
        (Key::WaitOverTime, "You kept to it"),
    ] {
        assert!(!text(key).contains(claim), "{key:?}");
    }
}

#[test]
fn case_26_there_is_one_total_of_days_without_contact_and_letting_go_takes_them_along() {
    let mut play = Play::open();
    play.press(Press::Journey);
    assert!(!play.says(Key::PlaceTotals), "hidden at 0");
    play.press(Press::LetGo);
    play.press(Press::Letgo);
    assert!(!play.says(Key::LetgoCount), "hidden at 0");
    begin(&mut play, 14);
    play.days(5);
    assert_eq!(total(&play), 6);
    play.press(Press::LetGo);
    assert_eq!(total(&play), 6);
    play.press(Press::Letgo);
    let shown = |play: &Play, key: Key| {
        let answer = play.steps.last().unwrap().1.answer.clone().unwrap();
        answer.blocks.into_iter().find(|block| block.prompt == Prompt::Key(key)).unwrap().args
    };
    assert_eq!(shown(&play, Key::LetgoCount), [Arg::Total(6)]);
    play.press(Press::Journey);
    assert_eq!(shown(&play, Key::PlaceTotals), [Arg::Total(6)]);
    play.days(2);
    assert_eq!(total(&play), 8);
}

#[test]
fn case_26_no_date_counts_twice_however_often_one_begins_on_it() {
    let mut play = Play::open();
    begin(&mut play, 14);
    play.days(3);
    play.press(Press::EndWhy { why: EarlyWhy::Clear });
    assert_eq!(total(&play), 4);
    begin(&mut play, 14);
    assert_eq!(total(&play), 4, "the same date");
    play.press(Press::SlipRestart);
    play.press(Press::LetGo);
    begin(&mut play, 7);
    assert_eq!(total(&play), 4);
    play.days(1);
    assert_eq!(total(&play), 5);
    play.press(Press::LetGo);
    play.days(1);
    begin(&mut play, 3);
    assert_eq!(total(&play), 6, "the last day of letting go is the first of the new time apart");
    play.days(3);
    assert_eq!(total(&play), 8, "three days, of which one was counted before");
    play.press(Press::Extend { days: 7 });
    assert_eq!(total(&play), 9, "made longer after its end, today counts");
    play.days(1);
    assert_eq!(total(&play), 10, "nothing is lost and nothing counted twice");
}

#[test]
fn case_29_a_correction_needs_no_zone_and_no_clock_time_is_shown_before_one_is_known() {
    let mut play = Play::new();
    play.press(Press::Gate { question: GateQuestion::Order, answer: YesNo::Yes });
    let key = play.press(Press::GateCorrect { question: GateQuestion::Order, answer: YesNo::No });
    assert_eq!(key, Key::GateCorrectedWeek);
    let clock = |play: &Play| {
        let answer = play.steps.last().unwrap().1.answer.clone().unwrap();
        let mut args = answer.blocks.into_iter().flat_map(|block| block.args);
        args.any(|arg| matches!(arg, Arg::Time(_) | Arg::Since(Since { time: Some(_), .. })))
    };
    assert!(!clock(&play));
    play.write(Press::WriteLetter);
    let leaves = vec![Leaf { entry: EntryId(1), kind: EntryKind::Letter, at: play.now, parts: 1 }];
    let press = Press::Shelved { shelf: Shelf::All };
    play.event(Event::Leafed { press: press.clone(), leaves: leaves.clone() });
    assert!(!clock(&play), "the journal");
    play.press(Press::Zone { name: "Europe/Berlin".into() });
    play.event(Event::Leafed { press, leaves });
    assert!(clock(&play));
    let mut plan = Play::new();
    for question in GateQuestion::ALL {
        plan.press(Press::Gate { question: *question, answer: YesNo::No });
    }
    for press in [Press::Plan, Press::PlanDay { date: "2026-03-22".into() }] {
        assert_eq!(plan.press(press.clone()), Key::ZoneAsk, "{press:?}");
    }
    // "They asked for time" starts its wait at once, a zone or none; it names the date alone.
    plan.press(Press::BroughtUpTime);
    assert!(plan.journey.wait.is_some() && !clock(&plan));
}

#[test]
fn case_30_a_new_time_apart_says_once_that_it_undoes_letting_go() {
    let mut play = Play::open();
    play.press(Press::LetGo);
    begin(&mut play, 14);
    assert!(play.says(Key::LetgoUndone));
    play.press(Press::EndWhy { why: EarlyWhy::Clear });
    begin(&mut play, 14);
    assert!(!play.says(Key::LetgoUndone));
}

#[test]
fn support_stands_in_the_urge_menu_on_letters_slips_and_low_moods() {
    let mut play = Play::open();
    for press in [Press::Urge, Press::Breathe, Press::MyReasons, Press::Letter, Press::Slip, Press::Checkin] {
        play.press(press.clone());
        assert!(play.last.contains(&Press::Support), "{press:?}");
    }
    play.write(Press::WriteLetter);
    assert!(play.last.contains(&Press::Support));
    play.press(Press::UrgeLater);
    play.days(1);
    assert!(play.journey.notices[&Timer::Urge].choices.contains(&Press::Support));
    play.press(Press::Mood { day: 0, mood: 1 });
    assert_eq!(play.last[0], Press::Support);
}

#[test]
fn under_a_crisis_reply_nothing_leads_to_the_urge_or_a_letter() {
    for concern in Concern::ALL {
        let mut play = Play::open();
        let scan = Scan::from(Concerns::default().with(*concern, Certainty::Sure));
        play.entries += 1;
        let event = Event::Heard {
            scan,
            entry: Some(EntryId(play.entries)),
            event: Some(Box::new(Event::Pressed(Press::Cooloff))),
        };
        play.event(event);
        let unfit = |press: &&Press| {
            matches!(press, Press::Urge | Press::UrgeLater | Press::WordsLetter { .. } | Press::WriteLetter)
        };
        assert_eq!(play.last.iter().find(unfit), None, "{concern:?}");
    }
}

#[test]
fn before_the_reasons_stands_a_way_in_for_who_was_afraid() {
    let mut play = Play::new();
    assert_eq!(play.press(Press::Reasons), Key::ReasonsIntro);
    assert!(play.says(Key::ReasonsAfraid) && play.last.contains(&Press::Afraid));
    assert_eq!(play.press(Press::Afraid), Key::Afraid);
    assert!(needs(&play, LineNeed::Violence) && play.says(Key::GateViolence));
}

#[test]
fn a_crisis_reply_stands_whatever_was_asked_for_with_the_words() {
    let scan = Scan::from(Concerns::default().with(Concern::Threatened, Certainty::Sure));
    for press in [Press::Reachout, Press::Plan, Press::Trial, Press::Reflect, Press::Letgo, Press::Reasons] {
        let mut play = Play::open();
        play.entries += 1;
        let event = Some(Box::new(Event::Pressed(press.clone())));
        play.event(Event::Heard { scan, entry: Some(EntryId(play.entries)), event });
        assert_eq!(play.said(), Key::Opening, "{press:?}");
        assert!(needs(&play, LineNeed::Violence), "{press:?}");
        let answer = play.steps.last().unwrap().1.answer.as_ref().unwrap();
        assert_eq!(answer.keys().filter(|key| *key == Key::GateViolence).count(), 1, "{press:?}");
    }
}
