//! A phrase against a text. The text is a row of places with ways between them: each word leads from its place to the
//! next, and each other reading of it (joined, in disguise, spelt otherwise) is a way beside it.
//!
//! A phrase follows all ways at once with a set of places, never back, so the time grows with the length of the text.

use std::collections::BTreeSet;

use super::ListKind;
use super::plain::Text;
use super::vocabulary::{Vocabulary, WordId};

/// The most words a gap (`~`) stands for, and a wide one (`~~`).
pub(super) const GAP: usize = 3;
pub(super) const WIDE: usize = 8;

/// The most letters written apart that are tried as one word.
const SPACED: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub kind: ListKind,
    pub exception: bool,
    pub pieces: Box<[Piece]>,
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// One of these words.
    Word(Box<[WordId]>),
    /// Up to so many words of any kind.
    Gap(usize),
}

impl Phrase {
    /// How many words it has; gaps do not count.
    pub fn weight(&self) -> usize {
        self.pieces.iter().filter(|piece| matches!(piece, Piece::Word(_))).count()
    }

    pub fn words(&self) -> impl Iterator<Item = WordId> + '_ {
        self.pieces
            .iter()
            .flat_map(|piece| match piece {
                Piece::Word(ids) => &**ids,
                Piece::Gap(_) => &[],
            })
            .copied()
    }
}

/// Where a phrase stands in a text, in words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    pub weight: usize,
}

impl Found {
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A text as all the list words it may read as.
#[derive(Debug)]
pub(super) struct Ways {
    /// From each place: the list words of a way, and the place it leads to.
    from: Vec<Vec<(Vec<WordId>, usize)>>,
    /// Between which words of the text a place within a word is; the others come first and stand where they are.
    within: Vec<usize>,
    /// The places between words, the one behind the last included.
    words: usize,
}

impl Ways {
    pub fn new(text: &Text, vocabulary: &Vocabulary) -> Self {
        let words = text.words.len() + 1;
        let mut ways = Self { from: vec![Vec::new(); words], within: Vec::new(), words };
        for (at, word) in text.words.iter().enumerate() {
            let reading = vocabulary.read(word);
            ways.from[at].push((reading.ids, at + 1));
            for chain in reading.chains {
                ways.chain(at, chain);
            }
            if let Some(next) = text.words.get(at + 1) {
                ways.pair(at, &word.plain, &next.plain, vocabulary);
            }
        }
        ways.spaced(text, vocabulary);
        for disguise in &text.disguises {
            let ids = vocabulary.behind(disguise);
            if !ids.is_empty() && disguise.from < disguise.to {
                ways.from[disguise.from].push((ids, disguise.to));
            }
        }
        ways
    }

    /// How many places there are, those within words included.
    pub fn places(&self) -> usize {
        self.from.len()
    }

    /// How many ways there are in all.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.from.iter().map(Vec::len).sum()
    }

    /// The list words that stand at a place.
    pub fn ids(&self, place: usize) -> impl Iterator<Item = WordId> + '_ {
        self.from[place].iter().flat_map(|(ids, _)| ids).copied()
    }

    /// Where a phrase that begins at a place stands: up to its nearest end, if it matches at all.
    pub fn find(&self, phrase: &Phrase, place: usize) -> Option<Found> {
        let mut at = BTreeSet::from([place]);
        for piece in &*phrase.pieces {
            match piece {
                Piece::Gap(most) => {
                    let mut edge = at.clone();
                    for _ in 0..*most {
                        edge = edge.iter().flat_map(|here| &self.from[*here]).map(|(_, to)| *to).collect();
                        at.extend(&edge);
                    }
                }
                Piece::Word(wanted) => {
                    let ways = at.iter().flat_map(|here| &self.from[*here]);
                    at = ways.filter(|(ids, _)| ids.iter().any(|id| wanted.contains(id))).map(|(_, to)| *to).collect();
                }
            }
            if at.is_empty() {
                return None;
            }
        }
        let end = at.into_iter().map(|end| self.word(end, 1)).min()?;
        Some(Found { start: self.word(place, 0), end, weight: phrase.weight() })
    }

    /// The word at which a place is; `beyond` is added where the place is within that word.
    fn word(&self, place: usize, beyond: usize) -> usize {
        place.checked_sub(self.words).map_or(place, |within| self.within[within] + beyond)
    }

    /// Adds a way that reads one word as several.
    fn chain(&mut self, at: usize, chain: &[Vec<WordId>]) {
        let mut here = at;
        for (index, ids) in chain.iter().enumerate() {
            let last = index + 1 == chain.len();
            let to = if last { at + 1 } else { self.from.len() };
            self.from[here].push((ids.clone(), to));
            if !last {
                self.from.push(Vec::new());
                self.within.push(at);
                here = to;
            }
        }
    }

    /// Adds the way that reads two words as one written apart. "a" and "i" are words of their own: "a business" is none.
    fn pair(&mut self, at: usize, first: &str, second: &str, vocabulary: &Vocabulary) {
        if ["a", "i"].contains(&first) || second.chars().count() < 2 {
            return;
        }
        let letters = first.chars().count() + second.chars().count();
        if (6..=SPACED).contains(&letters) {
            let ids = vocabulary.joined(first, second);
            if !ids.is_empty() {
                self.from[at].push((ids, at + 2));
            }
        }
    }

    /// Adds the ways that read single letters as the words they spell (`k i l l`).
    fn spaced(&mut self, text: &Text, vocabulary: &Vocabulary) {
        for at in 0..text.words.len() {
            let letters = text.words[at..].iter().take(SPACED).map(|word| word.plain.as_str());
            let letters = letters.take_while(|word| word.chars().count() == 1 && word.chars().all(char::is_alphabetic));
            let mut joined = String::new();
            for (count, letter) in letters.enumerate() {
                joined.push_str(letter);
                if count > 0 {
                    let ids = vocabulary.whole(&joined);
                    if !ids.is_empty() {
                        self.from[at].push((ids, at + count + 1));
                    }
                }
            }
        }
    }
}
