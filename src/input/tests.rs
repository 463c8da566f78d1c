//! Every notation of `tests/notations.tsv` against its meaning, and the data of the places.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;

mod oracle;

use super::date::Doubt;
use super::zone::{Strictness, ZoneReading, read_zone, suggest};
use super::*;
use crate::prompts::{Prompts, Source};

/// Kind, meaning, and everything that has this meaning.
const NOTATIONS: &str = include_str!("tests/notations.tsv");

/// Wednesday, 15 July 2026, 21:40 in Berlin.
const TODAY: Date = date(2026, 7, 15);

fn now() -> Timestamp {
    "2026-07-15T19:40:00Z".parse().unwrap()
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Arc<Lexicon>> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let prompts = Prompts::load(&Source::built_in()).unwrap_or_else(|findings| panic!("{findings:?}"));
        Arc::clone(prompts.lexicon())
    })
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn listed<T>(items: &[T], shown: impl Fn(&T) -> String) -> String {
    items.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn two(typed: &str) -> (&str, &str) {
    typed.split_once('|').unwrap_or((typed, ""))
}

/// What a text means, as the table words it.
fn meaning(kind: &str, typed: &str) -> String {
    let lexicon = lexicon();
    let found = match kind {
        "time" => read_time(typed, lexicon).map(|time| listed(&time.times, |time| clock(*time))),
        "quiet" => read_quiet(two(typed).0, two(typed).1, lexicon).map(|reading| {
            let span = |(from, until): &(Time, Time)| format!("{}-{}", clock(*from), clock(*until));
            match reading {
                QuietReading::Hours(from, until) => span(&(from, until)),
                QuietReading::Which(spans) => format!("ask {}", listed(&spans, span)),
                QuietReading::Off => "off".to_owned(),
            }
        }),
        "date" => read_when(two(typed).0, two(typed).1, lexicon).map(|(days, time)| {
            let day = |day: &Day| {
                let dates = day.dates(TODAY);
                let doubt = match dates.doubt {
                    None => "",
                    Some(Doubt::NoSuchDay) => "no such day",
                    Some(Doubt::Past) => "past, ",
                    Some(Doubt::OtherWeekday) => "other weekday, ",
                };
                format!("{doubt}{}", listed(&dates.dates, ToString::to_string))
            };
            let time = time.map(|time| format!(" at {}", listed(&time.times, |time| clock(*time)))).unwrap_or_default();
            format!("{}{time}", listed(&days, day))
        }),
        "rhythm" => read_rhythm(typed, lexicon).map(|reading| match reading {
            RhythmReading::Every(days) => days.to_string(),
            RhythmReading::Which(days) => format!("ask {}", listed(&days, ToString::to_string)),
            RhythmReading::TooOften => "too often".to_owned(),
        }),
        "days" => read_days(typed, lexicon).map(|days| days.to_string()),
        "weeks" => read_weeks(typed, lexicon).map(|weeks| weeks.to_string()),
        "zone" => read_zone(typed, lexicon, now(), Strictness::Part).map(|reading| match reading {
            ZoneReading::Zone(zone) => zone,
            ZoneReading::Which(zones) => format!("ask {}", zones.join(", ")),
            ZoneReading::EitherHalf(clocks) => format!("half {}", listed(&clocks, |own| clock(own.time))),
        }),
        other => panic!("{other} is no kind"),
    };
    found.unwrap_or_else(|| "-".to_owned())
}

#[test]
fn every_notation_of_the_table_has_its_meaning() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for line in NOTATIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (kind, expected) = (fields.next().unwrap(), fields.next().unwrap());
        for typed in fields {
            assert!(seen.insert((kind, typed)), "{kind} {typed} stands there twice");
            let found = meaning(kind, typed);
            // A list that goes on is given by its beginning.
            let is_right = match expected.strip_suffix(" …") {
                Some(beginning) => found.starts_with(beginning),
                None => found == expected,
            };
            if !is_right {
                wrong.push(format!("{kind} `{typed}`: {found}, not {expected}"));
            }
        }
    }
    assert!(seen.len() >= 300, "{} notations", seen.len());
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_half_of_the_day_is_known_or_not() {
    let half = |typed| read_time(typed, lexicon()).unwrap().half;
    for typed in ["21:40", "9 pm", "9p", "noon", "0:30", "24:00", "12 am", "20 Uhr", "9 in the evening"] {
        assert_eq!(half(typed), Half::Said, "{typed}");
    }
    for typed in ["9:40", "9", "12:15", "half past 8", "830"] {
        assert_eq!(half(typed), Half::Unsaid, "{typed}");
    }
    for typed in ["09:40", "0940", "08"] {
        assert_eq!(half(typed), Half::LeadingZero, "{typed}");
    }
}

#[test]
fn names_of_places_are_folded_and_sorted_and_their_zones_exist() {
    let places = zone::places_for_tests();
    let mut last = "";
    for name in places.names() {
        assert_eq!(fold(name), name);
        assert!(last < name, "{last} stands before {name}");
        last = name;
    }
    for zone in places.zones() {
        assert!(TimeZone::get(zone).is_ok(), "{zone}");
    }
}

#[test]
fn every_name_of_a_zone_with_a_place_in_it_is_read_however_it_is_joined() {
    for name in jiff::tz::db().available() {
        let name = name.as_str();
        let is_place = name.contains('/') && !name.starts_with("Etc/");
        for typed in [name.to_owned(), name.to_lowercase().replace('_', " "), name.replace('/', "\\")] {
            let read = read_zone(&typed, lexicon(), now(), Strictness::Whole);
            if is_place {
                assert_eq!(read, Some(ZoneReading::Zone(name.to_owned())), "{typed}");
            } else if let Some(ZoneReading::Zone(zone)) = read {
                assert!(zone.contains('/') && !zone.starts_with("Etc/"), "{typed} gives {zone}");
            }
        }
    }
}

#[test]
fn what_is_offered_is_never_a_technical_zone() {
    for typed in
        ["", "gm", "gmt", "utc", "et", "est", "e", "g", "factory", "posix", "+2", "9:40", "21:40", "new", "ber", "東"]
    {
        let offered = suggest(typed, lexicon(), now());
        assert!(offered.len() <= zone::OFFERED, "{typed}");
        for zone in offered {
            assert!(zone.contains('/') && !zone.starts_with("Etc/") && TimeZone::get(&zone).is_ok(), "{typed}: {zone}");
        }
    }
    for (typed, zone) in
        [("ber", "Europe/Berlin"), ("münch", "Europe/Berlin"), ("new yo", "America/New_York"), ("東", "Asia/Tokyo")]
    {
        assert!(
            suggest(typed, lexicon(), now()).contains(&zone.to_owned()),
            "{typed}: {:?}",
            suggest(typed, lexicon(), now())
        );
    }
}

#[test]
fn plain_words_are_a_zone_only_as_a_whole() {
    for typed in ["I miss them so much in Berlin and here", "ok", "me", "no idea", "we are over", "hi there", "oh"] {
        assert_eq!(read_zone(typed, lexicon(), now(), Strictness::Whole), None, "{typed}");
    }
}

#[test]
fn a_country_is_named_by_itself_its_regions_and_its_large_cities() {
    for (typed, code) in [
        ("Germany", "de"),
        ("austria", "at"),
        ("uk", "gb"),
        ("USA", "us"),
        ("Deutschland", "de"),
        ("Österreich", "at"),
        ("England", "gb"),
        ("im in ireland", "ie"),
        ("the Netherlands", "nl"),
        ("I live in South Africa", "za"),
        ("Texas", "us"),
        ("Berlin", "de"),
        ("日本", "jp"),
        ("Jordan", "jo"),
    ] {
        assert_eq!(zone::country_named(typed).as_deref(), Some(code), "{typed}");
    }
    for typed in
        ["", "i", "i miss her", "help", "yes", "hurt", "germany was nice", "nobody in france knows", "mum", "20"]
    {
        assert_eq!(zone::country_named(typed), None, "{typed}");
    }
}
