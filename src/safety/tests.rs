//! The scanner on sentences made for each of its rules; the labelled sentences of the shipped lists are in `tests/safety.rs`.

use super::*;

/// Concerns in three groups, as the tests of the phrase language need them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    self_harm: bool,
    harm_other: bool,
    gate: bool,
}

impl PhraseLists {
    fn scan(&self, words: &str) -> Seen {
        let concerns = self.concerns(words, TextContext::Own);
        let any = |wanted: &[Concern]| concerns.iter().any(|(concern, _)| wanted.contains(&concern));
        Seen {
            self_harm: any(&[Concern::SelfHarm, Concern::TheirSuicide]),
            harm_other: any(&[Concern::HarmOther]),
            gate: any(&[Concern::Threatened, Concern::OwnPursuit, Concern::Order, Concern::ContactRefused]),
        }
    }
}

fn lists(text: &str) -> PhraseLists {
    PhraseLists::parse([(ListKind::Order, "gate.txt", text)], []).expect("a list without problems")
}

fn problem(text: &str) -> (usize, String) {
    let problems = PhraseLists::parse([(ListKind::Order, "en/gate.txt", text)], []).expect_err("a problem");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].file, "en/gate.txt");
    (problems[0].line, problems[0].text.clone())
}

#[test]
fn words_match_whole_and_in_order() {
    let lists = lists("hit me");
    assert!(lists.scan("he hit me").gate);
    assert!(!lists.scan("he hit men").gate);
    assert!(!lists.scan("me hit").gate);
    assert!(!lists.scan("white me").gate);
    assert!(!lists.scan("").gate);
}

#[test]
fn an_open_word_matches_its_endings() {
    let lists = lists("block* me");
    for text in ["block me", "blocked me", "blocking me"] {
        assert!(lists.scan(text).gate, "{text}");
    }
    assert!(!lists.scan("unblocked me").gate);
}

#[test]
fn either_word_matches() {
    let lists = lists("he|she hit|slap* me");
    assert!(lists.scan("she slapped me").gate);
    assert!(lists.scan("he hit me").gate);
    assert!(!lists.scan("it hit me").gate);
}

#[test]
fn a_gap_is_at_most_three_words_and_both_ways_of_writing_it_work() {
    for list in ["he ~ hit me", "he … hit me"] {
        let lists = lists(list);
        assert!(lists.scan("he hit me").gate);
        assert!(lists.scan("he once or twice hit me").gate);
        assert!(!lists.scan("he is not one who hit me").gate);
    }
}

#[test]
fn the_longer_of_phrase_and_exception_wins_and_the_exception_at_a_tie() {
    let lists = lists("hit me\nhe hit me up badly\n-hit me up");
    assert!(!lists.scan("he hit me up").gate);
    assert!(lists.scan("he hit me").gate);
    assert!(lists.scan("he hit me up badly").gate);
    assert!(lists.scan("he hit me up and later he hit me").gate, "an exception defuses only what it overlaps");
}

#[test]
fn an_exception_of_one_kind_leaves_the_others_alone() {
    let lists =
        PhraseLists::parse([(ListKind::Order, "g", "hit me\n-hit me up"), (ListKind::HarmOther, "o", "hit me up")], [])
            .expect("lists");
    let alarms = lists.scan("hit me up");
    assert_eq!(alarms, Seen { harm_other: true, ..Seen::default() });
}

#[test]
fn lists_of_several_locales_are_scanned_together() {
    let lists = PhraseLists::parse(
        [(ListKind::SelfHarm, "en", "want to die"), (ListKind::SelfHarm, "de", "will nicht mehr leben")],
        [],
    )
    .expect("lists");
    assert_eq!(lists.len(), 2);
    assert!(lists.scan("ich will nicht mehr leben").self_harm);
    assert!(lists.scan("I want to die").self_harm);
}

#[test]
fn what_nobody_sees_makes_no_difference() {
    let lists = lists("dont hit me");
    for text in [
        "don't hit me",
        "DON’T HIT ME",
        "don‘t hit me",
        "don´t hit me",
        "don`t hit me",
        "donʼt hit me",
        "d\u{200b}on't h\u{2060}it me",
        "don't\u{a0}hit\n\nme",
        "ｄｏｎ'ｔ ｈｉｔ ｍｅ",
        "don't... hit... me!!",
        "don't 💔hit💔 me",
        "d\u{336}ont h\u{336}it me",
        "dont hiiiit meeee",
        "*don't* **hit** _me_",
    ] {
        assert!(lists.scan(text).gate, "{text:?}");
    }
    assert!(!lists.scan("dont hiit me").gate, "two letters are a spelling, not a stretch");
}

#[test]
fn a_stretched_word_finds_words_with_double_letters() {
    let lists = lists("kill* me");
    assert!(lists.scan("killllled me").gate);
    assert!(lists.scan("kiiiill me").gate);
}

#[test]
fn a_line_that_cannot_be_used_is_named() {
    assert_eq!(problem("# fine\n\n-").0, 3);
    assert!(problem("~ hit me").1.contains("gap at an end"));
    assert!(problem("hit me …").1.contains("gap at an end"));
    assert!(problem("hit ~ ~ me").1.contains("two gaps"));
    assert!(problem("hit ~~ ~ me").1.contains("two gaps"));
    assert!(problem("hi* me").1.contains("at least 3 letters"));
    assert!(problem("h*t me").1.contains("end of a word"));
    assert!(problem("hit|* me").1.contains("not a word"));
    assert!(problem("hit|| me").1.contains("not a word"));
    assert!(problem("self-harm").1.contains("several words"));
    assert_eq!(problem("hit me\n-over dead").0, 2);
    assert_eq!(problem("hit me\n\nhit me"), (3, "stands in line 1 already".to_owned()));
}

#[test]
fn all_problems_come_at_once() {
    let problems =
        PhraseLists::parse([(ListKind::Order, "g", "~ a"), (ListKind::Order, "h", "x\n-y")], [("s", "nothing = here")]);
    let shown: Vec<String> = problems.expect_err("problems").iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 3);
    assert!(shown[0].starts_with("g:1: "), "{shown:?}");
    assert!(shown[1].starts_with("h:2: "), "{shown:?}");
    assert!(shown[2].starts_with("s:1: "), "{shown:?}");
}

#[test]
fn an_empty_list_says_so() {
    assert!(lists("# nothing yet\n").is_empty());
    assert!(!lists("hit me").is_empty());
}

#[test]
fn a_wide_gap_is_at_most_eight_words() {
    let lists = lists("he ~~ hit me");
    assert!(lists.scan("he hit me").gate);
    assert!(lists.scan("he one two three four five six seven eight hit me").gate);
    assert!(!lists.scan("he one two three four five six seven eight nine hit me").gate);
}

#[test]
fn every_number_is_a_number() {
    let lists = lists("took @number pills");
    assert!(lists.scan("took 14 pills").gate && lists.scan("took 200mg pills").gate);
    assert!(!lists.scan("took some pills").gate);
    assert!(problem("@number = 1|2\nhit me").1.contains("of itself"));
}

#[test]
fn a_set_stands_for_its_words() {
    let lists = lists("@he = he|she\n@who = @he|ex\n@who hit me");
    for text in ["she hit me", "my ex hit me"] {
        assert!(lists.scan(text).gate, "{text}");
    }
    assert!(!lists.scan("it hit me").gate);
    assert!(problem("@he hit me").1.contains("not set above"));
    assert!(problem("@he = he she\nhit me").1.contains("without spaces"));
    assert!(problem("@ = he\nhit me").1.contains("with letters"));
    assert_eq!(problem("hit me\n@he = he").0, 2);
    assert_eq!(problem("@he = he\n@he hit\n@he = she").0, 3);
}

const SPEAKS: &str = "want to die\nkill* myself\nsuicid*|suicide\n-suicide squad\nviolen*";

/// What people do to words, and the same lists without spellings.
fn speaks(text: &str) -> bool {
    lists(SPEAKS).scan(text).gate
}

#[test]
fn letters_written_apart_are_joined_to_words() {
    for text in [
        "S U I C I D E",
        "s.u.i.c.i.d.e",
        "i w a n t  t o  d i e",
        "i want to d i e",
        "so k-i-l-l myself",
        "kill my self",
        "i feel sui cidal",
    ] {
        assert!(speaks(text), "{text}");
    }
    for text in ["a b c d e f g", "w a n t e d to die", "k i l n myself", "S U I C I D E squad"] {
        assert!(!speaks(text), "{text}");
    }
}

#[test]
fn look_alikes_are_letters_within_a_word() {
    for text in
        ["k1ll myself", "ki11 myself", "k!ll mys3lf", "want to d!e", "want t0 d1e", "su1cide", "5uicide", "$uic1d@l"]
    {
        assert!(speaks(text), "{text}");
    }
    for text in ["want to d, e", "want to d0e", "k9 myself", "100 101", "want to die!".trim_end_matches("die!")] {
        assert!(!speaks(text), "{text}");
    }
}

#[test]
fn a_hidden_letter_is_read_where_one_word_fits() {
    for text in ["s*icide", "su!cide", "sui***", "k*ll myself", "k**l myself", "want to d_e", "s#icidal", "**s*icide**"]
    {
        assert!(speaks(text), "{text}");
    }
    for text in ["s*", "su**", "*****", "su* it", "**want** to", "s*icine"] {
        assert!(!speaks(text), "{text}");
    }
    let two = lists("hit me\nhot me");
    assert!(!two.scan("h*t me").gate, "two words fit");
    assert!(two.scan("h!t me").gate, "a look-alike is no doubt");
}

#[test]
fn a_typing_error_is_read_in_long_words_that_are_nothing_else() {
    for text in ["suicde", "suiicde", "siucide", "suicidee", "suicude", "kill mysefl", "kill myslef", "kill mtself"] {
        assert!(speaks(text), "{text}");
    }
    for text in ["violet", "violin", "suicune", "kilt myself", "kill myelves", "suit side"] {
        assert!(!speaks(text), "{text}");
    }
    assert!(lists("hurt anyone").scan("hurt anyome").gate);
    let right = PhraseLists::parse([(ListKind::Order, "g", "attack* me")], [("s", "attached")]).expect("lists");
    assert!(right.scan("she attaked me").gate);
    assert!(!right.scan("she attached me").gate, "a word that is right as it stands");
}

#[test]
fn a_chat_spelling_reads_as_its_words() {
    let spellings = "wana wanna = want to\nu = you|your\nurslf = yourself";
    let lists = PhraseLists::parse(
        [(ListKind::Order, "g", "want to hurt you|yourself\n-to hurt your feelings")],
        [("s", spellings)],
    )
    .expect("lists");
    for text in ["wana hurt u", "i WANNA hurt urslf", "wannnnna hurt u", "want to hurt u"] {
        assert!(lists.scan(text).gate, "{text}");
    }
    for text in ["wana hurt u feelings", "wan hurt u", "to hurt u"] {
        assert!(!lists.scan(text).gate, "{text}");
    }
}

#[test]
fn spellings_that_cannot_be_used_are_named() {
    let problem = |text: &str| {
        let read = PhraseLists::parse([(ListKind::Order, "g", "want to hurt you")], [("s", text)]);
        let problems = read.expect_err("a problem");
        assert_eq!(problems.len(), 1, "{problems:?}");
        (problems[0].line, problems[0].text.clone())
    };
    assert_eq!(problem("# fine\n\nu =").0, 3);
    assert!(problem("= you").1.contains("without a word"));
    assert!(problem("wan* = want").1.contains("whole words"));
    assert!(problem("u = yu").1.contains("no list has a word of `yu`"));
    assert!(problem("u = you\nu = you").1.contains("already"));
    assert!(problem("you").1.contains("word of a list"));
    assert!(problem("hunt\nhunt").1.contains("already"));
}

proptest::proptest! {
    /// However a word is taken apart, masked or mistyped, the phrase around it is found.
    #[test]
    fn a_disguised_word_is_found(at in 1_usize..7, sign in proptest::sample::select(vec!["*", "#", "_"]), kind in 0..4) {
        let word = "suicidal";
        let (before, after) = word.split_at(at);
        let text = match kind {
            0 => format!("{before}{sign}{}", &after[1..]),
            1 => word.chars().flat_map(|letter| [letter, ' ']).collect(),
            2 => format!("{before}{}", &after[1..]),
            _ => format!("{before}{after}").replace('i', "1"),
        };
        proptest::prop_assert!(lists("suicide|suicidal|suicid*").scan(&format!("i am {text} now")).gate, "{}", text);
    }

    /// The work for a text is bounded for each of its words: that is what keeps the time linear.
    #[test]
    fn a_text_has_a_bounded_number_of_ways_for_each_word(text in "([a-e1*! ]{1,6}|wana|my self){0,80}") {
        let spellings = [("s", "wana = want to")];
        let lists = PhraseLists::parse([(ListKind::Order, "g", "want to a|b|ab|abc|dead\nmyself")], spellings).expect("lists");
        let text = plain::Text::new(&text);
        let ways = matching::Ways::new(&text, &lists.analysed.vocabulary, &lists.addressed);
        proptest::prop_assert!(ways.len() <= 24 * (text.words.len() + 1));
    }


    #[test]
    fn any_text_can_be_scanned(text in "\\PC{0,400}") {
        let lists = lists("he|she ~ hit ~ me\n-hit me up\nkill*");
        assert_eq!(lists.scan(&text), lists.scan(&text.replace('\'', "’")));
    }
}
