//! What is typed is nowhere on the disk and nowhere in the log, at any level; what is forgotten leaves no row.

use std::path::Path;

use crate::support::console::Home;

const WHO: &str = "quetzalcoatl-account";
const LINES: &str = "/start\n=consent\n\
    /reasons\n=ended-by:them\n=ended-when:month\n=card-note:fix\nwordsofthenote zephyrine\n\n\
    =answer:fix:true\n=answer:grown:true\n=answer:trust:true\n=answer:both:told-no\n\
    /cooloff\n=cooloff-set-up\n=length:14\n=every:1\n=zone-form\nBerlin\n=cooloff-begin\n\
    /checkin\n=mood:1:1\n=mood-note:1\nwordsofthemood zephyrine\n\n\
    /letter\n=write-letter\nwordsoftheletter zephyrine\n\nshow it to me tomorrow\n\
    /reflect\n=ask:better\n=reflection:better\nwordsofthereflection zephyrine\n\n\
    /journal\n=shelved:all\nwordsunasked zephyrine she blocked me\n\
    :skip 1d\n/export\n=export-plain\n/export\n=export-locked\nzephyrine passphrase\n";
const TYPED: [&str; 9] = [
    "wordsofthenote",
    "wordsofthemood",
    "wordsoftheletter",
    "wordsunasked",
    "wordsofthereflection",
    "zephyrine",
    WHO,
    "told-no",
    "Europe/Berlin",
];

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn search(home: &Home) -> usize {
    let mut searched = 0;
    for entry in std::fs::read_dir(home.folder.path().join("store")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        searched += bytes.len();
        for text in TYPED {
            assert!(!holds(&bytes, text), "{text} is readable in {}", path.display());
        }
    }
    for text in &TYPED[..8] {
        assert!(!home.log.contains(text), "{text} is in the log");
    }
    searched
}

#[test]
fn nothing_typed_is_readable_on_disk_or_in_the_log() {
    let mut home = Home::new();
    home.play(WHO, "2026-05-04 20:00", LINES);
    for text in &TYPED[..5] {
        assert!(home.times(text) > 0, "{text} was typed");
    }
    assert!(
        home.log.contains("answered") && home.log.contains("fired") && home.log.contains("attempted"),
        "the log is at its loudest: {}",
        home.log
    );
    assert!(search(&home) > 50_000, "the files are searched");
    // What was asked for lies where the person is, and nowhere in the store.
    let given = std::fs::read(home.folder.path().join("notes-2026-05-05.json")).unwrap();
    assert!(holds(&given, "wordsoftheletter") && home.times("notes-2026-05-05.json.age") == 1);

    // The same with the WAL still there: killed in the middle.
    let mut home = Home::new();
    let killed = home.play_and_kill(WHO, "2026-05-04 20:00", LINES, "after-commit", 40);
    assert!(killed, "the script has as many commits");
    assert!(home.folder.path().join("store/a.db-wal").exists());
    assert!(search(&home) > 50_000);
}

#[test]
fn forgetting_leaves_no_row_of_that_person_and_every_row_of_another() {
    let mut home = Home::new();
    home.play(WHO, "2026-05-04 20:00", LINES);
    home.play("ben", "2026-05-04 20:00", LINES);
    let before = rows(&home);
    assert!(before.iter().all(|(_, rows)| *rows >= 2), "{before:?}");
    home.play(WHO, "2026-05-05 20:00", "/forget\n=forget-all\n");
    let after = rows(&home);
    for ((table, before), (_, after)) in before.iter().zip(&after) {
        assert!(*after > 0 && after < before, "{table}: {before} rows, then {after}");
        assert_eq!(people(&home, table), 1, "{table}");
    }
    home.play("ben", "2026-05-05 20:00", "/journey\n");
    assert!(home.screen.contains("day 2 of 14"), "{}", home.screen);
    home.play(WHO, "2026-05-05 20:00", "/journey\n");
    assert!(home.screen.contains("One thing first"), "a stranger again");
}

const TABLES: [&str; 6] = ["persons", "journeys", "entries", "timers", "deliveries", "keys"];

fn rows(home: &Home) -> Vec<(&'static str, i64)> {
    TABLES.iter().map(|table| (*table, ask(home, table, "count(*)"))).collect()
}

fn people(home: &Home, table: &str) -> i64 {
    ask(home, table, if table == "persons" { "count(DISTINCT id)" } else { "count(DISTINCT person_id)" })
}

fn ask(home: &Home, table: &str, what: &str) -> i64 {
    let file = if table == "keys" { "a.keys" } else { "a.db" };
    let path: &Path = &home.folder.path().join("store").join(file);
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let database = rusqlite::Connection::open_with_flags(path, flags).unwrap();
    database.query_row(&format!("SELECT {what} FROM {table}"), [], |row| row.get(0)).unwrap()
}
