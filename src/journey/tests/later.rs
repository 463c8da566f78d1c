//! The trial, easing back, letting go and the endings over moved time: what arrives when, what backs off, what closes.

use super::*;
use jiff::civil::{Date, date};

impl Play {
    /// Someone in Berlin whose gate is open, with their notes in full.
    fn with_open_gate() -> Self {
        let mut play = Self::new();
        play.does(Press::Zone { name: "Europe/Berlin".into() });
        play.does(Press::Notices { style: Notices::Plain });
        for question in GateQuestion::ALL {
            play.does(Press::Gate { question: *question, answer: YesNo::No });
        }
        play
    }

    /// A trial of so many weeks, begun on Friday, 20 March 2026.
    fn in_trial(weeks: u16) -> Self {
        let mut play = Self::with_open_gate();
        play.does(Press::TrialLength { weeks });
        play.does(Press::TrialBegin);
        assert!(play.journey.trial.run.is_some());
        play
    }

    pub(super) fn does(&mut self, press: Press) -> Message {
        self.event(Event::Pressed(press));
        self.steps.last().unwrap().1.answer.clone().unwrap()
    }

    pub(super) fn writes(&mut self, form: Press) -> Message {
        self.act(Act::Write(form, Hints::default()));
        self.steps.last().unwrap().1.answer.clone().unwrap()
    }

    pub(super) fn passes(&mut self, days: i64, down: bool) {
        self.act(Act::Wait { hours: 24 * days, down });
    }

    /// What arrived by itself of a timer: on which date, and its keys.
    pub(super) fn arrived(&self, timer: Timer) -> Vec<(Date, Vec<Key>)> {
        let sent = |(at, step): &(Timestamp, Step)| {
            let date = schedule::date(&step.journey.settings, *at);
            let of = step.sends.iter().filter(|send| send.timer == timer);
            of.map(|send| (date, keys(&send.message))).collect::<Vec<_>>()
        };
        self.steps.iter().flat_map(sent).collect()
    }

    fn dates(&self, timer: Timer) -> Vec<Date> {
        self.arrived(timer).into_iter().map(|(date, _)| date).collect()
    }

    /// Answers all of a week, this way.
    fn answer_week(&mut self, week: u16, how: How) {
        for question in Weekly::ALL {
            self.does(Press::TrialAnswer { week, question: *question, how });
        }
        for slot in self.journey.trial.agreements.clone().into_keys() {
            self.does(Press::Kept { week, slot, answer: YesNo::Yes });
        }
    }
}

pub(super) fn keys(message: &Message) -> Vec<Key> {
    let key = |block: &Block| if let Prompt::Key(key) = block.prompt { Some(key) } else { None };
    message.blocks.iter().filter_map(key).collect()
}

#[test]
fn an_unanswered_check_in_backs_off_and_so_does_the_review() {
    let mut play = Play::in_trial(12);
    play.passes(160, false);
    let weeks: Vec<_> =
        play.dates(Timer::Trial).iter().map(|day| schedule::days_between(date(2026, 3, 20), *day) / 7).collect();
    // Check-ins after one, two and four weeks more; then the review at the end, and again after one, two, four.
    assert_eq!(weeks, [1, 2, 4, 8, 12, 13, 15, 19]);
    assert!(!play.journey.timers.contains_key(&Timer::Trial), "then it rests");
    assert_eq!(keys(&play.does(Press::Trial))[0], Key::TrialReview, "and can still be decided");
}

#[test]
fn an_answer_brings_the_next_check_in_back_to_a_week() {
    let mut play = Play::in_trial(12);
    play.passes(30, false);
    assert_eq!(play.dates(Timer::Trial).len(), 3, "the next would come after eight weeks");
    play.does(Press::TrialAnswer { week: 4, question: Weekly::Arguments, how: How::Well });
    play.passes(7, false);
    assert_eq!(*play.dates(Timer::Trial).last().unwrap(), date(2026, 4, 24));
}

#[test]
fn a_week_that_was_answered_before_its_check_in_is_not_asked_again() {
    let mut play = Play::in_trial(4);
    play.passes(3, false);
    play.answer_week(1, How::Well);
    play.passes(5, false);
    assert_eq!(play.dates(Timer::Trial), [], "it was said already");
    play.passes(7, false);
    assert_eq!(play.dates(Timer::Trial), [date(2026, 4, 3)]);
}

#[test]
fn after_downtime_one_check_in_comes_and_says_that_it_is_late() {
    let mut play = Play::in_trial(12);
    play.passes(25, true);
    play.passes(1, false);
    let arrived = play.arrived(Timer::Trial);
    assert_eq!(arrived.len(), 1, "{arrived:?}");
    assert_eq!(arrived[0].1[..2], [Key::CameLate, Key::TrialWeek]);
    play.passes(100, true);
    play.passes(1, false);
    assert_eq!(play.arrived(Timer::Trial).len(), 2);
    assert!(play.arrived(Timer::Trial)[1].1.contains(&Key::TrialReview), "the end was passed meanwhile");
}

#[test]
fn check_ins_keep_their_hour_when_the_clocks_change() {
    // The clocks go forward on 29 March 2026.
    let mut play = Play::in_trial(4);
    play.passes(15, false);
    let at: Vec<_> =
        play.steps.iter().filter(|(_, step)| !step.sends.is_empty()).map(|(at, _)| at.to_string()).collect();
    assert_eq!(at, ["2026-03-27T08:00:00Z", "2026-04-03T07:00:00Z"], "nine in the morning, both");
}

#[test]
fn the_review_counts_the_persons_own_answers_and_leads_on() {
    let mut play = Play::in_trial(2);
    play.writes(Press::AgreementForm);
    play.passes(7, false);
    play.answer_week(1, How::Well);
    play.passes(7, false);
    play.does(Press::TrialAnswer { week: 2, question: Weekly::Arguments, how: How::Nothing });
    play.does(Press::TrialAnswer { week: 2, question: Weekly::Changes, how: How::Badly });
    play.does(Press::Kept { week: 2, slot: 1, answer: YesNo::No });
    let review = play.does(Press::Trial);
    let counts: Vec<_> = review.blocks.iter().map(|block| (block.prompt.clone(), block.args.clone())).collect();
    let counted = |key, count, total| {
        let args = vec![Arg::Count(count), Arg::Total(total)];
        counts.iter().any(|(prompt, given)| *prompt == Prompt::Key(key) && given.starts_with(&args))
    };
    assert!(counted(Key::TrialReviewArguments, 2, 2), "none at all is as good as a good end: {counts:?}");
    assert!(counted(Key::TrialReviewChanges, 1, 2) && counted(Key::TrialReviewCalm, 1, 1));
    assert!(counted(Key::TrialReviewKept, 1, 2));
    assert_eq!(review.choices[..3], [Press::TrialGoOn, Press::TrialExtend, Press::TrialStop]);
    assert!(play.does(Press::TrialGoOn).choices.contains(&Press::Ease));
    assert!(play.journey.trial.run.is_none() && play.journey.trial.last.is_some());
}

#[test]
fn a_trial_is_extended_once_by_the_same_length_and_not_before_its_end() {
    let mut play = Play::in_trial(4);
    play.does(Press::TrialExtend);
    assert!(!play.journey.trial.run.as_ref().unwrap().extended);
    assert!(matches!(keys(&play.does(Press::TrialGoOn))[0], Key::TrialRunning), "nor decided before it");
    play.passes(28, false);
    play.does(Press::TrialExtend);
    assert_eq!(play.journey.trial.run.as_ref().unwrap().end(), date(2026, 5, 15));
    play.passes(28, false);
    let again = play.does(Press::TrialExtend);
    assert_eq!(keys(&again), [Key::TrialExtendedOnce]);
    assert!(!play.does(Press::Trial).choices.contains(&Press::TrialExtend));
    assert!(keys(&play.does(Press::TrialStop)).contains(&Key::TrialStopped));
}

#[test]
fn the_eleventh_agreement_is_kept_as_a_note_and_a_removed_one_is_burnt() {
    let mut play = Play::in_trial(4);
    for _ in 0..10 {
        assert_eq!(keys(&play.writes(Press::AgreementForm)), [Key::AgreementKept]);
    }
    assert_eq!(keys(&play.writes(Press::AgreementForm)), [Key::AgreementsFull]);
    assert_eq!(play.steps.last().unwrap().1.entries, [EntryChange::Keep(EntryId(11), EntryKind::Note)]);
    play.does(Press::AgreementDrop { slot: 3 });
    assert_eq!(play.steps.last().unwrap().1.entries, [EntryChange::Burn(EntryId(3))]);
    play.writes(Press::AgreementForm);
    assert_eq!(play.journey.trial.agreements.get(&3), Some(&EntryId(12)), "its number is free again");
}

#[test]
fn a_yes_or_a_no_closes_trial_and_ease_in_the_same_step_old_buttons_included() {
    for closing in [Press::SaidNo, Press::GateCorrect { question: GateQuestion::Violence, answer: YesNo::Yes }] {
        let mut play = Play::in_trial(12);
        play.does(Press::EaseBegin);
        assert!(play.rows.contains_key(&Timer::Trial) && play.rows.contains_key(&Timer::Ease));
        play.does(closing);
        assert!(!play.rows.contains_key(&Timer::Trial) && !play.rows.contains_key(&Timer::Ease));
        for press in Press::samples().into_iter().filter(|press| press.behind_gate().is_some()) {
            let before = (play.journey.trial.clone(), play.journey.ease.clone());
            let answer = play.does(press.clone());
            let open =
                keys(&answer).iter().any(|key| key.path().starts_with("trial") || key.path().starts_with("ease"));
            assert!(!open, "{press:?} shows {answer:?}");
            assert_eq!(before, (play.journey.trial.clone(), play.journey.ease.clone()), "{press:?}");
        }
        let answer = play.writes(Press::AgreementForm);
        assert_eq!(keys(&answer), [Key::KeptClosed], "words of a form that was open are not lost");
        assert!(!play.does(Press::Journey).choices.contains(&Press::Trial));
        play.passes(200, false);
        assert_eq!(play.arrived(Timer::Trial), []);
    }
}

#[test]
fn a_no_that_was_undone_and_a_yes_that_was_taken_back_bring_the_check_ins_back() {
    let mut play = Play::in_trial(12);
    play.does(Press::SaidNo);
    play.does(Press::SaidNoUndo);
    assert!(play.rows.contains_key(&Timer::Trial));
    let question = GateQuestion::Order;
    play.does(Press::GateCorrect { question, answer: YesNo::Yes });
    play.does(Press::GateCorrect { question, answer: YesNo::No });
    assert!(!play.rows.contains_key(&Timer::Trial), "taking it back waits a week");
    play.passes(8, false);
    play.does(Press::Trial);
    assert!(play.rows.contains_key(&Timer::Trial));
}

#[test]
fn easing_back_checks_in_each_month_from_the_same_day() {
    let mut play = Play::with_open_gate();
    play.now = "2027-01-31T12:00:00Z".parse().unwrap();
    play.does(Press::EaseBegin);
    for month in 1..=3 {
        play.passes(if month == 1 { 28 } else { 31 }, false);
        for question in Monthly::ALL {
            play.does(Press::EaseAnswer { month, question: *question, how: How::Well });
        }
    }
    let days = [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)];
    assert_eq!(play.dates(Timer::Ease), days, "a 31st does not drift");
    assert!(play.does(Press::Ease).choices.contains(&Press::Close));
    play.passes(200, false);
    assert_eq!(play.dates(Timer::Ease).len(), 3, "and then no more");
}

#[test]
fn an_unanswered_month_is_followed_by_two() {
    let mut play = Play::with_open_gate();
    play.does(Press::EaseBegin);
    play.passes(300, false);
    assert_eq!(play.dates(Timer::Ease), [date(2026, 4, 20), date(2026, 5, 20), date(2026, 7, 20)]);
}

#[test]
fn the_days_without_contact_never_reset() {
    let mut play = Play::with_open_gate();
    play.does(Press::LetGo);
    play.passes(10, false);
    play.does(Press::Slip);
    play.passes(5, false);
    let total = |play: &Play| play.journey.letgo.total(schedule::date(&play.journey.settings, play.now));
    assert_eq!(total(&play), 15);
    play.does(Press::Length { days: 7 });
    play.does(Press::Every { days: 1 });
    play.does(Press::CooloffBegin);
    assert!(!play.journey.letting_go, "another way was chosen");
    play.passes(30, false);
    assert_eq!(total(&play), 15, "not counted while not letting go");
    play.does(Press::LetGo);
    play.passes(2, false);
    assert_eq!(total(&play), 17);
    play.does(Press::CloseNow);
    play.does(Press::NewAbout { same: YesNo::Yes });
    assert_eq!(total(&play), 17, "a new journey about the same person has them too");
}

#[test]
fn the_notes_of_letting_go_back_off_rest_and_come_back_when_asked() {
    let mut play = Play::with_open_gate();
    play.does(Press::LetGo);
    play.does(Press::LetgoWeekly);
    play.passes(365, false);
    let weeks: Vec<_> =
        play.dates(Timer::Letgo).iter().map(|day| schedule::days_between(date(2026, 3, 20), *day) / 7).collect();
    assert_eq!(weeks[..4], [1, 2, 4, 8]);
    assert_eq!(weeks.len(), 4, "then they rest");
    assert!(play.arrived(Timer::Letgo)[3].1.contains(&Key::LetgoResting));
}

#[test]
fn any_sign_of_the_person_brings_the_notes_back_to_a_week_and_no_thought_comes_twice_in_twelve() {
    let mut play = Play::with_open_gate();
    play.does(Press::LetGo);
    play.does(Press::LetgoWeekly);
    for _ in 0..12 {
        play.passes(7, false);
        play.does(Press::Help);
    }
    let thoughts: BTreeSet<Key> = play.arrived(Timer::Letgo).iter().map(|(_, keys)| keys[0]).collect();
    assert_eq!((thoughts.len(), play.dates(Timer::Letgo).len()), (12, 12));
    play.does(Press::LetgoQuiet);
    play.passes(30, false);
    assert_eq!(play.dates(Timer::Letgo).len(), 12);
}

#[test]
fn where_there_was_violence_specialist_help_comes_before_letting_go() {
    let mut play = Play::with_open_gate();
    play.does(Press::GateCorrect { question: GateQuestion::Violence, answer: YesNo::Yes });
    for stale in [1, 3] {
        let mut play = Play { last: Vec::new(), steps: Vec::new(), fired: BTreeSet::new(), ..play.clone_of() };
        let page = play.does(Press::Read { stage: Stage::Letgo, page: stale });
        assert_eq!(keys(&page), [Key::LetgoHelpFirst], "an old button of a page as well");
        assert_eq!(page.choices[0], Press::Support);
    }
    let first = play.does(Press::Letgo);
    assert_eq!((keys(&first), &first.choices[0]), (vec![Key::LetgoHelpFirst], &Press::Support));
    let chosen = play.does(Press::LetGo);
    assert_eq!((keys(&chosen), &chosen.choices[0]), (vec![Key::LetgoChosenHelp], &Press::Support));
    assert_eq!(keys(&play.does(Press::Letgo))[0], Key::LetgoHelpFirst);
}

#[test]
fn closing_ends_what_was_to_come_and_a_new_journey_inherits_a_no_only_about_the_same_person() {
    for same in [YesNo::Yes, YesNo::No] {
        let mut play = Play::with_open_gate();
        play.does(Press::SaidNo);
        play.does(Press::LetGo);
        play.does(Press::LetgoWeekly);
        play.writes(Press::LastWordsForm);
        assert_eq!(keys(&play.does(Press::NewJourney)), [Key::NewNotYet], "one at a time");
        assert_eq!(keys(&play.does(Press::CloseNow)), [Key::ClosedLetgo]);
        assert!(play.rows.keys().all(|timer| *timer == Timer::Retention), "{:?}", play.rows);
        assert_eq!(play.journey.closed.as_ref().unwrap().words, Some(EntryId(1)));
        play.does(Press::NewAbout { same });
        assert_eq!(play.steps.last().unwrap().1.presence, Presence::Anew);
        assert_eq!(play.journey.is_closed(play.now), same == YesNo::Yes);
        assert!(play.journey.consented && play.journey.settings.zone.is_some() && play.journey.closed.is_none());
        let trial = keys(&play.does(Press::Trial));
        let expected = if same == YesNo::Yes { Key::SaidNoClosed } else { Key::GateIntro };
        assert_eq!(trial[0], expected);
    }
}

#[test]
fn together_cannot_be_closed_around_a_no() {
    let mut play = Play::with_open_gate();
    play.does(Press::EaseBegin);
    play.does(Press::SaidNo);
    assert_eq!(keys(&play.does(Press::Close)), [Key::SaidNoClosed]);
    assert_eq!(keys(&play.does(Press::CloseNow)), [Key::SaidNoClosed]);
    assert!(play.journey.closed.is_none());
}

#[test]
fn something_that_begins_again_opens_a_closed_journey() {
    let mut play = Play::with_open_gate();
    play.does(Press::LetGo);
    play.does(Press::CloseNow);
    assert!(play.does(Press::Start).choices.contains(&Press::NewJourney));
    play.does(Press::LetgoWeekly);
    assert!(play.journey.closed.is_none() && play.rows.contains_key(&Timer::Letgo));
}

#[test]
fn a_state_stored_before_these_stages_still_reads() {
    let mut play = Play::with_open_gate();
    play.does(Press::LetGo);
    let mut stored = serde_json::to_value(&play.journey).unwrap();
    for name in ["letgo", "trial", "ease", "last_words", "closed"] {
        stored.as_object_mut().unwrap().remove(name);
    }
    let read: Journey = serde_json::from_value(stored).unwrap();
    assert!(read.letting_go && read.trial == trial::State::default());
    let step = step(&read, &catalogue(), Event::Pressed(Press::Letgo), play.now);
    assert!(step.answer.is_some_and(|answer| keys(&answer)[0] == Key::LetgoRunning));
}

#[test]
fn the_state_stays_bounded_through_a_year_of_answers() {
    let mut play = Play::in_trial(26);
    for _ in 0..10 {
        play.writes(Press::AgreementForm);
    }
    for week in 1..=52 {
        play.passes(7, false);
        if week == 26 {
            play.does(Press::TrialExtend);
        }
        play.answer_week(week, How::Badly);
        play.writes(Press::TrialNote { week });
        play.writes(Press::LearnedForm);
    }
    let run = play.journey.trial.run.clone().unwrap();
    assert_eq!((run.weeks, run.answers.len()), (52, 52));
    play.does(Press::TrialStop);
    let size = serde_json::to_string(&play.journey).unwrap().len();
    assert!(size < 20_000, "{size}");
}

impl Play {
    fn clone_of(&self) -> Self {
        Self {
            journey: self.journey.clone(),
            now: self.now,
            rows: self.rows.clone(),
            last: self.last.clone(),
            entries: self.entries,
            catalogue: self.catalogue.clone(),
            steps: Vec::new(),
            fired: BTreeSet::new(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// From the middle of each later stage: every step is held to the invariants by `Play` itself.
    #[test]
    fn from_the_middle_of_any_stage_the_invariants_hold(
        which in 0..5, weeks in 2u16..27, acts in prop::collection::vec(any_act(), 1..60),
    ) {
        let mut play = if which < 3 { Play::in_trial(weeks) } else { Play::with_open_gate() };
        if which > 0 {
            play.writes(Press::AgreementForm);
        }
        match which {
            1 => play.passes(7 * i64::from(weeks), false),
            2 | 3 => drop(play.does(Press::EaseBegin)),
            4 => {
                play.does(Press::LetGo);
                play.does(Press::LetgoWeekly);
            }
            _ => {}
        }
        for act in acts {
            play.act(act);
        }
        let answer = play.does(Press::Journey);
        prop_assert!(!answer.choices.is_empty());
    }
}

#[test]
fn what_they_said_when_it_was_brought_up_leads_to_a_trial_a_wait_or_letting_go() {
    let mut play = Play::with_open_gate();
    assert!(play.does(Press::BroughtUpYes).choices.contains(&Press::Trial));

    let mut play = Play::with_open_gate();
    play.does(Press::WaitDays { stage: Stage::Bringup, attempt: 1, days: 10 });
    assert_eq!(keys(&play.does(Press::Bringup)), [Key::WaitOnTime]);
    assert_eq!(keys(&play.does(Press::Ways)), [Key::WaitOnTime], "nothing meanwhile");
    play.does(Press::WaitDays { stage: Stage::Bringup, attempt: 1, days: 20 });
    assert_eq!(play.journey.bringup.asked, 1, "the same time told anew");
    play.passes(21, false);
    assert_eq!(play.arrived(Timer::Wait).len(), 1);
    assert_eq!(keys(&play.does(Press::Bringup)), [Key::BringupPlace], "one more message at most");
    assert_eq!(keys(&play.does(Press::BroughtUpTime)), [Key::BringupTwice]);
    assert_eq!(keys(&play.does(Press::Bringup)), [Key::BringupTwice], "and never a third");

    let mut play = Play::with_open_gate();
    play.does(Press::WaitUnsaid { stage: Stage::Bringup, attempt: 1 });
    play.does(Press::SaidNo);
    assert!(!play.rows.contains_key(&Timer::Wait));
    assert_eq!(keys(&play.does(Press::BroughtUpYes)), [Key::SaidNoClosed]);
}

#[test]
fn where_i_am_leads_to_the_step_that_is_next() {
    let mut play = Play::with_open_gate();
    let first = |play: &mut Play| play.does(Press::Journey).choices[0].clone();
    play.does(Press::Talked { attempt: 1, outcome: TalkOutcome::Well });
    assert_eq!(first(&mut play), Press::Bringup);
    play.does(Press::BroughtUpYes);
    assert_eq!(first(&mut play), Press::Trial);
    play.does(Press::TrialLength { weeks: 2 });
    play.does(Press::TrialBegin);
    assert_eq!(first(&mut play), Press::Trial);
    play.passes(14, false);
    play.does(Press::TrialGoOn);
    play.does(Press::EaseBegin);
    assert_eq!(first(&mut play), Press::Ease);
    play.does(Press::LetGo);
    assert_eq!(first(&mut play), Press::Letgo);

    let mut play = Play::with_open_gate();
    play.does(Press::Talked { attempt: 1, outcome: TalkOutcome::Well });
    play.does(Press::LetGo);
    assert_eq!(play.does(Press::Journey).choices[0], Press::Letgo, "who lets go is not led back");
}

#[test]
fn readiness_names_what_is_missing_and_locks_nothing() {
    let mut play = Play::with_open_gate();
    for question in Readiness::ALL {
        play.does(Press::Ready { question: *question, answer: YesNo::Yes });
    }
    let few = play.does(Press::ReadyAsk);
    assert_eq!(keys(&few), [Key::ReadyYes, Key::BringupFewTalks], "a few talks first are suggested");
    for _ in 0..3 {
        play.does(Press::FriendTalk);
    }
    assert_eq!(keys(&play.does(Press::ReadyAsk)), [Key::ReadyYes]);
    let calm = Readiness::Calm;
    let lacks = play.does(Press::Ready { question: calm, answer: YesNo::No });
    assert_eq!(keys(&lacks), [Key::ReadyNotYet, Key::LacksCalm]);
    assert!(lacks.choices.contains(&Press::Ways), "never a lock");
}

#[test]
fn words_deleted_in_the_journal_are_gone_from_the_later_stages() {
    let mut play = Play::in_trial(4);
    play.writes(Press::AgreementForm);
    play.does(Press::Kept { week: 1, slot: 1, answer: YesNo::Yes });
    play.writes(Press::TrialNote { week: 1 });
    play.does(Press::EaseBegin);
    play.writes(Press::EaseNote { month: 1 });
    play.writes(Press::LearnedForm);
    play.writes(Press::LastWordsForm);
    for entry in 1..=5 {
        play.journey.forget_entry(EntryId(entry));
    }
    let journey = &play.journey;
    assert!(journey.trial.agreements.is_empty() && journey.letgo.learned.is_empty() && journey.last_words.is_none());
    let week = &journey.trial.run.as_ref().unwrap().answers[&1];
    assert!(week.kept.is_empty() && week.note.is_none());
    assert!(journey.ease.run.as_ref().unwrap().notes.is_empty());
}

#[test]
fn a_new_journey_about_the_same_person_keeps_the_attempts_there_were() {
    let mut play = Play::with_open_gate();
    play.does(Press::Talked { attempt: 1, outcome: TalkOutcome::NoReply });
    play.passes(15, false);
    play.does(Press::Talked { attempt: 2, outcome: TalkOutcome::NoReply });
    assert!(play.journey.reachout.is_spent());
    play.does(Press::LetGo);
    play.does(Press::CloseNow);
    play.does(Press::NewAbout { same: YesNo::Yes });
    assert!(play.journey.reachout.is_spent(), "two are two");
}
