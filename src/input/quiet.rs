//! Quiet hours: two times, or both in one text. More than 14 hours, or a day's hours without am and pm, are asked about.

use jiff::civil::Time;

use super::lexicon::{Lexicon, Meaning};
use super::time::{Half, TimeReading, read_time};
use super::tokens::{Token, tokens};

/// What was read as quiet hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuietReading {
    /// From and until.
    Hours(Time, Time),
    /// One of these, the likeliest first.
    Which(Vec<(Time, Time)>),
    /// None at all.
    Off,
}

/// More than this many minutes of silence are asked about.
const LONG: i32 = 14 * 60;

/// An hour that quiet hours are for.
const NIGHT: i32 = 3 * 60;

const DAY: i32 = 24 * 60;

/// Reads quiet hours. `until` may be empty where `from` has both.
#[must_use]
pub fn read_quiet(from: &str, until: &str, lexicon: &Lexicon) -> Option<QuietReading> {
    if tokens(from, lexicon, &[Meaning::Off, Meaning::Filler])
        .is_some_and(|found| found == [Token::Means(Meaning::Off)])
    {
        return Some(QuietReading::Off);
    }
    let both = if until.trim().is_empty() || until.trim() == from.trim() { span(from, lexicon) } else { None };
    let (from, until) = both.or_else(|| read_time(from, lexicon).zip(read_time(until, lexicon)))?;
    hours(&from, &until)
}

/// Both ends in one text: "10pm-7am", "from 22 to 7", "between 10 pm and 7 am".
fn span(text: &str, lexicon: &Lexicon) -> Option<(TimeReading, TimeReading)> {
    let text = super::fold::plain(text);
    let is_until = |word: &str| lexicon.phrase(&[word], &[Meaning::Until]).is_some();
    let word_at = |at: usize| text[at..].split(' ').next().unwrap_or("");
    let starts = text.match_indices(' ').map(|(at, _)| at + 1);
    let by_word = starts.filter(|at| is_until(word_at(*at))).map(|at| (at, at + word_at(at).len()));
    let by_dash = text.match_indices('-').map(|(at, dash)| (at, at + dash.len()));
    let mut found = by_word
        .chain(by_dash)
        .filter_map(|(end, start)| Some((read_time(&text[..end], lexicon)?, read_time(&text[start..], lexicon)?)));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn hours(from: &TimeReading, until: &TimeReading) -> Option<QuietReading> {
    let ([first], [last]) = (from.times.as_slice(), until.times.as_slice()) else { return None };
    let typed = (*first, *last);
    // Who writes one of the two in 24 hours writes both so.
    let in_24_hours =
        |time: &TimeReading, at: Time| time.half == Half::LeadingZero || at.hour() > 12 && time.half == Half::Said;
    let by_24 = [(from, typed.0), (until, typed.1)].iter().any(|(time, at)| in_24_hours(time, *at));
    let unsaid = |time: &TimeReading| time.half == Half::Unsaid && !by_24;
    let length = |(from, until): (Time, Time)| (minute(until) - minute(from)).rem_euclid(DAY);
    let is_short = |hours: &(Time, Time)| (1..=LONG).contains(&length(*hours));
    let covers_night = |(from, until): (Time, Time)| (NIGHT - minute(from)).rem_euclid(DAY) < length((from, until));

    let flips = [(true, false), (false, true), (true, true)].map(|(first, second)| {
        let flip = |time: Time, flips: bool| if flips { other_half(time) } else { time };
        (flip(typed.0, first), flip(typed.1, second), first, second)
    });
    // Who writes 24 hours means them, and midnight has no other half.
    let flips_well = |flips: bool, time: &TimeReading, at: Time, any: bool| {
        !flips || unsaid(time) || any && !by_24 && at.hour() != 0
    };
    let fits = |any: bool| {
        let likely = flips.iter().filter(move |(.., first, second)| {
            flips_well(*first, from, typed.0, any) && flips_well(*second, until, typed.1, any)
        });
        likely
            .map(|(from, until, ..)| (*from, *until))
            .filter(|hours| is_short(hours) && covers_night(*hours))
            .collect::<Vec<_>>()
    };
    let meant = if is_short(&typed) && (covers_night(typed) || !(unsaid(from) && unsaid(until))) {
        Vec::new()
    } else if is_short(&typed) {
        fits(false)
    } else {
        fits(true)
    };
    let is_possible = length(typed) != 0;
    match (meant.is_empty(), is_short(&typed)) {
        (true, true) => Some(QuietReading::Hours(typed.0, typed.1)),
        (true, false) if !is_possible => None,
        _ => Some(QuietReading::Which(meant.into_iter().chain(is_possible.then_some(typed)).collect())),
    }
}

fn minute(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

/// The same clock in the other half of the day.
pub(super) fn other_half(time: Time) -> Time {
    Time::new((time.hour() + 12) % 24, time.minute(), 0, 0).unwrap_or(time)
}
