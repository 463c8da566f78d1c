//! The real process is killed (SIGKILL) at every commit and every send of a short evening, and started again: each message
//! is on the person's screen, and only one that was printed and not yet noted may be there twice.

use crate::support::console::Home;

/// Two things that are stored, and a note in between.
const EVENING: &str = "/settings Vienna\n:skip 1d\n/settings Rome\n";
const VIENNA: &str = "Your time zone is Europe/Vienna";
const NOTE: &str = "A note for you is ready.";
const ROME: &str = "Your time zone is Europe/Rome";

/// Plays the evening killed at the `nth` pass of `point`; `false` once there is no such pass.
fn survives(point: &str, nth: u32) -> bool {
    let mut home = Home::of_one();
    assert_eq!(home.times("Your 14 days have begun"), 1);
    let killed = home.play_and_kill("anna", "2026-05-04 20:00", EVENING, point, nth);

    // It comes up again later, and what was stored or due arrives without anybody asking.
    home.play("anna", "2026-05-05 20:30", ":now\n");
    let at = format!("killed at {point}:{nth}\n{}", home.screen);
    assert!(home.times(NOTE) >= 1, "the reminder, {at}");
    for (asked, answer) in [("> /settings Vienna", VIENNA), ("> /settings Rome", ROME)] {
        if home.times(asked) > 0 && point != "before-commit" {
            assert!(home.times(answer) >= 1, "stored, so it comes by itself, {at}");
        }
        if home.times(answer) == 0 {
            // Nothing was stored: the person does it again.
            home.play("anna", "2026-05-05 20:30", &format!("{}\n", &asked[2..]));
        }
        assert!(home.times(answer) >= 1, "{answer}, {at}");
    }
    // Between the print and the commit that notes it, and nowhere else, a kill may show one of them again.
    let shown = |home: &Home| [VIENNA, NOTE, ROME].map(|text| home.times(text));
    let again = shown(&home).iter().sum::<usize>() - 3;
    assert!(again <= usize::from(matches!(point, "before-commit" | "after-send")), "{again} came twice, {at}");
    let before = shown(&home);
    home.play("anna", "2026-05-05 20:30", ":now\n:skip 1h\n");
    assert_eq!(shown(&home), before, "nothing comes once more, {at}");
    home.play("anna", "2026-05-06 10:00", ":now\n");
    assert_eq!(home.times(NOTE), before[1] + 1, "and the next note comes, {at}");
    killed
}

fn survives_everywhere(point: &str, at_least: u32) {
    let mut passes = 0;
    while survives(point, passes + 1) {
        passes += 1;
    }
    println!("{point}: killed at {passes} places");
    assert!(passes >= at_least, "{point} is passed only {passes} times");
}

#[test]
fn killed_before_a_commit() {
    survives_everywhere("before-commit", 6);
}

#[test]
fn killed_after_a_commit_before_the_answer() {
    survives_everywhere("after-commit", 6);
}

#[test]
fn killed_after_a_timer_fired_before_the_send() {
    survives_everywhere("before-send", 1);
}

#[test]
fn killed_after_the_send_before_it_is_settled() {
    survives_everywhere("after-send", 1);
}
