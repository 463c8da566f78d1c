//! House rules that a compiler does not hold: who may import whom, one reader of the clock, nothing left open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which rooms of this crate a room may name, beside itself. The table of ARCHITECTURE.md.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("chat", &[]),
    ("clock", &[]),
    ("config", &[]),
    ("crash", &[]),
    ("input", &[]),
    ("journey", &["chat", "input", "safety"]),
    ("mutate", &[]),
    ("prompts", &["chat", "input", "journey", "safety"]),
    ("safety", &[]),
    ("store", &["chat", "crash", "journey"]),
    ("export", &["chat", "journey", "prompts", "store"]),
    ("service", &["chat", "clock", "crash", "export", "input", "journey", "prompts", "safety", "store", "witness"]),
    ("scheduler", &["clock", "crash", "service", "store"]),
    ("dispatcher", &["chat", "clock", "crash", "export", "journey", "prompts", "store"]),
    ("adapters", &["chat", "clock", "crash", "service", "witness"]),
    ("app", &["adapters", "chat", "clock", "dispatcher", "prompts", "scheduler", "service", "store", "witness"]),
    ("witness", &["clock"]),
];

/// Crates that only one room may name.
const AT_HOME_IN: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("chacha20poly1305", "store"),
    ("fluent_bundle", "prompts"),
    ("rustyline", "adapters"),
    ("age", "export"),
    ("serenity", "adapters"),
    ("tokio_tungstenite", "adapters"),
    ("tokio", ""),
];

fn sources() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.insert(path.strip_prefix(&root).unwrap().to_owned(), text);
            }
        }
    }
    found
}

fn room(path: &Path) -> String {
    path.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The code without its tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in sources() {
        let room = room(&path);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            assert!(["lib", "main", "cli"].contains(&room.as_str()), "{room} is a room without a line in the table");
            continue;
        };
        for (index, line) in code(&text).lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                seen += 1;
                let known = MAY_IMPORT.iter().any(|(name, _)| *name == used);
                if known && used != room && !allowed.contains(&used.as_str()) && !is_test(&path) {
                    wrong.push(format!("src/{}:{}: {room} may not import {used}", path.display(), index + 1));
                }
            }
        }
    }
    assert!(seen > 100, "the scan finds imports");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn libraries_stay_in_their_room() {
    for (path, text) in sources() {
        for (library, home) in AT_HOME_IN {
            let code = code(&text);
            let within = |at: usize| code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let used = code.match_indices(&format!("{library}::")).any(|(at, _)| !within(at));
            let pure = ["chat", "journey", "prompts"].contains(&room(&path).as_str());
            let wrong = if home.is_empty() { used && pure } else { used && room(&path) != *home };
            assert!(!wrong || is_test(&path), "src/{} names {library}", path.display());
        }
    }
}

#[test]
fn only_the_clock_reads_the_time() {
    let reads = ["Timestamp::now", "SystemTime::now", "ZonedDateTime::now", "Instant::now", "Zoned::now"];
    for (path, text) in sources() {
        let reads = reads.iter().any(|read| code(&text).contains(read));
        assert!(!reads || path == Path::new("clock.rs"), "src/{} reads the clock", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for_and_leaves_nothing_open() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "src/{} does not open with its purpose", path.display());
        for open in ["TODO", "FIXME", "todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(open), "src/{}: {open}", path.display());
        }
        // The table of moments grows with the texts.
        let most = if path.ends_with("journey/keys.rs") { 900 } else { 600 };
        assert!(text.lines().count() <= most, "src/{} is too long to read", path.display());
    }
}
