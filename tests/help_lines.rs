//! The help lines as they are shipped: facts that can be checked, and lists that leave room for the texts around them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rekindle::journey::{Arg, HelpLines, Key, LineNeed, Message};
use rekindle::prompts::lines::{Entry, LineKind, Lines, MAX_SHOWN, Means};
use rekindle::prompts::{Frame, Prompts};

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn help_lines() -> Lines {
    Lines::parse(&read("prompts/lines.toml")).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

#[test]
fn the_shipped_lines_are_without_problems_and_their_zones_exist() {
    let lines = help_lines();
    assert!(lines.countries().count() >= 20);
    let zones = lines.all().1.iter().flat_map(|country| &country.zones);
    for zone in zones {
        assert!(jiff::tz::TimeZone::get(zone).is_ok(), "no such zone: {zone}");
    }
    for place in ["Europe/Vienna", "America/Chicago", "Asia/Kolkata", "jp"] {
        assert!(matches!(lines.for_need(Some(place), LineNeed::Crisis)[0], Entry::Country { .. }), "{place}");
    }
}

#[test]
fn every_country_gives_somebody_to_call_and_the_emergency_number_for_every_need() {
    let lines = help_lines();
    for (code, _) in lines.countries() {
        for need in LineNeed::ALL {
            let entries = lines.for_need(Some(code), *need);
            let shown = entries.iter().filter(|entry| matches!(entry, Entry::Line(_))).count();
            assert!((1..=MAX_SHOWN).contains(&shown), "{code} {need}: {shown} lines");
            assert!(entries.iter().any(|entry| matches!(entry, Entry::Emergency { .. })), "{code} {need}");
        }
    }
}

#[test]
fn a_minor_can_write_where_a_country_has_a_line_for_them() {
    let lines = help_lines();
    for country in lines.all().1 {
        let youth: Vec<_> = country.lines.iter().filter(|line| line.kinds.contains(&LineKind::Youth)).collect();
        let writes = youth.iter().flat_map(|line| &line.ways).any(|way| way.means != Means::Call);
        assert!(writes || country.code == "in", "{}: {youth:?}", country.name);
    }
}

#[test]
fn a_list_of_help_lines_leaves_room_for_other_texts() {
    let prompts = Prompts::built_in().unwrap_or_else(|findings| panic!("{findings:#?}"));
    let frame = Frame { journey: 0, words: &BTreeMap::new() };
    let shown =
        |lines: HelpLines| prompts.render("en", &Message::with(Key::Support, vec![Arg::Lines(lines)]), &frame).body;
    let without = prompts.render("en", &Message::new(Key::Support), &frame).body.chars().count();
    let places = prompts.catalogue().countries.iter().map(|code| Some(code.clone())).chain([None]);
    for (place, need) in places.flat_map(|place| LineNeed::ALL.iter().map(move |need| (place.clone(), *need))) {
        let length = shown(HelpLines::new(place.clone(), need)).chars().count() - without;
        assert!(length < 700, "{place:?} {need}: {length} characters");
    }
    let anywhere = shown(HelpLines::new(None, LineNeed::Violence));
    assert!(anywhere.contains("https://findahelpline.com") && anywhere.contains("https://lila.help"), "{anywhere}");
    assert!(!anywhere.contains("Germany"), "{anywhere}");
}
