//! `spellings.txt` of a locale: how people spell words in a chat, so that no list has to repeat it.

use super::PhraseProblem;
use super::plain::{Text, Word};
use super::vocabulary::Vocabulary;

/// The name of the file in a locale's `lists` folder.
pub const SPELLINGS: &str = "spellings.txt";

/// Reads a file of spellings into the vocabulary, after all lists; reports the lines that cannot be used.
pub(super) fn read(vocabulary: &mut Vocabulary, file: &str, text: &str, problems: &mut Vec<PhraseProblem>) {
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Err(text) = self::line(vocabulary, line) {
            problems.push(PhraseProblem { file: file.to_owned(), line: index + 1, text });
        }
    }
}

/// Reads one line that is neither blank nor a comment.
fn line(vocabulary: &mut Vocabulary, line: &str) -> Result<(), String> {
    let Some((spelt, ways)) = line.split_once('=') else {
        for word in words(line)? {
            if vocabulary.knows(&word) {
                return Err(format!("`{word}` is a word of a list and never taken for another; remove it here"));
            }
            if !vocabulary.right(&word) {
                return Err(format!("`{word}` stands here already; remove one"));
            }
        }
        return Ok(());
    };
    let spelt = words(spelt)?;
    for way in ways.split('|') {
        let way = words(way)?;
        if !way.iter().any(|word| vocabulary.knows(word)) {
            return Err(format!("no list has a word of `{}`; correct it, or remove the line", way.join(" ")));
        }
        for spelling in &spelt {
            if !vocabulary.spell(spelling, way.clone()) {
                return Err(format!("`{spelling}` is spelt out so already; remove one"));
            }
        }
    }
    Ok(())
}

/// The words of one side; there has to be one.
fn words(side: &str) -> Result<Vec<String>, String> {
    if side.contains(['*', '~', '…', '=']) {
        return Err(format!("`{}`: spellings are whole words, `spelling = word` or words alone", side.trim()));
    }
    let words: Vec<String> = Text::new(side).words.into_iter().map(|Word { plain, .. }| plain).collect();
    if words.is_empty() {
        return Err("a side of the `=` without a word; write `spelling = word`".to_owned());
    }
    Ok(words)
}
