//! A time of day: "21:40", "9.30 pm", "830", "noon", "half past 8", "20 Uhr".

use jiff::civil::Time;

use super::lexicon::{Lexicon, Meaning};
use super::number::value;
use super::tokens::{Token, tokens};

/// Whether the half of the day is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// By am or pm, by an hour of 13 or more, or by 0.
    Said,
    /// By a leading zero, as clocks of 24 hours show it, and some of 12.
    LeadingZero,
    /// "9:40" may be morning or evening.
    Unsaid,
}

/// What was read as a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeReading {
    /// The times it may mean, without counting the other half of the day; never empty.
    pub times: Vec<Time>,
    /// Whether the half of the day is known.
    pub half: Half,
    /// Whether minutes were said.
    pub has_minutes: bool,
}

const WANTED: &[Meaning] = &[
    Meaning::Filler,
    Meaning::Number(0),
    Meaning::Am,
    Meaning::Pm,
    Meaning::Night,
    Meaning::Noon,
    Meaning::Midnight,
    Meaning::Clock,
    Meaning::Half,
    Meaning::Quarter,
    Meaning::Past,
    Meaning::To,
    Meaning::Minutes,
    Meaning::In,
];

/// Reads a time of day.
#[must_use]
pub fn read_time(text: &str, lexicon: &Lexicon) -> Option<TimeReading> {
    let tokens = tokens(text, lexicon, WANTED)?;
    let mut rest = tokens.as_slice();
    while let [front @ .., Token::Sign('.' | '!')] = rest {
        rest = front;
    }
    if let [Token::Means(Meaning::In), behind @ ..] = rest {
        rest = behind;
    }
    let mut half = None;
    let mut has_clock = false;
    loop {
        match rest {
            [front @ .., Token::Means(said @ (Meaning::Am | Meaning::Pm | Meaning::Night))] if half.is_none() => {
                half = Some(*said);
                rest = front;
            }
            [front @ .., Token::Means(Meaning::Clock)] if !has_clock => {
                has_clock = true;
                rest = front;
            }
            _ => break,
        }
    }
    let (clocks, has_minutes) = clock(rest)?;
    let times: Option<Vec<Time>> = clocks.iter().map(|clock| clock.at(half)).collect();
    let first = clocks.first()?;
    let known = half.is_some() || first.is_named || first.hour == 0 || first.hour > 12;
    let half = match (known, first.leading_zero) {
        (true, _) => Half::Said,
        (false, true) => Half::LeadingZero,
        (false, false) => Half::Unsaid,
    };
    Some(TimeReading { times: times?, half, has_minutes })
}

/// What a clock may show, 24 included.
#[derive(Clone, Copy)]
struct Clock {
    hour: u32,
    minute: u32,
    leading_zero: bool,
    /// Noon or midnight by name.
    is_named: bool,
}

impl Clock {
    const fn new(hour: u32, minute: u32) -> Self {
        Self { hour, minute, leading_zero: false, is_named: false }
    }

    /// So many minutes before the hour.
    const fn before(hour: u32, minutes: u32) -> Self {
        let hour = if hour <= 1 { hour + 11 } else { hour - 1 };
        Self::new(hour, 60 - minutes)
    }

    fn at(self, half: Option<Meaning>) -> Option<Time> {
        let is_twelve = (1..=12).contains(&self.hour);
        let hour = match half {
            None if self.hour == 24 && self.minute == 0 => 0,
            None => self.hour,
            Some(_) if self.is_named => self.hour,
            Some(_) if !is_twelve => return None,
            Some(Meaning::Am) => self.hour % 12,
            Some(Meaning::Night) if self.hour <= 5 || self.hour == 12 => self.hour % 12,
            Some(_) => self.hour % 12 + 12,
        };
        Time::new(i8::try_from(hour).ok()?, i8::try_from(self.minute).ok()?, 0, 0).ok()
    }
}

/// The clocks that a text without am or pm may mean, and whether minutes were said.
fn clock(tokens: &[Token]) -> Option<(Vec<Clock>, bool)> {
    use Meaning as M;
    use Token::{Digits, Means, Sign};
    let one = |clock: Clock| Some((vec![clock], true));
    match tokens {
        [Means(M::Noon)] => one(Clock { is_named: true, ..Clock::new(12, 0) }),
        [Means(M::Midnight)] => one(Clock { is_named: true, ..Clock::new(0, 0) }),
        [twelve, Means(M::Noon)] if value(twelve) == Some(12) => clock(&[Means(M::Noon)]),
        [twelve, Means(M::Midnight)] if matches!(value(twelve), Some(12 | 0)) => clock(&[Means(M::Midnight)]),
        [Digits(digits)] if digits.len() >= 3 => one(run(digits)?),
        [hour] => Some((vec![written(hour)?], false)),
        [hour @ Digits(_), Digits(minute)] => one(Clock { minute: two(minute)?, ..written(hour)? }),
        [hour @ Digits(_), Sign(':' | '.' | ',' | ';') | Means(M::Clock), Digits(minute)] => {
            one(Clock { minute: two(minute)?, ..written(hour)? })
        }
        [hour @ Digits(_), Sign(':'), Digits(minute), Sign(':'), Digits(second)] if two(second).is_some() => {
            one(Clock { minute: two(minute)?, ..written(hour)? })
        }
        [Means(M::Half), Means(M::Past), hour] => one(Clock::new(up_to_twelve(hour)?, 30)),
        // Half past it in Britain, half an hour before it in much of Europe.
        [Means(M::Half), hour] => {
            let hour = up_to_twelve(hour)?;
            Some((vec![Clock::new(hour, 30), Clock::before(hour, 30)], true))
        }
        [Means(M::Quarter), Means(M::Past), hour] => one(Clock::new(up_to_twelve(hour)?, 15)),
        [Means(M::Quarter), Means(M::To), hour] => one(Clock::before(up_to_twelve(hour)?, 15)),
        [minutes, Means(M::Past), hour] | [minutes, Means(M::Minutes), Means(M::Past), hour] => {
            one(Clock::new(up_to_twelve(hour)?, value(minutes).filter(|minutes| (1..60).contains(minutes))?))
        }
        [minutes, Means(M::To), hour] | [minutes, Means(M::Minutes), Means(M::To), hour] => {
            one(Clock::before(up_to_twelve(hour)?, value(minutes).filter(|minutes| (1..60).contains(minutes))?))
        }
        // "Nine thirty".
        [hour @ Means(M::Number(_)), minute @ Means(M::Number(10..60))] => {
            one(Clock::new(up_to_twelve(hour)?, value(minute)?))
        }
        _ => None,
    }
}

/// Hours and minutes without anything between them: `830`, `2140`.
fn run(digits: &str) -> Option<Clock> {
    if !(3..=4).contains(&digits.len()) {
        return None;
    }
    let (hour, minute) = digits.split_at(digits.len() - 2);
    let minute = two(minute)?;
    Some(Clock { minute, leading_zero: hour.len() == 2 && hour.starts_with('0'), ..Clock::new(hour.parse().ok()?, 0) })
}

/// An hour in digits or words.
fn written(token: &Token) -> Option<Clock> {
    let hour = value(token).filter(|hour| *hour <= 24)?;
    let (leading_zero, fits) = match token {
        Token::Digits(digits) => (digits.len() == 2 && digits.starts_with('0'), digits.len() <= 2),
        _ => (false, hour <= 12),
    };
    fits.then_some(Clock { leading_zero, ..Clock::new(hour, 0) })
}

fn up_to_twelve(token: &Token) -> Option<u32> {
    written(token).map(|clock| clock.hour).filter(|hour| (1..=12).contains(hour))
}

/// Minutes or seconds, in two digits.
fn two(digits: &str) -> Option<u32> {
    (digits.len() == 2).then(|| digits.parse().ok()).flatten().filter(|value| *value < 60)
}
