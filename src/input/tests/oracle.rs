//! A second, simple reading of the specification, against which the grammar is held: by counting days and looking at clocks.

use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::lexicon;
use crate::input::zone::{Strictness, ZoneReading, read_zone};
use crate::input::{QuietReading, RhythmReading, read_quiet, read_rhythm, read_time, read_when};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Zones with folds and gaps of an hour, of half an hour and at midnight, and differences of quarters of an hour.
const ZONES: [&str; 12] = [
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Marquesas",
];

/// Any day of eight years, the last of February and of the year more often.
fn any_day() -> impl Strategy<Value = Date> {
    let special =
        prop::sample::select(vec![date(2024, 2, 29), date(2026, 2, 28), date(2026, 12, 31), date(2027, 1, 1)]);
    prop_oneof![3 => (0i64..2922).prop_map(|days| date(2024, 1, 1) + days.days()), 1 => special]
}

/// Any instant of three years, and those around changes of the clocks.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let changes = ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-11-01T06:00:00Z", "2026-04-04T15:00:00Z"];
    let near = (prop::sample::select(changes.to_vec()), -180i64..180);
    let start: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap();
    prop_oneof![
        (0i64..3 * 365 * 1440).prop_map(move |minutes| start + minutes.minutes()),
        near.prop_map(|(at, minutes)| at.parse::<Timestamp>().unwrap() + minutes.minutes()),
    ]
}

/// The first day from `from` on that is a wanted one, by looking at each.
fn first(from: Date, wanted: impl Fn(Date) -> bool) -> Date {
    let mut day = from;
    while !wanted(day) {
        day = day.tomorrow().unwrap();
    }
    day
}

fn is_named(day: Date, name: &str) -> bool {
    format!("{:?}", day.weekday()) == name
}

/// The dates a text means on `today`, if nothing speaks against them.
fn dates(text: &str, today: Date) -> Vec<Date> {
    let (days, _) = read_when(text, "", lexicon()).unwrap_or_else(|| panic!("{text} is not read"));
    days.iter()
        .map(|day| day.dates(today))
        .filter(|dates| dates.doubt.is_none())
        .flat_map(|dates| dates.dates)
        .collect()
}

/// Twelve-hour clocks as people write them.
fn twelve(time: Time) -> (String, &'static str) {
    let hour = if time.hour() % 12 == 0 { 12 } else { time.hour() % 12 };
    (format!("{hour}:{:02}", time.minute()), if time.hour() < 12 { "am" } else { "pm" })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_weekday_is_found_by_looking_at_each_day(today in any_day(), name in prop::sample::select(WEEKDAYS.to_vec())) {
        let tomorrow = today.tomorrow().unwrap();
        let coming = first(tomorrow, |day| is_named(day, name));
        prop_assert_eq!(dates(name, today), [coming]);
        prop_assert_eq!(dates(&format!("this {name}"), today), [first(today, |day| is_named(day, name))]);
        prop_assert_eq!(dates(&format!("{name} week"), today), [coming + 7.days()]);
        let monday = first(tomorrow, |day| is_named(day, "Monday"));
        let next_week = first(monday, |day| is_named(day, name));
        let mut both = vec![coming, next_week];
        both.dedup();
        prop_assert_eq!(dates(&format!("next {name}"), today), both);
    }

    #[test]
    fn a_date_is_found_by_looking_at_each_day(today in any_day(), ahead in 0i64..365) {
        let day = today + ahead.days();
        let month = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
        let next = first(today, |one| (one.month(), one.day()) == (day.month(), day.day()));
        prop_assert_eq!(dates(&format!("{} {month}", day.day()), today), [next]);
        prop_assert_eq!(dates(&format!("{month} {}th", day.day()), today), [next]);
        prop_assert_eq!(dates(&format!("{day}"), today), [day]);
        prop_assert_eq!(dates(&format!("in {ahead} days"), today), [day]);
        let weekday = format!("{:?}", day.weekday());
        prop_assert_eq!(dates(&format!("{weekday}, {} {month} {}", day.day(), day.year()), today), [day]);
        prop_assert_eq!(dates(&format!("the {}th", day.day()), today), [first(today, |one| one.day() == day.day())]);
        let either = dates(&format!("{}/{}", day.day(), day.month()), today);
        prop_assert!(either.contains(&next));
        // Another weekday than the date's own is never sure.
        let wrong = WEEKDAYS[usize::try_from(ahead).unwrap() % 7];
        if wrong != weekday {
            let text = format!("{wrong} {} {month} {}", day.day(), day.year());
            prop_assert!(dates(&text, today).is_empty(), "{}", text);
        }
    }

    #[test]
    fn a_time_reads_back_however_it_is_written(minute in 0i8..60, hour in 0i8..24) {
        let time = Time::new(hour, minute, 0, 0).unwrap();
        let (clock, half) = twelve(time);
        let letters = if half == "am" { "a.m." } else { "p.m." };
        let arabic: String = format!("{hour:02}:{minute:02}")
            .chars()
            .map(|c| c.to_digit(10).map_or(c, |digit| char::from_u32(0x660 + digit).unwrap()))
            .collect();
        let mut written = vec![
            format!("{hour:02}:{minute:02}"),
            format!("{hour}.{minute:02}"),
            format!("{hour}h{minute:02}"),
            format!("{hour:02}{minute:02}"),
            format!("{hour}:{minute:02} Uhr"),
            format!("{clock} {half}"),
            format!("{clock}{}", &half[..1]),
            format!("{clock} {letters}"),
            arabic,
        ];
        if (1..60).contains(&minute) {
            let on = Time::new(hour, 0, 0, 0).unwrap();
            written.push(format!("{minute} minutes past {} {half}", twelve(on).0.trim_end_matches(":00")));
        }
        for text in written {
            let read = read_time(&text, lexicon()).map(|read| read.times);
            prop_assert_eq!(read, Some(vec![time]), "{}", text);
        }
    }

    #[test]
    fn the_clock_in_the_hand_leads_to_its_own_offset(now in any_instant(), zone in prop::sample::select(ZONES.to_vec()), off in -7i64..=7) {
        let there = TimeZone::get(zone).unwrap();
        let shown = (now + off.minutes()).to_zoned_datetime(there.clone()).time();
        let offset = |zone: &str| TimeZone::get(zone).unwrap().to_offset(now).seconds() / 60;
        let own = there.to_offset(now).seconds() / 60;
        let (clock, half) = twelve(shown);
        let agrees = |zone: &str| (offset(zone) - own) % 1440 == 0;
        for text in [format!("{clock} {half}"), format!("it's {clock}{half}"), clock] {
            let read = read_zone(&text, lexicon(), now, Strictness::Whole);
            let found = match &read {
                Some(ZoneReading::Zone(found)) => agrees(found),
                Some(ZoneReading::Which(zones)) => zones.iter().any(|zone| agrees(zone)),
                Some(ZoneReading::EitherHalf(clocks)) => {
                    prop_assert!(!text.ends_with('m'), "{} has but one half", text);
                    clocks.iter().any(|clock| (i32::from(clock.ahead) - own) % 1440 == 0)
                }
                None => false,
            };
            prop_assert!(found, "{} in {} at {}: {:?}", text, zone, now, read);
        }
    }

    #[test]
    fn a_difference_to_utc_leads_to_zones_that_have_it_now(now in any_instant(), zone in prop::sample::select(ZONES.to_vec())) {
        let minutes = TimeZone::get(zone).unwrap().to_offset(now).seconds() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
        for text in [format!("UTC{sign}{hours}:{rest:02}"), format!("GMT {sign}{hours:02}{rest:02}"), format!("{sign}{hours:02}:{rest:02}")] {
            let read = read_zone(&text, lexicon(), now, Strictness::Whole);
            let zones = match read {
                Some(ZoneReading::Zone(zone)) => vec![zone],
                Some(ZoneReading::Which(zones)) => zones,
                _ => Vec::new(),
            };
            prop_assert!(!zones.is_empty(), "{} at {}", text, now);
            for zone in zones {
                prop_assert_eq!(TimeZone::get(&zone).unwrap().to_offset(now).seconds() / 60, minutes, "{}: {}", text, zone);
            }
        }
    }

    #[test]
    fn long_quiet_hours_are_never_set_unasked(from in 0u32..24, until in 0u32..24, form in 0u8..3) {
        let written = |hour: u32| match form {
            0 => hour.to_string(),
            1 => format!("{hour:02}:00"),
            _ => format!("{}{}", if hour.is_multiple_of(12) { 12 } else { hour % 12 }, if hour < 12 { "am" } else { "pm" }),
        };
        let length = (until + 24 - from) % 24;
        match read_quiet(&written(from), &written(until), lexicon()) {
            Some(QuietReading::Hours(..)) => prop_assert!((1..=14).contains(&length)),
            Some(QuietReading::Which(spans)) => {
                let typed = spans.last().map(|(from, until)| (from.hour().unsigned_abs(), until.hour().unsigned_abs()));
                prop_assert!(length == 0 || typed.map(|(from, until)| (u32::from(from), u32::from(until))) == Some((from, until)));
            }
            Some(QuietReading::Off) => prop_assert!(false, "nobody said none"),
            None => prop_assert_eq!(length, 0),
        }
    }

    #[test]
    fn so_many_times_in_a_span_is_the_span_divided(times in 1u32..40, unit in 0usize..3) {
        let (name, days) = [("day", 1), ("week", 7), ("month", 30)][unit];
        let read = read_rhythm(&format!("{times} times a {name}"), lexicon());
        let expected = if times > days {
            RhythmReading::TooOften
        } else if days % times == 0 {
            RhythmReading::Every(days / times)
        } else {
            RhythmReading::Which(vec![days / times, days / times + 1])
        };
        prop_assert_eq!(read, Some(expected));
    }
}
