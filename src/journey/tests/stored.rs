//! A fuzz target: a stored state that was damaged, or written by an earlier version. What is read at all is acted upon
//! without a panic, and what comes of it can be stored and read again.

use super::*;
use crate::mutate::{self, Edits};

/// States to damage: two that an earlier version wrote, and those of a few people in the middle of things.
fn seeds() -> Vec<serde_json::Value> {
    let fixture = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut seeds = vec![fixture("journey-2-running.json"), fixture("journey-2-closed.json")];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for length in [10, 40, 90, 90, 90, 90] {
        use proptest::strategy::ValueTree as _;
        let acts = prop::collection::vec(any_act(), length).new_tree(&mut runner).unwrap().current();
        let mut play = Play::open();
        for act in acts {
            play.act(act);
        }
        seeds.push(serde_json::to_value(&play.journey).unwrap());
    }
    seeds
}

#[test]
fn any_stored_state_that_is_read_can_be_lived_on_with() {
    let (seeds, catalogue, presses) = (seeds(), catalogue(), Press::samples());
    let now: Timestamp = "2026-04-09T08:00:00Z".parse().unwrap();
    bolero::check!().with_iterations(600).with_type::<(Edits, Vec<u16>)>().for_each(|(edits, pressed)| {
        let stored = mutate::json(&seeds, edits);
        let Ok(mut journey) = serde_json::from_value::<Journey>(stored) else { return };
        let due = |journey: &Journey| {
            let due = journey.timers.iter().map(|(timer, it)| Event::Due { timer: *timer, occurrence: it.occurrence });
            due.collect::<Vec<_>>()
        };
        let press = |number: &u16| Event::Pressed(presses[usize::from(*number) % presses.len()].clone());
        let mut events = due(&journey);
        events.extend(pressed.iter().take(24).map(press));
        for event in events {
            journey = step(&journey, &catalogue, event, now).journey;
        }
        for event in due(&journey) {
            let step = step(&journey, &catalogue, event, now);
            let text = serde_json::to_string(&step.journey).unwrap();
            let again: Journey = serde_json::from_str(&text).unwrap();
            assert_eq!(again, step.journey, "not read as it was written");
        }
    });
}
