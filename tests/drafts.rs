//! The draft lists against labelled opening lines: what gets a gentle hint, and what is left alone.
//!
//! `safety/drafts-en.tsv` holds `labels<TAB>draft`. What the figures are worth: one author wrote lists and drafts, so a
//! stranger's draft is seen less often. A hint is a kind word beside one's own draft and stops nothing; that is why a false
//! alarm costs little, and why it may still not be common.

use std::collections::BTreeMap;
use std::path::Path;

use rekindle::journey::Hints;
use rekindle::prompts::{Prompts, Source};

/// Of the drafts with something to notice, at least this part gets every hint its label names.
const SEEN: f64 = 0.9;
/// Of the harmless ones, at most this part gets any.
const FALSE_ALARMS: f64 = 0.04;

fn labels(hints: Hints) -> Vec<&'static str> {
    let all =
        [(hints.demands, "demand"), (hints.blames, "blame"), (hints.presses, "press"), (hints.threatens, "threat")];
    all.into_iter().filter(|(seen, _)| *seen).map(|(_, label)| label).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of drafts are small")]
fn part(some: usize, all: usize) -> f64 {
    some as f64 / all.max(1) as f64
}

#[test]
fn drafts_that_demand_blame_press_or_threaten_get_a_hint_and_others_are_left_alone() {
    let prompts = Prompts::load(&Source::built_in()).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/safety/drafts-en.tsv");
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
        assert!(part(*seen, *all) >= SEEN, "too few of {label} are seen");
    }
    println!("{seen}/{needed} seen ({:.1} %), {alarms}/{harmless} false alarms", part(seen, needed) * 100.0);
    assert!(needed + harmless >= 60 && harmless >= 20, "too few drafts to say anything");
    assert!(part(seen, needed) >= SEEN, "too few are seen");
    assert!(part(alarms, harmless) <= FALSE_ALARMS, "too many false alarms");
}
