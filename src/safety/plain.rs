//! Text made plain: what a person typed, as the words it reads as, and what may be a word in disguise.
//!
//! Both sides go through here: the words of the lists, and the text that is scanned.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// The same letter this often in a row is a stretched letter ("diiie") and stands for any number of it.
const STRETCHED: usize = 3;

/// The most characters of a word in disguise; longer ones are no word at all.
const LONGEST: usize = 24;

/// Characters that hide a letter.
const MASKS: [char; 9] = ['*', '#', '_', '%', '×', '•', '●', '█', '▪'];

/// What looks like a letter, and the letters it looks like.
const LOOKALIKES: [(char, &str); 14] = [
    ('0', "o"),
    ('1', "il"),
    ('3', "e"),
    ('4', "a"),
    ('5', "s"),
    ('6', "g"),
    ('7', "t"),
    ('8', "b"),
    ('9', "g"),
    ('!', "il"),
    ('|', "il"),
    ('@', "a"),
    ('$', "s"),
    ('+', "t"),
];

/// Quotation marks that open and close.
const QUOTES: [(char, char); 8] =
    [('"', '"'), ('“', '”'), ('”', '”'), ('„', '“'), ('«', '»'), ('»', '«'), ('\'', '\''), ('‘', '’')];

/// One word of a text, made plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub plain: String,
    /// Whether a letter stands three or more times in a row.
    pub stretched: bool,
}

impl Word {
    pub fn new(plain: impl Into<String>) -> Self {
        let plain = plain.into();
        Self { stretched: is_stretched(&plain), plain }
    }
}

/// What a character of a disguised word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// This letter.
    Letter(char),
    /// One of these letters.
    Like(&'static str),
    /// Any letter.
    Hidden,
}

impl Spot {
    pub fn allows(self, letter: char) -> bool {
        match self {
            Self::Letter(own) => own == letter,
            Self::Like(letters) => letters.contains(letter),
            Self::Hidden => true,
        }
    }
}

/// Something that may be one word although it reads as none or several: `k1ll`, `d!e`, `s*icide`, `sui***`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Disguise {
    /// The first word of the text that it covers, and the first that it does not.
    pub from: usize,
    pub to: usize,
    pub spots: Vec<Spot>,
    /// Whether any number of letters may follow (`sui***`).
    pub open: bool,
}

impl Disguise {
    /// Whether a letter is hidden, so that the rest has to tell which word it is.
    pub fn is_masked(&self) -> bool {
        self.open || self.spots.contains(&Spot::Hidden)
    }

    /// How many letters are told.
    pub fn told(&self) -> usize {
        self.spots.iter().filter(|spot| **spot != Spot::Hidden).count()
    }
}

/// The strongest sign between two words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stop {
    #[default]
    None,
    /// A comma, a dash, a bracket.
    Comma,
    /// A colon or a quotation mark: somebody's words may follow.
    Speech,
    /// The end of a sentence or a line.
    Sentence,
}

impl Stop {
    fn of(signs: &str) -> Self {
        let strength = |sign: char| match sign {
            '.' | '!' | '?' | ';' | '\n' | '…' => Self::Sentence,
            ':' | '"' | '“' | '”' | '„' | '«' | '»' => Self::Speech,
            ',' | '(' | ')' | '-' | '–' | '—' | '/' => Self::Comma,
            _ => Self::None,
        };
        signs.chars().map(strength).max().unwrap_or_default()
    }
}

/// A text as words, and the disguises in it.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub words: Vec<Word>,
    /// The sign before each word.
    pub stops: Vec<Stop>,
    pub disguises: Vec<Disguise>,
}

impl Text {
    /// NFKC, lower case, without apostrophes and invisible characters, split at everything that is neither letter nor
    /// digit.
    pub fn new(text: &str) -> Self {
        Self::split(&plain(text))
    }

    /// The same without accents, and with each character of a script without spaces as a word of its own.
    pub fn of_any_language(text: &str) -> Self {
        Self::split(&spread(&without_accents(&plain(text))))
    }

    fn split(plain: &str) -> Self {
        let mut read = Self::default();
        let (mut rest, mut stop) = (plain, Stop::None);
        while let Some(begin) = rest.find(is_part) {
            let end = rest[begin..].find(|letter| !is_part(letter)).map_or(rest.len(), |end| begin + end);
            let run = &rest[begin..end];
            stop = stop.max(Stop::of(&rest[..begin]));
            rest = &rest[end..];
            let from = read.words.len();
            let words = run.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
            read.words.extend(words.map(Word::new));
            let to = read.words.len();
            if from < to {
                read.stops.push(stop);
                read.stops.resize(to, Stop::None);
                stop = Stop::None;
            }
            let tail = run.trim_end_matches(|letter: char| !letter.is_alphanumeric()).len();
            stop = stop.max(Stop::of(&run[tail..]));
            read.disguises.extend(disguise(run).map(|(spots, open)| Disguise { from, to, spots, open }));
        }
        read
    }
}

/// Whether a text is nothing but quoted words: lines that begin with `>`, or all of it between quotation marks.
pub(super) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    if text.starts_with(">>>") || (lines.peek().is_some() && lines.all(|line| line.starts_with('>'))) {
        return true;
    }
    let mut letters = text.chars();
    let pair = letters.next().zip(letters.next_back());
    let inner = letters.as_str();
    pair.is_some_and(|pair| QUOTES.contains(&pair) && !inner.contains([pair.0, pair.1]) && inner.contains(' '))
}

/// What may stand inside a word, in disguise or not.
fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || MASKS.contains(&letter) || LOOKALIKES.iter().any(|(like, _)| *like == letter)
}

/// Brings characters to the plain ones and leaves everything else where it stands.
fn plain(text: &str) -> String {
    if text.is_ascii() {
        // NFKC leaves it as it is.
        return text.chars().filter(|letter| !is_silent(*letter)).map(|letter| letter.to_ascii_lowercase()).collect();
    }
    // Apostrophes go first: NFKC would turn the acute accent some keyboards give for one into a space.
    let letters = text.chars().filter(|letter| !is_silent(*letter)).nfkc().flat_map(char::to_lowercase);
    let mut plain = String::with_capacity(text.len());
    for letter in letters {
        match letter {
            'ß' => plain.push_str("ss"),
            // A mark left over belongs to the letter before it (struck-through text is letters with marks).
            letter if is_combining_mark(letter) || is_silent(letter) => {}
            letter => plain.push(letter),
        }
    }
    plain
}

/// Leaves out what stands above, below and across plain letters. Kana keep their marks: those make other syllables.
fn without_accents(plain: &str) -> String {
    let mut bare = String::with_capacity(plain.len());
    for letter in plain.chars() {
        match letter {
            'ı' => bare.push('i'),
            'ł' => bare.push('l'),
            'ø' => bare.push('o'),
            'œ' => bare.push_str("oe"),
            'æ' => bare.push_str("ae"),
            letter if is_unspaced(letter) => bare.push(letter),
            letter => decompose_canonical(letter, |part| bare.extend((!is_combining_mark(part)).then_some(part))),
        }
    }
    bare
}

/// Puts spaces around each character of a script without spaces, except beside the `|` of a list.
pub(super) fn spread(text: &str) -> String {
    let mut spread = String::with_capacity(text.len());
    let mut last = None;
    for letter in text.chars() {
        let beside = |other: char| is_unspaced(letter) || is_unspaced(other);
        if last.is_some_and(|last| beside(last) && last != '|' && letter != '|') {
            spread.push(' ');
        }
        spread.push(letter);
        last = Some(letter);
    }
    spread
}

/// Kana and Han.
fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{3005}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

/// What a run of letters, digits and signs reads as if it is one word in disguise, and whether it is open at its end.
fn disguise(run: &str) -> Option<(Vec<Spot>, bool)> {
    // What stands around a word is punctuation or Markdown, unless it looks like a letter that words begin with.
    let inner = run.trim_start_matches(|letter: char| !letter.is_alphanumeric() && !['$', '@'].contains(&letter));
    let framed = inner.len() < run.len();
    let word = inner.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    let open =
        !framed && inner.len() >= word.len() + 2 && inner[word.len()..].chars().all(|sign| MASKS.contains(&sign));
    let plain = word.chars().all(char::is_alphabetic);
    if (plain && !open) || word.chars().count() > LONGEST || !word.chars().any(char::is_alphabetic) {
        return None;
    }
    let spot = |letter: char| {
        if MASKS.contains(&letter) {
            return Spot::Hidden;
        }
        let like = LOOKALIKES.iter().find(|(like, _)| *like == letter);
        like.map_or(Spot::Letter(letter), |(_, letters)| Spot::Like(letters))
    };
    Some((word.chars().map(spot).collect(), open))
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
pub(super) fn fold(word: &str) -> String {
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

    fn words(text: &str) -> Vec<String> {
        Text::new(text).words.into_iter().map(|word| word.plain).collect()
    }

    /// The disguises of a text, with `?` where a letter is hidden and the first letter of what a sign looks like.
    fn disguises(text: &str) -> Vec<String> {
        let shown = |spot: &Spot| match spot {
            Spot::Letter(letter) => *letter,
            Spot::Like(letters) => letters.chars().next().unwrap_or('?'),
            Spot::Hidden => '?',
        };
        let text = Text::new(text);
        let open = |disguise: &Disguise| if disguise.open { "~" } else { "" };
        text.disguises.iter().map(|it| it.spots.iter().map(shown).collect::<String>() + open(it)).collect()
    }

    #[test]
    fn a_word_in_disguise_reads_as_one_beside_its_plain_reading() {
        assert_eq!(
            disguises("k1ll d!e 5uicide $uicide s*icide sui*** su_cide"),
            ["kill", "die", "suicide", "suicide", "s?icide", "sui~", "su?cide"]
        );
        assert_eq!(words("i'll d!e, s*icide"), ["ill", "d", "e", "s", "icide"]);
        let text = Text::new("to d!e now");
        assert_eq!((text.disguises[0].from, text.disguises[0].to), (1, 3));
    }

    #[test]
    fn punctuation_markdown_and_numbers_are_no_disguise() {
        for text in
            ["die!", "die!!!", "*die*", "**die**", "__die__", "_die", "want*", "100", "50%", "$100", "die #", "***"]
        {
            assert_eq!(disguises(text), [""; 0], "{text}");
        }
    }
}
