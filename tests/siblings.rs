//! Sentences beside those that were once answered wrongly, and their near misses: `safety/siblings.tsv`. They hold what was
//! mended; how well the scanner hears what nobody wrote for it stands in `recall.rs`.

use std::path::Path;

use rekindle::app::load_prompts;
use rekindle::prompts::Prompts;
use rekindle::safety::{Certainty, Concern, Concerns, Cues, TextContext};

/// What a sentence has to be.
#[derive(Clone, Copy)]
enum Expected {
    Concern(Concern, Option<Certainty>),
    Calm,
    None,
    Cue(fn(&Cues) -> bool, bool),
}

impl Expected {
    fn parse(written: &str) -> Self {
        let cue = |name: &str| -> Option<fn(&Cues) -> bool> {
            match name {
                "begun" => Some(|cues| cues.method_begun),
                "round" => Some(|cues| cues.way_round),
                "wish" => Some(|cues| cues.wish_for_contact),
                _ => None,
            }
        };
        let concern = |name: &str| Concern::parse(name).unwrap_or_else(|| panic!("{name} is no concern"));
        match written.split_once(':') {
            Some(("sure", name)) => Self::Concern(concern(name), Some(Certainty::Sure)),
            Some(("unsure", name)) => Self::Concern(concern(name), Some(Certainty::Unsure)),
            Some(("seen", name)) => Self::Concern(concern(name), None),
            _ if written == "calm" => Self::Calm,
            _ if written == "none" => Self::None,
            _ => match (cue(written), written.strip_prefix("not-").and_then(cue)) {
                (Some(cue), _) => Self::Cue(cue, true),
                (_, Some(cue)) => Self::Cue(cue, false),
                _ => panic!("{written} is no expectation"),
            },
        }
    }

    fn holds(self, seen: &Concerns, cues: Cues) -> bool {
        match self {
            Self::Concern(concern, None) => seen.certainty(concern).is_some(),
            Self::Concern(concern, certainty) => seen.certainty(concern) == certainty,
            Self::Calm => !seen.any_sure(),
            Self::None => seen.is_empty(),
            Self::Cue(cue, stands) => cue(&cues) == stands,
        }
    }
}

/// What of a line does not hold.
fn wrong(prompts: &Prompts, line: &str) -> Option<String> {
    let (expected, text) = line.split_once('\t').unwrap_or_else(|| panic!("no tab in {line:?}"));
    let (context, expected) = match expected.strip_prefix("draft ") {
        Some(rest) => (TextContext::Draft, rest),
        None => (TextContext::Own, expected),
    };
    let (seen, cues) = (prompts.concerns(text, context), prompts.cues(text));
    let holds = expected.split(' ').map(Expected::parse).all(|expected| expected.holds(&seen, cues));
    let found: Vec<_> = seen.iter().map(|(concern, certainty)| format!("{} {certainty:?}", concern.name())).collect();
    (!holds).then(|| format!("{text:?} is to be {expected}; it is {}, {cues:?}", found.join(", ")))
}

#[test]
fn siblings_and_near_misses_are_read_as_they_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let prompts = load_prompts(Some(&root.join("prompts"))).expect("the texts of this repository");
    let table = std::fs::read_to_string(root.join("tests/safety/siblings.tsv")).unwrap();
    let lines: Vec<&str> = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let wrong: Vec<String> = lines.iter().filter_map(|line| wrong(&prompts, line)).collect();
    println!("{} of {} as they should be", lines.len() - wrong.len(), lines.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
