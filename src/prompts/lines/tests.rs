//! What the file may say, and what is shown of it for a place and a need.

use super::*;

const WORLD: &str = r#"
[[worldwide]]
kinds = ["violence"]
name = "Shelters"
contact = "https://shelters.example"
source = "https://shelters.example"
verified = 2026-11-23
[[worldwide]]
kinds = ["crisis", "violence", "stop_violence", "youth"]
name = "Find"
contact = "https://find.example"
source = "https://find.example"
verified = 2026-11-23
"#;

const FIND: Entry<'static> = Entry::Worldwide { name: "Find", contact: "https://find.example" };
const SHELTERS: Entry<'static> = Entry::Worldwide { name: "Shelters", contact: "https://shelters.example" };
const EMERGENCY: Entry<'static> = Entry::Emergency { name: "Notruf", number: "112" };

/// A country with these lines and an emergency number.
fn country(code: &str, zone: &str, lines: &[String]) -> String {
    let emergency = line("emergency", "Notruf").replace("1 2 3", "112");
    format!(
        "[[country]]\ncode = \"{code}\"\nname = \"Land {code}\"\nzones = [\"{zone}\"]\n{}{emergency}",
        lines.concat()
    )
}

fn line(kinds: &str, name: &str) -> String {
    let kinds: Vec<_> = kinds.split(' ').map(|kind| format!("\"{kind}\"")).collect();
    format!(
        "[[country.line]]\nkinds = [{}]\nname = \"{name}\"\ncall = {{ to = \"1 2 3\", hours = \"24/7\" }}\n\
         languages = [\"de\"]\nsource = \"https://a.example\"\nverified = 2026-11-23\n",
        kinds.join(", ")
    )
}

fn two() -> String {
    let german = [line("violence", "Hilfe"), line("crisis", "Seele"), line("youth", "Kummer")];
    let austrian = [line("crisis", "Wien"), line("stop_violence violence", "Info")];
    format!("{WORLD}{}{}", country("de", "Europe/Berlin", &german), country("at", "Europe/Vienna", &austrian))
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

/// The names of the lines among the entries.
fn named<'a>(entries: &[Entry<'a>]) -> Vec<&'a str> {
    let name = |entry: &Entry<'a>| match entry {
        Entry::Line(line) => Some(line.name.as_str()),
        _ => None,
    };
    entries.iter().filter_map(name).collect()
}

#[test]
fn a_known_country_comes_by_code_or_zone_with_the_lines_of_the_need_and_the_emergency_number() {
    let lines = Lines::parse(&two()).expect("lines");
    for place in ["de", "DE", "Europe/Berlin", "europe/berlin"] {
        let entries = lines.for_need(Some(place), LineNeed::Crisis);
        let [Entry::Country { name: "Land de" }, Entry::Line(line), EMERGENCY] = entries[..] else {
            panic!("{place}: {entries:?}");
        };
        assert_eq!(line.name, "Seele");
    }
    let youth = lines.for_need(Some("de"), LineNeed::Youth);
    assert_eq!(named(&youth), ["Kummer"]);
}

#[test]
fn a_line_can_serve_two_needs() {
    let lines = Lines::parse(&two()).expect("lines");
    for need in [LineNeed::Violence, LineNeed::StopViolence] {
        assert_eq!(named(&lines.for_need(Some("at"), need)), ["Info"], "{need}");
    }
}

#[test]
fn a_need_without_a_line_says_so_and_gives_crisis_lines_the_emergency_number_and_the_directories() {
    let lines = Lines::parse(&two()).expect("lines");
    let entries = lines.for_need(Some("de"), LineNeed::StopViolence);
    let missing = Entry::Missing { country: "Land de", need: LineNeed::StopViolence };
    let [Entry::Country { .. }, said, Entry::Line(line), EMERGENCY, FIND] = entries[..] else {
        panic!("{entries:?}");
    };
    assert_eq!((said, line.name.as_str()), (missing, "Seele"));
    let none = format!("{WORLD}{}", country("de", "Europe/Berlin", &[line_of("Seele")]));
    let lines = Lines::parse(&none).expect("lines");
    let entries = lines.for_need(Some("de"), LineNeed::Violence);
    assert_eq!(entries[entries.len() - 2..], [SHELTERS, FIND]);
}

fn line_of(name: &str) -> String {
    line("crisis", name)
}

#[test]
fn no_place_and_an_unknown_one_get_the_directories_of_the_need() {
    let lines = Lines::parse(&two()).expect("lines");
    for place in [None, Some("xx"), Some("Europe/Lisbon"), Some("")] {
        assert_eq!(lines.for_need(place, LineNeed::Crisis), [FIND, Entry::EmergencyAnywhere], "{place:?}");
        let violence = lines.for_need(place, LineNeed::Violence);
        assert_eq!(violence, [SHELTERS, FIND, Entry::EmergencyAnywhere], "{place:?}");
    }
}

#[test]
fn countries_are_named_in_the_order_of_the_file() {
    let lines = Lines::parse(&two()).expect("lines");
    assert_eq!(lines.countries().collect::<Vec<_>>(), [("de", "Land de"), ("at", "Land at")]);
}

#[test]
fn a_line_that_lacks_anything_is_a_problem_at_its_table() {
    let whole = two();
    let (start, end) = whole.split_at(whole.find("[[country.line]]").expect("a line"));
    let at = start.lines().count() + 1;
    for (gone, named) in [
        ("kinds = [\"violence\"]\n", "no `kinds`"),
        ("name = \"Hilfe\"\n", "no `name`"),
        ("call = { to = \"1 2 3\", hours = \"24/7\" }\n", "no way to reach it"),
        ("languages = [\"de\"]\n", "no `languages`"),
        ("source = \"https://a.example\"\n", "no `source`"),
        ("verified = 2026-11-23\n", "no `verified`"),
    ] {
        let (found, text) = one(&format!("{start}{}", end.replacen(gone, "", 1)));
        assert!(text.contains(named), "{text}");
        assert_eq!(found, at, "{text}");
    }
    for (gone, named) in [("to = \"1 2 3\", ", "no `to`"), (", hours = \"24/7\"", "no `hours`")] {
        let (_, text) = one(&whole.replacen(gone, "", 1));
        assert!(text.contains(named), "{text}");
    }
}

#[test]
fn a_value_that_will_not_do_is_a_problem_at_its_row() {
    let whole = two();
    for (old, new, named) in [
        ("source = \"https://a.example\"", "source = \"http://a.example\"", "https://"),
        ("source = \"https://a.example\"", "source = \" \"", "`source` is empty"),
        ("to = \"1 2 3\"", "to = \"1 2 3 \"", "blanks at an end"),
        ("to = \"1 2 3\"", "to = \"a.example\"", "must be a number"),
        ("hours = \"24/7\"", "hours = \"always\"", "`always` are no hours"),
        ("kinds = [\"youth\"]", "kinds = [\"help\"]", "unknown kind `help`"),
        ("languages = [\"de\"]", "languages = [\"xx\"]", "unknown language `xx`"),
        ("languages = [\"de\"]", "languages = [\"many\"]", "name at least one"),
        ("code = \"at\"", "code = \"AT\"", "two small letters"),
        ("code = \"at\"", "code = \"de\"", "code `de` stands at Land de already"),
        ("zones = [\"Europe/Vienna\"]", "zones = [\"Europe/Berlin\"]", "zone `Europe/Berlin` stands at Land de"),
        ("verified = 2026-11-23\n[[country]]", "verified = 2026-11-23T10:00:00\n[[country]]", "a date alone"),
    ] {
        let (_, text) = one(&whole.replacen(old, new, 1));
        assert!(text.contains(named), "{text}");
    }
}

#[test]
fn what_a_country_and_the_world_must_have_is_named() {
    let (_, text) = one(&format!("{WORLD}{}", country("de", "Europe/Berlin", &[line("violence", "Hilfe")])));
    assert!(text.contains("kind crisis"), "{text}");
    let whole = country("de", "Europe/Berlin", &[line_of("Seele")]);
    let (_, text) = one(&format!("{WORLD}{}", whole.replace("emergency", "youth")));
    assert!(text.contains("kind emergency"), "{text}");
    assert_eq!(problems(&whole).len(), LineNeed::ALL.len());
}

#[test]
fn a_fourth_line_of_a_kind_is_a_problem_because_it_is_never_shown() {
    let four: Vec<_> = ["A", "B", "C", "D"].map(line_of).into();
    let text = format!("{WORLD}{}", country("de", "Europe/Berlin", &four));
    let (at, problem) = one(&text);
    assert!(problem.contains("never shown"), "{problem}");
    assert_eq!(text.lines().nth(at + 1), Some("name = \"D\""));
}

#[test]
fn more_countries_than_a_menu_holds_are_a_problem() {
    let codes = (b'a'..=b'z').map(|letter| format!("z{}", char::from(letter)));
    let many: String = codes.map(|code| country(&code, &format!("Z/{code}"), &[line_of("Long")])).collect();
    let (_, text) = one(&format!("{WORLD}{many}"));
    assert!(text.contains("more than 21 countries"), "{text}");
}

#[test]
fn a_key_that_does_not_exist_is_a_problem_at_its_row() {
    let (at, text) = one(&two().replacen("languages", "language", 1));
    assert!(text.contains("language"), "{text}");
    assert_eq!(two().lines().nth(at - 1), Some("languages = [\"de\"]"));
    assert_eq!(one("[[worldwide\n").0, 1);
}

#[test]
fn a_line_is_stale_after_twelve_months_to_the_day() {
    let text = two().replacen("verified = 2026-11-23\n[[country]]", "verified = 2027-01-01\n[[country]]", 1);
    let lines = Lines::parse(&text).expect("lines");
    let stale = |today: Date| lines.stale(today).count();
    let all = text.matches("verified").count();
    assert_eq!(stale(Date::constant(2027, 11, 23)), 0);
    assert_eq!(stale(Date::constant(2027, 11, 24)), all - 1);
    assert_eq!(stale(Date::constant(2028, 1, 2)), all);
    let first = lines.stale(Date::constant(2028, 1, 2)).next().expect("a stale directory");
    assert_eq!((first.line, first.text.contains("`Shelters` was last seen")), (2, true));
}
