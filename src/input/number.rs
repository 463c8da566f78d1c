//! How many days or weeks: "30", "30 days", "two weeks", "a month".

use super::lexicon::{Lexicon, Meaning};
use super::tokens::{Token, tokens};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Two weeks each.
    Fortnight,
    /// Months of 30 days.
    Month,
}

impl Unit {
    /// How many days one has.
    #[must_use]
    pub const fn days(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Fortnight => 14,
            Self::Month => 30,
        }
    }

    pub(super) const fn of(meaning: Meaning) -> Option<Self> {
        Some(match meaning {
            Meaning::Day => Self::Day,
            Meaning::Week => Self::Week,
            Meaning::Fortnight => Self::Fortnight,
            Meaning::Month => Self::Month,
            _ => return None,
        })
    }
}

/// Meanings that a length can have.
const WANTED: &[Meaning] = &[
    Meaning::Filler,
    Meaning::Number(0),
    Meaning::Day,
    Meaning::Week,
    Meaning::Fortnight,
    Meaning::Month,
    Meaning::In,
];

/// A length in days; a bare number is days.
#[must_use]
pub fn read_days(text: &str, lexicon: &Lexicon) -> Option<u32> {
    let (count, unit) = count(text, lexicon)?;
    count.checked_mul(unit.map_or(1, Unit::days))
}

/// A length in weeks; a bare number is weeks. Days that are no whole weeks are unreadable.
#[must_use]
pub fn read_weeks(text: &str, lexicon: &Lexicon) -> Option<u32> {
    match count(text, lexicon)? {
        (count, None | Some(Unit::Week)) => Some(count),
        (count, Some(Unit::Fortnight)) => count.checked_mul(2),
        // Three months are a quarter of 52 weeks.
        (count, Some(Unit::Month)) => Some(count.checked_mul(13)? / 3),
        (days, Some(Unit::Day)) => (days % 7 == 0).then_some(days / 7),
    }
}

fn count(text: &str, lexicon: &Lexicon) -> Option<(u32, Option<Unit>)> {
    let tokens = tokens(text, lexicon, WANTED)?;
    let tokens = match tokens.as_slice() {
        [Token::Means(Meaning::In), rest @ ..] => rest,
        all => all,
    };
    match tokens {
        [number] => match number {
            Token::Means(meaning) if Unit::of(*meaning) == Some(Unit::Fortnight) => Some((1, Some(Unit::Fortnight))),
            _ => Some((value(number)?, None)),
        },
        [number, Token::Means(unit)] => Some((value(number)?, Some(Unit::of(*unit)?))),
        _ => None,
    }
}

/// The number of a token.
pub(super) fn value(token: &Token) -> Option<u32> {
    match token {
        Token::Digits(digits) => digits.parse().ok(),
        Token::Means(Meaning::Number(number)) => Some(u32::from(*number)),
        _ => None,
    }
}
