//! Help lines by country and kind: read from `prompts/lines.toml`, checked, and chosen for a place and a need.
//!
//! [`Lines::for_need`] decides which entries `{ $lines }` shows, `wording` words them with the locale's `ui.ftl`; the
//! journey's country buttons come from [`Lines::countries`]. The file holds facts and no locale, so it is read once.

mod hours;
mod read;
mod wording;

pub use hours::{Hours, Opening};
pub use read::{LANGUAGES, LineProblem, MAX_COUNTRIES};
pub(super) use wording::MAX_LIST;
pub(super) use wording::worded;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::journey::LineNeed;

/// The most lines shown for one need.
pub const MAX_SHOWN: usize = 3;

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Somebody to talk to, by day and night where there is such a line.
    Crisis,
    /// For people who are hurt, threatened or controlled.
    Violence,
    /// For people who use violence, or fear they will.
    StopViolence,
    /// For minors.
    Youth,
    /// The emergency number.
    Emergency,
}

impl LineKind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Crisis, "crisis"),
        (Self::Violence, "violence"),
        (Self::StopViolence, "stop_violence"),
        (Self::Youth, "youth"),
        (Self::Emergency, "emergency"),
    ];

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == text).map(|(kind, _)| kind)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl From<LineNeed> for LineKind {
    fn from(need: LineNeed) -> Self {
        match need {
            LineNeed::Crisis => Self::Crisis,
            LineNeed::Violence => Self::Violence,
            LineNeed::StopViolence => Self::StopViolence,
            LineNeed::Youth => Self::Youth,
        }
    }
}

/// How a line is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// By telephone.
    Call,
    /// By text message.
    Text,
    /// In writing, on a page or in `WhatsApp`.
    Chat,
}

/// One way to reach a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// How.
    pub means: Means,
    /// The number, or the address of the chat.
    pub to: String,
    /// The word a text message begins with.
    pub word: Option<String>,
    /// When it is open.
    pub hours: Hours,
}

/// One line of a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is for.
    pub kinds: Vec<LineKind>,
    /// What it calls itself, in its own language.
    pub name: String,
    /// How it is reached; at least one way.
    pub ways: Vec<Way>,
    /// Languages (ISO 639-1), and `many` for interpreters or many more.
    pub languages: Vec<String>,
    /// The official page it stands on.
    pub source: String,
    /// The date of the copy in which it was seen.
    pub verified: Date,
    /// Its row in the file, from 1.
    row: usize,
}

/// A country with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166 alpha-2, lower case.
    pub code: String,
    /// Its name in English.
    pub name: String,
    /// Its IANA time zones, old names included.
    pub zones: Vec<String>,
    /// Its lines in the order of the file.
    pub lines: Vec<Line>,
}

impl Country {
    fn of_kind(&self, kind: LineKind) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.kinds.contains(&kind))
    }
}

/// A directory of lines for every place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worldwide {
    /// What its lines are for.
    pub kinds: Vec<LineKind>,
    /// What it calls itself.
    pub name: String,
    /// Its address.
    pub contact: String,
    /// The official page.
    pub source: String,
    /// The date of the copy in which it was seen.
    pub verified: Date,
    /// Its row in the file, from 1.
    row: usize,
}

/// All help lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    worldwide: Vec<Worldwide>,
    countries: Vec<Country>,
}

/// One piece of a list of help lines, worded by `ui.ftl` and shown on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A country whose lines follow.
    Country {
        /// Its name in English.
        name: &'a str,
    },
    /// The country has no line for this need; those for a crisis follow.
    Missing {
        /// Its name in English.
        country: &'a str,
        /// What no line was found for.
        need: LineNeed,
    },
    /// A line.
    Line(&'a Line),
    /// An emergency number of the country.
    Emergency {
        /// What it is called there.
        name: &'a str,
        /// The number.
        number: &'a str,
    },
    /// Nobody's country is known: the emergency number where the person is.
    EmergencyAnywhere,
    /// A worldwide directory.
    Worldwide {
        /// What it calls itself.
        name: &'a str,
        /// Its address.
        contact: &'a str,
    },
}

impl Lines {
    /// The help lines of a place for a need, in the order in which they are shown.
    ///
    /// `place` is a country code (`de`) or an IANA zone (`Europe/Berlin`), in any case. A known country comes with at
    /// most [`MAX_SHOWN`] lines and its emergency numbers. Where it has no line for the need, that is said, and the
    /// lines for a crisis and the worldwide directories stand in. An unknown place gets the worldwide directories.
    #[must_use]
    pub fn for_need(&self, place: Option<&str>, need: LineNeed) -> Vec<Entry<'_>> {
        let Some(country) = place.and_then(|place| self.country(place)) else {
            return self.directories(need).chain([Entry::EmergencyAnywhere]).collect();
        };
        let mut entries = vec![Entry::Country { name: &country.name }];
        let found = country.of_kind(need.into()).next().is_some();
        if !found {
            entries.push(Entry::Missing { country: &country.name, need });
        }
        let kind = if found { need.into() } else { LineKind::Crisis };
        entries.extend(country.of_kind(kind).take(MAX_SHOWN).map(Entry::Line));
        let numbers = country
            .of_kind(LineKind::Emergency)
            .flat_map(|line| line.ways.iter().map(|way| Entry::Emergency { name: &line.name, number: &way.to }));
        entries.extend(numbers);
        if !found {
            entries.extend(self.directories(need));
        }
        entries
    }

    /// The country of a code or a zone.
    #[must_use]
    pub fn country(&self, place: &str) -> Option<&Country> {
        self.countries.iter().find(|country| {
            country.code.eq_ignore_ascii_case(place)
                || country.zones.iter().any(|zone| zone.eq_ignore_ascii_case(place))
        })
    }

    /// Code and name of each country, in the order of the file; at most [`MAX_COUNTRIES`].
    pub fn countries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.countries.iter().map(|country| (country.code.as_str(), country.name.as_str()))
    }

    /// Everything, for the checker.
    #[must_use]
    pub fn all(&self) -> (&[Worldwide], &[Country]) {
        (&self.worldwide, &self.countries)
    }

    /// The lines and directories that were seen more than twelve months before `today`, with their row in the file.
    pub fn stale(&self, today: Date) -> impl Iterator<Item = LineProblem> {
        let seen = self.worldwide.iter().map(|it| (it.row, &it.name, it.verified));
        let lines = self.countries.iter().flat_map(|country| &country.lines);
        let seen = seen.chain(lines.map(|line| (line.row, &line.name, line.verified)));
        let old = seen.filter(move |(.., verified)| verified.saturating_add(1.year()) < today);
        old.map(|(line, name, verified)| LineProblem {
            line,
            text: format!(
                "`{name}` was last seen in a copy of {verified}, more than twelve months ago; look it up again"
            ),
        })
    }

    fn directories(&self, need: LineNeed) -> impl Iterator<Item = Entry<'_>> {
        let for_need = self.worldwide.iter().filter(move |it| it.kinds.contains(&need.into()));
        for_need.map(|it| Entry::Worldwide { name: &it.name, contact: &it.contact })
    }
}

#[cfg(test)]
mod tests;
