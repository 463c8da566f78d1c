//! What the classifier sees of a text: numbers of buckets, from parts of words and from words beside each other.

use std::collections::BTreeSet;

/// How many buckets there are. A power of two.
pub(super) const BUCKETS: usize = 1 << 15;

/// Lengths of parts of words, in characters.
const PARTS: std::ops::RangeInclusive<usize> = 3..=5;
/// How many words beside each other count together.
const WORDS: usize = 3;
/// How far apart two words may stand that count as a pair.
const PAIR: usize = 4;

/// The words of a text: lower case, letters and digits only, letters repeated at most twice.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    let (mut last, mut run) = (' ', 0);
    for c in text.chars().filter(|c| !matches!(c, '\'' | '’')).flat_map(char::to_lowercase) {
        let c = if c.is_alphanumeric() { c } else { ' ' };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= 2 {
            plain.push(c);
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// The buckets of some words, sorted, each once.
pub(super) fn buckets(words: &[String]) -> Vec<u32> {
    let mut all = BTreeSet::new();
    let padded: Vec<char> = format!(" {} ", words.join(" ")).chars().collect();
    for length in PARTS {
        all.extend(padded.windows(length).map(|part| bucket(1, part.iter().copied())));
    }
    for count in 1..=WORDS {
        all.extend(words.windows(count).map(|beside| bucket(2, beside.join(" ").chars())));
    }
    for (place, first) in words.iter().enumerate() {
        for second in words.iter().take(place + PAIR + 1).skip(place + 2) {
            all.insert(bucket(3, first.chars().chain([' ']).chain(second.chars())));
        }
    }
    all.into_iter().collect()
}

/// The bucket of a feature of one kind: FNV-1a, folded.
fn bucket(kind: u64, chars: impl Iterator<Item = char>) -> u32 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let start = (0xcbf2_9ce4_8422_2325_u64 ^ kind).wrapping_mul(PRIME);
    let hash = chars.fold(start, |hash, c| (hash ^ u64::from(u32::from(c))).wrapping_mul(PRIME));
    let folded = (hash ^ (hash >> 32)) & (BUCKETS as u64 - 1);
    u32::try_from(folded).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_that_makes_no_difference_makes_none() {
        assert_eq!(words("Don’t GO!!  sooooo"), ["dont", "go", "soo"]);
        assert_eq!(buckets(&words("I can't.")), buckets(&words("i cant")));
        assert_ne!(buckets(&words("he hurts me")), buckets(&words("me hurts he")));
        assert!(words("🙂 …").is_empty());
    }
}
