//! The day of a plan, with or without its time: "Friday", "in 2 weeks", "the 20th", "Mon 20 July 2026", "3/4".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::lexicon::{Lexicon, Meaning};
use super::number::{Unit, value};
use super::time::{TimeReading, read_time};
use super::tokens::{Token, tokens};

/// A day as a person names it. Which date that is depends on where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// So many days from today.
    In(u16),
    /// So many months from today.
    InMonths(u16),
    /// The next of this weekday, 1 (Monday) to 7 (Sunday); today's own name is a week away.
    Weekday(u8),
    /// This one of this week, today included.
    ThisWeekday(u8),
    /// "Next Friday": the one that comes next, or the one of next week.
    NextWeekday(u8),
    /// A week after the next of this weekday.
    WeekdayWeek(u8),
    /// This weekday in the week after this one.
    InNextWeek(u8),
    /// Saturday or Sunday, so many weeks after the next.
    Weekend(u8),
    /// A day of a month; the next one where month or year is left out.
    Date {
        /// 1 to 31.
        day: u8,
        /// 1 to 12.
        month: Option<u8>,
        /// The year, if it was said.
        year: Option<i16>,
        /// The weekday, if it was said: 1 (Monday) to 7 (Sunday).
        weekday: Option<u8>,
    },
}

/// The dates a day may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates {
    /// At least one, unless there is no such day; the likeliest first.
    pub dates: Vec<Date>,
    /// What speaks against it.
    pub doubt: Option<Doubt>,
}

/// Why a day is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The calendar has no such day.
    NoSuchDay,
    /// The year that was said has passed; the date is its next return.
    Past,
    /// The date falls on another weekday than the one that was said.
    OtherWeekday,
}

const WANTED: &[Meaning] = &[
    Meaning::Filler,
    Meaning::Number(0),
    Meaning::Today,
    Meaning::Tonight,
    Meaning::Tomorrow,
    Meaning::AfterTomorrow,
    Meaning::Weekend,
    Meaning::This,
    Meaning::Next,
    Meaning::In,
    Meaning::FromNow,
    Meaning::Day,
    Meaning::Week,
    Meaning::Fortnight,
    Meaning::Month,
    Meaning::Weekday(0),
    Meaning::MonthName(0),
];

/// Reads a day and a time; the time may stand behind the day in its field, or be left out.
#[must_use]
pub fn read_when(day: &str, time: &str, lexicon: &Lexicon) -> Option<(Vec<Day>, Option<TimeReading>)> {
    if !time.trim().is_empty() {
        return Some((read_day(day, lexicon)?, Some(read_time(time, lexicon)?)));
    }
    if let Some(days) = read_day(day, lexicon) {
        return Some((days, None));
    }
    let splits =
        day.char_indices().filter(|(_, c)| c.is_whitespace() || *c == ',').map(|(at, c)| (at, at + c.len_utf8()));
    let both = |(end, start): (usize, usize)| {
        Some((read_day(&day[..end], lexicon)?, Some(read_time(&day[start..], lexicon)?)))
    };
    splits.rev().find_map(both)
}

/// The days a text may mean; several where it has two readings.
fn read_day(text: &str, lexicon: &Lexicon) -> Option<Vec<Day>> {
    use Meaning as M;
    use Token::Means;
    let tokens: Vec<Token> =
        tokens(text, lexicon, WANTED)?.into_iter().filter(|token| *token != Token::Sign(',')).collect();
    let one = |day: Day| Some(vec![day]);
    match tokens.as_slice() {
        [Means(M::Today | M::Tonight)] => one(Day::In(0)),
        [Means(M::Tomorrow)] => one(Day::In(1)),
        [Means(M::AfterTomorrow)] => one(Day::In(2)),
        [Means(M::In), count, Means(unit)] | [count, Means(unit), Means(M::FromNow)] => {
            one(ahead(value(count)?, *unit)?)
        }
        [Means(M::Weekend)] | [Means(M::This), Means(M::Weekend)] => one(Day::Weekend(0)),
        [Means(M::Next), Means(M::Weekend)] => Some(vec![Day::Weekend(0), Day::Weekend(1)]),
        [Means(M::Weekday(day))] => one(Day::Weekday(*day)),
        [Means(M::This), Means(M::Weekday(day))] => one(Day::ThisWeekday(*day)),
        [Means(M::Next), Means(M::Weekday(day))] => one(Day::NextWeekday(*day)),
        [Means(M::Weekday(day)), Means(M::Week)] => one(Day::WeekdayWeek(*day)),
        [Means(M::Weekday(day)), Means(M::Next), Means(M::Week)]
        | [Means(M::Next), Means(M::Week), Means(M::Weekday(day))] => one(Day::InNextWeek(*day)),
        [Means(M::Weekday(weekday)), rest @ ..] | [rest @ .., Means(M::Weekday(weekday))] => {
            dates(rest, Some(*weekday))
        }
        all => dates(all, None),
    }
}

fn ahead(count: u32, unit: Meaning) -> Option<Day> {
    let count = u16::try_from(count).ok()?;
    Some(match Unit::of(unit)? {
        Unit::Month => Day::InMonths(count),
        unit => Day::In(count.checked_mul(u16::try_from(unit.days()).ok()?)?),
    })
}

/// A date in figures or with the name of its month.
fn dates(tokens: &[Token], weekday: Option<u8>) -> Option<Vec<Day>> {
    use Token::{Digits, Means, Ordinal, Sign};
    let tokens: Vec<&Token> = tokens.iter().collect();
    let (tokens, ends_in_dot) = match tokens.as_slice() {
        [rest @ .., Sign('.')] => (rest, true),
        all => (all, false),
    };
    let date =
        |day: &Token, month: Option<u8>, year: Option<i16>| Some(Day::Date { day: day_of(day)?, month, year, weekday });
    let one = |day: Option<Day>| day.map(|day| vec![day]);
    match tokens {
        [day, Ordinal] => one(date(day, None, None)),
        [day @ Digits(_)] if ends_in_dot => one(date(day, None, None)),
        [day, Means(Meaning::MonthName(month)), rest @ ..]
        | [day, Ordinal | Sign('.'), Means(Meaning::MonthName(month)), rest @ ..]
        | [Means(Meaning::MonthName(month)), day, Ordinal, rest @ ..]
            if let Some(year) = year_of(rest) =>
        {
            one(date(day, Some(*month), year))
        }
        [Means(Meaning::MonthName(month)), day, rest @ ..] if let Some(year) = year_of(rest) => {
            one(date(day, Some(*month), year))
        }
        [year @ Digits(digits), Sign(sign), month, Sign(other), day] if digits.len() == 4 && sign == other => {
            one(date(day, Some(month_of(month)?), year_of(&[*year])?))
        }
        [day, Sign('.'), month, Sign('.'), year] => one(date(day, Some(month_of(month)?), year_of(&[*year])?)),
        [day, Sign('.'), month] if ends_in_dot => one(date(day, Some(month_of(month)?), None)),
        [first, Sign('/' | '.' | '-'), second] => either(first, second, None, weekday),
        [first, Sign(sign @ ('/' | '-')), second, Sign(other), year] if sign == other => {
            either(first, second, year_of(&[*year])?, weekday)
        }
        _ => None,
    }
}

/// "3/4": the third of April, or the fourth of March.
fn either(first: &Token, second: &Token, year: Option<i16>, weekday: Option<u8>) -> Option<Vec<Day>> {
    let date = |day: &Token, month: &Token| {
        Some(Day::Date { day: day_of(day)?, month: Some(month_of(month)?), year, weekday })
    };
    let mut found: Vec<Day> = [date(first, second), date(second, first)].into_iter().flatten().collect();
    found.dedup();
    (!found.is_empty()).then_some(found)
}

fn day_of(token: &Token) -> Option<u8> {
    let short = !matches!(token, Token::Digits(digits) if digits.len() > 2);
    value(token).and_then(|day| u8::try_from(day).ok()).filter(|day| short && (1..=31).contains(day))
}

fn month_of(token: &Token) -> Option<u8> {
    day_of(token).filter(|month| *month <= 12)
}

/// The year at the end of a date: none, or two or four digits. `None` where it is no year.
#[expect(clippy::option_option, reason = "no year was said, or what was said is none")]
fn year_of(tokens: &[&Token]) -> Option<Option<i16>> {
    match tokens {
        [] => Some(None),
        [Token::Digits(digits)] => match digits.len() {
            2 => Some(Some(2000 + digits.parse::<i16>().ok()?)),
            4 => digits.parse().ok().filter(|year| (1900..2200).contains(year)).map(Some),
            _ => None,
        },
        _ => None,
    }
}

impl Day {
    /// The dates it may be, seen from `today`.
    #[must_use]
    pub fn dates(self, today: Date) -> Dates {
        let sure = |dates: Vec<Option<Date>>| Dates { dates: dates.into_iter().flatten().collect(), doubt: None };
        let days = |count: i64| today.checked_add(count.days()).ok();
        let until = |weekday: u8| i64::from(weekday) - i64::from(today.weekday().to_monday_one_offset());
        let next = |weekday: u8| (until(weekday) - 1).rem_euclid(7) + 1;
        let in_next_week = |weekday: u8| until(weekday) + 7;
        match self {
            Self::In(count) => sure(vec![days(i64::from(count))]),
            Self::InMonths(count) => sure(vec![today.checked_add(i64::from(count).months()).ok()]),
            Self::Weekday(weekday) => sure(vec![days(next(weekday))]),
            Self::ThisWeekday(weekday) => sure(vec![days(until(weekday).rem_euclid(7))]),
            Self::NextWeekday(weekday) if next(weekday) == in_next_week(weekday) => sure(vec![days(next(weekday))]),
            Self::NextWeekday(weekday) => sure(vec![days(next(weekday)), days(in_next_week(weekday))]),
            Self::WeekdayWeek(weekday) => sure(vec![days(next(weekday) + 7)]),
            Self::InNextWeek(weekday) => sure(vec![days(in_next_week(weekday))]),
            Self::Weekend(weeks) => {
                let weekend = [6, 7].map(|day| days(until(day).rem_euclid(7) + 7 * i64::from(weeks)));
                sure(weekend.to_vec())
            }
            Self::Date { day, month, year, weekday } => named(today, (day, month, year), weekday),
        }
    }

    /// The next return of its day and month, whatever year and weekday were said.
    #[must_use]
    pub fn next_return(self, today: Date) -> Option<Date> {
        match self {
            Self::Date { day, month, .. } => next_return(today, day, month),
            _ => None,
        }
    }
}

fn named(today: Date, (day, month, year): (u8, Option<u8>, Option<i16>), weekday: Option<u8>) -> Dates {
    let date = match (year, month) {
        (Some(year), Some(month)) => made(year, month, day),
        _ => next_return(today, day, month),
    };
    let Some(date) = date else { return Dates { dates: Vec::new(), doubt: Some(Doubt::NoSuchDay) } };
    if date < today {
        return Dates { dates: next_return(today, day, month).into_iter().collect(), doubt: Some(Doubt::Past) };
    }
    let said = weekday.and_then(|weekday| Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok());
    match said.filter(|said| *said != date.weekday()) {
        Some(said) => {
            let near = [-3, -2, -1, 1, 2, 3].map(|off: i64| date.checked_add(off.days()).ok());
            let meant = near.into_iter().flatten().find(|near| near.weekday() == said && *near >= today);
            Dates { dates: std::iter::once(date).chain(meant).collect(), doubt: Some(Doubt::OtherWeekday) }
        }
        None => Dates { dates: vec![date], doubt: None },
    }
}

/// The first such day from `today` on; up to eight years ahead, for the 29th of February.
fn next_return(today: Date, day: u8, month: Option<u8>) -> Option<Date> {
    const MONTHS: i64 = 8 * 12;
    let first = today.first_of_month();
    (0..=MONTHS)
        .filter_map(|ahead| first.checked_add(ahead.months()).ok())
        .filter(|first| month.is_none_or(|month| first.month().unsigned_abs() == month))
        .filter_map(|first| made(first.year(), first.month().unsigned_abs(), day))
        .find(|date| *date >= today)
}

fn made(year: i16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
