//! What a `ui.ftl` must have, may use and has room for; called whenever one is read.

use std::collections::BTreeMap;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use jiff::civil::{date, time};

use super::PAGE;
use super::finding::{Report, line_at};
use super::moment::BLOCKS;
use super::ui::{arg_values, fluent, press_values};
use crate::chat::EntryId;
use crate::journey::{Arg, Circle, EntryKind, Excerpt, HelpLines, Notices, Press, Question, Since, ZoneClock};

/// Room, in characters, for what Discord limits; the other platforms keep to it.
const LABEL: usize = 80;
const COMMAND: usize = 100;
const TITLE: usize = 45;
const FIELD: usize = 45;
const HINT: usize = 100;

/// The messages that word help lines, each with its values.
const HELP_LINES: &[(&str, &[&str])] = &[
    ("lines-country", &["name"]),
    ("lines-missing", &["need", "country"]),
    ("lines-line", &["name", "ways", "languages"]),
    ("lines-call", &["to"]),
    ("lines-text", &["to"]),
    ("lines-text-word", &["word", "to"]),
    ("lines-chat", &["to"]),
    ("lines-hours-always", &[]),
    ("lines-hours-daily", &["from", "until"]),
    ("lines-hours-day", &["day", "from", "until"]),
    ("lines-hours-days", &["first", "last", "from", "until"]),
    ("lines-hours-page", &["page"]),
    ("lines-hours-there", &[]),
    ("lines-day", &["day"]),
    ("lines-language", &["code"]),
    ("lines-languages-more", &["languages"]),
    ("lines-emergency", &["name", "number"]),
    ("lines-emergency-anywhere", &[]),
    ("lines-worldwide", &["name", "contact"]),
];

/// How deep references between messages are followed.
const DEPTH: usize = 8;

type Values = Vec<(&'static str, String)>;

/// One message that must be there.
struct Expected {
    /// The variables it may use, each with a long sample.
    values: Values,
    /// Its room, where a platform limits it.
    limit: Option<usize>,
    /// Its attributes and their room.
    attributes: Vec<(String, usize)>,
}

impl Expected {
    const fn plain(values: Values, limit: Option<usize>) -> Self {
        Self { values, limit, attributes: Vec::new() }
    }
}

/// A long sample of the value with this name; `None` for a name that is no placeholder.
pub(super) fn sample(name: &str) -> Option<Arg> {
    Some(match name {
        "day" => Arg::Day(365),
        "length" => Arg::Length(365),
        "left" => Arg::Left(365),
        "away" => Arg::Away(365),
        "every" => Arg::Every(365),
        "count" => Arg::Count(10_000),
        "total" => Arg::Total(10_000),
        "min" => Arg::Min(365),
        "max" => Arg::Max(4000),
        "time" => Arg::Time(time(22, 30, 0, 0)),
        "date" => Arg::Date(date(2026, 9, 30)),
        "from" => Arg::From(time(22, 30, 0, 0)),
        "until" => Arg::Until(time(8, 30, 0, 0)),
        "zone" => Arg::Zone("America/Argentina/ComodRivadavia".into()),
        "now" => Arg::Now(date(2026, 9, 30).at(22, 30, 0, 0)),
        "clocks" => {
            let clock = |zone: &str| ZoneClock { zone: zone.into(), at: date(2026, 9, 30).at(22, 30, 0, 0) };
            Arg::Clocks(vec![clock("America/Argentina/ComodRivadavia"); 20])
        }
        "style" => Arg::Style(Notices::Discreet),
        "words" => Arg::Words(EntryId(1)),
        "lines" => Arg::Lines(HelpLines::default()),
        "commands" => Arg::Commands(()),
        "question" => Arg::Question(Question::ChangeThem),
        "kind" => Arg::Kind(EntryKind::ChangeThem),
        "part" => Arg::Part(Excerpt { entry: EntryId(1), part: 1 }),
        "page" => Arg::Page(10),
        "pages" => Arg::Pages(10),
        "week" => Arg::Week(52),
        "weeks" => Arg::Weeks(52),
        "circle" => Arg::Circle(Circle::Around),
        "form" => Arg::Form(Press::Reflection { question: Question::ChangeThem }),
        "since" => Arg::Since(Since { date: date(2026, 9, 30), time: Some(time(22, 30, 0, 0)) }),
        _ => return None,
    })
}

fn expected() -> BTreeMap<String, Expected> {
    let mut all = BTreeMap::new();
    for press in Press::samples() {
        let values = press_values(&press);
        if let Some(kind) = press.form() {
            let field = |name: &&str| [((*name).to_owned(), FIELD), (format!("{name}-hint"), HINT)];
            let attributes = kind.fields().iter().flat_map(field).collect();
            let form = Expected { values: values.clone(), limit: Some(TITLE), attributes };
            all.insert(format!("form-{}", press.name()), form);
        }
        all.insert(format!("press-{}", press.name()), Expected::plain(values, Some(LABEL)));
    }
    for (name, _) in Press::COMMANDS {
        let options = Press::OPTIONS.iter().filter(|(command, ..)| command == name);
        let attributes = options.map(|(_, option, _)| ((*option).to_owned(), COMMAND)).collect();
        all.insert(format!("command-{name}"), Expected { attributes, ..Expected::plain(Vec::new(), Some(COMMAND)) });
    }
    for arg in Arg::NAMES.iter().filter(|name| !BLOCKS.contains(name)).filter_map(|name| sample(name)) {
        all.insert(format!("arg-{}", arg.name()), Expected::plain(arg_values(&arg), None));
    }
    let line = |names: &[&'static str]| Expected::plain(names.iter().map(|name| (*name, "x".into())).collect(), None);
    for name in PAGE {
        all.insert(format!("page-{name}"), Expected::plain(Vec::new(), None));
    }
    for (id, values) in HELP_LINES {
        all.insert((*id).to_owned(), line(values));
    }
    all
}

/// Reports what is missing, unknown, unused, oversized or cannot be formatted.
pub(super) fn check<R>(resource: &FluentResource, bundle: &FluentBundle<R>, report: &mut Report<'_>)
where
    R: std::borrow::Borrow<FluentResource>,
{
    let mut missing = expected();
    let file = File::of(resource);
    let mut seen = Vec::new();
    for entry in resource.entries() {
        let (id, value, attributes, is_term) = match entry {
            Entry::Message(message) => (message.id.name, message.value.as_ref(), &message.attributes, false),
            Entry::Term(term) => (term.id.name, Some(&term.value), &term.attributes, true),
            _ => continue,
        };
        let line = file.line(id);
        let shown = if is_term { format!("-{id}") } else { id.to_owned() };
        if seen.contains(&shown) {
            report.error(line, format!("`{shown}` is written a second time; keep one of the two"));
            continue;
        }
        seen.push(shown);
        let patterns = value.into_iter().chain(attributes.iter().map(|attribute| &attribute.value));
        patterns.for_each(|pattern| file.tone(pattern, report));
        if is_term {
            if !file.terms_used.contains(&id) {
                report.warning(line, format!("nothing uses the term `-{id}`; remove it"));
            }
            continue;
        }
        let Some(wanted) = missing.remove(id) else {
            report.warning(line, format!("nothing uses `{id}`; correct its name or remove it"));
            continue;
        };
        let check =
            |what: &str, pattern: &Pattern<&str>, limit: Option<usize>, line: usize, report: &mut Report<'_>| {
                file.variables(pattern, &wanted.values, report);
                let mut errors = Vec::new();
                bundle.format_pattern(pattern, Some(&fluent(wanted.values.clone())), &mut errors);
                // An unknown variable has just been reported with the ones there are.
                for error in errors.iter().map(ToString::to_string).filter(|error| !error.contains("variable")) {
                    report.error(line, format!("{what} cannot be formatted: {error}"));
                }
                let length = file.longest(pattern, &wanted.values, DEPTH);
                if let Some(limit) = limit.filter(|limit| length > *limit) {
                    report.error(line, format!("{what} can have {length} characters, {limit} fit; say it shorter"));
                }
            };
        match value {
            Some(pattern) => check(&format!("`{id}`"), pattern, wanted.limit, line, report),
            None => report.error(line, format!("`{id}` has no text of its own; write it after the `=`")),
        }
        for attribute in attributes {
            let (name, line) = (attribute.id.name, file.line(attribute.id.name));
            match wanted.attributes.iter().find(|(known, _)| known == name) {
                Some((_, limit)) => check(&format!("`{id}.{name}`"), &attribute.value, Some(*limit), line, report),
                None => report.warning(line, format!("nothing uses `{id}.{name}`; correct its name or remove it")),
            }
        }
        for (name, _) in &wanted.attributes {
            if !attributes.iter().any(|attribute| attribute.id.name == name) {
                report.error(line, format!("`{id}` needs a line `.{name} = …` below it"));
            }
        }
    }
    for (id, wanted) in missing {
        let values: Vec<_> = wanted.values.iter().map(|(name, _)| format!("{{ ${name} }}")).collect();
        let values = if values.is_empty() { String::new() } else { format!("; it can use {}", values.join(", ")) };
        report.error(1, format!("`{id}` is missing; add a line `{id} = …` to {}{values}", report.file().to_owned()));
    }
}

/// A parsed file, to look things up in while it is checked.
struct File<'a> {
    source: &'a str,
    patterns: BTreeMap<(bool, &'a str), &'a Pattern<&'a str>>,
    terms_used: Vec<&'a str>,
}

impl<'a> File<'a> {
    fn of(resource: &'a FluentResource) -> Self {
        let mut file = Self { source: resource.source(), patterns: BTreeMap::new(), terms_used: Vec::new() };
        for entry in resource.entries() {
            let (key, value, attributes) = match entry {
                Entry::Message(message) => ((false, message.id.name), message.value.as_ref(), &message.attributes),
                Entry::Term(term) => ((true, term.id.name), Some(&term.value), &term.attributes),
                _ => continue,
            };
            for pattern in value.into_iter().chain(attributes.iter().map(|attribute| &attribute.value)) {
                walk(pattern, &mut |inline| {
                    if let InlineExpression::TermReference { id, .. } = inline {
                        file.terms_used.push(id.name);
                    }
                });
            }
            if let Some(value) = value {
                file.patterns.insert(key, value);
            }
        }
        file
    }

    /// The line of a slice of the file: the parser keeps slices, not positions.
    fn line(&self, slice: &str) -> usize {
        line_at(self.source, slice.as_ptr().addr().saturating_sub(self.source.as_ptr().addr()))
    }

    fn variables(&self, pattern: &Pattern<&str>, values: &[(&'static str, String)], report: &mut Report<'_>) {
        walk(pattern, &mut |inline| {
            let InlineExpression::VariableReference { id } = inline else { return };
            if !values.iter().any(|(name, _)| *name == id.name) {
                let known: Vec<_> = values.iter().map(|(name, _)| format!("${name}")).collect();
                let known = if known.is_empty() { "none".into() } else { known.join(", ") };
                report.error(self.line(id.name), format!("nothing fills `${}` here; it can use: {known}", id.name));
            }
        });
    }

    fn tone(&self, pattern: &Pattern<&str>, report: &mut Report<'_>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => report.tone(|| self.line(value), value),
                PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                    for variant in variants {
                        self.tone(&variant.value, report);
                    }
                }
                PatternElement::Placeable { .. } => {}
            }
        }
    }

    /// The most characters a pattern can come to, whichever variants are chosen.
    fn longest(&self, pattern: &Pattern<&str>, values: &[(&'static str, String)], depth: usize) -> usize {
        let of = |element: &PatternElement<&str>| match element {
            PatternElement::TextElement { value } => value.chars().count(),
            PatternElement::Placeable { expression } => self.longest_of(expression, values, depth),
        };
        pattern.elements.iter().map(of).sum()
    }

    fn longest_of(&self, expression: &Expression<&str>, values: &[(&'static str, String)], depth: usize) -> usize {
        let inline = match expression {
            Expression::Select { variants, .. } => {
                return variants.iter().map(|variant| self.longest(&variant.value, values, depth)).max().unwrap_or(0);
            }
            Expression::Inline(inline) => inline,
        };
        let reference = |key| match (self.patterns.get(&key), depth.checked_sub(1)) {
            (Some(pattern), Some(depth)) => self.longest(pattern, values, depth),
            _ => 0,
        };
        match inline {
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                value.chars().count()
            }
            InlineExpression::VariableReference { id } => {
                values.iter().find(|(name, _)| *name == id.name).map_or(0, |(_, value)| value.chars().count())
            }
            InlineExpression::MessageReference { id, .. } => reference((false, id.name)),
            InlineExpression::TermReference { id, .. } => reference((true, id.name)),
            InlineExpression::Placeable { expression } => self.longest_of(expression, values, depth),
            InlineExpression::FunctionReference { .. } => 0,
        }
    }
}

/// Visits every inline expression of a pattern.
fn walk<'a>(pattern: &'a Pattern<&'a str>, visit: &mut dyn FnMut(&'a InlineExpression<&'a str>)) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            walk_expression(expression, visit);
        }
    }
}

fn walk_expression<'a>(expression: &'a Expression<&'a str>, visit: &mut dyn FnMut(&'a InlineExpression<&'a str>)) {
    let inline = match expression {
        Expression::Select { selector, variants } => {
            for variant in variants {
                walk(&variant.value, visit);
            }
            selector
        }
        Expression::Inline(inline) => inline,
    };
    visit(inline);
    match inline {
        InlineExpression::Placeable { expression } => walk_expression(expression, visit),
        InlineExpression::TermReference { arguments: Some(arguments), .. }
        | InlineExpression::FunctionReference { arguments, .. } => {
            arguments.positional.iter().for_each(&mut *visit);
            arguments.named.iter().for_each(|named| visit(&named.value));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::ui::Ui;
    use super::*;

    /// The findings about one message's file, without those about what else is missing from it.
    fn findings(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        Ui::parse("en".parse().unwrap(), text.into(), &mut Report::new("ui.ftl", &mut findings));
        findings.iter().map(ToString::to_string).filter(|finding| !finding.contains("is missing; add")).collect()
    }

    #[test]
    fn every_placeholder_has_a_sample_of_its_own_name() {
        for name in Arg::NAMES {
            assert_eq!(sample(name).as_ref().map(Arg::name), Some(*name));
        }
        assert_eq!(sample("else"), None);
    }

    #[test]
    fn each_fault_is_found_on_its_line() {
        let long = "x".repeat(81);
        let deep = format!("press-help = {{ -a }}{{ -a }}\n-a = {}", "x".repeat(41));
        let cases = [
            ("press-help = Help\n\npress-what = What", "ui.ftl:3: nothing uses `press-what`"),
            ("press-help = Help!", "ui.ftl:1: there is an exclamation mark"),
            ("press-help = Help\npress-help = Help", "ui.ftl:2: `press-help` is written a second time"),
            ("\npress-help = { $day }", "ui.ftl:2: nothing fills `$day` here; it can use: none"),
            ("press-mood =\n    { $mod }", "ui.ftl:2: nothing fills `$mod` here; it can use: $day, $mood"),
            ("press-help = Help\npress-urge", "ui.ftl:2: this is not valid Fluent: "),
            ("press-help = { -nobody }", "ui.ftl:1: `press-help` cannot be formatted: Resolver error: "),
            ("-nobody = x", "ui.ftl:1: nothing uses the term `-nobody`"),
            (&format!("press-help = {long}"), "ui.ftl:1: `press-help` can have 81 characters, 80 fit"),
            (&deep, "ui.ftl:1: `press-help` can have 82 characters, 80 fit"),
            ("press-help = Help\n    .more = x", "ui.ftl:2: nothing uses `press-help.more`"),
            (
                "form-time-form = When\n    .time = Time",
                "ui.ftl:1: `form-time-form` needs a line `.time-hint = …` below it",
            ),
        ];
        for (text, expected) in cases {
            let found = findings(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].starts_with(expected), "{text}: {found:?}");
        }
    }

    #[test]
    fn the_longest_variant_counts_even_where_the_sample_takes_another() {
        let label = format!("press-length = {{ $days ->\n    [one] {}\n   *[other] short\n }}", "x".repeat(90));
        assert_eq!(findings(&label), ["ui.ftl:1: `press-length` can have 90 characters, 80 fit; say it shorter"]);
    }

    #[test]
    fn a_missing_message_says_what_it_can_use() {
        let mut findings = Vec::new();
        Ui::parse("en".parse().unwrap(), String::new(), &mut Report::new("p/en/ui.ftl", &mut findings));
        let shown: Vec<_> = findings.iter().map(ToString::to_string).collect();
        let mood = "p/en/ui.ftl:1: `press-mood` is missing; add a line `press-mood = …` to p/en/ui.ftl; \
                    it can use { $day }, { $mood }";
        assert!(shown.contains(&mood.into()), "{shown:?}");
        assert_eq!(findings.len(), expected().len());
    }
}
