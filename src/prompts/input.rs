//! `input.toml` of a locale: the words that stand for something a person would press, or for a command.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::finding::{Report, line_at};
use crate::input::Lexicon;
use crate::journey::{Press, YesNo};

/// What plain words stand for, in the words of all locales.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    yes: BTreeSet<String>,
    no: BTreeSet<String>,
    /// How a question begins.
    questions: BTreeSet<String>,
    /// Says that something corrected a moment ago is so after all.
    still: BTreeSet<String>,
    /// How words begin that hedge between yes and no.
    hedges: BTreeSet<String>,
    /// What other words press.
    presses: BTreeMap<String, Press>,
    /// The words of times, dates, rhythms and zones.
    lexicon: Arc<Lexicon>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    answers: Lists,
    /// How a question to the bot begins, where nobody types a question mark.
    #[serde(default)]
    questions: Questions,
    /// By action token, the words that press it.
    #[serde(default)]
    commands: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    numbers: BTreeMap<String, u16>,
    #[serde(default)]
    zones: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    around_places: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    yes: Vec<String>,
    no: Vec<String>,
    #[serde(default)]
    still: Vec<String>,
    #[serde(default)]
    hedges: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    begin: Vec<String>,
}

impl Answers {
    /// Reads a file and adds its words; reports what cannot be used.
    pub(super) fn read(&mut self, text: &str, report: &mut Report<'_>) {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_at(text, span.start));
                return report.error(line, error.message().to_owned());
            }
        };
        let File { words, numbers, zones, around_places, .. } = file;
        let (lexicon, wrong) = Lexicon { numbers, words, zones, around_places }.normalized();
        for wrong in wrong {
            report.error(1, wrong);
        }
        Arc::make_mut(&mut self.lexicon).merge(lexicon);
        let plain = |words: Vec<String>| words.into_iter().map(|words| plain(&words)).filter(|words| !words.is_empty());
        self.yes.extend(plain(file.answers.yes));
        self.no.extend(plain(file.answers.no));
        self.still.extend(plain(file.answers.still));
        self.hedges.extend(plain(file.answers.hedges));
        self.questions.extend(plain(file.questions.begin));
        for (token, words) in file.commands {
            let Some(press) = Press::parse(&token) else {
                report.error(1, format!("`{token}` is no action; correct the name"));
                continue;
            };
            self.presses.extend(plain(words).map(|words| (words, press.clone())));
        }
        if let Some(word) = self.yes.intersection(&self.no).next() {
            report.error(1, format!("`{word}` is both a yes and a no; leave it out of one"));
        }
    }

    /// The words of times, dates, rhythms and zones, of all locales.
    pub(super) const fn lexicon(&self) -> &Arc<Lexicon> {
        &self.lexicon
    }

    /// What words press by themselves, such as *help*.
    pub(super) fn press(&self, words: &str) -> Option<&Press> {
        self.presses.get(&plain(words))
    }

    /// Whether words are a short question: by its mark, or by how it begins.
    pub(super) fn is_question(&self, words: &str) -> bool {
        let words = words.trim();
        let text = plain(words);
        let begins = |begin: &String| text.strip_prefix(begin.as_str()).is_some_and(|rest| rest.starts_with(' '));
        !text.is_empty() && (words.ends_with('?') || self.questions.iter().any(begins))
    }

    /// Whether words begin with a yes, whatever follows.
    pub(super) fn begins_with_yes(&self, words: &str) -> bool {
        const LONGEST: usize = 40;
        let start: String = words.chars().take(LONGEST).collect();
        let start = plain(&start);
        let begins = |yes: &String| start.strip_prefix(yes.as_str()).is_some_and(|rest| rest.starts_with(' '));
        // One letter is too little: "y" also begins "y do you ask".
        self.yes.contains(&start) || self.yes.iter().filter(|yes| yes.len() > 1).any(begins)
    }

    /// True where words hedge between a yes and a no, alone or at their beginning.
    pub(super) fn hedges(&self, words: &str) -> bool {
        let words = format!("{} ", plain(words));
        self.hedges.iter().any(|hedge| words.strip_prefix(hedge.as_str()).is_some_and(|rest| rest.starts_with(' ')))
    }

    /// Whether words say that something corrected a moment ago is so after all.
    pub(super) fn says_still(&self, words: &str) -> bool {
        let words = format!(" {} ", plain(words));
        self.still.iter().any(|still| words.contains(&format!(" {still} ")))
    }

    /// Whether words are a plain yes or a plain no.
    pub(super) fn yes_or_no(&self, words: &str) -> Option<YesNo> {
        let words = plain(words);
        match (self.yes.contains(&words), self.no.contains(&words)) {
            (true, false) => Some(YesNo::Yes),
            (false, true) => Some(YesNo::No),
            _ => None,
        }
    }
}

/// Lower case, letters and digits only, one space between words. Long texts are no such word.
pub(super) fn plain(words: &str) -> String {
    const LONGEST: usize = 80;
    let kept: String = words
        .chars()
        .take(LONGEST)
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric() || c.is_whitespace())
        .collect();
    if words.chars().count() > LONGEST {
        return String::new();
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_yes_and_no_are_read_and_nothing_else() {
        let mut answers = Answers::default();
        let mut findings = Vec::new();
        answers.read(
            "[answers]\nyes = [\"yes\", \"he did\"]\nno = [\"no\"]",
            &mut Report::new("input.toml", &mut findings),
        );
        assert!(findings.is_empty());
        for (words, meant) in [("Yes!", Some(YesNo::Yes)), ("  NO. ", Some(YesNo::No)), ("he  did…", Some(YesNo::Yes))]
        {
            assert_eq!(answers.yes_or_no(words), meant, "{words}");
        }
        for words in ["", "yes and no", "no idea", "!", &"no ".repeat(30)] {
            assert_eq!(answers.yes_or_no(words), None, "{words}");
        }
    }

    #[test]
    fn a_yes_counts_with_whatever_follows_and_a_no_only_alone() {
        let mut answers = Answers::default();
        let mut findings = Vec::new();
        let text = "[answers]\nyes = [\"yes\", \"y\", \"he did\"]\nno = [\"no\"]\nstill = [\"still on\"]";
        answers.read(text, &mut Report::new("input.toml", &mut findings));
        let long = "yes, and I don't know what to do about all of it any more, because it went on for years";
        for words in ["yes", "Yes, but it's lifted", "he did once", "y", long] {
            assert!(answers.begins_with_yes(words), "{words}");
        }
        for words in ["y do you ask", "yesterday", "no", "not really", "well, yes", ""] {
            assert!(!answers.begins_with_yes(words), "{words}");
        }
        assert!(answers.says_still("I lied, it's STILL on!") && !answers.says_still("still one more question"));
    }

    #[test]
    fn words_hedge_alone_or_at_their_beginning() {
        let mut answers = Answers::default();
        let mut findings = Vec::new();
        let text = "[answers]\nyes = []\nno = []\nhedges = [\"sort of\", \"well\"]";
        answers.read(text, &mut Report::new("input.toml", &mut findings));
        for words in ["Sort of.", "sort of, but only once", "well…"] {
            assert!(answers.hedges(words), "{words}");
        }
        for words in ["", "sort", "I sort of miss her", "wellness", "my cat is cute"] {
            assert!(!answers.hedges(words), "{words}");
        }
    }

    #[test]
    fn words_press_an_action_and_an_unknown_action_is_reported() {
        let mut answers = Answers::default();
        let mut findings = Vec::new();
        let text = "[answers]\nyes = []\nno = []\n[commands]\nhelp = [\"help\"]\nhepl = [\"hepl\"]";
        answers.read(text, &mut Report::new("input.toml", &mut findings));
        assert_eq!(answers.press("Help!"), Some(&Press::Help));
        assert_eq!(answers.press("help me move"), None);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn a_word_cannot_be_both() {
        let mut findings = Vec::new();
        let mut report = Report::new("input.toml", &mut findings);
        Answers::default().read("[answers]\nyes = [\"well\"]\nno = [\"well\"]", &mut report);
        assert_eq!(findings.len(), 1);
    }
}
