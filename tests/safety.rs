//! The safety scanner against labelled sentences: what must be answered, what must be left alone, and who does what to
//! whom.
//!
//! `safety/en.tsv` is what the lists are tuned on; nobody tunes a list on `safety/en-aside.tsv` and `safety/en-blind.tsv`.
//! All hold `labels<TAB>sentence`; the format stands at the head of `en.tsv`. `safety/languages.tsv` has ten other
//! languages; their lists were tuned on it.
//!
//! What the figures are worth: all sentences have few authors, and those of `en.tsv` shaped the lists. `en-blind.tsv` says
//! more: the test holds what it came to. The lists are a net with holes: `/support` must never depend on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::sample::select;

use rekindle::safety::{Certainty, Concern, Concerns, ListKind, PhraseLists, SPELLINGS, TextContext};

/// What a file must come to, in parts of one.
struct Floors {
    /// Of the sentences with a concern, those in which all of it is seen, sure or unsure.
    right: f64,
    /// Of the sentences without one, those in which one is sure.
    sure_alarms: f64,
    /// The same, unsure only: they cost a button.
    unsure_alarms: f64,
}

pub struct Sentence {
    pub line: usize,
    pub context: TextContext,
    pub expected: Concerns,
    pub text: String,
}

#[derive(Default)]
struct Figures {
    needed: usize,
    right: usize,
    /// Seen, but nothing of it surely, where the label is sure.
    only_unsure: usize,
    quiet: usize,
    sure_alarms: usize,
    unsure_alarms: usize,
    wrong_direction: usize,
    /// For each concern: labelled, seen, sure.
    each: BTreeMap<Concern, (usize, usize, usize)>,
    wrong: Vec<String>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of sentences are small")]
pub fn part(some: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { some as f64 / all as f64 }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lists as they are shipped.
static LISTS: LazyLock<PhraseLists> = LazyLock::new(|| {
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
});

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

/// Reads `draft:threatened,order?` and the like.
fn label(written: &str) -> Option<(TextContext, Concerns)> {
    let (context, concerns) = match written.split_once(':') {
        Some(("draft", concerns)) => (TextContext::Draft, concerns),
        Some(("forward", concerns)) => (TextContext::Forward, concerns),
        Some(_) => return None,
        None => (TextContext::Own, written),
    };
    let one = |name: &str| match name.strip_suffix('?') {
        Some(name) => Some((Concern::parse(name)?, Certainty::Unsure)),
        None => Some((Concern::parse(name)?, Certainty::Sure)),
    };
    let concerns: Option<Concerns> =
        if concerns == "none" { Some(Concerns::default()) } else { concerns.split(',').map(one).collect() };
    Some((context, concerns?))
}

pub fn sentences(file: &str) -> Vec<Sentence> {
    let text = read(&root().join("tests/safety").join(file));
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(index, line)| sentence(file, index + 1, line)).collect()
}

/// Reads `labels<TAB>sentence`.
fn sentence(file: &str, number: usize, line: &str) -> Sentence {
    let (labels, text) = line.split_once('\t').unwrap_or_else(|| panic!("{file}:{number}: no tab"));
    let (context, expected) = label(labels).unwrap_or_else(|| panic!("{file}:{number}: unknown label {labels}"));
    Sentence { line: number, context, expected, text: unescape(text) }
}

/// The sentences of `languages.tsv`, by language.
fn sentences_of_languages() -> BTreeMap<String, Vec<Sentence>> {
    let file = "languages.tsv";
    let text = read(&root().join("tests/safety").join(file));
    let mut languages: BTreeMap<String, Vec<Sentence>> = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let (language, rest) = line.split_once('\t').unwrap_or_else(|| panic!("{file}:{}: no tab", index + 1));
        languages.entry(language.to_owned()).or_default().push(sentence(file, index + 1, rest));
    }
    languages
}

/// The concerns that take a concern for its opposite.
const fn opposites(concern: Concern) -> &'static [Concern] {
    match concern {
        Concern::Threatened => &[Concern::HarmOther, Concern::OwnPursuit],
        Concern::HarmOther | Concern::OwnPursuit => &[Concern::Threatened],
        Concern::SelfHarm => &[Concern::TheirSuicide],
        Concern::TheirSuicide => &[Concern::SelfHarm],
        _ => &[],
    }
}

/// Whether something is surely seen whose opposite alone is right.
pub fn is_turned(expected: &Concerns, seen: &Concerns) -> bool {
    seen.sure()
        .filter(|concern| expected.certainty(*concern).is_none())
        .any(|concern| opposites(concern).iter().any(|opposite| expected.certainty(*opposite).is_some()))
}

fn shown(concerns: &Concerns) -> String {
    let one = |(concern, certainty): (Concern, Certainty)| {
        format!("{}{}", concern.name(), if certainty == Certainty::Sure { "" } else { "?" })
    };
    concerns.iter().map(one).collect::<Vec<_>>().join(",")
}

fn measure(lists: &PhraseLists, sentences: &[Sentence]) -> Figures {
    let mut figures = Figures::default();
    for Sentence { line, context, expected, text } in sentences {
        let seen = lists.concerns(text, *context);
        let mut verdict = Vec::new();
        if expected.is_empty() {
            figures.quiet += 1;
            figures.sure_alarms += usize::from(seen.any_sure());
            figures.unsure_alarms += usize::from(!seen.is_empty() && !seen.any_sure());
            verdict.extend((!seen.is_empty()).then_some("false alarm"));
        } else {
            let right = expected.iter().all(|(concern, _)| seen.certainty(concern).is_some());
            let sure = expected.iter().any(|(concern, _)| seen.is_sure(concern));
            figures.needed += 1;
            figures.right += usize::from(right);
            figures.only_unsure += usize::from(right && !sure && expected.any_sure());
            verdict.extend((!right).then_some("missed"));
            for (concern, _) in expected.iter() {
                let (labelled, found, certain) = figures.each.entry(concern).or_default();
                *labelled += 1;
                *found += usize::from(seen.certainty(concern).is_some());
                *certain += usize::from(seen.is_sure(concern));
            }
        }
        if is_turned(expected, &seen) {
            figures.wrong_direction += 1;
            verdict.push("wrong direction");
        }
        if !verdict.is_empty() {
            let verdict = verdict.join(", ");
            figures.wrong.push(format!("{line}: {verdict}: {text:?} is {}, seen {}", shown(expected), shown(&seen)));
        }
    }
    figures
}

fn holds(name: &str, floors: &Floors) {
    let figures = measure(&LISTS, &sentences(name));
    show(name, &figures);
    let Figures { needed, right, quiet, sure_alarms, unsure_alarms, wrong_direction, .. } = figures;
    assert_eq!(wrong_direction, 0, "a direction is wrong");
    assert!(part(right, needed) >= floors.right, "too few are seen");
    assert!(part(sure_alarms, quiet) <= floors.sure_alarms, "too many sure false alarms");
    assert!(part(unsure_alarms, quiet) <= floors.unsure_alarms, "too many unsure false alarms");
}

fn show(name: &str, figures: &Figures) {
    let Figures { needed, right, only_unsure, quiet, sure_alarms, unsure_alarms, wrong_direction, .. } = *figures;
    println!("{name}: right {right}/{needed} ({:.1} %), only unsure {only_unsure}", part(right, needed) * 100.0);
    println!(
        "  false alarms: {sure_alarms}/{quiet} sure, {unsure_alarms}/{quiet} unsure; wrong direction {wrong_direction}"
    );
    for (concern, (labelled, seen, sure)) in &figures.each {
        println!("  {}: {seen}/{labelled} seen, {sure} sure", concern.name());
    }
    for wrong in &figures.wrong {
        println!("  {name}:{wrong}");
    }
}

#[test]
fn tuned_sentences_are_seen_and_harmless_ones_left_alone() {
    holds("en.tsv", &Floors { right: 0.99, sure_alarms: 0.004, unsure_alarms: 0.02 });
}

#[test]
fn sentences_kept_aside_are_seen_no_worse_than_before() {
    holds("en-aside.tsv", &Floors { right: 0.985, sure_alarms: 0.0, unsure_alarms: 0.02 });
}

#[test]
fn blind_sentences_are_seen_no_worse_than_before() {
    holds("en-blind.tsv", &Floors { right: 0.74, sure_alarms: 0.03, unsure_alarms: 0.03 });
}

#[test]
fn ten_other_languages_are_heard_and_their_idioms_left_alone() {
    let languages = sentences_of_languages();
    assert_eq!(languages.len(), 10);
    let mut lacking = Vec::new();
    for (language, sentences) in &languages {
        let figures = measure(&LISTS, sentences);
        show(language, &figures);
        assert!(figures.quiet >= 6, "{language}: too few harmless sentences");
        let each = [Concern::SelfHarm, Concern::Threatened].map(|concern| figures.each[&concern]);
        let enough = each.iter().all(|(labelled, _, sure)| *labelled >= 8 && part(*sure, *labelled) >= 0.95);
        let alarms = figures.sure_alarms + figures.unsure_alarms + figures.wrong_direction;
        if !enough || alarms > 0 {
            lacking.push(language);
        }
    }
    assert!(lacking.is_empty(), "too little is heard, or too much: {lacking:?}");
}

#[test]
fn english_sentences_say_nothing_in_other_languages() {
    let kinds = [ListKind::SelfHarmLanguages, ListKind::ThreatenedLanguages];
    let texts = kinds.map(|kind| read(&root().join("prompts/en/lists").join(kind.file_name())));
    let lists = kinds.iter().zip(&texts).map(|(kind, text)| (*kind, kind.file_name(), text.as_str()));
    let lists = PhraseLists::parse(lists, []).expect("lists without problems");
    for file in ["en.tsv", "en-aside.tsv"] {
        for Sentence { line, context, text, .. } in sentences(file) {
            assert_eq!(lists.concerns(&text, context), Concerns::default(), "{file}:{line}: {text:?}");
        }
    }
}

#[test]
fn every_concern_and_context_has_sentences() {
    let all = sentences("en.tsv");
    let labelled: BTreeSet<Concern> =
        all.iter().flat_map(|it| it.expected.iter().map(|(concern, _)| concern)).collect();
    assert_eq!(labelled, Concern::ALL.iter().copied().collect());
    assert!(
        all.iter().any(|it| it.context == TextContext::Draft)
            && all.iter().any(|it| it.context == TextContext::Forward)
    );
}

#[test]
fn a_concern_is_seen_in_the_middle_of_a_long_text() {
    let around = "We had soup at her sister's place and it was fine. Later I walked home along the river, made tea, \
                  looked at the photos from the summer and thought about what I could have said differently. ";
    let (lists, around) = (&*LISTS, around.repeat(2));
    assert_eq!(lists.concerns(&around, TextContext::Own), Concerns::default());
    // A goodbye alone ("goodbye then") is a concern; one in a long text is not.
    let sentences = sentences("en.tsv");
    let long = |text: &str| text.split_whitespace().count() > 2;
    let some = sentences.iter().filter(|it| it.context != TextContext::Forward && long(&it.text));
    for Sentence { line, text, context, expected } in some {
        let within = lists.concerns(&format!("{around}.\n{text}.\n{around}"), *context);
        let alone = lists.concerns(text, *context);
        let lost = expected.iter().find(|(it, _)| alone.certainty(*it).is_some() && within.certainty(*it).is_none());
        assert_eq!(lost, None, "en.tsv:{line}: {text:?} within a long text");
    }
}

#[test]
fn forwarded_and_quoted_words_are_never_sure() {
    let lists = &*LISTS;
    for Sentence { line, text, .. } in sentences("en.tsv") {
        let quoted = text.lines().map(|part| format!("> {part}")).collect::<Vec<_>>().join("\n");
        for seen in [lists.concerns(&text, TextContext::Forward), lists.concerns(&quoted, TextContext::Own)] {
            assert!(!seen.any_sure(), "en.tsv:{line}: {text:?} forwarded is {}", shown(&seen));
            let both = |one, other| seen.certainty(one) == seen.certainty(other);
            assert!(both(Concern::SelfHarm, Concern::TheirSuicide), "en.tsv:{line}: {text:?}");
        }
    }
}

/// A verb with its past and its form after `keeps`.
const VERBS: [(&str, &str, &str); 10] = [
    ("hit", "hit", "hitting"),
    ("slap", "slapped", "slapping"),
    ("punch", "punched", "punching"),
    ("choke", "choked", "choking"),
    ("strangle", "strangled", "strangling"),
    ("kick", "kicked", "kicking"),
    ("beat", "beat", "beating"),
    ("stab", "stabbed", "stabbing"),
    ("threaten", "threatened", "threatening"),
    ("attack", "attacked", "attacking"),
];

/// Ways to say that somebody does it. `{s}` is the subject, `{be}` and `{keep}` its verbs, `{v}`, `{p}`, `{g}` the forms.
const FRAMES: [&str; 14] = [
    "{s} {p} {o}",
    "{s} {p} {o} again last night",
    "{s} will {v} {o}",
    "{s} {be} going to {v} {o}",
    "{s} gonna {v} {o}",
    "{s} {keep} {g} {o}",
    "{s} tried to {v} {o}",
    "{s} said {s} would {v} {o}",
    "we argued and {s} {p} {o}",
    "when we fight {s} always {p} {o}",
    "{s} got drunk and {p} {o}",
    "{s} almost {p} {o}",
    "I'm afraid {s} will {v} {o}",
    "last night {s} {p} {o} and then {p} {o} again",
];

struct Side {
    subject: &'static str,
    be: &'static str,
    keep: &'static str,
}

const THEY: [Side; 5] = [
    Side { subject: "he", be: "is", keep: "keeps" },
    Side { subject: "she", be: "is", keep: "keeps" },
    Side { subject: "my ex", be: "is", keep: "keeps" },
    Side { subject: "my husband", be: "is", keep: "keeps" },
    Side { subject: "they", be: "are", keep: "keep" },
];
const I: Side = Side { subject: "I", be: "am", keep: "keep" };

fn fill(frame: &str, side: &Side, object: &str, (verb, past, going): (&str, &str, &str)) -> String {
    let values = [("{s}", side.subject), ("{be}", side.be), ("{keep}", side.keep), ("{o}", object)];
    let forms = [("{v}", verb), ("{p}", past), ("{g}", going)];
    values.iter().chain(&forms).fold(frame.to_owned(), |text, (name, value)| text.replace(name, value))
}

#[test]
fn swapped_roles_give_the_swapped_concern() {
    let lists = &*LISTS;
    for (frame, verb) in FRAMES.iter().flat_map(|frame| VERBS.iter().map(move |verb| (frame, *verb))) {
        for (they, object) in THEY.iter().zip(["him", "her", "my ex", "my husband", "them"]) {
            let suffered = fill(frame, they, "me", verb);
            let seen = lists.concerns(&suffered, TextContext::Own);
            assert!(seen.is_sure(Concern::Threatened), "{suffered:?} is {}", shown(&seen));
            assert_eq!(seen.certainty(Concern::HarmOther), None, "{suffered:?} is {}", shown(&seen));
            let done = fill(frame, &I, object, verb);
            let seen = lists.concerns(&done, TextContext::Own);
            assert!(seen.is_sure(Concern::HarmOther), "{done:?} is {}", shown(&seen));
            assert!(!seen.is_sure(Concern::Threatened), "{done:?} is {}", shown(&seen));
        }
        let you = Side { subject: "you", be: "are", keep: "keep" };
        let (suffered, done) = (fill(frame, &you, "me", verb), fill(frame, &I, "you", verb));
        let (threat, harm) = (lists.concerns(&suffered, TextContext::Draft), lists.concerns(&done, TextContext::Draft));
        assert!(threat.is_sure(Concern::Threatened), "{suffered:?} is {}", shown(&threat));
        assert!(harm.is_sure(Concern::HarmOther) && !harm.is_sure(Concern::Threatened), "{done:?} is {}", shown(&harm));
    }
}

#[test]
fn whose_suicide_it_is_follows_the_subject() {
    let lists = &*LISTS;
    let own = ["kill myself", "hang myself", "jump off a bridge", "overdose", "end my life"];
    let theirs = ["kill himself", "hang himself", "jump off a bridge", "overdose", "end his life"];
    for (own, theirs) in own.iter().zip(theirs) {
        for (i, he) in [("I want to", "he wants to"), ("I'm going to", "he's going to"), ("I said I'd", "he said he'd")]
        {
            let (own, theirs) = (format!("{i} {own}"), format!("{he} {theirs}"));
            let seen = lists.concerns(&own, TextContext::Own);
            assert!(
                seen.is_sure(Concern::SelfHarm) && !seen.is_sure(Concern::TheirSuicide),
                "{own:?}: {}",
                shown(&seen)
            );
            let seen = lists.concerns(&theirs, TextContext::Own);
            assert!(
                seen.is_sure(Concern::TheirSuicide) && !seen.is_sure(Concern::SelfHarm),
                "{theirs:?}: {}",
                shown(&seen)
            );
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Any text has an answer, and a forward never a sure one.
    #[test]
    fn any_text_has_concerns(text in "\\PC{0,300}") {
        let lists = &*LISTS;
        for context in [TextContext::Own, TextContext::Draft, TextContext::Forward] {
            let seen = lists.concerns(&text, context);
            proptest::prop_assert!(context != TextContext::Forward || !seen.any_sure());
        }
    }

    /// The same for texts of words that the lists know, in any order.
    #[test]
    fn any_order_of_known_words_has_concerns(words in proptest::collection::vec(select(WORDS), 0..40)) {
        let lists = &*LISTS;
        let text = words.join(" ");
        for context in [TextContext::Own, TextContext::Draft, TextContext::Forward] {
            let seen = lists.concerns(&text, context);
            proptest::prop_assert!(context != TextContext::Forward || !seen.any_sure());
        }
    }
}

const WORDS: &[&str] = &[
    "I",
    "he",
    "she's",
    "my",
    "ex",
    "me",
    "him",
    "himself",
    "myself",
    "kill",
    "hit",
    "will",
    "not",
    "never",
    "and",
    "said",
    "that",
    "to",
    "the",
    "afraid",
    "of",
    "by",
    "was",
    "if",
    "who",
    ".",
    ",",
    "\"",
    ":",
    "you",
    "your",
    "it",
    "her",
    "kids",
    "want",
    "stop",
    "threatened",
    "years",
    "ago",
    "ill",
    "hell",
    "k1ll",
    "s*icide",
    "killing",
    "d",
    "i",
    "e",
    "my self",
];
