//! The operator's key changed by the real binary: at rest, from a file and from the environment, killed at every point.

use std::path::Path;

use crate::support::console::{Home, said};

/// Both are known, and their time apart goes on.
fn goes_on(home: &mut Home) {
    for who in ["anna", "ben"] {
        let before = home.times("day 2 of 14");
        home.play(who, "2026-05-05 20:00", "/journey\n");
        assert_eq!(home.times("day 2 of 14"), before + 1, "{who}: {}\n{}", home.screen, home.log);
    }
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap().trim().to_owned()
}

/// All sealed values of the keys database.
fn sealed(home: &Home) -> Vec<Vec<u8>> {
    let database = rusqlite::Connection::open(home.store("a.keys")).unwrap();
    let sql = "SELECT wrapped FROM keys UNION SELECT canary FROM meta UNION SELECT hashing FROM meta";
    let mut query = database.prepare(sql).unwrap();
    let values = query.query_map([], |row| row.get(0)).unwrap();
    values.collect::<Result<_, _>>().unwrap()
}

/// Whether any of these values is still in any file of the store.
fn lingers(home: &Home, values: &[Vec<u8>]) -> bool {
    let files = std::fs::read_dir(home.store("")).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let files: Vec<Vec<u8>> = files.collect();
    // A part of the noise is enough to be found.
    let part = |value: &Vec<u8>| value[30..60].to_vec();
    values.iter().map(part).any(|part| files.iter().any(|file| file.windows(part.len()).any(|window| window == part)))
}

#[test]
fn a_new_key_opens_everything_and_the_former_nothing() {
    let mut home = Home::lived_in();
    let (former, before) = (text(&home.store("a.key")), sealed(&home));
    assert_eq!(before.len(), 4);
    assert!(lingers(&home, &before), "the search finds what is there");
    let data = std::fs::read(home.store("a.db")).unwrap();

    let rotated = home.run(&["key", "rotate"], &[]);
    assert!(rotated.status.success(), "{}", said(&rotated));
    assert!(said(&rotated).contains("The keys of 2 people are wrapped by the new key"), "{}", said(&rotated));
    let new = text(&home.store("a.key"));
    assert!(new != former && new.len() == 64);
    assert_eq!(text(&home.store("a.key.old")), former);
    assert!(!said(&rotated).contains(&new) && !said(&rotated).contains(&former), "no key is shown");
    assert_eq!(std::fs::read(home.store("a.db")).unwrap(), data, "no text and no hash was touched");
    assert!(!lingers(&home, &before), "nothing that the former key had wrapped is left");
    assert!(!home.store("a.key.new").exists());
    #[cfg(unix)]
    for name in ["a.key", "a.key.old"] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(home.store(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }

    let refused = home.run(&["console"], &[("REKINDLE_KEY", &former)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("does not open") && said(&refused).contains("Put back the key"),
        "{}",
        said(&refused)
    );
    goes_on(&mut home);

    // Once more, to a key of the operator's own; the former keys stand side by side.
    std::fs::copy(home.store("a.key.old"), home.store("mine")).unwrap();
    let mine = "5e".repeat(32);
    std::fs::write(home.store("mine"), &mine).unwrap();
    let file = home.store("mine").display().to_string();
    let rotated = home.run(&["key", "rotate", "--with", &file], &[]);
    assert!(rotated.status.success(), "{}", said(&rotated));
    assert_eq!((text(&home.store("a.key")), text(&home.store("a.key.old-2"))), (mine, new));
    goes_on(&mut home);
}

#[test]
fn a_key_of_the_environment_is_changed_to_one_in_a_new_file() {
    let mut home = Home::lived_in();
    let former = text(&home.store("a.key"));
    std::fs::remove_file(home.store("a.key")).unwrap();
    for attempt in ["first", "again, before the environment was changed"] {
        let rotated = home.run(&["key", "rotate"], &[("REKINDLE_KEY", &former)]);
        assert!(rotated.status.success(), "{attempt}: {}", said(&rotated));
        assert!(said(&rotated).contains("a.key.new") && said(&rotated).contains("REKINDLE_KEY"), "{}", said(&rotated));
        assert!(!said(&rotated).contains(&text(&home.store("a.key.new"))), "the key is shown");
    }
    let new = text(&home.store("a.key.new"));
    let refused = home.run(&["console"], &[("REKINDLE_KEY", &former)]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    let opened = home.run(&["console"], &[("REKINDLE_KEY", &new)]);
    assert!(opened.status.success(), "{}", said(&opened));
    let same = home.run(&["key", "rotate"], &[("REKINDLE_KEY", &new)]);
    assert!(!same.status.success() && said(&same).contains("is the one in use"), "{}", said(&same));
    std::fs::rename(home.store("a.key.new"), home.store("a.key")).unwrap();
    goes_on(&mut home);
}

#[test]
fn a_change_of_the_key_that_is_killed_anywhere_leaves_a_store_that_opens_and_is_finished_by_the_next() {
    let points = [
        "rotation-key-written",
        "rotation-before-commit",
        "rotation-after-commit",
        "rotation-wiped",
        "rotation-former-kept",
    ];
    for point in points {
        let mut home = Home::lived_in();
        let (former, before) = (text(&home.store("a.key")), sealed(&home));
        home.run_and_kill(&["key", "rotate"], &[], point);
        assert_eq!(text(&home.store("a.key")), former, "{point}: the former key is there until the end");
        let new = text(&home.store("a.key.new"));
        goes_on(&mut home);
        assert!(home.log.contains("`rekindle key rotate` finishes it"), "{point}: {}", home.log);
        let other = home.store("other");
        std::fs::copy(home.store("a.key"), &other).unwrap();
        std::fs::write(&other, "a".repeat(64)).unwrap();
        let refused = home.run(&["key", "rotate", "--with", &other.display().to_string()], &[]);
        assert!(said(&refused).contains("without another key first"), "{point}: {}", said(&refused));

        let finished = home.run(&["key", "rotate"], &[]);
        assert!(finished.status.success(), "{point}: {}", said(&finished));
        assert_eq!((text(&home.store("a.key")), text(&home.store("a.key.old"))), (new, former), "{point}");
        assert!(!home.store("a.key.new").exists() && !home.store("a.key.old-2").exists(), "{point}");
        assert!(!lingers(&home, &before), "{point}: what the former key had wrapped is left");
        goes_on(&mut home);
    }
}

#[test]
fn the_key_is_not_changed_under_a_running_bot_or_without_a_store() {
    let home = Home::new();
    let nothing = home.run(&["key", "rotate"], &[]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(said(&nothing).contains("there is no store yet"), "{}", said(&nothing));
    assert!(!home.store("a.key.new").exists() && !home.store("a.keys").exists());

    let home = Home::lived_in();
    let before = (text(&home.store("a.key")), std::fs::read(home.store("a.keys")).unwrap());
    let lock = std::fs::File::open(home.store("a.db.lock")).unwrap();
    lock.lock().unwrap();
    let refused = home.run(&["key", "rotate"], &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("Stop that one first"), "{}", said(&refused));
    assert_eq!((text(&home.store("a.key")), std::fs::read(home.store("a.keys")).unwrap()), before);
    assert!(!home.store("a.key.new").exists());
}
