//! The message checklist, `docs/messages.md`: every text has its row, with its length as it was when it was read, and with
//! the contact tag of the manifest; and the words of the house that no text uses are in none.

use std::collections::BTreeMap;
use std::path::Path;

use rekindle::journey::Key;
use rekindle::prompts::{Prompts, Source};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every text of English by its name, with whether it invites contact.
fn texts() -> BTreeMap<String, (String, bool)> {
    let prompts = Prompts::load(&Source::built_in()).unwrap();
    let contact = &prompts.catalogue().contact;
    let moment = |key: &Key| {
        let text = read(&format!("prompts/en/{}.md", key.path())).trim().to_owned();
        (key.path().to_owned(), (text, contact.contains(key)))
    };
    let mut texts: BTreeMap<_, _> = Key::ALL.iter().map(moment).collect();
    for id in &prompts.catalogue().prompts {
        let (theme, number) = id.0.split_once('/').unwrap();
        let file = read(&format!("prompts/en/plans/{theme}.md"));
        let section = file.split("\n## ").find(|section| section.lines().next() == Some(number)).unwrap();
        let text = section.split_once('\n').unwrap().1.trim().to_owned();
        texts.insert(id.0.clone(), (text, false));
    }
    texts
}

#[test]
fn every_text_was_read_against_the_list_as_it_stands() {
    let table = read("docs/messages.md");
    let mut rows: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| ") && line.contains('/')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert!(rows.insert(cells[0], cells).is_none(), "twice: {line}");
    }
    let mut wrong = Vec::new();
    let texts = texts();
    for (name, (text, contact)) in &texts {
        let (length, contact) = (text.chars().count().to_string(), if *contact { "yes" } else { "no" });
        match rows.get(name.as_str()) {
            None => wrong.push(format!("{name}: no row; {length} characters, contact {contact}")),
            Some(row) if row[1] != length => {
                wrong.push(format!("{name}: has {length} characters by now; read it against the list again"));
            }
            Some(row) if row[8] != contact => wrong.push(format!("{name}: the manifest says contact {contact}")),
            Some(row) => {
                let read = row[2..8].iter().all(|cell| ["✓", "with its message"].contains(cell));
                if !read {
                    wrong.push(format!("{name}: something is still to mend: {row:?}"));
                }
            }
        }
    }
    wrong.extend(
        rows.keys().filter(|name| !texts.contains_key(**name)).map(|name| format!("{name}: there is no such text")),
    );
    assert!(wrong.is_empty(), "docs/messages.md\n{}", wrong.join("\n"));
    assert!(texts.len() > 400);
}

/// Whole words that no text uses: what depends on a gender, speaks of users, flatters, promises or is jargon.
const NEVER: [&str; 40] = [
    "he",
    "she",
    "him",
    "her",
    "his",
    "hers",
    "himself",
    "herself",
    "boyfriend",
    "girlfriend",
    "husband",
    "wife",
    "ex",
    "user",
    "users",
    "toxic",
    "trauma",
    "traumatic",
    "narcissist",
    "narcissistic",
    "gaslighting",
    "ghosted",
    "ghosting",
    "codependent",
    "triggered",
    "boundaries",
    "rebound",
    "mindfulness",
    "guarantee",
    "guaranteed",
    "definitely",
    "amazing",
    "awesome",
    "congratulations",
    "brave",
    "queen",
    "king",
    "soulmate",
    "destiny",
    "closure-talk",
];

#[test]
fn no_text_uses_the_words_that_no_text_uses() {
    let mut labels = read("prompts/en/ui.ftl");
    // What is before the sign of equality is ours, not said to anybody.
    labels = labels
        .lines()
        .filter_map(|line| line.split_once(['=', ']']))
        .map(|(_, said)| said)
        .collect::<Vec<_>>()
        .join("\n");
    let all = texts().into_iter().map(|(name, (text, _))| (name, text)).chain([("ui.ftl".to_owned(), labels)]);
    for (name, text) in all {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
        assert!(
            words.all(|word| !NEVER.contains(&word)),
            "{name}: {:?}",
            NEVER.iter().find(|never| text.contains(**never))
        );
        assert!(!text.contains('!'), "{name}");
    }
}
