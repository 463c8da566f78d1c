//! Words a list of help lines with the `lines-…` messages of `ui.ftl`.

use super::hours::{Hours, Opening};
use super::{Entry, Line, Lines, Means, Way};
use crate::journey::HelpLines;
use crate::prompts::ui::Ui;

/// The most characters of one list, so that it fits into a message with other texts.
pub(in crate::prompts) const MAX_LIST: usize = 650;

/// The most languages named for one line.
const MAX_LANGUAGES: usize = 3;

/// The help lines of a place for a need, each on a line of its own.
pub(in crate::prompts) fn worded(lines: &Lines, ui: &Ui, asked: &HelpLines) -> String {
    let mut list = String::new();
    for entry in lines.for_need(asked.place.as_deref(), asked.need) {
        let text = match entry {
            Entry::Country { name } => value(ui, "lines-country", &[("name", name)]),
            Entry::Missing { country, need } => {
                value(ui, "lines-missing", &[("need", need.as_str()), ("country", country)])
            }
            Entry::Line(line) => worded_line(ui, line),
            Entry::Emergency { name, number } => value(ui, "lines-emergency", &[("name", name), ("number", number)]),
            Entry::EmergencyAnywhere => value(ui, "lines-emergency-anywhere", &[]),
            Entry::Worldwide { name, contact } => value(ui, "lines-worldwide", &[("name", name), ("contact", contact)]),
        };
        if !list.is_empty() {
            // Without a blank line, Markdown would run one into the other where the second is no item of a list.
            list.push_str(if text.starts_with("- ") { "\n" } else { "\n\n" });
        }
        list.push_str(&text);
    }
    list
}

fn worded_line(ui: &Ui, line: &Line) -> String {
    let groups: Vec<_> = line.ways.chunk_by(|one, next| one.hours == next.hours).collect();
    let groups: Vec<_> = groups.into_iter().map(|ways| with_hours(ui, ways)).collect();
    let languages = languages(ui, &line.languages);
    value(ui, "lines-line", &[("name", &line.name), ("ways", &groups.join(" · ")), ("languages", &languages)])
}

/// Ways that share their hours, and those hours.
fn with_hours(ui: &Ui, ways: &[Way]) -> String {
    let mut parts: Vec<String> = ways.iter().map(|way| worded_way(ui, way)).collect();
    parts.extend(ways.first().map(|first| match &first.hours {
        Hours::Always => value(ui, "lines-hours-always", &[]),
        Hours::Open(openings) => {
            openings.iter().map(|opening| worded_opening(ui, opening)).collect::<Vec<_>>().join(", ")
        }
        Hours::Page(page) if ways.iter().any(|way| way.to.contains(page)) => value(ui, "lines-hours-there", &[]),
        Hours::Page(page) => value(ui, "lines-hours-page", &[("page", page)]),
    }));
    parts.join(", ")
}

fn worded_way(ui: &Ui, way: &Way) -> String {
    let to = way.to.as_str();
    match (way.means, &way.word) {
        (Means::Call, _) => value(ui, "lines-call", &[("to", to)]),
        (Means::Text, Some(word)) => value(ui, "lines-text-word", &[("word", word), ("to", to)]),
        (Means::Text, None) => value(ui, "lines-text", &[("to", to)]),
        (Means::Chat, _) => value(ui, "lines-chat", &[("to", to)]),
    }
}

fn worded_opening(ui: &Ui, opening: &Opening) -> String {
    let day = |day| value(ui, "lines-day", &[("day", day)]);
    let (from, until) = (opening.from.as_str(), opening.until.as_str());
    match opening.days {
        None => value(ui, "lines-hours-daily", &[("from", from), ("until", until)]),
        Some((first, last)) if first == last => {
            value(ui, "lines-hours-day", &[("day", &day(first)), ("from", from), ("until", until)])
        }
        Some((first, last)) => {
            let days = [("first", &*day(first)), ("last", &*day(last)), ("from", from), ("until", until)];
            value(ui, "lines-hours-days", &days)
        }
    }
}

fn languages(ui: &Ui, codes: &[String]) -> String {
    let named = codes.iter().filter(|code| *code != "many").take(MAX_LANGUAGES);
    let named: Vec<_> = named.map(|code| value(ui, "lines-language", &[("code", code)])).collect();
    let joined = named.join(", ");
    if named.len() < codes.len() { value(ui, "lines-languages-more", &[("languages", &joined)]) } else { joined }
}

/// A message with its values as text: a telephone number must not lose its leading zeros.
fn value(ui: &Ui, id: &str, values: &[(&'static str, &str)]) -> String {
    ui.value(id, &values.iter().copied().collect())
}
