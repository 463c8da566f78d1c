//! The gate's table, written a second time as the specification has it, and the transition held against it.

use proptest::prelude::*;

use super::*;

/// How long ago something was, in hours.
type Hours = i64;

/// A state as the specification words it, with times as hours before and after now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Unanswered,
    Asked,
    AskedByWords,
    No,
    /// A No against the person's own words, given so long ago.
    NoAgainstWords(Hours),
    Yes,
    /// A correction of a Yes, over in so long.
    Correcting(Hours),
    /// A No that waits, over in so long, given so long ago.
    SlipWaits(Hours, Hours),
}

const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

fn hours(hours: Hours) -> Timestamp {
    NOW.checked_add(SignedDuration::from_hours(hours)).unwrap()
}

fn state(row: Row) -> State {
    match row {
        Row::Unanswered => State::Unanswered,
        Row::Asked => State::Asked { by_words: false },
        Row::AskedByWords => State::Asked { by_words: true },
        Row::No => State::No { against_words: None },
        Row::NoAgainstWords(ago) => State::No { against_words: Some(hours(-ago)) },
        Row::Yes => State::Yes,
        Row::Correcting(left) => State::Correcting { until: hours(left), against_words: None },
        Row::SlipWaits(left, ago) => State::Correcting { until: hours(left), against_words: Some(hours(-ago)) },
    }
}

/// The table of the specification, row by row; `cancelled` is how long ago words last cancelled a correction.
#[expect(clippy::match_same_arms, reason = "one arm a row of the specification")]
fn specified(question: GateQuestion, row: Row, event: GateEvent, cancelled: Option<Hours>) -> Row {
    use GateEvent::{Answer, Correct, Pursuit, Reach, Words};
    use Row::{Asked, AskedByWords, Correcting, NoAgainstWords, SlipWaits, Unanswered};
    // "correcting | time is over | no"
    let row = match row {
        Correcting(left) if left <= 0 => Row::No,
        SlipWaits(left, ago) if left <= 0 => NoAgainstWords(ago),
        row => row,
    };
    let wait = if question == GateQuestion::Contact { 24 } else { 7 * 24 };
    match (row, event) {
        (Unanswered, Reach) => Asked,
        // "… answered a question that words had raised, less than 7 days ago | contact: not asked again".
        (NoAgainstWords(ago), Words) if question == GateQuestion::Contact && ago < 7 * 24 => row,
        // Beyond the specification: words of pursuit ask again, and cancel a correction, however recent the last answer is.
        (Unanswered | Asked | AskedByWords | Row::No | NoAgainstWords(_), Words | Pursuit) => AskedByWords,
        (Correcting(_), Pursuit) => Row::Yes,
        (SlipWaits(..), Pursuit) => AskedByWords,
        (AskedByWords, Answer(YesNo::No)) if question == GateQuestion::Violence => NoAgainstWords(0),
        (AskedByWords, Answer(YesNo::No)) => SlipWaits(wait, 0),
        (Unanswered | Asked, Answer(YesNo::No)) => Row::No,
        (_, Answer(YesNo::Yes)) => Row::Yes,
        (Row::Yes, Correct) => Correcting(wait),
        (Correcting(_), Words) if cancelled.is_none_or(|ago| ago >= 7 * 24) => Row::Yes,
        (SlipWaits(..), Words) if cancelled.is_none_or(|ago| ago >= 7 * 24) => AskedByWords,
        (row, _) => row,
    }
}

fn any_row() -> impl Strategy<Value = Row> {
    prop_oneof![
        Just(Row::Unanswered),
        Just(Row::Asked),
        Just(Row::AskedByWords),
        Just(Row::No),
        (0..400_i64).prop_map(Row::NoAgainstWords),
        Just(Row::Yes),
        (-5..200_i64).prop_map(Row::Correcting),
        ((-5..200_i64), (0..400_i64)).prop_map(|(left, ago)| Row::SlipWaits(left, ago)),
    ]
}

fn any_event() -> impl Strategy<Value = GateEvent> {
    prop_oneof![
        Just(GateEvent::Reach),
        Just(GateEvent::Words),
        Just(GateEvent::Pursuit),
        Just(GateEvent::Answer(YesNo::Yes)),
        Just(GateEvent::Answer(YesNo::No)),
        Just(GateEvent::Correct),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_transition_is_the_table(
        question in prop::sample::select(GateQuestion::ALL),
        row in any_row(),
        event in any_event(),
        cancelled in prop::option::of(0..400_i64),
    ) {
        let before = Question { state: state(row), cancelled: cancelled.map(|ago| hours(-ago)) };
        let after = next(question, before, event, NOW);
        prop_assert_eq!(after.at(NOW), state(specified(question, row, event, cancelled)));
    }

    /// Whatever happens, only a No or a correction that has waited opens a question that was a Yes.
    #[test]
    fn a_yes_never_opens_before_its_wait_is_over(
        question in prop::sample::select(GateQuestion::ALL),
        events in prop::collection::vec((any_event(), 0..30_i64), 1..40),
    ) {
        let mut at = NOW;
        let mut record = next(question, Question::default(), GateEvent::Answer(YesNo::Yes), at);
        let mut corrected = None;
        for (event, hours) in events {
            at = at.checked_add(SignedDuration::from_hours(hours)).unwrap();
            let was_yes = record.at(at) == State::Yes;
            record = next(question, record, event, at);
            if was_yes && event == GateEvent::Correct {
                corrected = Some(at);
            }
            if matches!(record.at(at), State::No { .. }) {
                let waited = at.duration_since(corrected.expect("nothing but a correction opens it"));
                prop_assert!(waited >= correction_wait(question));
                break;
            }
        }
    }
}

#[test]
fn a_correction_is_cancelled_at_most_once_in_seven_days() {
    let question = GateQuestion::Violence;
    let yes = next(question, Question::default(), GateEvent::Answer(YesNo::Yes), NOW);
    let correcting = next(question, yes, GateEvent::Correct, NOW);
    let cancelled = next(question, correcting, GateEvent::Words, hours(1));
    assert_eq!(cancelled.state, State::Yes);
    let again = next(question, cancelled, GateEvent::Correct, hours(2));
    let unmoved = next(question, again, GateEvent::Words, hours(3));
    assert_eq!(unmoved.state, again.state);
    assert!(matches!(unmoved.at(hours(2 + 7 * 24)), State::No { .. }));
}

#[test]
fn answers_and_corrections_of_earlier_versions_are_read() {
    let stored = r#"{"answers":{"contact":"yes","violence":"no","court":"yes"},
        "corrections":{"court":"2026-03-02T08:00:00Z"},"wanted":"trial"}"#;
    let gate: Gate = serde_json::from_str(stored).unwrap();
    let until = "2026-03-02T08:00:00Z".parse().unwrap();
    assert_eq!(gate.questions[&GateQuestion::Contact].state, State::Yes);
    assert_eq!(gate.questions[&GateQuestion::Violence].state, State::No { against_words: None });
    assert_eq!(gate.questions[&GateQuestion::Order].state, State::Correcting { until, against_words: None });
    assert_eq!(gate.wanted, Some(Stage::Trial));
    let again: Gate = serde_json::from_str(&serde_json::to_string(&gate).unwrap()).unwrap();
    assert_eq!(again, gate);
}

#[test]
fn three_questions_together_are_clear_unasked_held_or_closed() {
    let mut gate = Gate::default();
    assert_eq!(gate.status(NOW), Status::Unasked);
    for question in GateQuestion::ALL {
        gate.apply(*question, GateEvent::Answer(YesNo::No), NOW);
    }
    assert_eq!(gate.status(NOW), Status::Clear);
    gate.apply(GateQuestion::Order, GateEvent::Words, NOW);
    assert_eq!((gate.status(NOW), gate.asked(NOW)), (Status::Held, Some(GateQuestion::Order)));
    gate.apply(GateQuestion::Violence, GateEvent::Words, NOW);
    assert_eq!(gate.asked(NOW), Some(GateQuestion::Violence), "the more urgent one first");
    gate.apply(GateQuestion::Contact, GateEvent::Answer(YesNo::Yes), NOW);
    assert_eq!(gate.status(NOW), Status::Closed);
}
