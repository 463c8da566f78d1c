//! A phrase against a text. The text is a row of places with ways between them: each word leads from its place to the
//! next, and each other reading of it (joined, in disguise, spelt otherwise) is a way beside it.
//!
//! A phrase follows all ways at once with a set of places, never back, so the time grows with the length of the text.

use super::ListKind;
use super::classes::{Class, Classes};
use super::clause::Token;
use super::plain::{Stop, Text};
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
    /// Never more than unsure.
    pub unsure: bool,
    /// Whether it has to begin and to end with the text.
    pub whole: (bool, bool),
    pub pieces: Box<[Piece]>,
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// One of these words, in the order of their numbers.
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

/// In a letter or a draft, the other is `you`: the words for that, and the list words that they stand for besides.
#[derive(Clone, Debug, Default)]
pub(super) struct Addressed(Vec<(WordId, Vec<WordId>)>);

impl Addressed {
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let also = |you, classes: &[Class]| {
            let others: Vec<WordId> = classes.iter().flat_map(|class| vocabulary.of_class(*class)).collect();
            vocabulary.of_class(you).into_iter().map(move |id| (id, others.clone()))
        };
        let mut all: Vec<_> = also(Class::You, &[Class::They, Class::Them]).collect();
        all.extend(also(Class::Your, &[Class::Their]));
        all.extend(also(Class::Yourself, &[Class::Themself]));
        Self(all)
    }

    fn with(&self, ids: &[WordId]) -> Vec<WordId> {
        let mut all = ids.to_vec();
        for (_, others) in self.0.iter().filter(|(you, _)| ids.contains(you)) {
            all.extend(others);
        }
        all
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
    /// For the clause analyser: one reading of the text.
    tokens: Vec<Token>,
}

impl Ways {
    /// Reads a text. `addressed` are the words that speak to the other (`you`), each with what it stands for besides.
    pub fn new(text: &Text, vocabulary: &Vocabulary, addressed: &Addressed) -> Self {
        let words = text.words.len() + 1;
        let mut ways = Self { from: vec![Vec::new(); words], within: Vec::new(), words, tokens: Vec::new() };
        for (at, word) in text.words.iter().enumerate() {
            let reading = vocabulary.read(word);
            let chains: Vec<Vec<Vec<WordId>>> =
                reading.chains.iter().map(|chain| chain.iter().map(|ids| addressed.with(ids)).collect()).collect();
            let ids = addressed.with(&reading.ids);
            let stop = text.stops.get(at).copied().unwrap_or_default();
            let adverb = word.plain.len() > 4 && word.plain.ends_with("ly");
            let progressive = word.plain.ends_with("ing");
            let spelt = chains.first().map_or_else(
                || vec![vocabulary.classes(&ids)],
                |chain| chain.iter().map(|ids| vocabulary.classes(ids)).collect(),
            );
            for (part, classes) in spelt.into_iter().enumerate() {
                let stop = if part == 0 { stop } else { Stop::None };
                ways.tokens.push(Token { word: at, classes, stop, adverb, progressive });
            }
            ways.from[at].push((ids, at + 1));
            for chain in &chains {
                ways.chain(at, chain);
            }
        }
        for (at, pair) in text.words.windows(2).enumerate() {
            ways.pair(at, &pair[0].plain, &pair[1].plain, vocabulary);
        }
        ways.spaced(text, vocabulary);
        for disguise in &text.disguises {
            let ids = vocabulary.behind(disguise);
            if !ids.is_empty() && disguise.from < disguise.to {
                ways.reads_as(disguise.from, disguise.to, vocabulary.classes(&ids));
                ways.from[disguise.from].push((ids, disguise.to));
            }
        }
        ways
    }

    /// One reading of the text, for the clause analyser.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Several words read as one for the clause analyser. What it covers is passed over like an adverb. The words come
    /// in order, so the tokens of the last are looked for from the end.
    fn reads_as(&mut self, from: usize, to: usize, classes: Classes) {
        if classes.is_empty() {
            return;
        }
        let begin = self.tokens.partition_point(|token| token.word < from);
        for token in self.tokens[begin..].iter_mut().take_while(|token| token.word < to) {
            token.classes = if token.word == from { classes } else { Classes::of(Class::Adverb) };
        }
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
        if phrase.whole.0 && place != 0 {
            return None;
        }
        let mut at = vec![place];
        for piece in &*phrase.pieces {
            match piece {
                Piece::Gap(most) => self.widen(&mut at, *most),
                Piece::Word(wanted) => {
                    let mut after = Vec::new();
                    for (ids, to) in at.iter().flat_map(|here| &self.from[*here]) {
                        if !after.contains(to) && ids.iter().any(|id| wanted.binary_search(id).is_ok()) {
                            after.push(*to);
                        }
                    }
                    at = after;
                }
            }
            if at.is_empty() {
                return None;
            }
        }
        let ends = at.into_iter().map(|end| self.word(end, 1));
        let end = ends.filter(|end| !phrase.whole.1 || *end + 1 == self.words).min()?;
        Some(Found { start: self.word(place, 0), end, weight: phrase.weight() })
    }

    /// Adds the places that are up to so many words behind these.
    fn widen(&self, at: &mut Vec<usize>, most: usize) {
        let mut begin = 0;
        for _ in 0..most {
            let end = at.len();
            for index in begin..end {
                for (_, to) in &self.from[at[index]] {
                    if !at.contains(to) {
                        at.push(*to);
                    }
                }
            }
            begin = end;
        }
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
                self.reads_as(at, at + 2, vocabulary.classes(&ids));
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
                        self.reads_as(at, at + count + 1, vocabulary.classes(&ids));
                        self.from[at].push((ids, at + count + 1));
                    }
                }
            }
        }
    }
}
