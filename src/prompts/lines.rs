//! Crisis lines by country: read from `prompts/lines.toml`, checked, and put in order for a person's place.
//!
//! The renderer calls [`Lines::for_place`] for `{ $lines }` and words each [`Entry`] with the locale's `ui.ftl`; the
//! journey's country buttons come from [`Lines::countries`]. The file holds facts and no locale, so it is read once.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

/// The most countries: as many as one select menu holds.
pub const MAX_COUNTRIES: usize = 25;

/// The most characters of the list of all countries, so that it fits into one message with the words around it.
pub const MAX_CHARS: usize = 1200;

/// What the words of `ui.ftl` may add to an entry, in characters (bullet, brackets, line break).
const FRAME: usize = 8;

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Someone to talk to, by day and night where there is such a line.
    Crisis,
    /// Violence, threats or control in a relationship.
    Violence,
    /// The emergency number.
    Emergency,
}

impl LineKind {
    fn read(text: &str) -> Option<Self> {
        match text {
            "crisis" => Some(Self::Crisis),
            "violence" => Some(Self::Violence),
            "emergency" => Some(Self::Emergency),
            _ => None,
        }
    }
}

/// One line of a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is for.
    pub kind: LineKind,
    /// What it calls itself, in its own language.
    pub name: String,
    /// The number to dial, or an address.
    pub contact: String,
    /// When it answers, without words: `24/7`, `10:00–24:00`, or the address that says when.
    pub hours: String,
    /// The official page it stands on.
    pub source: String,
    /// When it was last compared.
    pub verified: Date,
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

/// The directory for every other place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worldwide {
    /// What it calls itself.
    pub name: String,
    /// Its address.
    pub contact: String,
    /// The official page.
    pub source: String,
    /// When it was last compared.
    pub verified: Date,
}

/// All crisis lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    worldwide: Worldwide,
    countries: Vec<Country>,
}

/// One piece of a list of lines, to be worded by `ui.ftl` and shown on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// The worldwide directory: `lines-worldwide`.
    Worldwide {
        /// What it calls itself.
        name: &'a str,
        /// Its address.
        contact: &'a str,
    },
    /// A country whose lines follow: `lines-country`.
    Country {
        /// Its name in English.
        name: &'a str,
    },
    /// A line: `lines-line`. Where all countries are listed, `name` is the country's.
    Line {
        /// What it calls itself.
        name: &'a str,
        /// The number or address.
        contact: &'a str,
        /// When it answers; never empty.
        hours: &'a str,
    },
}

impl Entry<'_> {
    /// How many characters it has without the words around it.
    fn chars(&self) -> usize {
        let texts = match *self {
            Self::Worldwide { name, contact } => [name, contact, ""],
            Self::Country { name } => [name, "", ""],
            Self::Line { name, contact, hours } => [name, contact, hours],
        };
        texts.iter().map(|text| text.chars().count()).sum()
    }
}

/// A place in the file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
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
    worldwide: Option<Spanned<RawWorldwide>>,
    #[serde(default)]
    country: Vec<Spanned<RawCountry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorldwide {
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
    kind: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    contact: Option<Spanned<String>>,
    hours: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    verified: Option<Spanned<Datetime>>,
}

/// Collects problems and knows where in the file they are.
struct Checker<'a> {
    text: &'a str,
    problems: Vec<LineProblem>,
}

impl Checker<'_> {
    fn problem(&mut self, at: usize, text: impl Into<String>) {
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        self.problems.push(LineProblem { line, text: text.into() });
    }

    /// A text that must be there and not blank. `table` is where the table begins that should have it.
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
            self.problem(table.start, "no `verified`: the date the source was last compared");
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

    fn line(&mut self, raw: Spanned<RawLine>) -> Line {
        let table = raw.span();
        let raw = raw.into_inner();
        let at = raw.kind.as_ref().map_or(table.start, |kind| kind.span().start);
        let kind = self.text(&table, "kind", raw.kind);
        let read = LineKind::read(&kind);
        if read.is_none() && !kind.is_empty() {
            self.problem(at, format!("unknown kind `{kind}`; there are crisis, violence, emergency"));
        }
        Line {
            kind: read.unwrap_or(LineKind::Crisis),
            name: self.text(&table, "name", raw.name),
            contact: self.text(&table, "contact", raw.contact),
            hours: self.text(&table, "hours", raw.hours),
            source: self.source(&table, raw.source),
            verified: self.verified(&table, raw.verified),
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
        if !lines.iter().any(|line| line.kind == LineKind::Crisis) {
            self.problem(table.start, "no line of the kind crisis; leave the country out until there is one");
        }
        Country { code, name, zones, lines }
    }
}

impl Lines {
    /// Reads `lines.toml`.
    ///
    /// # Errors
    /// Every place that cannot be used, with its line. A file that is no TOML, or has a key that does not exist, is one
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
        let worldwide = match raw.worldwide {
            None => {
                checker.problem(0, "no [worldwide] directory");
                None
            }
            Some(raw) => {
                let table = raw.span();
                let raw = raw.into_inner();
                Some(Worldwide {
                    name: checker.text(&table, "name", raw.name),
                    contact: checker.text(&table, "contact", raw.contact),
                    source: checker.source(&table, raw.source),
                    verified: checker.verified(&table, raw.verified),
                })
            }
        };
        if let Some(country) = raw.country.get(MAX_COUNTRIES) {
            let text = format!("more than {MAX_COUNTRIES} countries do not fit on a menu");
            checker.problem(country.span().start, text);
        }
        let last = raw.country.last().map_or(0, |country| country.span().start);
        let mut places = BTreeMap::new();
        let countries = raw.country.into_iter().map(|country| checker.country(country, &mut places)).collect();
        let Some(worldwide) = worldwide else { return Err(checker.problems) };
        let lines = Self { worldwide, countries };
        let chars: usize = lines.everywhere().iter().map(|entry| entry.chars() + FRAME).sum();
        if chars > MAX_CHARS {
            let text = format!("all countries together take {chars} characters; {MAX_CHARS} fit into a message");
            checker.problem(last, text);
        }
        if checker.problems.is_empty() { Ok(lines) } else { Err(checker.problems) }
    }

    /// The lines for a place, in the order in which they are shown.
    ///
    /// `place` is a country code (`de`) or an IANA zone (`Europe/Berlin`), in any case. A country that is known comes
    /// with all its lines, then the worldwide directory. For no place and for an unknown one the directory is first,
    /// then the first crisis line of each country under the country's name; that list keeps within [`MAX_CHARS`].
    #[must_use]
    pub fn for_place(&self, place: Option<&str>) -> Vec<Entry<'_>> {
        let Some(country) = place.and_then(|place| self.country(place)) else { return self.everywhere() };
        let mut entries = vec![Entry::Country { name: &country.name }];
        entries.extend(country.lines.iter().map(|line| Entry::Line {
            name: &line.name,
            contact: &line.contact,
            hours: &line.hours,
        }));
        entries.push(self.directory());
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
    pub fn all(&self) -> (&Worldwide, &[Country]) {
        (&self.worldwide, &self.countries)
    }

    fn directory(&self) -> Entry<'_> {
        Entry::Worldwide { name: &self.worldwide.name, contact: &self.worldwide.contact }
    }

    fn everywhere(&self) -> Vec<Entry<'_>> {
        let mut entries = vec![self.directory()];
        entries.extend(self.countries.iter().filter_map(|country| {
            let line = country.lines.iter().find(|line| line.kind == LineKind::Crisis)?;
            Some(Entry::Line { name: &country.name, contact: &line.contact, hours: &line.hours })
        }));
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: &str = r#"
[worldwide]
name = "Find"
contact = "https://find.example"
source = "https://find.example"
verified = 2026-11-23
"#;

    /// A country with one line; the parts can be replaced.
    fn country(code: &str, zone: &str, line: &str) -> String {
        format!(
            "[[country]]\ncode = \"{code}\"\nname = \"Land {code}\"\nzones = [\"{zone}\"]\n[[country.line]]\n{line}"
        )
    }

    fn line(kind: &str, name: &str) -> String {
        format!(
            "kind = \"{kind}\"\nname = \"{name}\"\ncontact = \"1 2 3\"\nhours = \"24/7\"\nsource = \"https://a.example\"\n\
             verified = 2026-11-23\n"
        )
    }

    fn two() -> String {
        format!(
            "{WORLD}{}{}{}{}",
            country("de", "Europe/Berlin", &line("violence", "Hilfe")),
            "[[country.line]]\n",
            line("crisis", "Seele"),
            country("at", "Europe/Vienna", &line("crisis", "Wien")),
        )
    }

    fn problems(text: &str) -> Vec<(usize, String)> {
        let problems = Lines::parse(text).expect_err("problems");
        problems.into_iter().map(|problem| (problem.line, problem.text)).collect()
    }

    fn one(text: &str) -> (usize, String) {
        let mut problems = problems(text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.remove(0)
    }

    const LAST: Entry<'static> = Entry::Worldwide { name: "Find", contact: "https://find.example" };

    #[test]
    fn a_country_comes_whole_and_first_by_code_or_zone() {
        let lines = Lines::parse(&two()).expect("lines");
        for place in ["de", "DE", "Europe/Berlin", "europe/berlin"] {
            let [Entry::Country { name: "Land de" }, hilfe, seele, LAST] = lines.for_place(Some(place))[..] else {
                panic!("{place}: {:?}", lines.for_place(Some(place)));
            };
            assert_eq!(hilfe, Entry::Line { name: "Hilfe", contact: "1 2 3", hours: "24/7" });
            assert_eq!(seele, Entry::Line { name: "Seele", contact: "1 2 3", hours: "24/7" });
        }
    }

    #[test]
    fn no_place_and_an_unknown_one_get_the_directory_and_each_countrys_crisis_line() {
        let lines = Lines::parse(&two()).expect("lines");
        for place in [None, Some("xx"), Some("Europe/Lisbon"), Some("")] {
            let entries = lines.for_place(place);
            let crisis = |name| Entry::Line { name, contact: "1 2 3", hours: "24/7" };
            assert_eq!(entries, [LAST, crisis("Land de"), crisis("Land at")], "{place:?}");
        }
    }

    #[test]
    fn countries_are_named_in_the_order_of_the_file() {
        let lines = Lines::parse(&two()).expect("lines");
        assert_eq!(lines.countries().collect::<Vec<_>>(), [("de", "Land de"), ("at", "Land at")]);
    }

    #[test]
    fn a_line_without_its_proof_is_a_problem_at_its_table() {
        let whole = two();
        let at = whole.lines().position(|line| line == "[[country.line]]").expect("a line") + 1;
        for (gone, named) in [
            ("source = \"https://a.example\"\n", "no `source`"),
            ("verified = 2026-11-23\n", "no `verified`"),
            ("contact = \"1 2 3\"\n", "no `contact`"),
            ("hours = \"24/7\"\n", "no `hours`"),
            ("kind = \"violence\"\n", "no `kind`"),
            ("name = \"Hilfe\"\n", "no `name`"),
        ] {
            let (start, end) = whole.split_at(whole.find("[[country.line]]").expect("a line"));
            let (found, text) = one(&format!("{start}{}", end.replacen(gone, "", 1)));
            assert!(text.contains(named), "{text}");
            assert_eq!(found, at, "{text}");
        }
    }

    #[test]
    fn a_value_that_will_not_do_is_a_problem_at_its_line() {
        let whole = two();
        for (old, new, named) in [
            ("source = \"https://a.example\"", "source = \"http://a.example\"", "https://"),
            ("source = \"https://a.example\"", "source = \" \"", "`source` is empty"),
            ("contact = \"1 2 3\"", "contact = \"\"", "`contact` is empty"),
            ("contact = \"1 2 3\"", "contact = \"1 2 3 \"", "blanks at an end"),
            ("kind = \"violence\"", "kind = \"help\"", "unknown kind `help`"),
            ("code = \"at\"", "code = \"AT\"", "two small letters"),
            ("code = \"at\"", "code = \"de\"", "code `de` stands at Land de already"),
            ("zones = [\"Europe/Vienna\"]", "zones = [\"Europe/Berlin\"]", "zone `Europe/Berlin` stands at Land de"),
            (
                "verified = 2026-11-23\n[[country.line]]",
                "verified = 2026-11-23T10:00:00\n[[country.line]]",
                "a date alone",
            ),
        ] {
            let (found, text) = one(&whole.replacen(old, new, 1));
            assert!(text.contains(named), "{text}");
            let at = whole[..whole.find(old).expect("the old value")].lines().count() + 1;
            assert!((at..=at + 1).contains(&found), "{text} at {found}, not at {at}");
        }
    }

    #[test]
    fn a_country_without_a_crisis_line_and_a_file_without_a_directory_are_problems() {
        let (_, text) = one(&format!("{WORLD}{}", country("de", "Europe/Berlin", &line("violence", "Hilfe"))));
        assert!(text.contains("kind crisis"), "{text}");
        let (at, text) = one(&country("de", "Europe/Berlin", &line("crisis", "Seele")));
        assert_eq!((at, text.as_str()), (1, "no [worldwide] directory"));
    }

    #[test]
    fn a_key_that_does_not_exist_is_a_problem_at_its_line() {
        let (at, text) = one(&two().replacen("hours", "ours", 1));
        assert!(text.contains("ours"), "{text}");
        assert_eq!(two().lines().nth(at - 1), Some("hours = \"24/7\""));
        assert_eq!(one("[worldwide\n").0, 1);
    }

    #[test]
    fn more_than_fits_into_a_message_or_a_menu_is_a_problem() {
        let codes = (b'a'..=b'z').map(|letter| format!("z{}", char::from(letter)));
        let many: String = codes.map(|code| country(&code, &format!("Z/{code}"), &line("crisis", "Long"))).collect();
        let (at, text) = one(&format!("{WORLD}{many}"));
        assert!(text.contains("more than 25 countries"), "{text}");
        assert!(at > 200, "{at}");
        let long = format!("Land {}", "x".repeat(MAX_CHARS));
        let (_, text) = one(&two().replacen("Land at", &long, 1));
        assert!(text.contains("fit into a message"), "{text}");
    }
}
