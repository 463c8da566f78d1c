//! One text of ours: an optional heading, paragraphs of the small Markdown, placeholders `{ $name }`.

use super::finding::Report;

/// The most characters of a heading.
const HEADING: usize = 60;

/// Placeholders whose value has lines of its own, and so stands alone in its paragraph.
pub(super) const BLOCKS: [&str; 5] = ["words", "part", "lines", "commands", "clocks"];

/// A parsed text.
#[derive(Debug, Default)]
pub(super) struct Moment {
    /// The line above it.
    pub(super) heading: Option<Text>,
    /// The paragraphs, which are joined by blank lines.
    pub(super) paragraphs: Vec<Text>,
}

/// Literal text and placeholders, in order.
pub(super) type Text = Vec<Piece>;

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it stands.
    Literal(String),
    /// A placeholder by name.
    Slot(String),
}

impl Moment {
    /// Reads `text`, whose first line is line `first` of its file. `allowed` are the placeholders the code fills.
    /// Everything against the rules is reported; what can be read is returned all the same.
    pub(super) fn parse(text: &str, first: usize, allowed: &[&str], report: &mut Report<'_>) -> Self {
        let mut moment = Self::default();
        let mut paragraph: Vec<&str> = Vec::new();
        let mut begins = first;
        for (number, line) in (first..).zip(text.lines()) {
            report.tone(|| number, line);
            if let Some(heading) = line.strip_prefix("# ").filter(|_| number == first) {
                report.size(number, "the heading", heading, HEADING);
                moment.heading = Some(pieces(heading.trim(), number, &|name| !BLOCKS.contains(&name), allowed, report));
                continue;
            }
            if line.trim().is_empty() {
                moment.take(&mut paragraph, begins, allowed, report);
                continue;
            }
            if paragraph.is_empty() {
                begins = number;
            }
            markdown(line, number, report);
            paragraph.push(line.trim_end());
        }
        moment.take(&mut paragraph, begins, allowed, report);
        if moment.paragraphs.is_empty() {
            report.error(first, "there is no text here; write at least one paragraph");
        }
        moment
    }

    fn take(&mut self, lines: &mut Vec<&str>, begins: usize, allowed: &[&str], report: &mut Report<'_>) {
        if lines.is_empty() {
            return;
        }
        if lines.concat().matches('*').count() % 2 == 1 {
            report.warning(begins, "an emphasis in this paragraph is not closed; each * needs its pair");
        }
        let mut text = Text::new();
        for (number, line) in (begins..).zip(lines.iter()) {
            if number > begins {
                push(&mut text, "\n");
            }
            let alone = |name: &str| !BLOCKS.contains(&name) || (lines.len() == 1 && *line == format!("{{ ${name} }}"));
            for piece in pieces(line, number, &alone, allowed, report) {
                match piece {
                    Piece::Literal(literal) => push(&mut text, &literal),
                    slot @ Piece::Slot(_) => text.push(slot),
                }
            }
        }
        self.paragraphs.push(text);
        lines.clear();
    }
}

/// Appends literal text, so that neighbours stay one piece.
fn push(text: &mut Text, more: &str) {
    if let Some(Piece::Literal(last)) = text.last_mut() {
        last.push_str(more);
    } else {
        text.push(Piece::Literal(more.into()));
    }
}

/// Splits a line at its placeholders.
fn pieces(line: &str, number: usize, fits: &dyn Fn(&str) -> bool, allowed: &[&str], report: &mut Report<'_>) -> Text {
    let mut text = Text::new();
    let mut rest = line;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            push(&mut text, before);
        }
        let Some((name, after)) =
            from.strip_prefix("{ $").and_then(|tail| tail.split_once(" }")).filter(|it| plain(it.0))
        else {
            report.error(
                number,
                "a placeholder is written { $name }, with these spaces; curly brackets have no other use",
            );
            // Read on behind the bracket that closes it, so that one mistake is one finding.
            let end = from.find('}').map_or(from.len(), |end| end + 1);
            push(&mut text, &from[..end]);
            rest = &from[end..];
            continue;
        };
        if !allowed.contains(&name) {
            let known: Vec<_> = allowed.iter().map(|name| format!("{{ ${name} }}")).collect();
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            report.error(number, format!("nothing fills {{ ${name} }} in this text; it can use: {known}"));
        } else if !fits(name) {
            report.error(
                number,
                format!("{{ ${name} }} has lines of its own; give it a paragraph with nothing else in it"),
            );
        }
        text.push(Piece::Slot(name.into()));
        rest = after;
    }
    if !rest.is_empty() {
        push(&mut text, rest);
    }
    text
}

fn plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

/// Reports Markdown that not every platform can show.
fn markdown(line: &str, number: usize, report: &mut Report<'_>) {
    let start = line.trim_start();
    let digits = start.trim_start_matches(|c: char| c.is_ascii_digit());
    let html =
        line.split('<').skip(1).any(|tail| tail.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!'));
    let found = if start.starts_with('#') {
        "a heading; only the first line of a text can be one, as `# Heading`"
    } else if start.starts_with('|') {
        "a table; write sentences or a list with `- `"
    } else if digits.len() < start.len() && (digits.starts_with(". ") || digits.starts_with(") ")) {
        "a numbered list; write a list with `- `"
    } else if start.starts_with("* ") || start.starts_with("+ ") {
        "a list with another mark; begin its lines with `- `"
    } else if line.contains('`') {
        "code; write it in *emphasis* or in quotation marks"
    } else if line.contains("](") {
        "a link that hides where it goes; write the address itself"
    } else if html {
        "HTML; write it in Markdown, or without the angle brackets"
    } else {
        return;
    };
    report.warning(number, format!("this looks like {found}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Moment, Vec<String>) {
        let mut findings = Vec::new();
        let moment = Moment::parse(text, 1, &["day", "words"], &mut Report::new("m.md", &mut findings));
        (moment, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_text_has_a_heading_paragraphs_and_placeholders() {
        let (moment, findings) = parse("# Day { $day }\n\nOne\nand **two**.\n\n\n{ $words }\n\n- { $day } it is\n");
        assert_eq!(findings, [""; 0]);
        let literal = |text: &str| Piece::Literal(text.into());
        let slot = |name: &str| Piece::Slot(name.into());
        assert_eq!(moment.heading, Some(vec![literal("Day "), slot("day")]));
        assert_eq!(
            moment.paragraphs,
            [
                vec![literal("One\nand **two**.")],
                vec![slot("words")],
                vec![literal("- "), slot("day"), literal(" it is")],
            ]
        );
    }

    #[test]
    fn what_breaks_the_rules_is_found_with_its_line() {
        let cases = [
            ("One.\n\nWell done!", "m.md:3: there is an exclamation mark"),
            ("Day {$day}.", "m.md:1: a placeholder is written { $name }"),
            ("a\n\n} b", "m.md:3: a placeholder is written { $name }"),
            ("It is\n{ $date }.", "m.md:2: nothing fills { $date } in this text; it can use: { $day }, { $words }"),
            ("You wrote { $words }", "m.md:1: { $words } has lines of its own"),
            ("You wrote\n{ $words }", "m.md:2: { $words } has lines of its own"),
            ("# { $words }\n\nx", "m.md:1: { $words } has lines of its own"),
            ("a\n\n## b", "m.md:3: this looks like a heading"),
            ("1. a", "m.md:1: this looks like a numbered list"),
            ("* a * b", "m.md:1: this looks like a list with another mark"),
            ("| a | b |", "m.md:1: this looks like a table"),
            ("see `x`", "m.md:1: this looks like code"),
            ("[see](https://a.b)", "m.md:1: this looks like a link"),
            ("a <b>c</b>", "m.md:1: this looks like HTML"),
            ("a **b* c", "m.md:1: an emphasis in this paragraph is not closed"),
            ("", "m.md:1: there is no text here"),
            ("# Only a heading\n", "m.md:1: there is no text here"),
        ];
        for (text, expected) in cases {
            let (_, findings) = parse(text);
            assert_eq!(findings.len(), 1, "{text}: {findings:?}");
            assert!(findings[0].starts_with(expected), "{text}: {findings:?}");
        }
    }

    #[test]
    fn ordinary_prose_is_left_alone() {
        let (_, findings) = parse("I <3 it, 5 < 6.\n\n> *2026* was long. 2 + 2.\n\n- a - b\n- **c**");
        assert_eq!(findings, [""; 0]);
    }

    #[test]
    fn a_long_heading_is_found() {
        let (_, findings) = parse(&format!("# {}\n\nx", "ä".repeat(61)));
        assert_eq!(findings, ["m.md:1: the heading has 61 characters, 60 fit; cut 1"]);
    }
}
