//! How often notes come, as days from one to the next: "daily", "every other day", "once a week", "3 times a week".

use super::lexicon::{Lexicon, Meaning};
use super::number::{Unit, value};
use super::tokens::{Token, tokens};

/// What was read as a rhythm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RhythmReading {
    /// One note every so many days.
    Every(u32),
    /// Between these: the nearest whole days, or two readings of one word.
    Which(Vec<u32>),
    /// More than one note a day.
    TooOften,
}

const WANTED: &[Meaning] = &[
    Meaning::Filler,
    Meaning::Number(0),
    Meaning::Every,
    Meaning::Per,
    Meaning::Times,
    Meaning::Repeat(0),
    Meaning::Other,
    Meaning::Hour,
    Meaning::Hourly,
    Meaning::Minutes,
    Meaning::Day,
    Meaning::Week,
    Meaning::Fortnight,
    Meaning::Month,
    Meaning::Daily,
    Meaning::Weekly,
    Meaning::Fortnightly,
    Meaning::Monthly,
];

/// Reads a rhythm; a bare number is days.
#[must_use]
pub fn read_rhythm(text: &str, lexicon: &Lexicon) -> Option<RhythmReading> {
    let tokens = tokens(text, lexicon, WANTED)?;
    let is_joint = |(at, token): &(usize, &Token)| **token == Token::Ordinal || *at > 0 && **token == Token::Sign('-');
    let tokens: Vec<&Token> =
        tokens.iter().enumerate().filter(|part| !is_joint(part)).map(|(_, token)| token).collect();
    let (times, rest) = times(&tokens);
    let (is_every, rest) = match rest {
        [Token::Means(Meaning::Every | Meaning::Per), rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let span = match rest {
        [Token::Means(Meaning::Hour | Meaning::Hourly | Meaning::Minutes)] => return Some(RhythmReading::TooOften),
        [number, Token::Means(Meaning::Hour | Meaning::Minutes)] if value(number).is_some() => {
            return Some(RhythmReading::TooOften);
        }
        [Token::Means(one)] if let Some(days) = adverb(*one) => days,
        [Token::Means(unit)] if is_every || times.is_some() || *unit == Meaning::Fortnight => Unit::of(*unit)?.days(),
        [Token::Means(Meaning::Other), Token::Means(unit)] => Unit::of(*unit)?.days() * 2,
        [number, Token::Means(unit)] => value(number)?.checked_mul(Unit::of(*unit)?.days())?,
        [number] if times.is_none() => value(number)?,
        _ => return None,
    };
    times.map_or(Some(RhythmReading::Every(span)), |times| spread(times, span))
}

/// "Three times", "twice", and what follows.
fn times<'a>(tokens: &'a [&'a Token]) -> (Option<u32>, &'a [&'a Token]) {
    match tokens {
        [number, Token::Means(Meaning::Times), rest @ ..] => (value(number), rest),
        [Token::Means(Meaning::Repeat(times)), rest @ ..] => (Some(u32::from(*times)), rest),
        // "7 a week".
        [number, Token::Means(Meaning::Per), ..] if value(number).is_some() => (value(number), &tokens[1..]),
        _ => (None, tokens),
    }
}

fn adverb(meaning: Meaning) -> Option<u32> {
    Some(match meaning {
        Meaning::Daily => 1,
        Meaning::Weekly => 7,
        Meaning::Fortnightly => 14,
        Meaning::Monthly => 30,
        _ => return None,
    })
}

/// So many times in so many days.
fn spread(times: u32, days: u32) -> Option<RhythmReading> {
    if times == 0 {
        return None;
    }
    Some(match (days / times, days % times) {
        (0, _) => RhythmReading::TooOften,
        (every, 0) => RhythmReading::Every(every),
        (every, _) => RhythmReading::Which(vec![every, every + 1]),
    })
}
