//! The words of a language for times, dates, rhythms and zones, as `input.toml` lists them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::fold::{fold, plain};

/// The longest phrase, in words.
const LONGEST: usize = 4;

/// Words by what they mean. Those of several languages can be merged.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    /// Numbers by their words; `a` is 1.
    pub numbers: BTreeMap<String, u16>,
    /// Words of time, dates and rhythms, by what they mean.
    pub words: BTreeMap<String, Vec<String>>,
    /// Abbreviations and names of zones with every zone they may mean, the likeliest first.
    pub zones: BTreeMap<String, Vec<String>>,
    /// Words around the name of a place that say nothing of it.
    pub around_places: Vec<String>,
}

/// What a word or a phrase means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// In the first half of the day.
    Am,
    /// In its second half.
    Pm,
    /// Late or early, by the hour.
    Night,
    Noon,
    Midnight,
    /// Marks an hour: `o'clock`, `h`.
    Clock,
    Half,
    Quarter,
    Past,
    To,
    Minutes,
    /// Says nothing.
    Filler,
    /// Between the ends of a span.
    Until,
    /// No such thing: no quiet hours.
    Off,
    Today,
    Tonight,
    Tomorrow,
    AfterTomorrow,
    Weekend,
    This,
    Next,
    In,
    FromNow,
    Every,
    Per,
    Times,
    /// Once, twice, three times.
    Repeat(u8),
    Other,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Daily,
    Weekly,
    Fortnightly,
    Monthly,
    Hourly,
    /// 1 (Monday) to 7 (Sunday).
    Weekday(u8),
    /// 1 to 12.
    MonthName(u8),
    Number(u16),
}

const NAMES: &[(&str, Meaning)] = &[
    ("am", Meaning::Am),
    ("pm", Meaning::Pm),
    ("night", Meaning::Night),
    ("noon", Meaning::Noon),
    ("midnight", Meaning::Midnight),
    ("clock", Meaning::Clock),
    ("half", Meaning::Half),
    ("quarter", Meaning::Quarter),
    ("past", Meaning::Past),
    ("to", Meaning::To),
    ("minutes", Meaning::Minutes),
    ("until", Meaning::Until),
    ("off", Meaning::Off),
    ("today", Meaning::Today),
    ("tonight", Meaning::Tonight),
    ("tomorrow", Meaning::Tomorrow),
    ("after-tomorrow", Meaning::AfterTomorrow),
    ("weekend", Meaning::Weekend),
    ("this", Meaning::This),
    ("next", Meaning::Next),
    ("in", Meaning::In),
    ("from-now", Meaning::FromNow),
    ("every", Meaning::Every),
    ("per", Meaning::Per),
    ("times", Meaning::Times),
    ("once", Meaning::Repeat(1)),
    ("twice", Meaning::Repeat(2)),
    ("thrice", Meaning::Repeat(3)),
    ("other", Meaning::Other),
    ("hour", Meaning::Hour),
    ("day", Meaning::Day),
    ("week", Meaning::Week),
    ("fortnight", Meaning::Fortnight),
    ("month", Meaning::Month),
    ("daily", Meaning::Daily),
    ("weekly", Meaning::Weekly),
    ("fortnightly", Meaning::Fortnightly),
    ("monthly", Meaning::Monthly),
    ("hourly", Meaning::Hourly),
    ("monday", Meaning::Weekday(1)),
    ("tuesday", Meaning::Weekday(2)),
    ("wednesday", Meaning::Weekday(3)),
    ("thursday", Meaning::Weekday(4)),
    ("friday", Meaning::Weekday(5)),
    ("saturday", Meaning::Weekday(6)),
    ("sunday", Meaning::Weekday(7)),
    ("january", Meaning::MonthName(1)),
    ("february", Meaning::MonthName(2)),
    ("march", Meaning::MonthName(3)),
    ("april", Meaning::MonthName(4)),
    ("may", Meaning::MonthName(5)),
    ("june", Meaning::MonthName(6)),
    ("july", Meaning::MonthName(7)),
    ("august", Meaning::MonthName(8)),
    ("september", Meaning::MonthName(9)),
    ("october", Meaning::MonthName(10)),
    ("november", Meaning::MonthName(11)),
    ("december", Meaning::MonthName(12)),
    // What may be a word of another meaning is that one.
    ("filler", Meaning::Filler),
];

impl Lexicon {
    /// Brings the words to the form in which they are looked up. Returns what is wrong with them.
    #[must_use]
    pub fn normalized(self) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        for meaning in self.words.keys().filter(|meaning| !NAMES.iter().any(|(name, _)| name == meaning)) {
            wrong.push(format!("`{meaning}` is no meaning of a word; correct the name"));
        }
        for zone in self.zones.values().flatten().filter(|zone| TimeZone::get(zone).is_err()) {
            wrong.push(format!("`{zone}` is no time zone; correct the name"));
        }
        let all = |words: Vec<String>| words.iter().map(|word| plain(word)).collect();
        let normalized = Self {
            numbers: self.numbers.into_iter().map(|(word, number)| (plain(&word), number)).collect(),
            words: self.words.into_iter().map(|(meaning, words)| (meaning, all(words))).collect(),
            zones: self.zones.into_iter().map(|(name, zones)| (fold(&name), zones)).collect(),
            around_places: self.around_places.iter().map(|word| fold(word)).collect(),
        };
        (normalized, wrong)
    }

    /// Adds the words of another language.
    pub fn merge(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
        for (meaning, words) in other.words {
            self.words.entry(meaning).or_default().extend(words);
        }
        self.zones.extend(other.zones);
        self.around_places.extend(other.around_places);
    }

    /// The longest phrase at the start of `words` with a meaning of the wanted ones, and how many words it takes.
    pub(super) fn phrase(&self, words: &[&str], wanted: &[Meaning]) -> Option<(Meaning, usize)> {
        (1..=words.len().min(LONGEST)).rev().find_map(|length| {
            let phrase = words[..length].join(" ");
            self.meaning(&phrase, wanted).map(|meaning| (meaning, length))
        })
    }

    fn meaning(&self, phrase: &str, wanted: &[Meaning]) -> Option<Meaning> {
        let is_kind =
            |kind: &Meaning| wanted.iter().any(|one| std::mem::discriminant(one) == std::mem::discriminant(kind));
        let number = || self.numbers.get(phrase).map(|number| Meaning::Number(*number)).filter(&is_kind);
        let named = NAMES.iter().filter(|(_, meaning)| is_kind(meaning));
        let has = |name: &str| self.words.get(name).is_some_and(|words| words.iter().any(|word| word == phrase));
        named.clone().find(|(name, _)| has(name)).map(|(_, meaning)| *meaning).or_else(number)
    }

    /// The zones that a name or an abbreviation of a zone means.
    pub(super) fn zones(&self, folded: &str) -> Option<&[String]> {
        self.zones.get(folded).map(Vec::as_slice)
    }

    /// The names of zones that begin so.
    pub(super) fn zones_beginning(&self, folded: &str) -> impl Iterator<Item = &String> {
        self.zones.iter().filter(move |(name, _)| name.starts_with(folded)).flat_map(|(_, zones)| zones)
    }

    pub(super) fn is_around_places(&self, word: &str) -> bool {
        self.around_places.iter().any(|around| around == word)
    }
}
