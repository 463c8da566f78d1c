//! The prompts of the cooling-off: their texts by theme (`plans/<theme>.md`) and their order by length (`plans.toml`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::finding::{Report, line_at};
use super::manifest::one_line;
use super::moment::Moment;
use crate::journey::PlanId;

/// The themes in the order in which their prompts follow each other, and how many of each there are at least.
pub(super) const THEMES: [(&str, usize); 7] = [
    ("what-i-want", 8),
    ("love-languages", 8),
    ("changes-in-me", 8),
    ("my-part", 6),
    ("whole-picture", 6),
    ("my-days-and-people", 8),
    ("their-space", 4),
];

/// The lengths, in days, that need a plan of their own.
const LENGTHS: [u16; 5] = [7, 14, 30, 60, 90];

/// The lengths there can be at all.
const POSSIBLE: std::ops::RangeInclusive<u16> = 3..=365;

/// The most characters of a plan prompt.
const SIZE: usize = 600;

/// A prompt of a theme and the line on which its section begins.
pub(super) struct Section {
    pub(super) id: PlanId,
    pub(super) line: usize,
    pub(super) moment: Moment,
}

/// Reads a theme's file: `# Title`, then a section `## 1`, `## 2` … a prompt.
pub(super) fn theme(theme: &str, text: &str, report: &mut Report<'_>) -> Vec<Section> {
    if !text.starts_with("# ") {
        report.warning(1, "the first line is the theme's title for authors; write it as `# Title`");
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<(String, usize, Vec<&str>)> = None;
    let mut close = |open: Option<(String, usize, Vec<&str>)>, report: &mut Report<'_>| {
        let Some((number, line, lines)) = open else { return };
        let body = lines.join("\n");
        let moment = Moment::parse(&body, line + 1, &[], report);
        report.size(line, "this prompt", body.trim(), SIZE);
        let id = PlanId(format!("{theme}/{number}"));
        if let Some(other) = sections.iter().find(|section| section.id == id) {
            report.error(
                line,
                format!("`## {number}` is also on line {}; give one of them a number of its own", other.line),
            );
        } else {
            sections.push(Section { id, line, moment });
        }
    };
    for (number, line) in (1..).zip(text.lines()) {
        if number == 1 && line.starts_with("# ") {
            continue;
        }
        if let Some(name) = line.strip_prefix("## ") {
            close(open.take(), report);
            let name = name.trim();
            if name.parse::<u16>().is_ok_and(|parsed| parsed > 0 && parsed.to_string() == name) {
                open = Some((name.to_owned(), number, Vec::new()));
            } else {
                report.error(number, "a prompt begins with its number alone, such as `## 3`");
            }
        } else if let Some((_, _, lines)) = &mut open {
            lines.push(line);
        } else if !line.trim().is_empty() {
            report.warning(number, "this text belongs to no prompt; begin one above it with `## 1`");
        }
    }
    close(open.take(), report);
    if let Some((_, least)) = THEMES.iter().find(|(name, _)| *name == theme)
        && sections.len() < *least
    {
        report.warning(
            1,
            format!("this theme has {} prompts, {least} are promised; add {}", sections.len(), least - sections.len()),
        );
    }
    sections
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plans {
    #[serde(default)]
    plan: Vec<Plan>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    days: Spanned<u16>,
    order: Vec<Spanned<String>>,
}

/// Reads `plans.toml` against the prompts there are.
pub(super) fn plans(text: &str, prompts: &BTreeSet<PlanId>, report: &mut Report<'_>) -> Vec<(u16, Vec<PlanId>)> {
    let plans: Plans = match toml::from_str(text) {
        Ok(plans) => plans,
        Err(error) => {
            let line = line_at(text, error.span().map_or(0, |span| span.start));
            report.error(line, format!("the plans cannot be read: {}", one_line(error.message())));
            return Vec::new();
        }
    };
    let mut read = BTreeMap::new();
    for plan in plans.plan {
        let (begin, days) = (plan.days.span().start, plan.days.into_inner());
        let line = || line_at(text, begin);
        let mut order = Vec::new();
        if plan.order.is_empty() {
            report.error(line(), format!("the plan for {days} days is empty; name its prompts in `order`"));
        }
        for named in plan.order {
            let (begin, id) = (named.span().start, PlanId(named.into_inner()));
            let line = || line_at(text, begin);
            if !prompts.contains(&id) {
                report.error(line(), format!("there is no prompt `{}`; correct it, or add it to its theme", id.0));
            } else if order.contains(&id) {
                report.warning(line(), format!("`{}` comes twice in the plan for {days} days; keep one", id.0));
            } else {
                order.push(id);
            }
        }
        if !POSSIBLE.contains(&days) {
            report.error(line(), format!("a time apart has 3 to 365 days, never {days}; correct `days`"));
        } else if read.insert(days, order).is_some() {
            report.error(line(), format!("there are two plans for {days} days; keep one"));
        }
    }
    for days in LENGTHS.iter().filter(|days| !read.contains_key(days)) {
        report.error(1, format!("there is no plan for {days} days; add a [[plan]] with days = {days}"));
    }
    read.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(findings: &[super::super::Finding]) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    fn themed(name: &str, text: &str) -> (Vec<Section>, Vec<String>) {
        let mut findings = Vec::new();
        let sections = theme(name, text, &mut Report::new("t.md", &mut findings));
        (sections, shown(&findings))
    }

    fn planned(text: &str) -> (Vec<(u16, Vec<PlanId>)>, Vec<String>) {
        let mut findings = Vec::new();
        let prompts = ["a/1", "a/2"].map(|id| PlanId(id.into())).into();
        let plans = plans(text, &prompts, &mut Report::new("plans.toml", &mut findings));
        (plans, shown(&findings))
    }

    #[test]
    fn a_theme_is_its_numbered_prompts_and_a_retired_number_leaves_a_gap() {
        let (sections, findings) = themed("a", "# Title\n\n## 1\n\nOne.\n\n## 3\nThree.\n\nMore.\n");
        assert_eq!(findings, [""; 0]);
        let ids: Vec<_> = sections.iter().map(|section| (section.id.0.as_str(), section.line)).collect();
        assert_eq!(ids, [("a/1", 3), ("a/3", 7)]);
        assert_eq!(sections[1].moment.paragraphs.len(), 2);
    }

    #[test]
    fn faults_of_a_theme_are_found_on_their_lines() {
        let long = format!("# T\n## 1\n{}", "x".repeat(601));
        let cases = [
            ("## 1\nOne.", "t.md:1: the first line is the theme's title"),
            ("# T\n\nLost.\n\n## 1\nOne.", "t.md:3: this text belongs to no prompt"),
            ("# T\n## 1\nOne.\n## 1\nTwo.", "t.md:4: `## 1` is also on line 2"),
            ("# T\n## One", "t.md:2: a prompt begins with its number alone"),
            ("# T\n## 1\n\n## 2\nTwo.", "t.md:3: there is no text here"),
            ("# T\n## 1\nOne { $day }.", "t.md:3: nothing fills { $day } in this text; it can use: none"),
            (&long, "t.md:2: this prompt has 601 characters, 600 fit; cut 1"),
        ];
        for (text, expected) in cases {
            let (_, findings) = themed("a", text);
            assert_eq!(findings.len(), 1, "{text}: {findings:?}");
            assert!(findings[0].starts_with(expected), "{text}: {findings:?}");
        }
        let (_, findings) = themed("their-space", "# T\n## 1\nOne.");
        assert_eq!(findings, ["t.md:1: this theme has 1 prompts, 4 are promised; add 3"]);
    }

    #[test]
    fn plans_are_read_in_order_of_length() {
        let text = "[[plan]]\ndays = 90\norder = [\"a/2\", \"a/1\"]\n[[plan]]\ndays = 7\norder = [\"a/1\"]\n";
        let (plans, findings) = planned(text);
        assert_eq!(plans.iter().map(|(days, order)| (*days, order.len())).collect::<Vec<_>>(), [(7, 1), (90, 2)]);
        let expected = [14, 30, 60]
            .map(|days| format!("plans.toml:1: there is no plan for {days} days; add a [[plan]] with days = {days}"));
        assert_eq!(findings, expected);
    }

    #[test]
    fn faults_of_the_plans_are_found_on_their_lines() {
        let text = "[[plan]]\ndays = 7\norder = [\"a/1\",\n \"b/1\",\n \"a/1\"]\n[[plan]]\ndays = 7\norder = []\n[[plan]]\ndays = 2\norder = [\"a/1\"]";
        let (_, findings) = planned(text);
        assert_eq!(
            findings[..5],
            [
                "plans.toml:4: there is no prompt `b/1`; correct it, or add it to its theme",
                "plans.toml:5: `a/1` comes twice in the plan for 7 days; keep one",
                "plans.toml:7: the plan for 7 days is empty; name its prompts in `order`",
                "plans.toml:7: there are two plans for 7 days; keep one",
                "plans.toml:10: a time apart has 3 to 365 days, never 2; correct `days`",
            ]
        );
        let (_, findings) = planned("[[plan]]\ndays = 7\nordre = []");
        assert!(findings[0].starts_with("plans.toml:3: the plans cannot be read: unknown field"), "{findings:?}");
    }
}
