//! When a help line answers, written without words so that every locale can word it.

/// The days of the week as the file writes them and as `ui.ftl` selects them.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When one way to reach a help line is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hours {
    /// Day and night: `24/7`.
    Always,
    /// At set times: `mon-fri 09:00-17:00, sat 10:00-12:00`, or `11:00-21:00` for every day.
    Open(Vec<Opening>),
    /// Only this page says when: `valjattsluta.se`.
    Page(String),
}

/// A span of hours on some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The first and the last day of the week; every day without them.
    pub days: Option<(&'static str, &'static str)>,
    /// Opens at, as `09:00`.
    pub from: String,
    /// Closes at, as `24:00`.
    pub until: String,
}

impl Hours {
    /// Reads what the file says; `None` for anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        if text == "24/7" {
            return Some(Self::Always);
        }
        let in_address = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/');
        if text.contains('.') && text.chars().all(in_address) {
            return Some(Self::Page(text.to_owned()));
        }
        text.split(", ").map(Opening::read).collect::<Option<Vec<_>>>().map(Self::Open)
    }
}

impl Opening {
    fn read(text: &str) -> Option<Self> {
        let (days, hours) = match text.split_once(' ') {
            Some((days, hours)) => (Some(days_of(days)?), hours),
            None => (None, text),
        };
        let (from, until) = hours.split_once('-')?;
        (is_time(from) && is_time(until) && from < until).then(|| Self { days, from: from.into(), until: until.into() })
    }
}

fn days_of(text: &str) -> Option<(&'static str, &'static str)> {
    let day = |text: &str| DAYS.into_iter().find(|day| *day == text);
    match text.split_once('-') {
        Some((first, last)) => Some((day(first)?, day(last)?)),
        None => day(text).map(|day| (day, day)),
    }
}

fn is_time(text: &str) -> bool {
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
    let parts = text.split_once(':').and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    parts.is_some_and(|(hour, minute)| minute < 60 && (hour < 24 || (hour, minute) == (24, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(days: Option<(&'static str, &'static str)>, from: &str, until: &str) -> Opening {
        Opening { days, from: from.into(), until: until.into() }
    }

    #[test]
    fn hours_are_read_in_each_of_their_forms() {
        assert_eq!(Hours::read("24/7"), Some(Hours::Always));
        assert_eq!(Hours::read("1712.be"), Some(Hours::Page("1712.be".into())));
        assert_eq!(Hours::read("11:00-24:00"), Some(Hours::Open(vec![opening(None, "11:00", "24:00")])));
        let two =
            vec![opening(Some(("mon", "thu")), "10:00", "20:30"), opening(Some(("fri", "fri")), "10:00", "16:30")];
        assert_eq!(Hours::read("mon-thu 10:00-20:30, fri 10:00-16:30"), Some(Hours::Open(two)));
    }

    #[test]
    fn anything_else_is_no_hours() {
        for text in ["", "always", "9-17", "mon-fri", "mo 09:00-17:00", "17:00-09:00", "25:00-26:00", "09:60-10:00"] {
            assert_eq!(Hours::read(text), None, "{text}");
        }
    }
}
