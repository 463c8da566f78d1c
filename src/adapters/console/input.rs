//! What a typed line means: pure and total. The loop in [`super`] asks for every line that is not an answer in a form.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};

/// The longest name `:as` takes, in characters.
const NAME_LIMIT: usize = 40;

/// One typed line, understood.
#[derive(Clone, Debug)]
pub enum Line {
    /// Nothing but spaces.
    Nothing,
    /// `/name`: a slash command of the bot, without its slash, and what was typed behind it. Whether there is such a one
    /// the bot knows.
    Command(String, Option<String>),
    /// A bare number: the choice so numbered in the latest message, from 1.
    Choice(usize),
    /// `=token`: the choice whose action has this token.
    Token(String),
    /// `:something`: for the terminal itself.
    Local(Local),
    /// Looks like `:something`, but is not; says what would work.
    Wrong(Wrong),
    /// Anything else: plain words.
    Words,
}

/// What the terminal does itself.
#[derive(Clone, Debug)]
pub enum Local {
    /// `:now` shows the time.
    Now,
    /// `:when` says when something next happens by itself.
    When,
    /// `:skip 3d` moves the time on by a span above zero.
    Skip(Span),
    /// `:to 2026-03-29 02:00` moves the time on to a civil time of the console's zone.
    To(DateTime),
    /// `:to 2026-03-29T01:00:00Z` moves the time on to an instant.
    Until(Timestamp),
    /// `:as NAME` goes on as another person.
    As(String),
    /// `:restart [4d]` drops everything and reopens it, so much later.
    Restart(Option<Span>),
    /// `:help`
    Help,
    /// `:cancel` leaves a form.
    Cancel,
    /// `:quit`
    Quit,
}

/// What was wrong with a `:something`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such command.
    Unknown,
    /// Not a span above zero.
    Span,
    /// Not a date or time.
    Time,
    /// Not a name of one word.
    Name,
}

/// The names after the colon, for completion.
pub const LOCAL: [&str; 9] = ["now", "when", "skip", "to", "as", "restart", "help", "cancel", "quit"];

/// Understands one line.
#[must_use]
pub fn parse(line: &str) -> Line {
    let text = line.trim();
    if text.is_empty() {
        return Line::Nothing;
    }
    if let Some(rest) = text.strip_prefix('/').filter(|rest| rest.starts_with(char::is_alphabetic)) {
        let (name, option) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let option = Some(option.trim().to_owned()).filter(|option| !option.is_empty());
        return Line::Command(name.to_lowercase(), option);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that does not fit is no choice of any message either.
        return Line::Choice(text.parse().unwrap_or(usize::MAX));
    }
    if let Some(token) = text.strip_prefix('=').filter(|token| is_token(token)) {
        return Line::Token(token.to_owned());
    }
    match text.strip_prefix(':').map(local) {
        Some(Some(Ok(local))) => Line::Local(local),
        Some(Some(Err(wrong))) => Line::Wrong(wrong),
        Some(None) | None => Line::Words,
    }
}

/// Whether a press may be written so; `=)` and `=D` are words.
fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'/' | b'+');
    text.len() > 1 && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(plain)
}

/// What follows a colon; `None` for what people write as words, such as `:)` and `:D`.
fn local(text: &str) -> Option<Result<Local, Wrong>> {
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if name.len() < 2 || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let rest = rest.trim();
    Some(match (name, rest) {
        ("now", "") => Ok(Local::Now),
        ("skip", _) => span(rest).map(Local::Skip),
        ("when", "") => Ok(Local::When),
        ("to", _) => rest.parse().map(Local::Until).or_else(|_| moment(rest).map(Local::To)),
        ("as", _) => self::name(rest).map(Local::As),
        ("restart", "") => Ok(Local::Restart(None)),
        ("restart", _) => span(rest).map(|away| Local::Restart(Some(away))),
        ("help", "") => Ok(Local::Help),
        ("cancel", "") => Ok(Local::Cancel),
        ("quit", "") => Ok(Local::Quit),
        _ => Err(Wrong::Unknown),
    })
}

fn span(text: &str) -> Result<Span, Wrong> {
    match text.parse::<Span>() {
        Ok(span) if span.is_positive() => Ok(span),
        Ok(_) | Err(_) => Err(Wrong::Span),
    }
}

/// `2026-03-29 02:00`, or a date alone for its midnight.
fn moment(text: &str) -> Result<DateTime, Wrong> {
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    let date: Date = date.parse().map_err(|_| Wrong::Time)?;
    let time: Time = time.trim().parse().map_err(|_| Wrong::Time)?;
    Ok(date.to_datetime(time))
}

fn name(text: &str) -> Result<String, Wrong> {
    let fits = !text.is_empty()
        && text.chars().count() <= NAME_LIMIT
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    fits.then(|| text.to_owned()).ok_or(Wrong::Name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mutate::{self, Edits};

    fn shown(line: &str) -> String {
        format!("{:?}", parse(line))
    }

    #[test]
    fn lines_are_told_apart() {
        for (line, meaning) in [
            ("", "Nothing"),
            (" \t ", "Nothing"),
            ("/start", "Command(\"start\", None)"),
            (" /Settings  New York ", "Command(\"settings\", Some(\"New York\"))"),
            ("/", "Words"),
            ("/ 3", "Words"),
            ("2", "Choice(2)"),
            ("0", "Choice(0)"),
            ("99999999999999999999999", "Choice(18446744073709551615)"),
            ("2 days", "Words"),
            ("-2", "Words"),
            ("=length:14", "Token(\"length:14\")"),
            (" =zone:America/Port-au-Prince ", "Token(\"zone:America/Port-au-Prince\")"),
            ("=", "Words"),
            ("=)", "Words"),
            ("=p", "Words"),
            ("=DD", "Words"),
            ("= length:14", "Words"),
            ("=length:14 please", "Words"),
            ("I miss them", "Words"),
            (":)", "Words"),
            (":D", "Words"),
            (": what now", "Words"),
            (":-(", "Words"),
            (":now", "Local(Now)"),
            (":help", "Local(Help)"),
            (":quit", "Local(Quit)"),
            (":cancel", "Local(Cancel)"),
            (":as ann", "Local(As(\"ann\"))"),
            (":restart", "Local(Restart(None))"),
            (":jump", "Wrong(Unknown)"),
            (":now or never", "Wrong(Unknown)"),
            (":as", "Wrong(Name)"),
            (":as ann and bob", "Wrong(Name)"),
            (":skip", "Wrong(Span)"),
            (":skip 3", "Wrong(Span)"),
            (":skip -3d", "Wrong(Span)"),
            (":skip 0d", "Wrong(Span)"),
            (":restart soon", "Wrong(Span)"),
            (":to", "Wrong(Time)"),
            (":to tomorrow", "Wrong(Time)"),
            (":to 2026-02-30 09:00", "Wrong(Time)"),
        ] {
            assert_eq!(shown(line), meaning, "{line:?}");
        }
    }

    #[test]
    fn spans_are_read_the_way_people_write_them() {
        for (text, days, hours, minutes) in
            [("3d", 3, 0, 0), ("90m", 0, 0, 90), ("2h", 0, 2, 0), ("3d 4h", 3, 4, 0), ("2 days, 1 hour", 2, 1, 0)]
        {
            let Line::Local(Local::Skip(span)) = parse(&format!(":skip {text}")) else { panic!("{text}") };
            assert_eq!((span.get_days(), span.get_hours(), span.get_minutes()), (days, hours, minutes), "{text}");
        }
        let Line::Local(Local::Restart(Some(away))) = parse(":restart 1w") else { panic!() };
        assert_eq!(away.get_weeks(), 1);
    }

    #[test]
    fn moments_are_a_date_with_or_without_a_time() {
        for (text, moment) in [
            ("2026-03-29 02:00", "2026-03-29T02:00:00"),
            ("2026-03-29T02:00:30", "2026-03-29T02:00:30"),
            ("2026-03-29", "2026-03-29T00:00:00"),
        ] {
            let Line::Local(Local::To(read)) = parse(&format!(":to {text}")) else { panic!("{text}") };
            assert_eq!(read.to_string(), moment);
        }
    }

    #[test]
    fn every_local_name_is_understood() {
        for name in LOCAL {
            assert!(!matches!(parse(&format!(":{name}")), Line::Words | Line::Wrong(Wrong::Unknown)), "{name}");
        }
    }

    /// A fuzz target: whatever is typed is read as something, and what reads as words begins like none of ours.
    #[test]
    fn any_line_nearly_right_means_something() {
        let seeds = [
            "/settings Europe/Berlin",
            "12",
            ":skip 3d 4h",
            ":to 2026-03-29 02:00",
            ":to 2026-03-29T02:00:00Z",
            ":restart 1y",
            ":as anna.b-c_d",
            "=zone:Europe/Berlin",
            ":)",
        ];
        bolero::check!().with_type::<Edits>().for_each(|edits| {
            let line = mutate::text(&seeds, edits);
            match parse(&line) {
                Line::Words => assert!(!LOCAL.iter().any(|name| line.trim() == format!(":{name}")), "{line}"),
                Line::Local(Local::Skip(span) | Local::Restart(Some(span))) => assert!(span.is_positive()),
                Line::Token(token) => assert_eq!(line.trim(), format!("={token}")),
                Line::Local(Local::As(name)) => assert!(name.chars().count() <= NAME_LIMIT),
                _ => {}
            }
        });
    }

    proptest! {
        #[test]
        fn any_line_means_something(line in any::<String>()) {
            let _: Line = parse(&line);
        }

        #[test]
        fn any_text_after_a_local_name_means_something(which in 0..LOCAL.len(), rest in any::<String>()) {
            let _: Line = parse(&format!(":{} {rest}", LOCAL[which]));
        }

        #[test]
        fn a_sentence_stays_words(sentence in "[a-zA-Z'’,.!?äöüß]{1,12}( [a-zA-Z0-9'’,.!?:/]{1,12}){0,8}") {
            prop_assert!(matches!(parse(&sentence), Line::Words), "{sentence}");
        }
    }
}
