//! The draft lists against labelled opening lines: what gets a gentle hint, and what is left alone.
//!
//! `safety/drafts-en.tsv` is what the lists are tuned on; `safety/drafts-en-aside.tsv` is kept aside, and nobody tunes a
//! list on it. Both hold `labels<TAB>draft`. What the figures are worth: one author wrote all of it. Two batches written
//! after the lists were thought finished were seen to 20 % and 28 % before anything was tuned on them (roundabout wording),
//! the third, which is the file kept aside, to 59 % (ordinary wording) with 2 false alarms in 20. A hint is a kind word
//! beside one's own draft and stops nothing, so a false alarm costs little; that none comes says nothing about a draft.

use std::collections::BTreeMap;
use std::path::Path;

use rekindle::journey::Hints;
use rekindle::prompts::Prompts;

/// Of the drafts with something to notice, at least this part gets every hint its label names: tuned, and kept aside.
const SEEN: [f64; 2] = [0.95, 0.5];
/// Of the harmless ones, at most this part gets any: tuned, and kept aside.
const FALSE_ALARMS: [f64; 2] = [0.02, 0.15];

fn labels(hints: Hints) -> Vec<&'static str> {
    let all =
        [(hints.demands, "demand"), (hints.blames, "blame"), (hints.presses, "press"), (hints.threatens, "threat")];
    all.into_iter().filter(|(seen, _)| *seen).map(|(_, label)| label).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of drafts are small")]
fn part(some: usize, all: usize) -> f64 {
    some as f64 / all.max(1) as f64
}

/// Measures a file, prints what went wrong, and holds it to these figures.
fn holds(name: &str, least: f64, most: f64) {
    let prompts = Prompts::built_in().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/safety").join(name);
    let text = std::fs::read_to_string(file).unwrap();
    // Of each label: how many there are, and how many are seen.
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut needed, mut seen, mut harmless, mut alarms) = (0, 0, 0, 0);
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let (wanted, draft) = line.split_once('\t').unwrap_or_else(|| panic!("line {}: no tab", index + 1));
        let got = labels(prompts.hints(draft));
        if wanted == "none" {
            harmless += 1;
            if !got.is_empty() {
                alarms += 1;
                println!("{}: {draft:?} is harmless, got {got:?}", index + 1);
            }
            continue;
        }
        needed += 1;
        let wanted: Vec<&str> = wanted.split(',').collect();
        for label in &wanted {
            assert!(["demand", "blame", "press", "threat"].contains(label), "line {}: {label}", index + 1);
            let kind = kinds.entry(label).or_default();
            kind.0 += 1;
            kind.1 += usize::from(got.contains(label));
        }
        if wanted.iter().all(|label| got.contains(label)) {
            seen += 1;
        } else {
            println!("{}: {draft:?} wants {wanted:?}, got {got:?}", index + 1);
        }
    }
    for (label, (all, seen)) in &kinds {
        println!("{label}: {seen}/{all}");
        assert!(part(*seen, *all) >= least - 0.3, "too few of {label} are seen");
    }
    println!("{name}: {seen}/{needed} seen ({:.1} %), {alarms}/{harmless} false alarms", part(seen, needed) * 100.0);
    assert!(needed >= 20 && harmless >= 20, "too few drafts to say anything");
    assert!(part(seen, needed) >= least, "too few are seen");
    assert!(part(alarms, harmless) <= most, "too many false alarms");
}

#[test]
fn drafts_that_demand_blame_press_or_threaten_get_a_hint_and_others_are_left_alone() {
    holds("drafts-en.tsv", SEEN[0], FALSE_ALARMS[0]);
}

#[test]
fn drafts_kept_aside_are_seen_as_far_as_lists_can() {
    holds("drafts-en-aside.tsv", SEEN[1], FALSE_ALARMS[1]);
}
