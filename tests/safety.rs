//! The safety lists against labelled sentences: what must be answered, and what must be left alone.
//!
//! `safety/en.tsv` is what the lists are tuned on; `safety/en-aside.tsv` is kept aside, and nobody tunes a list on it.
//! Both hold `labels<TAB>sentence`; `\n` and `\u{…}` stand for what cannot be seen.
//!
//! What the figures are worth: all sentences have one author. Batches written after the lists were thought finished were
//! answered, before anything was tuned on them, to 67 %, 62 %, 90 % (ordinary wording) and 49 % (deliberately roundabout),
//! with 11 %, 7.5 %, 2.5 % and 0 % false alarms; they are part of `en.tsv` now. `en-blind.tsv` is the latest: with the lists
//! as they were before spellings, typos and spaced letters were read, it was answered to 53 %, now to 66 %. It stays as it
//! is, and the test holds that figure. The lists are a net with holes: `/support` must never depend on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rekindle::journey::{Alarms, Arg, HelpLines, Key, LineNeed, Message};
use rekindle::prompts::lines::{Entry, LineKind, Lines, MAX_SHOWN, Means};
use rekindle::prompts::{Frame, Prompts, Source};
use rekindle::safety::{ListKind, PhraseLists, SPELLINGS};

/// Of the sentences that need an answer, at least this part gets one.
const ANSWERED: f64 = 0.95;
/// Of the sentences that need none, at most this part gets one.
const FALSE_ALARMS: f64 = 0.02;
/// What nobody tuned on is answered to at least this part, with at most one false alarm in its 36.
const BLIND: (f64, f64) = (0.65, 0.03);

struct Sentence {
    line: usize,
    expected: Alarms,
    text: String,
}

#[derive(Default)]
struct Figures {
    needed: usize,
    answered: usize,
    quiet: usize,
    false_alarms: usize,
    /// Alarms of a kind that the label does not name, in sentences that need an answer of another kind.
    strays: usize,
    wrong: Vec<String>,
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "counts of sentences are small")]
    fn part(some: usize, all: usize) -> f64 {
        if all == 0 { 0.0 } else { some as f64 / all as f64 }
    }

    fn hits(&self) -> f64 {
        Self::part(self.answered, self.needed)
    }

    fn false_alarms(&self) -> f64 {
        Self::part(self.false_alarms, self.quiet)
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lists as they are shipped.
fn lists() -> PhraseLists {
    let texts = ListKind::ALL.iter().map(|kind| {
        let file = root().join("prompts/en/lists").join(kind.file_name());
        (*kind, kind.file_name(), read(&file))
    });
    let texts: Vec<_> = texts.collect();
    let spellings = read(&root().join("prompts/en/lists").join(SPELLINGS));
    let parsed = PhraseLists::parse(
        texts.iter().map(|(kind, file, text)| (*kind, *file, text.as_str())),
        [(SPELLINGS, spellings.as_str())],
    );
    parsed.unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

/// Undoes `\n` and `\u{…}`.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        if let Some(after) = after.strip_prefix('n') {
            plain.push('\n');
            rest = after;
        } else {
            let (code, after) = after.strip_prefix("u{").and_then(|code| code.split_once('}')).expect("\\n or \\u{…}");
            plain.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a code point"));
            rest = after;
        }
    }
    plain + rest
}

fn sentences(file: &str) -> Vec<Sentence> {
    let text = read(&root().join("tests/safety").join(file));
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(index, line)| {
            let (labels, text) = line.split_once('\t').unwrap_or_else(|| panic!("{file}:{}: no tab", index + 1));
            let mut expected = Alarms::default();
            for label in labels.split(',') {
                match label {
                    "self" => expected.self_harm = true,
                    "other" => expected.harm_other = true,
                    "gate" => expected.gate = true,
                    "none" => {}
                    _ => panic!("{file}:{}: unknown label {label}", index + 1),
                }
            }
            Sentence { line: index + 1, expected, text: unescape(text) }
        })
        .collect()
}

fn measure(name: &str, lists: &PhraseLists, sentences: &[Sentence]) -> Figures {
    let mut figures = Figures::default();
    for Sentence { line, expected, text } in sentences {
        let seen = lists.scan(text);
        let kinds = |alarms: &Alarms| [alarms.self_harm, alarms.harm_other, alarms.gate];
        let pairs = kinds(expected).into_iter().zip(kinds(&seen));
        let missed = pairs.clone().any(|(needed, seen)| needed && !seen);
        let stray = pairs.clone().any(|(needed, seen)| !needed && seen);
        if *expected == Alarms::default() {
            figures.quiet += 1;
            figures.false_alarms += usize::from(stray);
        } else {
            figures.needed += 1;
            figures.answered += usize::from(!missed);
            figures.strays += usize::from(stray);
        }
        if missed || stray {
            figures.wrong.push(format!("{name}:{line}: {text:?} wants {expected:?}, got {seen:?}"));
        }
    }
    println!(
        "{name}: {}/{} answered ({:.1} %), {}/{} false alarms ({:.1} %), {} with an alarm of another kind besides",
        figures.answered,
        figures.needed,
        figures.hits() * 100.0,
        figures.false_alarms,
        figures.quiet,
        figures.false_alarms() * 100.0,
        figures.strays
    );
    for wrong in &figures.wrong {
        println!("  {wrong}");
    }
    figures
}

fn holds(name: &str, (answered, false_alarms): (f64, f64)) {
    let figures = measure(name, &lists(), &sentences(name));
    assert!(figures.hits() >= answered, "too few are answered");
    assert!(figures.false_alarms() <= false_alarms, "too many false alarms");
}

#[test]
fn sentences_that_need_an_answer_get_one_and_others_are_left_alone() {
    holds("en.tsv", (ANSWERED, FALSE_ALARMS));
}

#[test]
fn sentences_kept_aside_are_seen_as_well() {
    holds("en-aside.tsv", (ANSWERED, FALSE_ALARMS));
}

#[test]
fn sentences_that_nobody_thought_of_are_seen_no_worse_than_they_were() {
    holds("en-blind.tsv", BLIND);
}

#[test]
fn a_sentence_is_seen_in_the_middle_of_a_long_text() {
    let around = "We had dinner at her sister's place and it was fine. Later I walked home along the river, made tea, \
                  looked at the photos from the summer and thought about what I could have said differently. ";
    let (lists, around) = (lists(), around.repeat(2));
    assert_eq!(lists.scan(&around), Alarms::default());
    for Sentence { line, text, .. } in sentences("en.tsv") {
        let (alone, within) = (lists.scan(&text), lists.scan(&format!("{around}\n{text}\n{around}")));
        let lost =
            [alone.self_harm && !within.self_harm, alone.harm_other && !within.harm_other, alone.gate && !within.gate];
        assert!(!lost.contains(&true), "en.tsv:{line}: {text:?} alone {alone:?}, within a long text {within:?}");
    }
}

/// The lines as they are shipped.
fn help_lines() -> Lines {
    Lines::parse(&read(&root().join("prompts/lines.toml"))).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

#[test]
fn the_shipped_lines_are_without_problems_and_their_zones_exist() {
    let lines = help_lines();
    assert!(lines.countries().count() >= 20);
    let zones = lines.all().1.iter().flat_map(|country| &country.zones);
    for zone in zones {
        assert!(jiff::tz::TimeZone::get(zone).is_ok(), "no such zone: {zone}");
    }
    for place in ["Europe/Vienna", "America/Chicago", "Asia/Kolkata", "jp"] {
        assert!(matches!(lines.for_need(Some(place), LineNeed::Crisis)[0], Entry::Country { .. }), "{place}");
    }
}

#[test]
fn every_country_gives_somebody_to_call_and_the_emergency_number_for_every_need() {
    let lines = help_lines();
    for (code, _) in lines.countries() {
        for need in LineNeed::ALL {
            let entries = lines.for_need(Some(code), *need);
            let shown = entries.iter().filter(|entry| matches!(entry, Entry::Line(_))).count();
            assert!((1..=MAX_SHOWN).contains(&shown), "{code} {need}: {shown} lines");
            assert!(entries.iter().any(|entry| matches!(entry, Entry::Emergency { .. })), "{code} {need}");
        }
    }
}

#[test]
fn a_minor_can_write_where_a_country_has_a_line_for_them() {
    let lines = help_lines();
    for country in lines.all().1 {
        let youth: Vec<_> = country.lines.iter().filter(|line| line.kinds.contains(&LineKind::Youth)).collect();
        let writes = youth.iter().flat_map(|line| &line.ways).any(|way| way.means != Means::Call);
        assert!(writes || country.code == "in", "{}: {youth:?}", country.name);
    }
}

#[test]
fn a_list_of_help_lines_leaves_room_for_other_texts() {
    let prompts = Prompts::load(&Source::built_in()).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let frame = Frame { journey: 0, words: &BTreeMap::new() };
    let shown =
        |lines: HelpLines| prompts.render("en", &Message::with(Key::Support, vec![Arg::Lines(lines)]), &frame).body;
    let without = prompts.render("en", &Message::new(Key::Support), &frame).body.chars().count();
    let places = prompts.catalogue().countries.iter().map(|code| Some(code.clone())).chain([None]);
    for (place, need) in places.flat_map(|place| LineNeed::ALL.iter().map(move |need| (place.clone(), *need))) {
        let length = shown(HelpLines::new(place.clone(), need)).chars().count() - without;
        assert!(length < 700, "{place:?} {need}: {length} characters");
    }
    let anywhere = shown(HelpLines::new(None, LineNeed::Violence));
    assert!(anywhere.contains("https://findahelpline.com") && anywhere.contains("https://lila.help"), "{anywhere}");
    assert!(!anywhere.contains("Germany"), "{anywhere}");
}
