//! Before the talk: draft, plan, points, and what closes them.

use super::*;

fn draft(play: &Play) -> EntryId {
    play.journey.reachout.draft.unwrap().entry
}

#[test]
fn a_draft_is_held_a_day_and_then_shown_beside_ones_own_words() {
    let mut play = Play::open();
    play.write(Press::Reflection { question: Question::Part });
    play.write(Press::DraftForm);
    let entry = draft(&play);
    assert_eq!(play.press(Press::DraftKeep { draft: entry }), Key::DraftHeld, "not before its day");
    play.act(Act::Wait { hours: 23, down: false });
    assert_eq!(play.noted(Timer::Draft), None);
    play.act(Act::Wait { hours: 1, down: false });
    let note = &play.journey.notices[&Timer::Draft];
    assert_eq!(note.keys().collect::<Vec<_>>(), [Key::DraftBack, Key::DraftBeside, Key::OwnAnswer]);
    assert_eq!(note.entries().collect::<Vec<_>>(), [entry, EntryId(1)]);
    assert_eq!(play.press(Press::DraftKeep { draft: entry }), Key::DraftKept);
    assert_eq!(play.press(Press::DraftBurn { draft: entry }), Key::DraftBurnt);
    assert_eq!(play.steps.last().unwrap().1.entries, [EntryChange::Burn(entry)]);
    assert_eq!(play.press(Press::DraftKeep { draft: entry }), Key::DraftGone);
}

#[test]
fn a_changed_draft_is_held_anew_and_the_one_before_stays_in_the_journal() {
    let mut play = Play::open();
    play.write(Press::DraftForm);
    let first = draft(&play);
    play.act(Act::Wait { hours: 12, down: false });
    play.write(Press::DraftForm);
    play.act(Act::Wait { hours: 13, down: false });
    assert_eq!(play.noted(Timer::Draft), None, "the day counts from the change");
    assert!(play.steps.iter().all(|(_, step)| step.entries.is_empty()), "nothing was burnt");
    assert_eq!(play.press(Press::DraftBurn { draft: first }), Key::DraftGone, "an old button burns nothing");
    let second = draft(&play);
    assert_eq!(play.press(Press::DraftHold { draft: second, hours: 72 }), Key::DraftHeld);
    play.days(2);
    assert_eq!(play.noted(Timer::Draft), None);
    play.act(Act::Wait { hours: 36, down: false });
    assert_eq!(play.noted(Timer::Draft), Some(Key::DraftBack));
}

#[test]
fn hints_are_said_with_the_draft_and_stop_nothing() {
    let mut play = Play::open();
    let hints = Hints { threatens: true, demands: true, ..Hints::default() };
    play.act(Act::Write(Press::DraftForm, hints));
    let held: Vec<Key> = play.steps.last().unwrap().1.answer.as_ref().unwrap().keys().collect();
    assert_eq!(held, [Key::DraftHeld, Key::HintThreat, Key::HintDemand]);
    play.days(1);
    assert!(play.journey.notices[&Timer::Draft].choices.contains(&Press::DraftKeep { draft: draft(&play) }));
}

#[test]
fn words_that_speak_of_harm_are_answered_in_every_new_form() {
    let forms = Press::samples().into_iter().filter(|press| press.form().is_some_and(FormKind::is_words));
    for form in forms {
        let mut play = Play::open();
        let sure = |concern| Scan::from(Concerns::default().with(concern, Certainty::Sure));
        play.hear(sure(Concern::SelfHarm), Some(form.clone()));
        assert_eq!(play.said(), Key::Opening, "{form:?}");
        assert!(play.says(Key::ConcernSelfHarm), "{form:?}");
        assert_eq!(play.last[0], Press::Support, "{form:?}");
        play.hear(sure(Concern::Order), Some(form.clone()));
        assert!(play.says(Key::GateOrder), "{form:?}");
    }
}

#[test]
fn the_question_how_it_went_comes_after_the_talk_and_out_of_quiet_hours() {
    let mut play = Play::open();
    let plan = |minute| Press::PlanAt { date: "2026-03-23".into(), minute };
    play.press(plan(15 * 60));
    let due = |play: &Play| play.journey.timers[&Timer::Planned].due_at.to_string();
    assert_eq!(due(&play), "2026-03-23T17:00:00Z", "three hours later");
    play.press(plan(20 * 60));
    assert_eq!(due(&play), "2026-03-24T07:00:00Z", "not at eleven at night");
    assert_eq!(play.press(Press::PlanOff), Key::PlanOff);
    play.days(9);
    assert_eq!(play.noted(Timer::Planned), None);
}

#[test]
fn a_day_as_people_name_it_is_the_next_such_day_where_they_are() {
    let mut play = Play::open();
    // It is Friday, 20 March, 21:00 in Berlin.
    let date = |day, month| Day::Date { day, month: Some(month), year: None, weekday: None };
    let cases = [
        (Day::In(0), Key::PlanPast, None),
        (Day::In(1), Key::PlanCheck, Some("2026-03-21T17:00:00Z")),
        (Day::Weekday(5), Key::PlanCheck, Some("2026-03-27T17:00:00Z")),
        (Day::Weekday(1), Key::PlanCheck, Some("2026-03-23T17:00:00Z")),
        (date(29, 3), Key::PlanCheck, Some("2026-03-29T16:00:00Z")),
        (date(19, 3), Key::PlanTooFar, None),
        (date(31, 2), Key::PlanNoSuchDay, None),
        (Day::In(91), Key::PlanTooFar, None),
        (Day::In(u16::MAX), Key::PlanTooFar, None),
    ];
    for (day, key, at) in cases {
        play.press(Press::PlanOff);
        play.event(Event::Gave { form: Press::PlanForm, value: when(day, 18) });
        assert_eq!(play.said(), key, "{day:?}");
        assert_eq!(play.journey.reachout.plan, None, "it is asked first");
        if let Some(at) = at {
            let read = play.last.iter().find(|press| matches!(press, Press::PlanOn { .. })).unwrap().clone();
            assert_eq!(play.press(read), Key::Planned);
            assert_eq!(play.journey.reachout.plan.map(|plan| plan.at.to_string()).as_deref(), Some(at), "{day:?}");
        }
    }
}

#[test]
fn a_day_or_a_time_with_two_readings_is_asked_about() {
    let mut play = Play::open();
    // It is Friday, 20 March, 21:00 in Berlin.
    let on = |date: &str, minute| Press::PlanOn { date: date.into(), minute };
    let sunday = Day::Date { day: 23, month: Some(3), year: None, weekday: Some(7) };
    let past = Day::Date { day: 1, month: Some(4), year: Some(2024), weekday: None };
    let far = Day::Date { day: 1, month: Some(4), year: Some(2027), weekday: None };
    let cases = [
        (vec![Day::NextWeekday(2)], 18, Key::PlanCheck, vec![on("2026-03-24", 1080)]),
        (vec![Day::NextWeekday(5)], 18, Key::PlanCheck, vec![on("2026-03-27", 1080)]),
        (vec![Day::Weekday(1)], 6, Key::PlanEarly, vec![on("2026-03-23", 1080), on("2026-03-23", 360)]),
        (vec![sunday], 18, Key::PlanOtherWeekday, vec![on("2026-03-23", 1080), on("2026-03-22", 1080)]),
        (vec![past], 18, Key::PlanPast, vec![on("2026-04-01", 1080)]),
        (vec![far], 18, Key::PlanTooFar, vec![on("2026-04-01", 1080)]),
    ];
    for (days, hour, key, choices) in cases {
        let Value::When(_, time) = when(Day::In(0), hour) else { unreachable!() };
        play.event(Event::Gave { form: Press::PlanForm, value: Value::When(days.clone(), time) });
        let offered: Vec<Press> =
            play.last.iter().filter(|press| matches!(press, Press::PlanOn { .. })).cloned().collect();
        assert_eq!((play.said(), offered), (key, choices), "{days:?}");
    }
    play.event(Event::Gave { form: Press::PlanForm, value: Value::When(vec![Day::Weekday(1)], None) });
    assert_eq!(play.said(), Key::PlanTime);
}

#[test]
fn quiet_hours_that_were_refused_are_forgotten() {
    let mut play = Play::open();
    let hours = |from: u16, until: u16| (schedule::from_minute(from * 60), schedule::from_minute(until * 60));
    let (from, until) = hours(8, 20);
    play.event(Event::Gave { form: Press::QuietForm, value: Value::Quiet(from, until) });
    assert_eq!(play.said(), Key::QuietCovers);
    play.press(Press::Settings);
    let before = play.journey.settings.quiet;
    assert_eq!(play.press(Press::Time { minute: 21 * 60 + 30 }), Key::TimeSaved);
    assert_eq!(play.journey.settings.quiet, before);
    assert_eq!(play.press(Press::QuietAt { from: 480, until: 1200, minute: 1200 }), Key::TimeSaved);
    assert_eq!(play.journey.settings.quiet.map(|quiet| (quiet.from, quiet.until)), Some((from, until)));
    let asked = Value::Quiets(vec![hours(22, 7), hours(10, 7)]);
    play.event(Event::Gave { form: Press::QuietForm, value: asked });
    assert_eq!(play.said(), Key::QuietWhich);
    assert_eq!(play.last[..2], [Press::Quiet { from: 1320, until: 420 }, Press::Quiet { from: 600, until: 420 }]);
    play.event(Event::Gave { form: Press::QuietForm, value: Value::QuietOff });
    assert_eq!(play.journey.settings.quiet, None);
}

#[test]
fn five_points_at_most_and_leaving_one_out_loses_no_words() {
    let mut play = Play::open();
    assert_eq!(play.press(Press::Points), Key::PointsNone);
    for question in Question::ALL {
        play.write(Press::Reflection { question: *question });
        play.press(Press::PointTake { question: *question });
    }
    assert_eq!((play.said(), play.journey.reachout.points.len()), (Key::PointsFull, 5));
    play.press(Press::PointDrop { question: Question::Part });
    let own = play.write(Press::PointForm);
    assert_eq!(play.journey.reachout.own_points, [own]);
    play.press(Press::PointOut { place: 1, entry: own });
    assert_eq!(play.journey.reflect.answers.len(), 8);
    assert!(play.steps.iter().all(|(_, step)| step.entries.is_empty()), "nothing was burnt");
}

#[test]
fn what_was_prepared_is_still_there_after_a_yes_at_the_gate_was_taken_back() {
    let mut play = Play::open();
    play.write(Press::DraftForm);
    play.press(Press::PlanAt { date: "2026-04-10".into(), minute: 900 });
    let question = GateQuestion::Contact;
    play.press(Press::Gate { question, answer: YesNo::Yes });
    assert!(play.is_at_rest());
    assert_eq!(play.press(Press::DraftKeep { draft: EntryId(1) }), Key::GateClosed);
    play.press(Press::GateCorrect { question, answer: YesNo::No });
    play.act(Act::Wait { hours: 23, down: false });
    assert_eq!(play.press(Press::Reachout), Key::GateClosed, "the correction waits its day");
    play.act(Act::Wait { hours: 1, down: false });
    assert_eq!(play.press(Press::Reachout), Key::ReachoutHead);
    assert!(play.says(Key::GateReleasedPlan), "a plan is asked anew");
    assert_eq!(play.journey.reachout.plan, None);
    assert_eq!(play.press(Press::Draft), Key::DraftBack);
}

#[test]
fn words_sent_behind_a_closed_gate_are_kept_and_go_no_further() {
    let mut play = Play::open();
    play.press(Press::SaidNo);
    play.write(Press::DraftForm);
    assert_eq!(play.said(), Key::KeptClosed);
    assert!(play.journey.reachout.draft.is_none() && play.steps.last().unwrap().1.entries.is_empty());
}

#[test]
fn letting_go_stops_what_was_to_come() {
    let mut play = Play::open();
    play.write(Press::DraftForm);
    play.press(Press::PlanAt { date: "2026-04-10".into(), minute: 900 });
    play.press(Press::WritingBegin { days: 3 });
    play.press(Press::LetGo);
    assert!(play.is_at_rest());
    assert!(play.journey.reachout.draft.is_some(), "the words stay");
}

#[test]
fn a_note_that_fired_already_is_taken_back_when_the_way_closes() {
    let mut play = Play::open();
    play.press(Press::PlanAt { date: "2026-03-21".into(), minute: 900 });
    play.days(1);
    assert!(!play.journey.timers.contains_key(&Timer::Planned), "it fired and may be parked");
    play.press(Press::SaidNo);
    assert!(play.steps.last().unwrap().1.timers.contains(&TimerChange::Cancel(Timer::Planned)));
    assert_eq!(play.press(Press::Open { timer: Timer::Planned }), Key::SaidNoClosed);
}
