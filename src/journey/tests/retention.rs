//! What nobody comes back to: told on day 166, deleted on day 180, kept by any sign of life, by a pause and by the gate.

use super::later::keys;
use super::*;

fn last(play: &Play) -> &Step {
    &play.steps.last().unwrap().1
}

/// Someone of whom nothing is waiting any more, with their notes in full.
fn quiet() -> Play {
    let mut play = Play::new();
    play.does(Press::Notices { style: Notices::Plain });
    play
}

#[test]
fn after_half_a_year_without_a_sign_everything_is_deleted_and_told_two_weeks_before() {
    let mut play = quiet();
    play.passes(165, false);
    assert_eq!(play.arrived(Timer::Retention), []);
    play.passes(2, false);
    let told = play.arrived(Timer::Retention);
    assert_eq!((told.len(), &told[0].1), (1, &vec![Key::Retention]));
    assert_eq!(told[0].0, "2026-09-02".parse().unwrap(), "day 166");
    play.passes(12, false);
    assert_eq!(last(&play).presence, Presence::Known);
    play.passes(2, false);
    assert_eq!(last(&play).presence, Presence::Forgotten);
    assert!(last(&play).sends.is_empty() && play.rows.is_empty() && play.journey == Journey::default());
}

#[test]
fn any_sign_of_life_keeps_it_even_opening_the_note() {
    let mut play = Play::new();
    play.passes(170, false);
    assert!(play.rows.contains_key(&Timer::Deletion));
    let opened = play.does(Press::Open { timer: Timer::Retention });
    assert_eq!(keys(&opened), [Key::Retention]);
    assert!(!play.rows.contains_key(&Timer::Deletion));
    play.passes(160, false);
    assert_eq!(last(&play).presence, Presence::Known);
}

#[test]
fn nothing_is_deleted_while_something_is_to_come() {
    let mut play = quiet();
    play.does(Press::Zone { name: "Europe/Berlin".into() });
    play.does(Press::Length { days: 365 });
    play.does(Press::Every { days: 90 });
    play.does(Press::CooloffBegin);
    assert!(!play.rows.contains_key(&Timer::Retention));
    play.passes(366, false);
    assert!(play.rows.contains_key(&Timer::Retention), "the half year begins when nothing is left");
    play.passes(181, false);
    assert_eq!(last(&play).presence, Presence::Forgotten);
}

#[test]
fn an_end_that_passed_while_the_bot_was_down_is_still_announced_first() {
    let mut play = quiet();
    play.passes(400, true);
    assert_eq!(play.arrived(Timer::Retention).len(), 1);
    assert_eq!(last(&play).presence, Presence::Known);
    play.passes(15, false);
    assert_eq!(last(&play).presence, Presence::Forgotten);
}

#[test]
fn a_press_on_the_same_day_writes_no_timer() {
    let mut play = quiet();
    play.does(Press::Help);
    assert!(last(&play).timers.is_empty());
    play.passes(2, false);
    play.does(Press::Help);
    assert_eq!(last(&play).timers.len(), 1);
}

/// Everything is due to be deleted, and the word of that is still on its way, or could not be delivered.
fn unannounced(play: &mut Play, closed: bool) {
    let (occurrence, at) = play.rows[&Timer::Deletion];
    play.now = play.now.max(at);
    play.event(Event::Unannounced { occurrence, closed });
}

#[test]
fn nobody_is_deleted_who_was_not_told_however_long_that_takes() {
    let mut play = quiet();
    play.passes(170, false);
    for _ in 0..40 {
        // The first time the bot was away for years.
        play.now = "2030-01-01T12:00:00Z".parse::<Timestamp>().unwrap().max(play.now);
        unannounced(&mut play, false);
        assert_eq!(last(&play).presence, Presence::Known);
        let said = &last(&play).sends[0];
        assert_eq!((said.timer, keys(&said.message)), (Timer::Retention, vec![Key::Retention]));
        let end = play.rows[&Timer::Deletion].1;
        assert_eq!(end, play.now + SignedDuration::from_hours(24 * 14), "with its whole notice");
    }
    // At last it has arrived.
    play.passes(15, false);
    assert_eq!(last(&play).presence, Presence::Forgotten);
}

#[test]
fn behind_closed_messages_it_is_said_again_for_half_a_year_and_then_it_ends() {
    let mut play = quiet();
    play.passes(170, false);
    let mut told = 0;
    while last(&play).presence == Presence::Known {
        unannounced(&mut play, true);
        told += 1;
    }
    assert_eq!(told, 14, "thirteen times more, and the end");
    assert!(play.rows.is_empty() && play.journey == Journey::default());
}

#[test]
fn an_end_that_is_not_due_is_not_announced_again() {
    let mut play = quiet();
    play.passes(170, false);
    let before = play.rows.clone();
    let (occurrence, _) = before[&Timer::Deletion];
    for (occurrence, closed) in [(occurrence, false), (occurrence, true), (occurrence + 1, false)] {
        play.event(Event::Unannounced { occurrence, closed });
        assert!(last(&play).sends.is_empty() && play.rows == before);
    }
}

fn set_up(play: &mut Play) {
    for press in [
        Press::Zone { name: "Europe/Berlin".into() },
        Press::Length { days: 30 },
        Press::Every { days: 1 },
        Press::CooloffBegin,
    ] {
        play.does(press);
    }
}

/// Whether everything was deleted by now.
fn is_gone(play: &Play) -> bool {
    last(play).presence == Presence::Forgotten
}

#[test]
fn a_paused_time_apart_is_kept_and_half_a_year_begins_when_the_pause_ends() {
    for ends in [Press::Resume, Press::EndWhy { why: EarlyWhy::Unsaid }] {
        let mut play = quiet();
        set_up(&mut play);
        play.does(Press::Pause);
        play.passes(500, false);
        assert!(!play.rows.contains_key(&Timer::Retention) && play.journey.cooloff.run.is_some());
        play.does(ends.clone());
        let runs = if ends == Press::Resume { 30 } else { 0 };
        play.passes(runs + 165, false);
        assert!(!play.rows.contains_key(&Timer::Deletion), "{ends:?}");
        play.passes(20, false);
        assert!(is_gone(&play), "{ends:?}");
    }
}

#[test]
fn a_held_or_closed_gate_is_never_abandoned() {
    let question = GateQuestion::Violence;
    for press in [Press::Reachout, Press::Gate { question, answer: YesNo::Yes }, Press::SaidNo] {
        let mut play = quiet();
        play.passes(100, false);
        play.does(press.clone());
        play.passes(700, false);
        assert!(play.rows.is_empty() && !is_gone(&play), "{press:?}");
    }
}

#[test]
fn a_gate_that_a_correction_opens_is_kept_until_half_a_year_after_it() {
    let question = GateQuestion::Violence;
    let mut play = quiet();
    play.does(Press::Gate { question, answer: YesNo::Yes });
    play.does(Press::GateCorrect { question, answer: YesNo::No });
    play.passes(7 + 165, false);
    assert!(!play.rows.contains_key(&Timer::Deletion));
    play.passes(20, false);
    assert!(is_gone(&play));
}

#[test]
fn an_open_question_whether_they_are_18_keeps_everything() {
    let mut play = quiet();
    let scan = Scan::from(Concerns::default().with(Concern::Minor, Certainty::Sure));
    play.hear(scan, None);
    play.passes(700, false);
    assert!(play.rows.is_empty() && !is_gone(&play));
    play.does(Press::Adult { answer: YesNo::Yes });
    play.passes(181, false);
    assert!(is_gone(&play));
}

#[test]
fn an_end_that_an_earlier_version_had_announced_is_taken_back() {
    for (timer, days) in [(Timer::Retention, 160), (Timer::Deletion, 170)] {
        let mut play = quiet();
        play.passes(days, false);
        play.journey.said_no = Some(play.now - SignedDuration::from_hours(1));
        let (occurrence, at) = play.rows[&timer];
        play.now = at;
        play.event(Event::Due { timer, occurrence });
        assert!(last(&play).sends.is_empty() && play.rows.is_empty() && !is_gone(&play), "{timer}");
    }
}

#[test]
fn deletion_and_its_announcement_need_their_date_confirmed() {
    let mut play = quiet();
    for timer in [Timer::Retention, Timer::Deletion] {
        play.passes(if timer == Timer::Retention { 1 } else { 167 }, false);
        let (occurrence, due) = play.rows[&timer];
        let date = date_to_confirm(&play.journey, timer, occurrence, due);
        assert_eq!(date, Some(due));
        assert_eq!(date_to_confirm(&play.journey, timer, occurrence + 1, due), None, "another occurrence");
        let hours = |hours| DateWitness { confirmed_until: due + SignedDuration::from_hours(hours) };
        assert_eq!([-25, -24, 0, 99].map(|away| hours(away).confirms(due)), [false, true, true, true], "{timer}");
    }
}

#[test]
fn an_end_of_a_time_apart_needs_a_witness_only_where_it_comes_late() {
    let mut play = quiet();
    set_up(&mut play);
    play.passes(4, false);
    let (occurrence, due) = play.rows[&Timer::CooloffReminder];
    let asks = |play: &Play, days: i64| {
        let now = due + SignedDuration::from_hours(24 * days);
        date_to_confirm(&play.journey, Timer::CooloffReminder, occurrence, now)
    };
    assert_eq!(asks(&play, 0), None);
    assert_eq!(asks(&play, 5), None, "days that were missed end nothing");
    let end = asks(&play, 2_000).expect("a jump of years ends it");
    assert_eq!(schedule::date(&play.journey.settings, end), "2026-04-19".parse::<jiff::civil::Date>().unwrap());
    play.passes(25, false);
    let (occurrence, due) = play.rows[&Timer::CooloffReminder];
    let late = |hours| {
        let now = due + SignedDuration::from_hours(hours);
        date_to_confirm(&play.journey, Timer::CooloffReminder, occurrence, now)
    };
    assert_eq!((late(0), late(48), late(49)), (None, None, Some(due)));
}
