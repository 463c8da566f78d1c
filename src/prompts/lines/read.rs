//! Reads `lines.toml` and says, with its row, whatever keeps it from being used.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::hours::Hours;
use super::{Country, Line, LineKind, Lines, MAX_SHOWN, Means, Way, Worldwide};
use crate::journey::LineNeed;

/// The most countries: as many as one menu holds beside the other needs and the way back.
pub const MAX_COUNTRIES: usize = 21;

/// The languages a locale can name, and `many`: interpreters, or many more languages.
pub const LANGUAGES: [&str; 14] =
    ["ar", "de", "en", "es", "fr", "hi", "it", "ja", "nl", "no", "pl", "pt", "sv", "many"];

/// A place in the file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// The row, from 1.
    pub line: usize,
    /// The problem and how to fix it.
    pub text: String,
}

impl fmt::Display for LineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.text)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLines {
    #[serde(default)]
    worldwide: Vec<Spanned<RawWorldwide>>,
    #[serde(default)]
    country: Vec<Spanned<RawCountry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorldwide {
    #[serde(default)]
    kinds: Vec<Spanned<String>>,
    name: Option<Spanned<String>>,
    contact: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    verified: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCountry {
    code: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    #[serde(default)]
    zones: Vec<Spanned<String>>,
    #[serde(default)]
    line: Vec<Spanned<RawLine>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    #[serde(default)]
    kinds: Vec<Spanned<String>>,
    name: Option<Spanned<String>>,
    call: Option<Spanned<RawWay>>,
    text: Option<Spanned<RawWay>>,
    chat: Option<Spanned<RawWay>>,
    #[serde(default)]
    languages: Vec<Spanned<String>>,
    source: Option<Spanned<String>>,
    verified: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWay {
    to: Option<Spanned<String>>,
    word: Option<Spanned<String>>,
    hours: Option<Spanned<String>>,
}

/// Collects problems and knows where in the file they are.
struct Checker<'a> {
    text: &'a str,
    problems: Vec<LineProblem>,
}

impl Checker<'_> {
    fn row(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }

    fn problem(&mut self, at: usize, text: impl Into<String>) {
        let line = self.row(at);
        self.problems.push(LineProblem { line, text: text.into() });
    }

    /// A text that must be there and not blank. `table` is the range of the table that should have it.
    fn text(&mut self, table: &Range<usize>, name: &str, value: Option<Spanned<String>>) -> String {
        let Some(value) = value else {
            self.problem(table.start, format!("no `{name}`"));
            return String::new();
        };
        let at = value.span().start;
        let value = value.into_inner();
        if value.trim().is_empty() {
            self.problem(at, format!("`{name}` is empty"));
        } else if value.trim() != value || value.contains(char::is_control) {
            self.problem(at, format!("`{name}` has blanks at an end or a line break"));
        }
        value
    }

    fn source(&mut self, table: &Range<usize>, value: Option<Spanned<String>>) -> String {
        let at = value.as_ref().map_or(table.start, |value| value.span().start);
        let source = self.text(table, "source", value);
        if !source.trim().is_empty() && !source.starts_with("https://") {
            self.problem(at, "`source` must be the official page's address and begin with https://");
        }
        source
    }

    fn verified(&mut self, table: &Range<usize>, value: Option<Spanned<Datetime>>) -> Date {
        let Some(value) = value else {
            self.problem(table.start, "no `verified`: the date of the copy in which it was seen");
            return Date::ZERO;
        };
        let at = value.span().start;
        let Datetime { date: Some(date), time: None, offset: None } = value.into_inner() else {
            self.problem(at, "`verified` must be a date alone, such as 2026-11-23");
            return Date::ZERO;
        };
        let read = i16::try_from(date.year)
            .ok()
            .and_then(|year| Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok());
        read.unwrap_or_else(|| {
            self.problem(at, "`verified` is no day of the calendar");
            Date::ZERO
        })
    }

    fn kinds(&mut self, table: &Range<usize>, raw: Vec<Spanned<String>>) -> Vec<LineKind> {
        if raw.is_empty() {
            self.problem(table.start, "no `kinds`");
        }
        let mut kinds = Vec::new();
        for kind in raw {
            let at = kind.span().start;
            let kind = kind.into_inner();
            if let Some(kind) = LineKind::read(&kind) {
                kinds.push(kind);
            } else {
                let known = LineKind::ALL.map(|(_, name)| name).join(", ");
                self.problem(at, format!("unknown kind `{kind}`; there are {known}"));
            }
        }
        kinds
    }

    fn languages(&mut self, table: &Range<usize>, raw: Vec<Spanned<String>>) -> Vec<String> {
        if raw.first().is_none_or(|first| first.get_ref() == "many") {
            self.problem(table.start, "no `languages`; name at least one, such as [\"en\"] or [\"en\", \"many\"]");
        }
        let mut languages = Vec::new();
        for language in raw {
            if !LANGUAGES.contains(&language.get_ref().as_str()) {
                let text = format!("unknown language `{}`; there are {}", language.get_ref(), LANGUAGES.join(", "));
                self.problem(language.span().start, text);
            }
            languages.push(language.into_inner());
        }
        languages
    }

    fn way(&mut self, means: Means, raw: Spanned<RawWay>) -> Way {
        let table = raw.span();
        let raw = raw.into_inner();
        let at = raw.to.as_ref().map_or(table.start, |to| to.span().start);
        let to = self.text(&table, "to", raw.to);
        let fits = match means {
            Means::Chat => to.starts_with("https://") || to.starts_with("WhatsApp "),
            Means::Call | Means::Text => to.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+')),
        };
        if !fits {
            self.problem(at, format!("`{to}` must be a number, and for a chat `https://…` or `WhatsApp …`"));
        }
        let word = raw.word.map(|word| self.text(&table, "word", Some(word)));
        let at = raw.hours.as_ref().map_or(table.start, |hours| hours.span().start);
        let hours = self.text(&table, "hours", raw.hours);
        let read = Hours::read(&hours);
        if read.is_none() && !hours.is_empty() {
            let forms = "24/7, mon-fri 09:00-17:00, 11:00-21:00, or the page that says when";
            self.problem(at, format!("`{hours}` are no hours; there are {forms}"));
        }
        Way { means, to, word, hours: read.unwrap_or(Hours::Always) }
    }

    fn line(&mut self, raw: Spanned<RawLine>) -> Line {
        let table = raw.span();
        let raw = raw.into_inner();
        let ways = [(Means::Call, raw.call), (Means::Text, raw.text), (Means::Chat, raw.chat)];
        let ways: Vec<Way> = ways.into_iter().filter_map(|(means, way)| way.map(|way| self.way(means, way))).collect();
        if ways.is_empty() {
            self.problem(table.start, "no way to reach it: add `call`, `text` or `chat`");
        }
        Line {
            kinds: self.kinds(&table, raw.kinds),
            name: self.text(&table, "name", raw.name),
            ways,
            languages: self.languages(&table, raw.languages),
            source: self.source(&table, raw.source),
            verified: self.verified(&table, raw.verified),
            row: self.row(table.start),
        }
    }

    fn worldwide(&mut self, raw: Spanned<RawWorldwide>) -> Worldwide {
        let table = raw.span();
        let raw = raw.into_inner();
        Worldwide {
            kinds: self.kinds(&table, raw.kinds),
            name: self.text(&table, "name", raw.name),
            contact: self.text(&table, "contact", raw.contact),
            source: self.source(&table, raw.source),
            verified: self.verified(&table, raw.verified),
            row: self.row(table.start),
        }
    }

    fn country(&mut self, raw: Spanned<RawCountry>, places: &mut BTreeMap<String, String>) -> Country {
        let table = raw.span();
        let raw = raw.into_inner();
        let at = raw.code.as_ref().map_or(table.start, |code| code.span().start);
        let code = self.text(&table, "code", raw.code);
        if !code.is_empty() && (code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_lowercase())) {
            self.problem(at, format!("`code` must be two small letters (ISO 3166), not `{code}`"));
        }
        let name = self.text(&table, "name", raw.name);
        if let Some(other) = places.insert(code.clone(), name.clone()) {
            self.problem(at, format!("the country code `{code}` stands at {other} already"));
        }
        let mut zones = Vec::new();
        for zone in raw.zones {
            let at = zone.span().start;
            let zone = self.text(&table, "zones", Some(zone));
            if let Some(other) = places.insert(zone.to_ascii_lowercase(), name.clone()) {
                self.problem(at, format!("the zone `{zone}` stands at {other} already"));
            }
            zones.push(zone);
        }
        let lines: Vec<Line> = raw.line.into_iter().map(|line| self.line(line)).collect();
        let country = Country { code, name, zones, lines };
        for kind in [LineKind::Crisis, LineKind::Emergency] {
            if country.of_kind(kind).next().is_none() {
                let text = format!("no line of the kind {}; leave the country out until there is one", kind.name());
                self.problem(table.start, text);
            }
        }
        for kind in LineNeed::ALL.iter().copied().map(LineKind::from) {
            if let Some(line) = country.of_kind(kind).nth(MAX_SHOWN) {
                let text = format!("more than {MAX_SHOWN} lines of the kind {}; this one is never shown", kind.name());
                self.problems.push(LineProblem { line: line.row, text });
            }
        }
        country
    }
}

impl Lines {
    /// Reads `lines.toml`.
    ///
    /// # Errors
    /// Every place that cannot be used, with its row. A file that is no TOML, or has a key that does not exist, is one
    /// problem at the place where reading stopped.
    pub fn parse(text: &str) -> Result<Self, Vec<LineProblem>> {
        let mut checker = Checker { text, problems: Vec::new() };
        let raw: RawLines = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => {
                checker.problem(error.span().map_or(0, |span| span.start), error.message());
                return Err(checker.problems);
            }
        };
        let worldwide: Vec<_> = raw.worldwide.into_iter().map(|raw| checker.worldwide(raw)).collect();
        for need in LineNeed::ALL {
            if !worldwide.iter().any(|directory| directory.kinds.contains(&(*need).into())) {
                checker.problem(0, format!("no [[worldwide]] directory of the kind {need}"));
            }
        }
        if let Some(country) = raw.country.get(MAX_COUNTRIES) {
            let text = format!("more than {MAX_COUNTRIES} countries do not fit on a menu");
            checker.problem(country.span().start, text);
        }
        let mut places = BTreeMap::new();
        let countries = raw.country.into_iter().map(|country| checker.country(country, &mut places)).collect();
        if checker.problems.is_empty() { Ok(Self { worldwide, countries }) } else { Err(checker.problems) }
    }
}
