//! Reads one list: its sets of words, its phrases, and the exceptions to them.

use std::collections::{BTreeSet, HashMap};

use super::classes::Class;
use super::matching::{GAP, Phrase, Piece, WIDE};
use super::plain::spread;
use super::vocabulary::{Vocabulary, WordId};
use super::{ListKind, PhraseProblem};

/// The fewest characters before a `*`: shorter ones would match half the dictionary.
const STEM: usize = 3;

/// The set that is there of itself: words that begin with a digit.
const NUMBER: &str = "number";

/// Reads the phrases of a file; its words go into the vocabulary, the lines that cannot be used into the problems.
pub(super) fn read(
    vocabulary: &mut Vocabulary,
    kind: ListKind,
    file: &str,
    text: &str,
    problems: &mut Vec<PhraseProblem>,
) -> Vec<Phrase> {
    let mut list = List { vocabulary, kind, sets: HashMap::new() };
    let mut phrases: Vec<(usize, Phrase)> = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut problem = |line: usize, text: String| problems.push(PhraseProblem { file: file.to_owned(), line, text });
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim_start_matches('\u{feff}').trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some((name, words)) = line.strip_prefix('@').and_then(|line| line.split_once('=')) {
            if let Err(text) = list.set(name.trim(), words.trim(), number) {
                problem(number, text);
            }
            continue;
        }
        match list.phrase(line) {
            Err(text) => problem(number, text),
            Ok(_) if seen.contains_key(line) => problem(number, format!("stands in line {} already", seen[line])),
            Ok(phrase) => {
                seen.insert(line, number);
                phrases.push((number, phrase));
            }
        }
    }
    if kind == ListKind::Grammar {
        for (name, set) in &list.sets {
            match Class::ALL.iter().find(|class| class.name() == name) {
                Some(class) => list.vocabulary.class(*class, &set.words),
                None => problem(set.line, format!("`@{name}` is no class of words; src/safety/classes.rs names them")),
            }
        }
        return Vec::new();
    }
    for (name, set) in list.sets.iter().filter(|(_, set)| !set.used) {
        problem(set.line, format!("no line below names `@{name}`; remove it"));
    }
    let hits: BTreeSet<WordId> =
        phrases.iter().filter(|(_, phrase)| !phrase.exception).flat_map(|(_, phrase)| phrase.words()).collect();
    for (number, phrase) in phrases.iter().filter(|(_, phrase)| phrase.exception) {
        if !phrase.words().any(|word| hits.contains(&word)) {
            problem(*number, "an exception to nothing: no phrase of this file shares a word with it".to_owned());
        }
    }
    phrases.into_iter().map(|(_, phrase)| phrase).collect()
}

struct List<'a> {
    vocabulary: &'a mut Vocabulary,
    kind: ListKind,
    /// By name, without the `@`.
    sets: HashMap<String, Set>,
}

/// Words that are named together.
struct Set {
    line: usize,
    words: Vec<WordId>,
    used: bool,
}

impl List<'_> {
    /// Reads `@name = one|other`.
    fn set(&mut self, name: &str, words: &str, line: usize) -> Result<(), String> {
        if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
            return Err(format!("`@{name}`: name a set with letters, like `@them = him|her`"));
        }
        if words.contains(char::is_whitespace) {
            return Err(format!("`@{name}`: single words with `|` between them, without spaces"));
        }
        if name == NUMBER {
            return Err(format!("`@{NUMBER}` is there of itself; remove the line"));
        }
        if let Some(set) = self.sets.get(name) {
            return Err(format!("`@{name}` is set in line {} already", set.line));
        }
        let words = self.words(words)?;
        self.sets.insert(name.to_owned(), Set { line, words, used: false });
        Ok(())
    }

    /// Reads one line that is neither blank nor a comment nor a set.
    fn phrase(&mut self, line: &str) -> Result<Phrase, String> {
        let (exception, rest) = match line.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (unsure, rest) = match rest.strip_prefix('?') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (begins, rest) = match rest.trim_start().strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (ends, rest) = match rest.trim_end().strip_suffix('$') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut pieces = Vec::new();
        for piece in rest.split_whitespace() {
            let gap = match piece {
                "~" | "…" => Piece::Gap(GAP),
                "~~" => Piece::Gap(WIDE),
                _ => {
                    for word in spread(piece).split_whitespace() {
                        pieces.push(Piece::Word(self.words(word)?.into()));
                    }
                    continue;
                }
            };
            if matches!(pieces.last(), Some(Piece::Gap(_))) {
                return Err(format!("two gaps in a row; one stands for up to {GAP} words, `~~` for up to {WIDE}"));
            }
            pieces.push(gap);
        }
        match (pieces.first(), pieces.last()) {
            (None, _) | (_, None) => Err("an empty phrase".to_owned()),
            (Some(Piece::Gap(_)), _) | (_, Some(Piece::Gap(_))) => {
                Err("a gap at an end means nothing; remove it, or write the word beside it".to_owned())
            }
            _ => Ok(Phrase { kind: self.kind, exception, unsure, whole: (begins, ends), pieces: pieces.into() }),
        }
    }

    /// Reads `one|other|@set`.
    fn words(&mut self, written: &str) -> Result<Vec<WordId>, String> {
        let mut ids = Vec::new();
        for word in written.split('|') {
            if let Some(name) = word.strip_prefix('@') {
                if name == NUMBER {
                    ids.push(self.vocabulary.number());
                    continue;
                }
                let set = self.sets.get_mut(name);
                let set = set.ok_or_else(|| format!("`@{name}` is not set above; write `@{name} = …` before it"))?;
                set.used = true;
                ids.extend(&set.words);
            } else {
                ids.push(self.word(word)?);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Reads one word of a phrase.
    fn word(&mut self, written: &str) -> Result<WordId, String> {
        let (stem, open) = match written.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (written, false),
        };
        if stem.contains(['*', '~', '…']) {
            return Err(format!("`{written}`: `*` belongs at the end of a word, and `~` stands alone between spaces"));
        }
        let words = self.kind.text(stem).words;
        match words.as_slice() {
            [] => Err(format!("`{written}` is not a word")),
            [word] if open && word.plain.chars().count() < STEM => {
                Err(format!("`{written}`: at least {STEM} letters before a `*`"))
            }
            [word] => Ok(self.vocabulary.add(&word.plain, open)),
            _ => Err(format!("`{written}` reads as several words; put spaces between them")),
        }
    }
}
