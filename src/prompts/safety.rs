//! The safety scanner: says whether free text speaks of harming oneself, of harming someone, or of what the gate asks.
//!
//! The service calls [`PhraseLists::scan`] on every free text before it is sealed; out come three flags, never words.
//! The phrases are content (`prompts/<locale>/lists/*.txt`). What a line may say stands in [`PhraseLists`].
//!
//! Both sides are brought to the same plain words first, each list word gets a number, and each word of the text is
//! looked up once. A phrase is then tried only where its first word stands, with a set of positions instead of
//! backtracking, so the time grows with the length of the text and no text can make it explode.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::journey::{Alarms, Hints};

/// The most words a gap (`~`) stands for.
const GAP: usize = 3;

/// The fewest characters before a `*`: shorter ones would match half the dictionary.
const STEM: usize = 3;

/// The same letter this often in a row is a stretched letter ("diiie") and stands for any number of it.
const STRETCHED: usize = 3;

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
///   characters make no difference; `diiie` is `die`.
/// * `word*` matches every word that begins so.
/// * `one|other` matches either word; each may end in `*`.
/// * `~` or `…` stands for nothing or up to three words.
/// * A line that starts with `-` is an exception: where it overlaps a phrase of the same kind, the one with more words
///   wins, and at a tie the exception.
///
/// ```
/// use rekindle::prompts::safety::{ListKind, PhraseLists};
///
/// let lists = PhraseLists::parse([(ListKind::Gate, "gate.txt", "he|she ~ hit me\n-hit me up")]).unwrap();
/// assert!(lists.scan("She never hit me? No: she HIT me.").gate);
/// assert!(!lists.scan("She hit me up yesterday").gate);
/// ```
#[derive(Clone, Debug, Default)]
pub struct PhraseLists {
    vocabulary: Vocabulary,
    phrases: Vec<Phrase>,
    /// Which phrases begin with a word, by the word's number.
    starts: HashMap<WordId, Vec<usize>>,
}

/// The number of a word that occurs in the lists.
type WordId = usize;

#[derive(Clone, Debug)]
struct Phrase {
    kind: ListKind,
    exception: bool,
    pieces: Vec<Piece>,
}

impl Phrase {
    /// How many words it has; gaps do not count.
    fn weight(&self) -> usize {
        self.pieces.iter().filter(|piece| matches!(piece, Piece::Word(_))).count()
    }

    fn words(&self) -> impl Iterator<Item = WordId> + '_ {
        self.pieces
            .iter()
            .flat_map(|piece| match piece {
                Piece::Word(ids) => ids.as_slice(),
                Piece::Gap => &[],
            })
            .copied()
    }
}

#[derive(Clone, Debug)]
enum Piece {
    /// One of these words.
    Word(Vec<WordId>),
    /// Up to [`GAP`] words of any kind.
    Gap,
}

/// Where a phrase stands in a text, in words.
#[derive(Clone, Copy, Debug)]
struct Found {
    start: usize,
    end: usize,
    weight: usize,
}

impl Found {
    fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl PhraseLists {
    /// Reads lists, of one locale or of several: kind, name of the file for messages, text.
    ///
    /// # Errors
    /// Every line that cannot be used, with its file and line.
    pub fn parse<'a>(
        lists: impl IntoIterator<Item = (ListKind, &'a str, &'a str)>,
    ) -> Result<Self, Vec<PhraseProblem>> {
        let mut read = Self::default();
        let mut problems = Vec::new();
        for (kind, file, text) in lists {
            let first = read.phrases.len();
            let mut exceptions = Vec::new();
            let mut seen = BTreeMap::new();
            for (index, line) in text.lines().enumerate() {
                let line = line.trim_start_matches('\u{feff}').trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let mut problem =
                    |text: String| problems.push(PhraseProblem { file: file.to_owned(), line: index + 1, text });
                match read.phrase(kind, line) {
                    Err(text) => problem(text),
                    Ok(_) if seen.contains_key(line) => problem(format!("stands in line {} already", seen[line])),
                    Ok(phrase) => {
                        seen.insert(line, index + 1);
                        if phrase.exception {
                            exceptions.push((index + 1, read.phrases.len()));
                        }
                        read.phrases.push(phrase);
                    }
                }
            }
            let hits: BTreeSet<WordId> =
                read.phrases[first..].iter().filter(|phrase| !phrase.exception).flat_map(Phrase::words).collect();
            for (line, exception) in exceptions {
                if !read.phrases[exception].words().any(|word| hits.contains(&word)) {
                    let text = "an exception to nothing: no phrase of this file shares a word with it".to_owned();
                    problems.push(PhraseProblem { file: file.to_owned(), line, text });
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for (index, phrase) in read.phrases.iter().enumerate() {
            if let Some(Piece::Word(ids)) = phrase.pieces.first() {
                for id in ids {
                    read.starts.entry(*id).or_default().push(index);
                }
            }
        }
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
        let text: Vec<Vec<WordId>> = plain_words(words).iter().map(|word| self.vocabulary.ids(word)).collect();
        let mut found: BTreeMap<(ListKind, bool), Vec<Found>> = BTreeMap::new();
        for (start, ids) in text.iter().enumerate() {
            let candidates: BTreeSet<usize> =
                ids.iter().filter_map(|id| self.starts.get(id)).flatten().copied().collect();
            for phrase in candidates.into_iter().map(|index| &self.phrases[index]) {
                if let Some(end) = match_at(&phrase.pieces, &text, start) {
                    let weight = phrase.weight();
                    found.entry((phrase.kind, phrase.exception)).or_default().push(Found { start, end, weight });
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

    /// Reads one line that is neither blank nor a comment.
    fn phrase(&mut self, kind: ListKind, line: &str) -> Result<Phrase, String> {
        let (exception, rest) = match line.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let mut pieces = Vec::new();
        for piece in rest.split_whitespace() {
            if piece == "~" || piece == "…" {
                if matches!(pieces.last(), Some(Piece::Gap)) {
                    return Err("two gaps in a row; one stands for up to three words".to_owned());
                }
                pieces.push(Piece::Gap);
            } else {
                let ids: Result<Vec<WordId>, String> = piece.split('|').map(|word| self.word(word)).collect();
                pieces.push(Piece::Word(ids?));
            }
        }
        match (pieces.first(), pieces.last()) {
            (None, _) | (_, None) => Err("an empty phrase".to_owned()),
            (Some(Piece::Gap), _) | (_, Some(Piece::Gap)) => {
                Err("a gap at an end means nothing; remove it, or write the word beside it".to_owned())
            }
            _ => Ok(Phrase { kind, exception, pieces }),
        }
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
        let words = plain_words(stem);
        match words.as_slice() {
            [] => Err(format!("`{written}` is not a word")),
            [word] if open && word.plain.chars().count() < STEM => {
                Err(format!("`{written}`: at least {STEM} letters before a `*`"))
            }
            [word] => Ok(self.vocabulary.add(word, open)),
            _ => Err(format!("`{written}` reads as several words; put spaces between them")),
        }
    }
}

/// The words of the lists, each with a number. A word and its open form (`word*`) are two words.
#[derive(Clone, Debug, Default)]
struct Vocabulary {
    size: WordId,
    whole: Forms,
    open: Forms,
}

/// Words by what they look like.
#[derive(Clone, Debug, Default)]
struct Forms {
    plain: HashMap<String, WordId>,
    /// With every run of a letter made one, for stretched words; several words may look alike then.
    folded: HashMap<String, Vec<WordId>>,
}

impl Vocabulary {
    fn add(&mut self, word: &Word, open: bool) -> WordId {
        let forms = if open { &mut self.open } else { &mut self.whole };
        if let Some(id) = forms.plain.get(&word.plain) {
            return *id;
        }
        let id = self.size;
        self.size += 1;
        forms.plain.insert(word.plain.clone(), id);
        forms.folded.entry(fold(&word.plain)).or_default().push(id);
        id
    }

    /// All list words that a word of the text is.
    fn ids(&self, word: &Word) -> Vec<WordId> {
        let mut ids: Vec<WordId> = self.whole.plain.get(&word.plain).copied().into_iter().collect();
        ids.extend(beginnings(&word.plain).filter_map(|begin| self.open.plain.get(begin)));
        if word.stretched {
            let folded = fold(&word.plain);
            ids.extend(self.whole.folded.get(&folded).into_iter().flatten());
            ids.extend(beginnings(&folded).filter_map(|begin| self.open.folded.get(begin)).flatten());
        }
        ids
    }
}

/// Everything a word begins with, itself included.
fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().map(|(at, letter)| &word[..at + letter.len_utf8()])
}

/// One word of a text, made plain.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    plain: String,
    /// Whether a letter stands three or more times in a row.
    stretched: bool,
}

/// Where the pieces end that begin at `start`: the nearest end, if they match at all.
fn match_at(pieces: &[Piece], text: &[Vec<WordId>], start: usize) -> Option<usize> {
    let mut at = BTreeSet::from([start]);
    for piece in pieces {
        at = match piece {
            Piece::Gap => at.into_iter().flat_map(|here| here..=here + GAP).collect(),
            Piece::Word(ids) => at
                .into_iter()
                .filter(|here| text.get(*here).is_some_and(|word| word.iter().any(|id| ids.contains(id))))
                .map(|here| here + 1)
                .collect(),
        };
    }
    at.first().copied()
}

/// Brings a text to plain words: NFKC, lower case, without apostrophes and invisible characters, split at everything
/// that is neither letter nor digit.
fn plain_words(text: &str) -> Vec<Word> {
    // Apostrophes go first: NFKC would turn the acute accent some keyboards give for one into a space.
    let letters = text.chars().filter(|letter| !is_silent(*letter)).nfkc().flat_map(char::to_lowercase);
    let mut plain = String::with_capacity(text.len());
    for letter in letters {
        match letter {
            'ß' => plain.push_str("ss"),
            letter if letter.is_alphanumeric() => plain.push(letter),
            // A mark left over belongs to the letter before it (struck-through text is letters with marks).
            letter if is_combining_mark(letter) || is_silent(letter) => {}
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().map(|word| Word { plain: word.to_owned(), stretched: is_stretched(word) }).collect()
}

/// Apostrophes of every keyboard, and characters that nobody sees.
fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʼ' | 'ʻ' | 'ʹ' | '′' | '＇'
            | '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

/// Whether a letter stands [`STRETCHED`] times in a row. Digits do not stretch: 1000 is a number.
fn is_stretched(word: &str) -> bool {
    let mut run = 0;
    let mut last = None;
    word.chars().any(|letter| {
        run = if last == Some(letter) { run + 1 } else { 1 };
        last = Some(letter);
        run >= STRETCHED && letter.is_alphabetic()
    })
}

/// Makes every run of a letter one letter.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars() {
        if !folded.ends_with(letter) {
            folded.push(letter);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(text: &str) -> PhraseLists {
        PhraseLists::parse([(ListKind::Gate, "gate.txt", text)]).expect("a list without problems")
    }

    fn problem(text: &str) -> (usize, String) {
        let problems = PhraseLists::parse([(ListKind::Gate, "en/gate.txt", text)]).expect_err("a problem");
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
            PhraseLists::parse([(ListKind::Gate, "g", "hit me\n-hit me up"), (ListKind::HarmOther, "o", "hit me up")])
                .expect("lists");
        let alarms = lists.scan("hit me up");
        assert_eq!(alarms, Alarms { harm_other: true, ..Alarms::default() });
    }

    #[test]
    fn lists_of_several_locales_are_scanned_together() {
        let lists = PhraseLists::parse([
            (ListKind::SelfHarm, "en", "want to die"),
            (ListKind::SelfHarm, "de", "will nicht mehr leben"),
        ])
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
        let problems = PhraseLists::parse([(ListKind::Gate, "g", "~ a"), (ListKind::Gate, "h", "x\n-y")]);
        let shown: Vec<String> = problems.expect_err("problems").iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), 2);
        assert!(shown[0].starts_with("g:1: "), "{shown:?}");
        assert!(shown[1].starts_with("h:2: "), "{shown:?}");
    }

    #[test]
    fn an_empty_list_says_so() {
        assert!(lists("# nothing yet\n").is_empty());
        assert!(!lists("hit me").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_scanned(text in "\\PC{0,400}") {
            let lists = lists("he|she ~ hit ~ me\n-hit me up\nkill*");
            assert_eq!(lists.scan(&text), lists.scan(&text.replace('\'', "’")));
        }
    }
}
