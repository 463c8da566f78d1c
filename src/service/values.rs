//! Reads what a person typed where a value is asked for: a number of days, a time of day, a place, quiet hours.
//!
//! Strict rather than clever: what could be meant in two ways is [`Value::Unreadable`], and the person is asked again.

use jiff::civil::Time;
use jiff::tz::{self, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::chat::Words;
use crate::journey::{Day, FormKind, PASSPHRASE, Value};

/// The most zones offered at once: what fits beside "search again" in one message.
const OFFERED: usize = 20;

/// One well-known place for each offset in use, so that "what time is it" leads to a name a person recognises.
const WELL_KNOWN: &[&str] = &[
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/Warsaw",
    "Europe/Stockholm",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Lagos",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Manila",
    "Australia/Perth",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Tongatapu",
    "Pacific/Honolulu",
    "Pacific/Marquesas",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Vancouver",
    "America/Phoenix",
    "America/Denver",
    "America/Chicago",
    "America/Mexico_City",
    "America/New_York",
    "America/Toronto",
    "America/Bogota",
    "America/Lima",
    "America/Halifax",
    "America/Caracas",
    "America/Santiago",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Atlantic/South_Georgia",
    "Atlantic/Azores",
    "Atlantic/Reykjavik",
];

/// Reads the fields of a form that asks for a value. Total; `now` (UTC) is for "what time is it where you are".
#[must_use]
pub fn read(kind: FormKind, fields: &[Words], now: Timestamp) -> Value {
    let field = |index: usize| fields.get(index).map_or("", |words| words.expose().trim());
    let value = match kind {
        FormKind::Number => days(field(0)).map(Value::Number),
        FormKind::Time => time(field(0)).map(Value::Time),
        FormKind::Zone => Some(Value::Zones(zones(field(0), now))).filter(|zones| *zones != Value::Zones(Vec::new())),
        FormKind::Quiet => time(field(0)).zip(time(field(1))).map(|(from, until)| Value::Quiet(from, until)),
        FormKind::When => day(field(0)).zip(time(field(1))).map(|(day, time)| Value::When(day, time)),
        // As it was typed: a blank at its end belongs to it.
        FormKind::Passphrase => fields.first().filter(|phrase| long_enough(phrase)).map(|_| Value::Passphrase),
        FormKind::Note | FormKind::Letter | FormKind::Draft | FormKind::Line => None,
    };
    value.unwrap_or(Value::Unreadable)
}

/// What could be meant by what is typed so far, for completion; at most 20. Only places are completed.
#[must_use]
pub fn complete(kind: FormKind, typed: &str, now: Timestamp) -> Vec<String> {
    match kind {
        FormKind::Zone if typed.trim().is_empty() => {
            WELL_KNOWN.iter().take(OFFERED).map(|name| (*name).to_owned()).collect()
        }
        FormKind::Zone => zones(typed.trim(), now),
        _ => Vec::new(),
    }
}

fn long_enough(phrase: &Words) -> bool {
    phrase.expose().trim().chars().count() >= usize::from(PASSPHRASE)
}

/// "30", "30 days", "every 3 days", "2 weeks"; nothing with two numbers in it.
fn days(text: &str) -> Option<u32> {
    let text = text.to_lowercase();
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let digits = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
    let rest = text[digits..].trim();
    let odd = |c: char| c.is_numeric() || matches!(c, '.' | ',' | '-' | '+' | '/');
    if rest.contains(odd) || text[..start].contains(odd) {
        return None;
    }
    let unit = match rest.split_whitespace().next() {
        None => 1,
        Some(word) if word.starts_with('d') || word.starts_with('t') => 1,
        Some(word) if word.starts_with('w') => 7,
        Some(word) if word.starts_with('m') => 30,
        Some(_) => return None,
    };
    text[start..digits].parse::<u32>().ok()?.checked_mul(unit)
}

/// Days of the week and months by the letters that tell them apart, in English.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// "today", "tomorrow", "Friday", "in 3 days", "2026-05-08", "8 May", "May 8th", "8.5."; never "8/5", which is two days.
fn day(text: &str) -> Option<Day> {
    let text = text.to_lowercase().replace(',', " ");
    let words: Vec<&str> = text.split_whitespace().filter(|word| !["on", "of", "the", "next"].contains(word)).collect();
    let named = |word: &str, names: &[&str]| {
        let word = word.trim_end_matches('.');
        let found = |name: &&str| name.starts_with(word) && word.len() >= 3;
        names.iter().position(found).and_then(|index| u8::try_from(index + 1).ok())
    };
    let number = |word: &str| {
        let digits = word.trim_end_matches(['.', 's', 't', 'n', 'd', 'r', 'h']);
        let plain = !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u16>().ok()).flatten()
    };
    let date = |day: u16, month: u16| {
        let (day, month) = (u8::try_from(day).ok()?, u8::try_from(month).ok()?);
        ((1..=31).contains(&day) && (1..=12).contains(&month)).then_some(Day::Date { day, month })
    };
    match words.as_slice() {
        ["today"] => Some(Day::In(0)),
        ["tomorrow"] => Some(Day::In(1)),
        ["in", days, unit] if unit.starts_with("day") => number(days).map(Day::In),
        [word] => match named(word, &WEEKDAYS) {
            Some(weekday) => Some(Day::Weekday(weekday)),
            None => match word.trim_end_matches('.').split(['-', '.']).collect::<Vec<_>>().as_slice() {
                [year, month, day] if word.contains('-') && year.len() == 4 => date(number(day)?, number(month)?),
                [day, month, ..] if !word.contains('-') => date(number(day)?, number(month)?),
                _ => None,
            },
        },
        // "Friday 8 May" is read by its date, which says more.
        [.., first, second] => match (named(first, &MONTHS), named(second, &MONTHS)) {
            (Some(month), None) => date(number(second)?, month.into()),
            (None, Some(month)) => date(number(first)?, month.into()),
            _ => None,
        },
        [] => None,
    }
}

/// "21:40", "9.30", "9", "9 pm", "2140".
fn time(text: &str) -> Option<Time> {
    let text = text.to_lowercase().replace(['.', 'h'], ":");
    let text = text.replace("a:m:", "am").replace("p:m:", "pm");
    let (clock, half) = match text.trim_end_matches(':').trim() {
        clock if clock.ends_with("am") => (clock.trim_end_matches("am").trim().to_owned(), Some(0)),
        clock if clock.ends_with("pm") => (clock.trim_end_matches("pm").trim().to_owned(), Some(12)),
        clock => (clock.to_owned(), None),
    };
    let (hour, minute) = match clock.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour.to_owned(), minute.to_owned()),
        Some(_) => return None,
        None if clock.len() == 4 && clock.is_ascii() => (clock[..2].to_owned(), clock[2..].to_owned()),
        None => (clock, "0".to_owned()),
    };
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (number(&hour)?, number(&minute)?);
    let hour = match half {
        None => hour,
        Some(offset) if (1..=12).contains(&hour) => hour % 12 + offset,
        Some(_) => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// The zones a typed place or time fits, best first.
fn zones(text: &str, now: Timestamp) -> Vec<String> {
    match time(text) {
        Some(clock) => zones_where_it_is(clock, now),
        None => zones_named(text),
    }
}

/// Zones whose clocks show `clock` now, give or take seven minutes: every offset is a multiple of fifteen.
fn zones_where_it_is(clock: Time, now: Timestamp) -> Vec<String> {
    let near = |name: &&&str| {
        let Ok(zone) = TimeZone::get(name) else { return false };
        let off = now.to_zoned_datetime(zone).time().duration_until(clock).abs();
        let off = off.min(SignedDuration::from_hours(24) - off);
        off <= SignedDuration::from_mins(7)
    };
    WELL_KNOWN.iter().filter(near).take(OFFERED).map(|name| (*name).to_owned()).collect()
}

fn zones_named(text: &str) -> Vec<String> {
    let wanted = text.to_lowercase().replace([' ', '-'], "_");
    if wanted.chars().count() < 3 {
        return Vec::new();
    }
    let mut found: Vec<(u8, String)> = tz::db()
        .available()
        .filter_map(|name| {
            let name = name.as_str().to_owned();
            rank(&name.to_lowercase(), &wanted).map(|rank| (rank, name))
        })
        .collect();
    found.sort();
    let best = found.first().map(|(rank, _)| *rank);
    // An exact name or city needs no second guess.
    let exact = found.iter().filter(|(rank, _)| Some(*rank) == best && *rank == 0).count();
    let keep = if exact == 1 { 1 } else { OFFERED };
    found.into_iter().take(keep).map(|(_, name)| name).collect()
}

/// How well a zone fits: the whole name or its city, the start of its city, anywhere in it.
fn rank(name: &str, wanted: &str) -> Option<u8> {
    let city = name.rsplit('/').next().unwrap_or(name);
    if name == wanted || city == wanted {
        Some(0)
    } else if city.starts_with(wanted) {
        Some(1)
    } else {
        name.contains(wanted).then_some(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(kind: FormKind, text: &str) -> Value {
        read(kind, &[Words::new(text)], "2026-01-15T20:03:00Z".parse().unwrap())
    }

    #[test]
    fn days_are_read_or_asked_again() {
        for (text, days) in [("30", 30), (" 30 days ", 30), ("every 3 days", 3), ("2 weeks", 14), ("1 month", 30)] {
            assert_eq!(read_one(FormKind::Number, text), Value::Number(days), "{text}");
        }
        for text in ["", "soon", "3-4", "3.5", "-3", "30 minutes and 2", "99999999999", "30 x"] {
            assert_eq!(read_one(FormKind::Number, text), Value::Unreadable, "{text}");
        }
    }

    #[test]
    fn times_are_read_or_asked_again() {
        let cases = [
            ("21:40", 21, 40),
            ("9.30", 9, 30),
            ("9", 9, 0),
            ("9pm", 21, 0),
            ("9:15 p.m.", 21, 15),
            ("12 am", 0, 0),
            ("12pm", 12, 0),
            ("2140", 21, 40),
            ("0900", 9, 0),
            ("21h", 21, 0),
            ("21h30", 21, 30),
        ];
        for (text, hour, minute) in cases {
            assert_eq!(read_one(FormKind::Time, text), Value::Time(Time::constant(hour, minute, 0, 0)), "{text}");
        }
        for text in ["", "25:00", "9:5", "13pm", "0 am", "nine", "30 minutes", "9:60", "+9", "99", "12345"] {
            assert_eq!(read_one(FormKind::Time, text), Value::Unreadable, "{text}");
        }
    }

    #[test]
    fn days_of_a_plan_are_read_or_asked_again() {
        let may = |day| Day::Date { day, month: 5 };
        let cases = [
            ("today", Day::In(0)),
            ("Tomorrow", Day::In(1)),
            ("in 3 days", Day::In(3)),
            ("Friday", Day::Weekday(5)),
            ("on fri", Day::Weekday(5)),
            ("Sun.", Day::Weekday(7)),
            ("2026-05-08", may(8)),
            ("8.5.", may(8)),
            ("8.5.2026", may(8)),
            ("8 May", may(8)),
            ("May 8th", may(8)),
            ("Friday, 8 May", may(8)),
        ];
        for (text, day) in cases {
            let fields = [Words::new(text), Words::new("18:00")];
            let read = read(FormKind::When, &fields, Timestamp::UNIX_EPOCH);
            assert_eq!(read, Value::When(day, Time::constant(18, 0, 0, 0)), "{text}");
        }
        for text in ["", "soon", "8/5", "99 May", "the 8th", "x", "32.1.", "in some days"] {
            let fields = [Words::new(text), Words::new("18:00")];
            assert_eq!(read(FormKind::When, &fields, Timestamp::UNIX_EPOCH), Value::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_place_or_the_time_there_leads_to_zones() {
        assert_eq!(read_one(FormKind::Zone, "berlin"), Value::Zones(vec!["Europe/Berlin".into()]));
        assert_eq!(read_one(FormKind::Zone, "america/new york"), Value::Zones(vec!["America/New_York".into()]));
        let Value::Zones(zones) = read_one(FormKind::Zone, "21:05") else { panic!("no zones") };
        assert!(zones.contains(&"Europe/Berlin".to_owned()) && !zones.contains(&"Europe/London".to_owned()));
        let Value::Zones(zones) = read_one(FormKind::Zone, "1:48") else { panic!("no zones") };
        assert_eq!(zones, ["Asia/Kathmandu"]);
        for text in ["", "x", "Atlantis", "; drop table"] {
            assert_eq!(read_one(FormKind::Zone, text), Value::Unreadable, "{text}");
        }
    }

    #[test]
    fn every_well_known_place_is_a_zone() {
        for name in WELL_KNOWN {
            assert!(TimeZone::get(name).is_ok(), "{name}");
        }
    }
}
