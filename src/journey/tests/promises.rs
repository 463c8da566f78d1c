//! Each promise keeps a time of its own.

use super::*;

fn at(when: &str) -> Timestamp {
    when.parse().unwrap()
}

/// Somebody in Berlin who writes a letter at this time.
fn with_letter(when: &str) -> (Play, EntryId) {
    let mut play = Play::open();
    play.press(Press::Zone { name: "Europe/Berlin".into() });
    play.now = at(when);
    let letter = play.write(Press::WriteLetter);
    (play, letter)
}

#[test]
fn a_letter_for_tomorrow_and_a_question_in_a_day_are_two_promises() {
    let (mut play, letter) = with_letter("2026-05-04T18:00:00Z");
    play.press(Press::LetterTomorrow { letter });
    play.now = at("2026-05-04T19:00:00Z");
    play.press(Press::UrgeLater);
    let due = |timer| play.journey.timers[&timer].due_at;
    assert_eq!(due(Timer::Letter), at("2026-05-05T07:00:00Z"), "the letter at nine, as was said");
    assert_eq!(due(Timer::Urge), at("2026-05-05T19:00:00Z"), "the question after 24 hours");
    play.days(1);
    assert_eq!(play.noted(Timer::Letter), Some(Key::LetterBack));
    assert_eq!(play.noted(Timer::Urge), Some(Key::UrgeBack), "the letter comes once");
}

#[test]
fn an_urge_that_passed_leaves_the_letter_its_day() {
    let (mut play, letter) = with_letter("2026-05-04T18:00:00Z");
    play.press(Press::LetterTomorrow { letter });
    play.press(Press::UrgeLater);
    play.press(Press::UrgePassed);
    assert!(play.journey.timers.contains_key(&Timer::Letter) && !play.journey.timers.contains_key(&Timer::Urge));
    play.press(Press::LetterBurn { letter });
    assert!(!play.journey.timers.contains_key(&Timer::Letter));
}

#[test]
fn a_letter_written_in_the_night_comes_that_morning() {
    for (written, due) in [
        ("2026-05-05T00:10:00Z", "2026-05-05T07:00:00Z"),
        ("2026-05-05T02:59:00Z", "2026-05-05T07:00:00Z"),
        ("2026-05-05T03:00:00Z", "2026-05-06T07:00:00Z"),
    ] {
        let (mut play, letter) = with_letter(written);
        play.press(Press::LetterTomorrow { letter });
        assert_eq!(play.journey.timers[&Timer::Letter].due_at, at(due), "written {written}");
    }
}
