//! One spelling for what is typed in many: case, accents, widths, digits of other scripts, punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The zeros of the decimal digits that keyboards have, besides those that NFKD turns into ASCII.
const ZEROS: [u32; 20] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xA9D0,
];

/// Letters that do not decompose; tools/places.py has the same.
const LETTERS: &[(char, &str)] = &[
    ('ß', "ss"),
    ('ø', "o"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ł', "l"),
    ('ı', "i"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ə', "e"),
    ('ħ', "h"),
    ('ŋ', "n"),
    ('ŧ', "t"),
    ('ی', "ي"),
    ('ک', "ك"),
    ('ى', "ي"),
    ('ς', "σ"),
];

/// Marks within a word that some write and some leave out.
const APOSTROPHES: &str = "'’‘ʻʼ`´ʹʺ·・";

/// A name without case, accents and punctuation: letters and digits, one space between words.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let kept = text.nfkd().filter(|c| !is_combining_mark(*c) && !APOSTROPHES.contains(*c));
    for c in kept.flat_map(char::to_lowercase) {
        match LETTERS.iter().find(|(letter, _)| *letter == c) {
            Some((_, plain)) => folded.push_str(plain),
            None if c.is_alphanumeric() => folded.push(c),
            None => folded.push(' '),
        }
    }
    let composed: String = folded.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A time or a date with ASCII digits and punctuation, in lower case, without accents and invisible marks.
pub(super) fn plain(text: &str) -> String {
    let invisible = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}');
    let kept = text.nfkd().filter(|c| !is_combining_mark(*c) && !APOSTROPHES.contains(*c) && !invisible(*c));
    kept.flat_map(char::to_lowercase).map(ascii).collect()
}

fn ascii(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '−' | '〜' | '~' => '-',
        '。' | '٫' | '۔' => '.',
        '、' | '،' => ',',
        '؛' => ';',
        '∶' | '׃' => ':',
        '⁄' | '∕' | '\\' => '/',
        c if c.is_whitespace() => ' ',
        c => digit(c).unwrap_or(c),
    }
}

fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}
