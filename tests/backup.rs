//! Copies made and put back by the real binary: whole, private, complete or not there at all; and nobody comes back with one
//! who was forgotten.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::console::{AT, Home, MOVING_IN, said};

const LATER: &str = "2026-05-05 20:00";

fn goes_on(home: &mut Home, who: &str) {
    let before = home.times("day 2 of 14");
    home.play(who, LATER, "/journey\n");
    assert_eq!(home.times("day 2 of 14"), before + 1, "{who}: {}\n{}", home.screen, home.log);
}

fn is_a_stranger(home: &mut Home, who: &str) {
    let before = home.times("One thing first");
    home.play(who, LATER, "/journey\n");
    assert_eq!(home.times("One thing first"), before + 1, "{who}: {}", home.screen);
}

/// The names in a folder beside the store, sorted.
fn names(home: &Home, folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(home.folder.path().join(folder)) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whether a file's name has that ending.
fn is(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == ending)
}

fn backup(home: &Home) -> Output {
    home.run(&["backup", "--to", "copies"], &[])
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

fn refused(output: &Output, because: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    assert!(said(output).contains(because), "{}", said(output));
}

/// The hash of nothing but what is in the store's files.
fn store(home: &Home) -> Vec<(String, Vec<u8>)> {
    let file = |name: String| {
        let bytes = std::fs::read(home.store(&name)).unwrap();
        (name, bytes)
    };
    names(home, "store").into_iter().filter(|name| !name.contains("-shm") && !name.contains("-wal")).map(file).collect()
}

fn lose(home: &Home, files: &[&str]) {
    for name in names(home, "store") {
        if files.iter().any(|file| name.starts_with(file)) {
            std::fs::remove_file(home.store(&name)).unwrap();
        }
    }
}

#[test]
fn everybody_is_there_again_after_everything_was_lost() {
    let mut home = Home::lived_in();
    let before = store(&home);
    let made = home.run(&["backup", "--to", "copies", "--keys-to", "short/keys"], &[]);
    done(&made);
    for text in ["as many rows as the store", "2 persons", "2 keys", "keys and profiles of 2 people"] {
        assert!(said(&made).contains(text), "{text}: {}", said(&made));
    }
    assert_eq!(store(&home), before, "a copy changes nothing");
    let (data, keys) = (names(&home, "copies"), names(&home, "short/keys"));
    assert!(data.len() == 1 && is(&data[0], "db") && keys.len() == 1 && is(&keys[0], "keys"), "{data:?} {keys:?}");
    #[cfg(unix)]
    for path in [format!("copies/{}", data[0]), format!("short/keys/{}", keys[0])] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(home.folder.path().join(&path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
    lose(&home, &["a.db", "a.keys"]);
    let restored = home.run(&["restore", "--from", "copies", "--keys-from", "short/keys"], &[]);
    done(&restored);
    assert!(said(&restored).contains("2 people are there again"), "{}", said(&restored));
    assert!(said(&restored).contains("whoever was forgotten since the copy was made is back"), "{}", said(&restored));
    for who in ["anna", "ben"] {
        goes_on(&mut home, who);
    }
}

#[test]
fn who_was_forgotten_since_the_copy_stays_forgotten() {
    let mut home = Home::lived_in();
    done(&backup(&home));
    home.play("anna", AT, "/forget\n=forget-all\n");
    home.play("carl", AT, MOVING_IN);
    let before = store(&home);
    refused(&home.run(&["restore", "--from", "copies"], &[]), "--replace");
    refused(&home.run(&["restore", "--from", "nowhere"], &[]), "nowhere does not exist");
    assert_eq!(store(&home), before);
    let restored = home.run(&["restore", "--from", "copies", "--replace"], &[]);
    done(&restored);
    assert!(said(&restored).contains("1 of the copy were forgotten since"), "{}", said(&restored));
    assert!(said(&restored).contains("What was there: "), "{}", said(&restored));
    goes_on(&mut home, "ben");
    is_a_stranger(&mut home, "anna");
    is_a_stranger(&mut home, "carl");
    // And nothing of hers is left in the files that came from the copy.
    let database = rusqlite::Connection::open(home.store("a.db")).unwrap();
    let people: i64 = database.query_row("SELECT count(*) FROM persons", [], |row| row.get(0)).unwrap();
    assert_eq!(people, 1);
}

#[test]
fn the_data_alone_comes_back_to_the_keys_that_are_there() {
    let mut home = Home::lived_in();
    done(&backup(&home));
    // With a new key the copy of the keys needs the former one, the keys that are there do not.
    done(&home.run(&["key", "rotate"], &[]));
    lose(&home, &["a.db"]);
    refused(&home.run(&["console"], &[]), "does not exist. Restore the data file");
    refused(&home.run(&["restore", "--from", "copies", "--replace"], &[]), "newest one if it was changed since");
    done(&home.run(&["restore", "--from", "copies", "--keep-keys"], &[]));
    goes_on(&mut home, "anna");

    let former = std::fs::read_to_string(home.store("a.key.old")).unwrap();
    let arguments = ["restore", "--from", "copies", "--replace"];
    done(&home.run(&arguments, &[("REKINDLE_KEY", former.trim())]));
    std::fs::rename(home.store("a.key.old"), home.store("a.key")).unwrap();
    goes_on(&mut home, "ben");
}

#[test]
fn a_running_bot_is_copied_and_never_replaced() {
    let home = Home::lived_in();
    let lock = std::fs::File::open(home.store("a.db.lock")).unwrap();
    lock.lock().unwrap();
    done(&backup(&home));
    let before = store(&home);
    refused(&home.run(&["restore", "--from", "copies", "--replace"], &[]), "Stop that one first");
    assert_eq!(store(&home), before);
}

#[test]
fn a_copy_that_is_killed_or_finds_no_room_leaves_nothing_that_looks_like_one() {
    for point in ["backup-copying", "backup-between", "backup-keys-placed"] {
        let mut home = Home::lived_in();
        let before = store(&home);
        home.run_and_kill(&["backup", "--to", "copies"], &[], point);
        assert!(names(&home, "copies").iter().all(|name| !is(name, "db")), "{point}: {:?}", names(&home, "copies"));
        assert!(names(&home, "copies").iter().any(|name| is(name, "part")), "{point}");
        assert_eq!(store(&home), before, "{point}");
        refused(&home.run(&["restore", "--from", "copies", "--replace"], &[]), "holds no copy");
        done(&backup(&home));
        assert!(names(&home, "copies").iter().all(|name| !is(name, "part")), "{point}: left over");
        done(&home.run(&["restore", "--from", "copies", "--replace"], &[]));
        goes_on(&mut home, "anna");
    }
    #[cfg(unix)]
    {
        let home = Home::lived_in();
        // Files of 36 KiB at most, which is enough for what SQLite keeps beside them: as if the disk were full in the middle.
        let line = format!(
            "trap '' XFSZ; ulimit -f 36; exec {} backup --to copies --config config.toml",
            env!("CARGO_BIN_EXE_rekindle")
        );
        let mut shell = std::process::Command::new("bash");
        let full =
            shell.args(["-c", &line]).env_remove("REKINDLE_KEY").current_dir(home.folder.path()).output().unwrap();
        refused(&full, ".part");
        assert_eq!(names(&home, "copies"), Vec::<String>::new());
    }
}

#[test]
fn putting_back_that_is_killed_anywhere_is_finished_by_the_next() {
    for point in ["backup-copying", "restore-set-aside", "restore-data-in", "restore-set-aside:2"] {
        let mut home = Home::lived_in();
        done(&backup(&home));
        home.play("anna", AT, "/forget\n=forget-all\n");
        home.run_and_kill(&["restore", "--from", "copies", "--replace"], &[], point);
        // Whatever is there now opens, and nobody who was forgotten is back.
        is_a_stranger(&mut home, "anna");
        let restored = home.run(&["restore", "--from", "copies", "--replace"], &[]);
        done(&restored);
        assert!(said(&restored).contains("1 of the copy were forgotten since"), "{point}: {}", said(&restored));
        is_a_stranger(&mut home, "anna");
        goes_on(&mut home, "ben");
        assert!(names(&home, "store").iter().all(|name| !is(name, "part")), "{point}: left over");
    }
}

#[test]
fn a_damaged_copy_is_found_out_and_the_store_stays() {
    let mut home = Home::lived_in();
    done(&backup(&home));
    let copy = |home: &Home, ending: &str| -> PathBuf {
        let name = names(home, "copies").into_iter().find(|name| name.ends_with(ending)).unwrap();
        home.folder.path().join("copies").join(name)
    };
    let before = store(&home);
    // A wrapped key that was altered: SQLite finds the file whole, the operator's key does not.
    let keys = copy(&home, ".keys");
    let whole = std::fs::read(&keys).unwrap();
    let database = rusqlite::Connection::open(&keys).unwrap();
    database.execute("UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE person_id = 1", []).unwrap();
    drop(database);
    refused(&home.run(&["restore", "--from", "copies", "--replace"], &[]), "row 1 of table keys does not open");
    std::fs::write(&keys, whole).unwrap();
    // A page of the data that was overwritten.
    let data = copy(&home, ".db");
    let mut bytes = std::fs::read(&data).unwrap();
    let whole = bytes.clone();
    let root = rusqlite::Connection::open(&data)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'", [], |row| row.get::<_, usize>(0))
        .unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0xff);
    std::fs::write(&data, &bytes).unwrap();
    assert_eq!(home.run(&["restore", "--from", "copies", "--replace"], &[]).status.code(), Some(1));
    assert_eq!(store(&home), before);
    std::fs::write(&data, whole).unwrap();
    done(&home.run(&["restore", "--from", "copies", "--replace"], &[]));
    goes_on(&mut home, "anna");
}
