//! The words of the lists, each with a number, and which of them a word of a text may be.
//!
//! Besides the plain look of a word there are the ways in which people write it: stretched, spelt as in a chat (what
//! `spellings.txt` says), in disguise, or mistyped by one letter. Every look-up costs a bounded number of steps.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::classes::{Class, Classes};
use super::plain::{Disguise, Spot, Word, fold};

/// The number of a word that occurs in the lists.
pub(super) type WordId = usize;

/// The fewest letters of a list word of which a mistyped form is understood; shorter ones are too close to each other.
const TYPO: usize = 6;

/// The fewest letters that have to be told where others are hidden.
const TOLD: usize = 2;

/// The same where nobody knows how many are hidden (`sui***`).
const TOLD_OPEN: usize = 3;

/// The most letters a `word*` may go on for where letters are hidden, so that a short stem does not fit everything.
const ENDING: usize = 3;

/// The words of the lists. A word and its open form (`word*`) are two words.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    /// Each word by its number; nothing for what is no one word.
    words: Vec<Box<str>>,
    whole: Forms,
    open: Forms,
    spellings: HashMap<String, Spelling>,
    /// Words that are right as they stand, though one letter makes a list word of them.
    right: HashSet<String>,
    /// What any number is, if a list asks for numbers.
    number: Option<WordId>,
    typos: Typos,
    /// The classes of each word; shorter than `words` where the last have none.
    classes: Vec<Classes>,
}

/// What a spelling stands for.
#[derive(Clone, Debug, Default)]
struct Spelling {
    /// Each way to read it, as words in order.
    ways: Vec<Vec<String>>,
    /// The same as numbers, once all lists are read.
    ids: Vec<Vec<Vec<WordId>>>,
}

/// Words by what they look like.
#[derive(Clone, Debug, Default)]
struct Forms {
    plain: HashMap<String, WordId>,
    /// With every run of a letter made one, for stretched words; several words may look alike then.
    folded: HashMap<String, Vec<WordId>>,
    /// The letters of the longest.
    longest: usize,
}

/// List words by what is left of them when one letter is missing, so that a mistyped word finds them in a few steps. There
/// are ten thousand such rests and more: kept are their hashes, in order. Two with the same hash are told apart by
/// [`one_apart`], which looks at whatever is found anyway.
#[derive(Clone, Debug, Default)]
struct Typos {
    whole: Box<[(u64, WordId)]>,
    open: Box<[(u64, WordId)]>,
}

/// What a word of a text may be.
#[derive(Debug, Default)]
pub(super) struct Reading<'a> {
    /// One word of the lists.
    pub ids: Vec<WordId>,
    /// Several words in a row.
    pub chains: Vec<&'a [Vec<WordId>]>,
}

impl Vocabulary {
    pub fn add(&mut self, word: &str, open: bool) -> WordId {
        let forms = if open { &mut self.open } else { &mut self.whole };
        if let Some(id) = forms.plain.get(word) {
            return *id;
        }
        let id = self.words.len();
        self.words.push(word.into());
        forms.plain.insert(word.to_owned(), id);
        forms.folded.entry(fold(word)).or_default().push(id);
        forms.longest = forms.longest.max(word.chars().count());
        id
    }

    /// The word that any number is.
    pub fn number(&mut self) -> WordId {
        *self.number.get_or_insert_with(|| {
            self.words.push(Box::default());
            self.words.len() - 1
        })
    }

    /// Puts words into a class.
    pub fn class(&mut self, class: Class, words: &[WordId]) {
        self.classes.resize(self.words.len(), Classes::default());
        for id in words {
            self.classes[*id] = self.classes[*id].with(Classes::of(class));
        }
    }

    /// The classes of what may be any of these words.
    pub fn classes(&self, ids: &[WordId]) -> Classes {
        let each = ids.iter().filter_map(|id| self.classes.get(*id));
        each.fold(Classes::default(), |all, one| all.with(*one))
    }

    /// The words of a class.
    pub fn of_class(&self, class: Class) -> Vec<WordId> {
        (0..self.classes.len()).filter(|id| self.classes[*id].has(class)).collect()
    }

    /// Adds a way to read a spelling; false where it has that way already.
    pub fn spell(&mut self, spelling: &str, way: Vec<String>) -> bool {
        let ways = &mut self.spellings.entry(spelling.to_owned()).or_default().ways;
        let new = !ways.contains(&way);
        ways.push(way);
        new
    }

    /// Says that a word is right as it stands; false where that was said already.
    pub fn right(&mut self, word: &str) -> bool {
        self.right.insert(word.to_owned())
    }

    /// Prepares the look-ups, once all lists and spellings are read. `alone` are words that make a phrase by themselves:
    /// where they are short, no neighbour would keep a false friend out.
    pub fn settle(&mut self, alone: &HashSet<WordId>) {
        let rests = |forms: &Forms| {
            let long = forms.plain.iter().filter(|(word, id)| {
                let letters = word.chars().count();
                letters > TYPO || (letters == TYPO && !alone.contains(id))
            });
            let mut rests: Vec<_> =
                long.flat_map(|(word, id)| with_one_missing(word).into_iter().map(|rest| (hash(&rest), *id))).collect();
            rests.sort_unstable();
            rests.into_boxed_slice()
        };
        self.typos = Typos { whole: rests(&self.whole), open: rests(&self.open) };
        let spellings: Vec<_> = self.spellings.iter().map(|(name, it)| (name.clone(), it.ways.clone())).collect();
        for (name, ways) in spellings {
            let ids = ways.iter().map(|way| way.iter().map(|word| self.exact(&Word::new(word.as_str()))).collect());
            let ids = ids.collect();
            if let Some(spelling) = self.spellings.get_mut(&name) {
                spelling.ids = ids;
            }
        }
    }

    /// Whether a word is a list word as it is written.
    pub fn knows(&self, word: &str) -> bool {
        !self.exact(&Word::new(word)).is_empty()
    }

    /// All that a word of a text may be.
    pub fn read(&self, word: &Word) -> Reading<'_> {
        let mut reading = Reading { ids: self.exact(word), chains: Vec::new() };
        let folded = word.stretched.then(|| fold(&word.plain));
        let spelt = [Some(&word.plain), folded.as_ref()].into_iter().flatten().filter_map(|it| self.spellings.get(it));
        for way in spelt.flat_map(|spelling| &spelling.ids) {
            match way.as_slice() {
                [ids] => reading.ids.extend(ids),
                chain => reading.chains.push(chain),
            }
        }
        if reading.ids.is_empty() && reading.chains.is_empty() && !self.right.contains(&word.plain) {
            reading.ids = self.mistyped(folded.as_deref().unwrap_or(&word.plain));
        }
        reading
    }

    /// The list words that letters written apart spell, to their end: what follows a stem is left to stand alone.
    pub fn whole(&self, word: &str) -> Vec<WordId> {
        let mut ids: Vec<WordId> =
            [&self.whole, &self.open].into_iter().filter_map(|it| it.plain.get(word)).copied().collect();
        let spelt = self.spellings.get(word).into_iter().flat_map(|it| &it.ids).filter(|way| way.len() == 1);
        ids.extend(spelt.flatten().flatten());
        ids
    }

    /// The list words that two words written apart make (`my self`, `sui cide`).
    pub fn joined(&self, first: &str, second: &str) -> Vec<WordId> {
        let word = format!("{first}{second}");
        let mut ids: Vec<WordId> = self.whole.plain.get(&word).copied().into_iter().collect();
        let stems = beginnings(&word, self.open.longest);
        let stems = stems.filter(|stem| stem.len() > first.len() && stem.chars().count() >= TYPO);
        ids.extend(stems.filter_map(|stem| self.open.plain.get(stem)));
        ids
    }

    /// The list words that a word in disguise may be. Where letters are hidden, only what is without doubt.
    pub fn behind(&self, disguise: &Disguise) -> Vec<WordId> {
        let least = if disguise.open { TOLD_OPEN } else { TOLD };
        if disguise.is_masked() && (disguise.told() < least || disguise.spots.first() == Some(&Spot::Hidden)) {
            return Vec::new();
        }
        let fits = |word: &str, open: bool| {
            let mut letters = word.chars();
            for (at, spot) in disguise.spots.iter().enumerate() {
                match letters.next() {
                    Some(letter) if spot.allows(letter) => {}
                    Some(_) => return false,
                    None => return open && (!disguise.is_masked() || disguise.spots.len() - at <= ENDING),
                }
            }
            letters.next().is_none() || disguise.open
        };
        let mut found: Vec<(&String, WordId)> = Vec::new();
        for (forms, open) in [(&self.whole, false), (&self.open, true)] {
            found.extend(forms.plain.iter().filter(|(word, _)| fits(word, open)).map(|(word, id)| (word, *id)));
        }
        if let Some(shortest) = found.iter().map(|(word, _)| *word).min_by_key(|word| word.len())
            && disguise.is_masked()
            && !found.iter().all(|(word, _)| word.starts_with(shortest.as_str()))
        {
            return Vec::new();
        }
        if found.is_empty() && !disguise.is_masked() {
            let ways = [0, 1].map(|choice| {
                let letter = |spot: &Spot| match spot {
                    Spot::Letter(letter) => Some(*letter),
                    Spot::Like(letters) => letters.chars().nth(choice).or_else(|| letters.chars().next()),
                    Spot::Hidden => None,
                };
                Word::new(disguise.spots.iter().filter_map(letter).collect::<String>())
            });
            return ways.iter().flat_map(|word| self.read(word).ids).collect();
        }
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// The list words that a word is, as it is written or stretched.
    pub fn exact(&self, word: &Word) -> Vec<WordId> {
        let mut ids: Vec<WordId> = self.whole.plain.get(&word.plain).copied().into_iter().collect();
        ids.extend(beginnings(&word.plain, self.open.longest).filter_map(|begin| self.open.plain.get(begin)));
        if word.plain.starts_with(|first: char| first.is_ascii_digit()) {
            ids.extend(self.number);
        }
        if word.stretched {
            let folded = fold(&word.plain);
            ids.extend(self.whole.folded.get(&folded).into_iter().flatten());
            ids.extend(
                beginnings(&folded, self.open.longest).filter_map(|begin| self.open.folded.get(begin)).flatten(),
            );
        }
        ids
    }

    /// The list words that are one typing error away: a letter too many, too few, wrong, or two in the wrong order. The
    /// first letter has to be right, and the last of a `word*`, or its stem would only be shorter.
    fn mistyped(&self, word: &str) -> Vec<WordId> {
        let letters = word.chars().count();
        let mut ids = Vec::new();
        if letters + 1 < TYPO {
            return ids;
        }
        let mut add = |index: &[(u64, WordId)], written: &str, open: bool| {
            for rest in with_one_missing(written) {
                for id in values_of(index, hash(&rest)) {
                    let word = &*self.words[id];
                    let ends = !open || written.chars().last() == word.chars().last();
                    if ends && written.chars().next() == word.chars().next() && one_apart(written, word) {
                        ids.push(id);
                    }
                }
            }
        };
        if letters <= self.whole.longest + 1 {
            add(&self.typos.whole, word, false);
        }
        for begin in beginnings(word, self.open.longest + 1).skip(TYPO - 2) {
            add(&self.typos.open, begin, true);
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// What stands beside a key, among pairs in order: much smaller than a map of lists, and as quick to ask.
pub(super) fn values_of<K: Copy + Ord>(pairs: &[(K, usize)], key: K) -> impl Iterator<Item = usize> + '_ {
    let from = pairs.partition_point(|(other, _)| *other < key);
    pairs[from..].iter().take_while(move |(other, _)| *other == key).map(|(_, value)| *value)
}

/// Everything of at most `most` letters that a word begins with, itself included.
fn beginnings(word: &str, most: usize) -> impl Iterator<Item = &str> {
    word.char_indices().take(most).map(|(at, letter)| &word[..at + letter.len_utf8()])
}

/// A word, and the word without each of its letters.
fn with_one_missing(word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    all.extend(word.char_indices().map(|(at, letter)| format!("{}{}", &word[..at], &word[at + letter.len_utf8()..])));
    all.sort_unstable();
    all.dedup();
    all
}

/// The same word has the same one for as long as the process lives.
fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

/// Whether two words differ by one letter, or by two neighbours in the other order.
fn one_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([a, b, one @ ..], [c, d, other @ ..]) if a == d && b == c && one == other => true,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([_, rest @ ..], other) if rest == other => true,
        (one, [_, rest @ ..]) => one == rest,
        _ => false,
    }
}
