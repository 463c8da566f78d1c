//! Phrases with the vocabulary of their words, and where they stand in a text.

use std::collections::HashSet;

use super::direction::Seen;
use super::lists;
use super::matching::{Phrase, Piece, Ways};
use super::vocabulary::{Vocabulary, WordId, values_of};
use super::{ListKind, PhraseProblem};

/// Phrases that are looked for together.
#[derive(Clone, Debug, Default)]
pub(super) struct PhraseIndex {
    pub vocabulary: Vocabulary,
    phrases: Vec<Phrase>,
    /// Words that phrases begin with, each with such a phrase, in order.
    starts: Box<[(WordId, usize)]>,
}

impl PhraseIndex {
    /// Adds the phrases of a file.
    pub fn read(&mut self, kind: ListKind, file: &str, text: &str, problems: &mut Vec<PhraseProblem>) {
        self.phrases.extend(lists::read(&mut self.vocabulary, kind, file, text, problems));
    }

    /// Prepares the search, once all phrases are read.
    pub fn index(&mut self) {
        let first = |(index, phrase): (usize, &Phrase)| match phrase.pieces.first() {
            Some(Piece::Word(ids)) => ids.iter().map(|id| (*id, index)).collect(),
            _ => Vec::new(),
        };
        let mut starts: Vec<_> = self.phrases.iter().enumerate().flat_map(first).collect();
        starts.sort_unstable();
        self.starts = starts.into();
    }

    /// Words that make a phrase by themselves.
    pub fn alone(&self) -> HashSet<WordId> {
        self.phrases.iter().filter(|it| it.weight() == 1 && !it.exception).flat_map(Phrase::words).collect()
    }

    /// Where the phrases of each list stand in a text.
    pub fn found(&self, ways: &Ways) -> Seen {
        let mut seen = Seen::default();
        for place in 0..ways.places() {
            let mut candidates: Vec<usize> = ways.ids(place).flat_map(|id| values_of(&self.starts, id)).collect();
            candidates.sort_unstable();
            candidates.dedup();
            for phrase in candidates.into_iter().map(|index| &self.phrases[index]) {
                if let Some(one) = ways.find(phrase, place) {
                    seen.add(phrase, one);
                }
            }
        }
        seen
    }

    /// How many phrases there are, exceptions not counted.
    pub fn len(&self) -> usize {
        self.phrases.iter().filter(|phrase| !phrase.exception).count()
    }
}
