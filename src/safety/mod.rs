//! The safety scanner: says whether free text speaks of harming oneself, of harming someone, or of what the gate asks.
//!
//! The service calls [`PhraseLists::scan`] on every free text before it is sealed; out come three flags, never words.
//! The phrases are content (`prompts/<locale>/lists/*.txt`). What a line may say stands in [`PhraseLists`].
//!
//! Both sides are brought to the same plain words first (`plain`), each list word gets a number, and each word of the
//! text is looked up once (`vocabulary`): as it stands, spelt as in a chat, in disguise, apart or mistyped. A phrase is
//! then tried only where its first word stands, with a set of places instead of backtracking (`matching`). Every step
//! is bounded for a word, so the time grows with the length of the text and no text can make it explode.

pub mod concern;
mod lists;
mod matching;
mod plain;
mod spellings;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

pub use concern::{Alarms, Certainty, Concern, Concerns, Hints, TextContext};
use matching::{Found, Phrase, Piece, Ways};
use plain::Text;
pub use spellings::SPELLINGS;
use vocabulary::{Vocabulary, WordId, values_of};

/// What a list is about: one flag of [`Alarms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListKind {
    /// `self-harm.txt`: harming oneself, not wanting to live.
    SelfHarm,
    /// `harm-other.txt`: harming someone.
    HarmOther,
    /// `gate.txt`: a block, no contact, violence, threats, control, a court order.
    Gate,
    /// `draft-demand.txt`: opening lines that demand something.
    Demand,
    /// `draft-blame.txt`: that blame.
    Blame,
    /// `draft-press.txt`: that press, by haste, a last chance or feelings held out.
    Pressure,
    /// `draft-threat.txt`: that threaten.
    Threat,
}

impl ListKind {
    /// Every kind, the most urgent first.
    pub const ALL: &'static [Self] =
        &[Self::SelfHarm, Self::HarmOther, Self::Gate, Self::Demand, Self::Blame, Self::Pressure, Self::Threat];

    /// The name of its file in a locale's `lists` folder.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::SelfHarm => "self-harm.txt",
            Self::HarmOther => "harm-other.txt",
            Self::Gate => "gate.txt",
            Self::Demand => "draft-demand.txt",
            Self::Blame => "draft-blame.txt",
            Self::Pressure => "draft-press.txt",
            Self::Threat => "draft-threat.txt",
        }
    }
}

/// A line of a list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhraseProblem {
    /// The file, as it was named to [`PhraseLists::parse`].
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for PhraseProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

/// The phrases of all locales together: people write in the language they hurt in, not in the one they set.
///
/// A list has one phrase a line; blank lines and lines that start with `#` do not count. A phrase is words in order:
///
/// * `word` matches itself. Case, apostrophes (`don’t` is `dont`), punctuation, emoji, full-width letters and invisible
///   characters make no difference; `diiie` is `die`, and so are `d i e`, `d!e` and `d1e`. A hidden letter (`su*cide`)
///   is read where one word of the lists fits, and a typing error (`suiicde`) in words of six letters or more.
/// * `word*` matches every word that begins so.
/// * `one|other` matches either word; each may end in `*`.
/// * `~` or `…` stands for nothing or up to three words, `~~` for nothing or up to eight.
/// * A line that starts with `-` is an exception: where it overlaps a phrase of the same kind, the one with more words
///   wins, and at a tie the exception.
/// * A line `@them = him|her` names words together; the lines below it may say `@them`, alone or among others.
///   `@number` is every word that begins with a digit.
///
/// What people write for a word in a chat (`wana`) stands in [`SPELLINGS`]: `spelling = word`, or several words, or
/// several ways with `|` between them. A line there without `=` names words that are right as they stand, though one
/// letter makes a list word of them.
///
/// ```
/// use rekindle::safety::{ListKind, PhraseLists};
///
/// let gate = (ListKind::Gate, "gate.txt", "he|she ~ hit me\n-hit me up");
/// let lists = PhraseLists::parse([gate], [("spellings.txt", "mee = me")]).unwrap();
/// assert!(lists.scan("She never hit me? No: she HIT me.").gate);
/// assert!(lists.scan("he h!t mee").gate);
/// assert!(!lists.scan("She hit me up yesterday").gate);
/// ```
#[derive(Clone, Debug, Default)]
pub struct PhraseLists {
    vocabulary: Vocabulary,
    phrases: Vec<Phrase>,
    /// Words that phrases begin with, each with such a phrase, in order.
    starts: Box<[(WordId, usize)]>,
}

impl PhraseLists {
    /// Reads lists, of one locale or of several (kind, name of the file for messages, text), and their spellings (name,
    /// text).
    ///
    /// # Errors
    /// Every line that cannot be used, with its file and line.
    pub fn parse<'a>(
        lists: impl IntoIterator<Item = (ListKind, &'a str, &'a str)>,
        spellings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<PhraseProblem>> {
        let mut read = Self::default();
        let mut problems = Vec::new();
        for (kind, file, text) in lists {
            let phrases = lists::read(&mut read.vocabulary, kind, file, text, &mut problems);
            read.phrases.extend(phrases);
        }
        for (file, text) in spellings {
            spellings::read(&mut read.vocabulary, file, text, &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let alone: HashSet<WordId> =
            read.phrases.iter().filter(|it| it.weight() == 1 && !it.exception).flat_map(Phrase::words).collect();
        read.vocabulary.settle(&alone);
        let first = |(index, phrase): (usize, &Phrase)| match phrase.pieces.first() {
            Some(Piece::Word(ids)) => ids.iter().map(|id| (*id, index)).collect(),
            _ => Vec::new(),
        };
        let mut starts: Vec<_> = read.phrases.iter().enumerate().flat_map(first).collect();
        starts.sort_unstable();
        read.starts = starts.into();
        Ok(read)
    }

    /// What the safety lists see in a text. The draft lists have no say in it.
    #[must_use]
    pub fn scan(&self, words: &str) -> Alarms {
        let seen = self.seen(words);
        Alarms {
            self_harm: seen.contains(&ListKind::SelfHarm),
            harm_other: seen.contains(&ListKind::HarmOther),
            gate: seen.contains(&ListKind::Gate),
            hints: Hints::default(),
        }
    }

    /// What the draft lists see in opening lines.
    #[must_use]
    pub fn hints(&self, words: &str) -> Hints {
        let seen = self.seen(words);
        Hints {
            demands: seen.contains(&ListKind::Demand),
            blames: seen.contains(&ListKind::Blame),
            presses: seen.contains(&ListKind::Pressure),
            threatens: seen.contains(&ListKind::Threat),
        }
    }

    fn seen(&self, words: &str) -> BTreeSet<ListKind> {
        let ways = Ways::new(&Text::new(words), &self.vocabulary);
        let mut found: BTreeMap<(ListKind, bool), Vec<Found>> = BTreeMap::new();
        for place in 0..ways.places() {
            let candidates: BTreeSet<usize> = ways.ids(place).flat_map(|id| values_of(&self.starts, id)).collect();
            for phrase in candidates.into_iter().map(|index| &self.phrases[index]) {
                if let Some(one) = ways.find(phrase, place) {
                    found.entry((phrase.kind, phrase.exception)).or_default().push(one);
                }
            }
        }
        let stands = |kind| {
            let exceptions = found.get(&(kind, true)).map_or(&[][..], Vec::as_slice);
            found.get(&(kind, false)).is_some_and(|hits| {
                hits.iter().any(|hit| !exceptions.iter().any(|other| other.overlaps(hit) && other.weight >= hit.weight))
            })
        };
        ListKind::ALL.iter().copied().filter(|kind| stands(*kind)).collect()
    }

    /// How many phrases there are, exceptions not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.phrases.iter().filter(|phrase| !phrase.exception).count()
    }

    /// Whether there is no phrase at all, so that nothing would ever be seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
