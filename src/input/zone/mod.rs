//! A time zone from what a person types: a zone's name, a difference to UTC, an abbreviation, the clock they see, a place.
//!
//! Places are ranked by their people. A name has one meaning unless a place of that name with at least a tenth of the people
//! keeps other time; then every zone is offered, and the person decides by the clocks.

mod offset;
mod places;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::fold::{fold, plain};
use super::lexicon::{Lexicon, Meaning};
use super::quiet::other_half;
use super::time::{Half, TimeReading, read_time};
use super::tokens::{Token, tokens};
use places::{Named, Place, Places, places};

/// The most zones offered at once: what fits beside "search again" in one message.
pub const OFFERED: usize = 20;

/// A namesake counts from this part of the people on.
const SHARE: u32 = 10;

/// A clock in the hand may be so many minutes wrong: every difference to UTC is a multiple of fifteen.
const WRONG: i32 = 7;

const DAY: i32 = 24 * 60;

/// What was read as a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneReading {
    /// One zone.
    Zone(String),
    /// One of these, the likeliest first; at most [`OFFERED`].
    Which(Vec<String>),
    /// A clock that may be read in both halves of the day.
    EitherHalf([OwnClock; 2]),
}

/// What a person's clock shows, and the difference to UTC it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnClock {
    /// The time.
    pub time: Time,
    /// By how many minutes it is ahead of UTC, within a day: 1380 is 23 hours ahead, or one behind.
    pub ahead: u16,
}

/// How much of a text has to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// All of it: for words that may be about something else.
    Whole,
    /// A part, which is then asked about.
    Part,
}

/// Reads a zone.
#[must_use]
pub fn read_zone(text: &str, lexicon: &Lexicon, now: Timestamp, strictness: Strictness) -> Option<ZoneReading> {
    let text = text.trim();
    if let Some(zone) = by_own_name(text) {
        return Some(ZoneReading::Zone(zone));
    }
    if let Some(zones) = lexicon.zones(&fold(text)) {
        return which(zones.to_vec());
    }
    if let Some(minutes) = offset::read(text) {
        return which(with_offset(|offset| offset == minutes, now));
    }
    if let Some(time) = own_clock(text, lexicon) {
        return by_clock(&time, now);
    }
    let search = Search { places: places(), lexicon, now };
    search.place(text, strictness).or_else(|| (strictness == Strictness::Part).then(|| search.part(text)).flatten())
}

/// Zones for what is typed so far, the likeliest first; at most [`OFFERED`].
#[must_use]
pub fn suggest(text: &str, lexicon: &Lexicon, now: Timestamp) -> Vec<String> {
    let mut found = match read_zone(text, lexicon, now, Strictness::Whole) {
        Some(ZoneReading::Zone(zone)) => vec![zone],
        Some(ZoneReading::Which(zones)) => return zones,
        Some(ZoneReading::EitherHalf(clocks)) => {
            clocks.iter().flat_map(|clock| zones_ahead(clock.ahead, now)).collect()
        }
        None => Vec::new(),
    };
    let folded = fold(text);
    if found.is_empty() && folded.is_empty() {
        found = places().zones().iter().map(|zone| (*zone).to_owned()).collect();
    } else {
        found.extend(lexicon.zones_beginning(&folded).cloned());
        let mut numbers: Vec<usize> = places().beginning(&folded).flat_map(Named::places).collect();
        numbers.sort_unstable();
        let known = numbers.into_iter().filter_map(|number| places().place(number));
        found.extend(
            known.flat_map(|place| places().zones_of(&place)).map(|(zone, _)| zone.to_owned()).take(OFFERED * 8),
        );
    }
    distinct(found)
}

/// The country (ISO 3166 alpha-2, lower case) that a text names and nothing else: by its own name, or by one of its
/// regions or large cities.
#[must_use]
pub fn country_named(text: &str) -> Option<String> {
    /// A smaller city is as often a person's name or a word.
    const LARGE: u32 = 500;
    const AROUND: [&str; 9] = ["i", "am", "im", "live", "from", "in", "the", "its", "please"];
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').skip_while(|word| AROUND.contains(word)).collect();
    let named = places().named(&folded).or_else(|| places().named(&words.join(" ")))?;
    let found: Vec<Place> = named.all().into_iter().filter_map(|number| places().place(number)).collect();
    let country = found.iter().find(|place| place.is_country());
    let place = country.or_else(|| found.iter().find(|place| place.is_area || place.people >= LARGE))?;
    Some(place.country.to_lowercase())
}

/// The zones whose clocks are so many minutes ahead of UTC now, within a day.
#[must_use]
pub fn zones_ahead(ahead: u16, now: Timestamp) -> Vec<String> {
    let shows = |minutes: i32| minutes.rem_euclid(DAY) == i32::from(ahead) % DAY;
    with_offset(shows, now)
}

/// The zones of places whose difference to UTC is now a wanted one: first one of each kind, then the others.
fn with_offset(wanted: impl Fn(i32) -> bool, now: Timestamp) -> Vec<String> {
    let fits = |zone: &&&str| minutes_ahead(zone, now).is_some_and(&wanted);
    let zones: Vec<String> = places().zones().iter().filter(fits).map(|zone| (*zone).to_owned()).collect();
    let first = of_each_kind(zones.clone(), now);
    let offered = distinct(first.into_iter().chain(zones.clone()).collect());
    zones.into_iter().filter(|zone| offered.contains(zone)).collect()
}

/// The zones of which none before keeps the same time all year, in the order given.
fn of_each_kind(zones: Vec<String>, now: Timestamp) -> Vec<String> {
    let mut years = Vec::new();
    let is_new = |zone: &String| {
        let year = year(zone, now);
        let is_new = !years.contains(&year);
        years.push(year);
        is_new
    };
    distinct(zones.into_iter().filter(is_new).collect())
}

fn distinct(zones: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for zone in zones {
        if kept.len() < OFFERED && !kept.contains(&zone) {
            kept.push(zone);
        }
    }
    kept
}

/// The differences to UTC in the year that begins now: zones with the same keep the same time.
fn year(zone: &str, now: Timestamp) -> Vec<i32> {
    let steps = (0..=12).filter_map(|month| now.checked_add(SignedDuration::from_hours(month * 30 * 24)).ok());
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    steps.map(|at| zone.to_offset(at).seconds()).collect()
}

fn minutes_ahead(zone: &str, now: Timestamp) -> Option<i32> {
    Some(TimeZone::get(zone).ok()?.to_offset(now).seconds() / 60)
}

/// A zone where there is one, a question where there are several.
fn which(zones: Vec<String>) -> Option<ZoneReading> {
    match zones.as_slice() {
        [] => None,
        [zone] => Some(ZoneReading::Zone(zone.clone())),
        _ => Some(ZoneReading::Which(distinct(zones))),
    }
}

/// Whether a zone is named after a place: no fixed difference such as `Etc/GMT+2` or `EST`.
#[must_use]
pub fn is_place(zone: &str) -> bool {
    zone.contains('/') && !["Etc/", "SystemV/", "posix/", "right/"].iter().any(|root| zone.starts_with(root))
}

/// A full name of the tz database, with a place in it: however its words are joined and cased.
fn by_own_name(text: &str) -> Option<String> {
    let joined = |name: &str| -> String {
        let same = |c: char| match c {
            ' ' | '-' | '_' => '_',
            '\\' => '/',
            c => c.to_ascii_lowercase(),
        };
        name.chars().map(same).collect()
    };
    let wanted = joined(text);
    if !wanted.contains('/') {
        return None;
    }
    jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .find(|name| is_place(name) && joined(name) == wanted)
}

/// The time of a clock, with or without a weekday and words around it.
fn own_clock(text: &str, lexicon: &Lexicon) -> Option<TimeReading> {
    read_time(text, lexicon).or_else(|| {
        let (weekday, rest) = text.split_once([' ', ','])?;
        let is_weekday = tokens(weekday, lexicon, &[Meaning::Weekday(0)])?;
        matches!(is_weekday.as_slice(), [Token::Means(Meaning::Weekday(_))]).then(|| read_time(rest, lexicon)).flatten()
    })
}

/// The zones in which it is that time now; in both halves of the day where they are not told apart.
fn by_clock(read: &TimeReading, now: Timestamp) -> Option<ZoneReading> {
    let [time] = read.times.as_slice() else { return None };
    let utc = now.to_zoned_datetime(TimeZone::UTC).time();
    let minutes = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
    let halves = match read.half {
        Half::Said => vec![*time],
        Half::LeadingZero | Half::Unsaid => vec![*time, other_half(*time)],
    };
    if !read.has_minutes {
        // An hour without its minutes is right all hour long.
        let shows = |ahead: i32| {
            halves.iter().any(|time| (minutes(utc) + ahead).rem_euclid(DAY) / 60 == i32::from(time.hour()))
        };
        return Some(ZoneReading::Which(with_offset(shows, now)))
            .filter(|reading| *reading != ZoneReading::Which(Vec::new()));
    }
    let own = |time: Time| {
        let ahead = (minutes(time) - minutes(utc)).rem_euclid(DAY);
        let near = (ahead + WRONG).div_euclid(15) * 15;
        let ahead = u16::try_from(near.rem_euclid(DAY)).ok().filter(|_| (near - ahead).abs() <= WRONG)?;
        Some(OwnClock { time, ahead }).filter(|clock| !zones_ahead(clock.ahead, now).is_empty())
    };
    match halves.into_iter().filter_map(own).collect::<Vec<_>>().as_slice() {
        [first, second] => Some(ZoneReading::EitherHalf([*first, *second])),
        [one] => which(zones_ahead(one.ahead, now)),
        _ => None,
    }
}

/// The data, for tests of it.
#[cfg(test)]
pub(super) fn places_for_tests() -> &'static Places {
    places()
}

/// A search among the places.
struct Search<'a> {
    places: &'static Places,
    lexicon: &'a Lexicon,
    now: Timestamp,
}

impl Search<'_> {
    /// A place by its name, alone or with the country or region it lies in.
    fn place(&self, text: &str, strictness: Strictness) -> Option<ZoneReading> {
        if let Some(country) = country_of_flag(text) {
            return self.resolve(&self.codes(&country));
        }
        let folded = joined_letters(fold(text));
        let stripped = self.without_words_around(&folded);
        let parts: Vec<String> = text
            .split([',', '(', ')', '/', ';'])
            .map(fold)
            .map(|part| self.without_words_around(&part))
            .filter(|part| !part.is_empty())
            .collect();
        self.resolve(&self.named(&folded))
            .or_else(|| self.in_parts(&parts))
            .or_else(|| self.resolve(&self.named(&stripped)))
            .or_else(|| self.in_words(&stripped))
            // A code of two letters is a word as well: "ok", "me", "in".
            .or_else(|| (strictness == Strictness::Part).then(|| self.resolve(&self.codes(&stripped))).flatten())
    }

    /// Any run of words that is a place, the longest first. Never sure.
    fn part(&self, text: &str) -> Option<ZoneReading> {
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').filter(|word| !self.lexicon.is_around_places(word)).collect();
        let runs = |length: usize| words.windows(length).map(|run| run.join(" "));
        let numbers = (1..words.len()).rev().map(|length| {
            let found = runs(length).filter(|run| run.chars().count() >= 4).flat_map(|run| self.named(&run));
            found.collect::<Vec<_>>()
        });
        let numbers = numbers.into_iter().find(|found| !found.is_empty());
        let numbers = numbers.or_else(|| Some(self.beginning(&folded)).filter(|found| !found.is_empty()))?;
        let zones = numbers
            .iter()
            .filter_map(|number| self.places.place(*number))
            .flat_map(|place| self.places.zones_of(&place));
        Some(ZoneReading::Which(of_each_kind(zones.map(|(zone, _)| zone.to_owned()).collect(), self.now)))
    }

    /// The largest places whose names begin so.
    fn beginning(&self, folded: &str) -> Vec<usize> {
        if folded.chars().count() < 4 {
            return Vec::new();
        }
        let mut numbers: Vec<usize> = self.places.beginning(folded).flat_map(Named::places).collect();
        numbers.sort_unstable();
        numbers.truncate(OFFERED);
        numbers
    }

    /// "City, Country", "City, State", "Country, City".
    fn in_parts(&self, parts: &[String]) -> Option<ZoneReading> {
        let ([first, rest @ ..], [front @ .., last]) = (parts, parts) else { return None };
        if rest.is_empty() {
            return None;
        }
        let held = |name: &str, areas: &[String]| {
            let within = |number: &usize| areas.iter().all(|area| self.is_in(*number, area));
            self.all_named(name).into_iter().filter(within).collect::<Vec<_>>()
        };
        self.resolve(&held(first, rest))
            .or_else(|| self.resolve(&held(last, front)))
            .or_else(|| self.resolve(&held(first, &rest[rest.len() - 1..])))
            .or_else(|| {
                // The city is not known, its country is, and keeps one time.
                let area = self.resolve(&self.areas(last));
                area.filter(|reading| matches!(reading, ZoneReading::Zone(_)))
            })
    }

    /// "Berlin Germany", "Portland Oregon": a place and what it lies in, in either order.
    fn in_words(&self, folded: &str) -> Option<ZoneReading> {
        let words: Vec<&str> = folded.split(' ').collect();
        (1..words.len()).rev().find_map(|at| {
            let (left, right) = (words[..at].join(" "), words[at..].join(" "));
            let held = |name: &str, area: &str| {
                self.all_named(name).into_iter().filter(|number| self.is_in(*number, area)).collect::<Vec<_>>()
            };
            self.resolve(&held(&left, &right)).or_else(|| self.resolve(&held(&right, &left)))
        })
    }

    fn is_in(&self, number: usize, area: &str) -> bool {
        let Some(place) = self.places.place(number) else { return false };
        self.areas(area).iter().filter_map(|area| self.places.place(*area)).any(|area| area.holds(&place))
    }

    /// The countries and regions with this name or code.
    fn areas(&self, folded: &str) -> Vec<usize> {
        let mut numbers = self.all_named(folded);
        numbers.extend(self.codes(folded));
        numbers.retain(|number| self.places.place(*number).is_some_and(|place| place.is_area));
        numbers
    }

    /// The places with a name, and cities called so besides that are ten times as large.
    fn named(&self, folded: &str) -> Vec<usize> {
        let spelled: Vec<Named> = self.spelled(folded).collect();
        let all = |numbers: fn(Named) -> Vec<usize>| {
            spelled.iter().flat_map(move |named| numbers(*named)).collect::<Vec<_>>()
        };
        let (own, also) = (all(Named::places), all(Named::all));
        let people = |number: &usize| self.places.place(*number).map_or(0, |place| place.people);
        let most = own.iter().map(people).max().unwrap_or(0);
        let is_city = |number: &usize| self.places.place(*number).is_some_and(|place| !place.is_area);
        let large = also.into_iter().filter(|number| is_city(number) && people(number) >= most.saturating_mul(SHARE));
        own.iter().copied().chain(large.filter(|number| !own.contains(number))).collect()
    }

    /// Those that have the name themselves, and those that are called so as well.
    fn all_named(&self, folded: &str) -> Vec<usize> {
        self.spelled(folded).flat_map(Named::all).collect()
    }

    fn codes(&self, folded: &str) -> Vec<usize> {
        self.places.named(folded).map(Named::codes).unwrap_or_default()
    }

    /// The name as typed, and with "Saint" for "St" and the like.
    fn spelled(&self, folded: &str) -> impl Iterator<Item = Named> {
        const SPELLINGS: [(&str, &str); 4] = [("st", "saint"), ("saint", "st"), ("ft", "fort"), ("mt", "mount")];
        let respelled =
            SPELLINGS.iter().filter(|(word, _)| folded.split(' ').any(|one| one == *word)).map(|(word, other)| {
                folded.split(' ').map(|one| if one == *word { other } else { one }).collect::<Vec<_>>().join(" ")
            });
        std::iter::once(folded.to_owned())
            .chain(respelled)
            .filter_map(|name| self.places.named(&name))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn without_words_around(&self, folded: &str) -> String {
        let kept: Vec<&str> = folded.split(' ').filter(|word| !self.lexicon.is_around_places(word)).collect();
        kept.join(" ")
    }

    /// The zone of these places, or the zones where those with a tenth of the people of the largest keep other time.
    fn resolve(&self, numbers: &[usize]) -> Option<ZoneReading> {
        let found: Vec<Place> = numbers.iter().filter_map(|number| self.places.place(*number)).collect();
        let most = found.iter().map(|place| place.people).max()?;
        let mut zones: Vec<String> = Vec::new();
        let mut is_mixed = false;
        for place in found.iter().filter(|place| place.people.saturating_mul(SHARE) >= most) {
            let held = self.places.zones_of(place);
            let count = if self.keeps_several_times(&held) { held.len() } else { 1 };
            is_mixed |= count > 1;
            zones.extend(held.iter().take(count).map(|(zone, _)| (*zone).to_owned()));
        }
        let first = zones.first()?;
        let same = minutes_ahead(first, self.now);
        if !is_mixed && zones.iter().all(|zone| minutes_ahead(zone, self.now) == same) {
            return Some(ZoneReading::Zone(first.clone()));
        }
        Some(ZoneReading::Which(of_each_kind(zones, self.now)))
    }

    /// Whether a tenth of a place's people keep another time than most, or three of its zones do.
    fn keeps_several_times(&self, held: &[(&'static str, u32)]) -> bool {
        const ZONES: usize = 3;
        let Some((first, most)) = held.first() else { return false };
        let same = minutes_ahead(first, self.now);
        let others = held.iter().filter(|(zone, _)| minutes_ahead(zone, self.now) != same);
        let people: u32 = others.clone().map(|(_, people)| people).sum();
        people.saturating_mul(SHARE) >= *most || others.count() >= ZONES
    }
}

/// "l a" and "u s a" are "la" and "usa".
fn joined_letters(folded: String) -> String {
    let is_spelled = folded.len() > 1 && folded.split(' ').all(|word| word.chars().count() == 1);
    if is_spelled { folded.replace(' ', "") } else { folded }
}

/// The code of the country whose flag this is.
fn country_of_flag(text: &str) -> Option<String> {
    const FIRST: u32 = 0x1F1E6;
    let letter = |c: char| u32::from(c).checked_sub(FIRST).filter(|letter| *letter < 26);
    let letters: Vec<u32> = plain(text).chars().map(letter).collect::<Option<_>>()?;
    (letters.len() == 2).then(|| letters.iter().filter_map(|letter| char::from_u32(u32::from('a') + letter)).collect())
}
