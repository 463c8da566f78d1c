//! What nobody comes back to: told on day 166, deleted on day 180, kept by any sign of life.

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
