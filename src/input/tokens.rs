//! Splits what was typed into numbers, meanings and signs.

use super::fold::plain;
use super::lexicon::{Lexicon, Meaning};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Digits, as typed: a leading zero and the length say something.
    Digits(String),
    /// A word or a phrase.
    Means(Meaning),
    /// Any other sign but a blank.
    Sign(char),
    /// The ending of an ordinal that was written in digits.
    Ordinal,
}

const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];

/// The tokens of a text, whose words may have the wanted meanings. `None` where a word has none of them.
pub(super) fn tokens(text: &str, lexicon: &Lexicon, wanted: &[Meaning]) -> Option<Vec<Token>> {
    let pieces = pieces(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let piece = pieces[at].as_str();
        if piece.starts_with(|c: char| c.is_ascii_digit()) {
            found.push(Token::Digits(piece.to_owned()));
            at += 1;
            if pieces.get(at).is_some_and(|next| ORDINALS.contains(&next.as_str())) {
                found.push(Token::Ordinal);
                at += 1;
            }
        } else if piece.starts_with(char::is_alphabetic) {
            let words: Vec<&str> = pieces[at..].iter().map(String::as_str).collect();
            let (meaning, length) = lexicon.phrase(&words, wanted)?;
            if meaning != Meaning::Filler {
                found.push(Token::Means(meaning));
            }
            at += length;
        } else {
            found.push(Token::Sign(piece.chars().next()?));
            at += 1;
        }
    }
    Some(found)
}

/// Runs of digits, runs of letters, single signs. A full stop behind a letter belongs to an abbreviation and goes.
fn pieces(text: &str) -> Vec<String> {
    let text = plain(text);
    let mut pieces: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let abbreviates = c == '.' && before.is_alphabetic();
        if abbreviates {
            // "p.m." is "p m", in two words like "p. m.".
            before = ' ';
            continue;
        }
        let joins = c.is_ascii_digit() || c.is_alphabetic();
        match pieces.last_mut() {
            Some(last) if joins && class(before) == class(c) => last.push(c),
            _ if c == ' ' => {}
            _ => pieces.push(c.to_string()),
        }
        before = c;
    }
    pieces
}
