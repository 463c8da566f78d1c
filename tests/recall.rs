//! The whole scanner, lists and classifier together, against sentences that nobody tuned anything on. The figures with their
//! intervals stand in `docs/SAFETY-FIGURES.md`.

use std::collections::BTreeMap;

use rekindle::prompts::Prompts;
use rekindle::safety::Concern;

use crate::safety::{Sentence, is_turned, part, sentences};

/// Counts over one file.
#[derive(Default)]
struct Counts {
    concerned: usize,
    /// Sure of every labelled concern, or unsure of anything: a person gets the reply or the button.
    answered: usize,
    quiet: usize,
    sure_alarms: usize,
    unsure_alarms: usize,
    turned: usize,
    /// A concern's sentences, and those of them that are answered.
    each: BTreeMap<Concern, (usize, usize)>,
}

fn count(sentences: &[Sentence]) -> Counts {
    let prompts = Prompts::built_in().expect("the built-in texts");
    let mut counts = Counts::default();
    for Sentence { context, expected, text, .. } in sentences {
        let seen = prompts.concerns(text, *context);
        counts.turned += usize::from(is_turned(expected, &seen));
        if expected.is_empty() {
            counts.quiet += 1;
            counts.sure_alarms += usize::from(seen.any_sure());
            counts.unsure_alarms += usize::from(!seen.any_sure() && !seen.is_empty());
            continue;
        }
        let answered = expected.iter().any(|(concern, _)| seen.is_sure(concern)) || seen.unsure().next().is_some();
        counts.concerned += 1;
        counts.answered += usize::from(answered);
        for (concern, _) in expected.iter() {
            let (labelled, found) = counts.each.entry(concern).or_default();
            *labelled += 1;
            *found += usize::from(answered);
        }
    }
    counts
}

/// Wilson's interval for a share, at 95 %.
#[expect(clippy::cast_precision_loss, reason = "counts of sentences are small")]
fn interval(some: usize, all: usize) -> (f64, f64) {
    let (z, all_of, share) = (1.96_f64, all as f64, part(some, all));
    let middle = share + z * z / (2.0 * all_of);
    let half = z * (share * (1.0 - share) / all_of + z * z / (4.0 * all_of * all_of)).sqrt();
    let scale = 1.0 + z * z / all_of;
    ((middle - half) / scale, (middle + half) / scale)
}

fn show(name: &str, some: usize, all: usize) {
    let (low, high) = interval(some, all);
    println!("  {name}: {some}/{all}, {:.1} % ({:.1} to {:.1})", part(some, all) * 100.0, low * 100.0, high * 100.0);
}

#[test]
fn blind_sentences_are_answered_no_worse_than_before() {
    let counts = count(&sentences("en-blind-2.tsv"));
    println!("en-blind-2.tsv, {} wrong directions", counts.turned);
    show("answered", counts.answered, counts.concerned);
    show("sure false alarms", counts.sure_alarms, counts.quiet);
    show("unsure false alarms", counts.unsure_alarms, counts.quiet);
    for (concern, (labelled, answered)) in &counts.each {
        show(concern.name(), *answered, *labelled);
    }
    assert!(part(counts.answered, counts.concerned) >= 0.90, "too few are answered");
    assert!(part(counts.sure_alarms, counts.quiet) <= 0.04, "too many sure false alarms");
    assert!(part(counts.unsure_alarms, counts.quiet) <= 0.24, "too many unsure false alarms");
    assert!(counts.turned <= 6, "a direction is wrong");
}
