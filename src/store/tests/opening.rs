//! First run, refusals that touch nothing, and what a kill may have left.

use std::collections::BTreeMap;
use std::fs;

use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::*;
use crate::chat::{InboundId, Words};
use crate::journey::{EntryKind, Timer};

/// The hash of every file but the lock, by name.
fn fingerprint(home: &Home) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(home.folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), Sha256::digest(fs::read(path).unwrap())))
        .filter(|(name, _)| !name.contains(".lock"))
        .map(|(name, hash)| (name, hash.to_vec()))
        .collect()
}

/// Opens in vain, and holds that nothing was changed, made or removed.
fn refused(home: &Home) -> OpenError {
    let before = fingerprint(home);
    let error = home.try_open().expect_err("this store must not open");
    assert_eq!(fingerprint(home), before, "{error}");
    error
}

async fn filled() -> Home {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    for person in [anna, ben] {
        store.write(move |tx| tx.save_journey(person, &journey("Europe/Berlin"))).await.unwrap();
    }
    store.close().await;
    home
}

/// A store as a kill leaves it: the WALs not folded back. Copied from under a running one.
async fn killed() -> Home {
    let (running, killed) = (Home::new(), Home::new());
    let store = running.open();
    two_people(&store).await;
    for name in ["rekindle.db", "rekindle.db-wal", "rekindle.keys", "rekindle.keys-wal", "operator.key"] {
        fs::copy(running.path(name), killed.path(name)).unwrap();
    }
    assert!(fs::metadata(killed.path("rekindle.db-wal")).unwrap().len() > 0);
    killed
}

#[tokio::test]
async fn the_first_run_makes_a_private_key_and_says_so_once() {
    let home = Home::new();
    let (store, opened) = home.try_open().unwrap();
    assert_eq!(opened, Opened { key_made: Some(home.path("operator.key")), ..Opened::default() });
    assert_eq!(fs::read_to_string(home.path("operator.key")).unwrap().trim().len(), 64);
    #[cfg(unix)]
    for name in ["operator.key", "rekindle.db", "rekindle.keys", "rekindle.db.lock"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    drop(store);
    assert_eq!(home.try_open().unwrap().1, Opened::default());
}

#[tokio::test]
async fn a_given_key_opens_what_it_made_and_no_file_is_made() {
    let home = Home::new();
    let given = |digit: &str| KeySource::Given(SecretString::from(digit.repeat(64)));
    drop(Store::open(&home.paths(), &given("a")).unwrap());
    assert!(!home.path("operator.key").exists());
    drop(Store::open(&home.paths(), &given("A")).unwrap());
    let before = fingerprint(&home);
    assert!(matches!(Store::open(&home.paths(), &given("b")), Err(OpenError::WrongKey { .. })));
    assert!(matches!(Store::open(&home.paths(), &given("x")), Err(OpenError::UnreadableKey { .. })));
    assert_eq!(fingerprint(&home), before);
    assert!(!format!("{:?}", given("a")).contains("aaaa"));
}

#[tokio::test]
async fn a_missing_wrong_or_unreadable_key_is_refused() {
    for home in [filled().await, killed().await] {
        let key = home.path("operator.key");
        let right = fs::read(&key).unwrap();
        fs::remove_file(&key).unwrap();
        let missing = refused(&home);
        assert!(matches!(missing, OpenError::MissingKey { .. }));
        assert!(missing.to_string().starts_with("missing key"));
        assert!(!key.exists());
        keyfile::private(&key).unwrap();
        assert!(matches!(refused(&home), OpenError::UnreadableKey { .. }));
        fs::write(&key, [0xff; 64]).unwrap();
        assert!(matches!(refused(&home), OpenError::UnreadableKey { .. }));
        fs::write(&key, "0".repeat(64)).unwrap();
        assert!(matches!(refused(&home), OpenError::WrongKey { .. }));
        fs::write(&key, right).unwrap();
        home.open();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_others_can_read_is_refused_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let home = filled().await;
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(home.path("operator.key"), fs::Permissions::from_mode(mode)).unwrap();
        let error = refused(&home);
        assert!(matches!(error, OpenError::OpenToOthers { .. }));
        assert!(error.to_string().contains("chmod 600"));
    }
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let home = filled().await;
    let store = home.open();
    let (anna, _) = two_people(&store).await;
    let error = refused(&home);
    assert!(matches!(error, OpenError::Locked { .. }));
    assert!(error.to_string().contains("in use"));
    store.write(move |tx| tx.save_journey(anna, &journey("Asia/Tokyo"))).await.unwrap();
    #[cfg(unix)]
    {
        let link = Paths { data: home.path("link.db"), keys: home.path("rekindle.keys") };
        std::os::unix::fs::symlink(home.path("rekindle.db"), &link.data).unwrap();
        assert!(matches!(Store::open(&link, &home.source()), Err(OpenError::Locked { .. })));
    }
}

#[tokio::test]
async fn a_newer_schema_in_either_file_is_refused() {
    for (file, killed_before) in [("rekindle.db", false), ("rekindle.keys", false), ("rekindle.db", true)] {
        let home = if killed_before { killed().await } else { filled().await };
        Connection::open(home.path(file)).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let OpenError::Newer { file: named, found: 99, known } = refused(&home) else { panic!("{file}") };
        assert!(named.ends_with(file));
        assert_eq!(known, if file == "rekindle.db" { 8 } else { 2 });
    }
}

#[tokio::test]
async fn files_of_others_are_refused() {
    for name in ["rekindle.db", "rekindle.keys"] {
        let home = filled().await;
        fs::write(home.path(name), "Dear diary, this is not a database at all.".repeat(100)).unwrap();
        assert!(matches!(refused(&home), OpenError::NotOurs { .. }), "{name} is text");
        fs::remove_file(home.path(name)).unwrap();
        Connection::open(home.path(name)).unwrap().execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
        assert!(matches!(refused(&home), OpenError::NotOurs { .. }), "{name} is another program's");
    }
    let swapped = filled().await;
    fs::rename(swapped.path("rekindle.db"), swapped.path("x")).unwrap();
    fs::rename(swapped.path("rekindle.keys"), swapped.path("rekindle.db")).unwrap();
    fs::rename(swapped.path("x"), swapped.path("rekindle.keys")).unwrap();
    assert!(matches!(refused(&swapped), OpenError::NotOurs { .. }), "swapped");
    let same = Paths { data: swapped.path("y"), keys: swapped.path("y") };
    assert!(matches!(Store::open(&same, &swapped.source()), Err(OpenError::SameFile { .. })));
}

#[tokio::test]
async fn lost_keys_or_lost_data_are_refused_and_so_are_those_of_another_store() {
    let home = filled().await;
    fs::rename(home.path("rekindle.keys"), home.path("aside")).unwrap();
    assert!(matches!(refused(&home), OpenError::KeysLost { .. }));
    let other = filled().await;
    fs::copy(other.path("rekindle.keys"), home.path("rekindle.keys")).unwrap();
    assert!(matches!(refused(&home), OpenError::KeysOfAnother { .. }));
    fs::copy(home.path("aside"), home.path("rekindle.keys")).unwrap();
    home.keys().execute_batch("DELETE FROM keys").unwrap();
    assert!(matches!(refused(&home), OpenError::KeysLost { .. }), "there, but empty");
    fs::copy(home.path("aside"), home.path("rekindle.keys")).unwrap();
    fs::rename(home.path("rekindle.db"), home.path("data aside")).unwrap();
    assert!(matches!(refused(&home), OpenError::DataLost { .. }));
    fs::rename(home.path("data aside"), home.path("rekindle.db")).unwrap();
    home.open();
    let stray = killed().await;
    fs::remove_file(stray.path("rekindle.db")).unwrap();
    assert!(matches!(refused(&stray), OpenError::StrayWal { .. }));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error_that_names_it() {
    let home = Home::new();
    let paths = Paths { data: home.path("nowhere/rekindle.db"), keys: home.path("rekindle.keys") };
    let error = Store::open(&paths, &home.source()).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }));
    assert!(error.to_string().contains("nowhere"));
    assert!(!home.path("operator.key").exists());
}

#[tokio::test]
async fn a_killed_store_opens_with_everything_it_had_committed() {
    let home = killed().await;
    let store = home.open();
    assert!(store.read(|view| view.person(&account("ben"))).await.unwrap().is_some());
}

#[tokio::test]
async fn a_first_run_killed_half_way_is_finished_by_the_next() {
    let home = Home::new();
    drop(home.open());
    // Killed after the keys were made, while the data was being built.
    fs::rename(home.path("rekindle.db"), home.path("rekindle.db.new")).unwrap();
    let (store, opened) = home.try_open().unwrap();
    assert_eq!(opened.key_made, None);
    two_people(&store).await;
    assert!(!home.path("rekindle.db.new").exists());
    drop(store);
    // The key alone: it was made, and then the process died.
    for name in ["rekindle.db", "rekindle.keys"] {
        fs::remove_file(home.path(name)).unwrap();
    }
    assert_eq!(home.try_open().unwrap().1, Opened::default());
}

#[tokio::test]
async fn paths_with_odd_characters_are_looked_at_and_opened() {
    let home = Home::new();
    let paths = Paths { data: home.path("a ?#%20ü.db"), keys: home.path("k&mode=rw.keys") };
    for _ in 0..2 {
        let (store, _) = Store::open(&paths, &home.source()).unwrap();
        two_people(&store).await;
    }
}

#[tokio::test]
async fn opening_sweeps_keys_without_a_person_and_people_without_a_key() {
    let home = filled().await;
    let (store, opened) = home.try_open().unwrap();
    assert_eq!(opened, Opened::default());
    let (anna, ben) = two_people(&store).await;
    let orphan = store
        .write(|tx| {
            tx.create_person(&account("carl"), &address("carl"), "en")?;
            Err::<(), _>(StoreError::Unknown)
        })
        .await;
    assert!(orphan.is_err());
    assert_eq!((home.count("persons"), home.count_keys()), (2, 3));
    store.write(move |tx| tx.set_timer(anna, Timer::Urge, 1, at(0))).await.unwrap();
    store.close().await;
    // Killed in the middle of forgetting: the key is gone, the rows are not.
    home.keys()
        .execute_batch(&format!("DELETE FROM keys WHERE person_id = {0}; INSERT INTO forgotten VALUES ({0})", anna.0))
        .unwrap();
    let (store, opened) = home.try_open().unwrap();
    assert_eq!((opened.people_swept, opened.keys_swept), (1, 1));
    assert_eq!((home.count("persons"), home.count_keys(), home.count("timers")), (1, 1, 0));
    assert!(store.read(move |view| view.load_journey(ben)).await.unwrap().is_some());
    let (again, _) = two_people(&store).await;
    assert!(again > ben && again.0 > 3, "numbers once given out are not given out again");
}

#[tokio::test]
async fn who_was_forgotten_does_not_come_back_with_an_old_copy_of_the_data() {
    let home = filled().await;
    fs::copy(home.path("rekindle.db"), home.path("old copy")).unwrap();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let late = store.write(|tx| tx.create_person(&account("dora"), &address("dora"), "en")).await.unwrap();
    store.write(move |tx| tx.forget(anna)).await.unwrap();
    store.write(move |tx| tx.forget(late)).await.unwrap();
    store.close().await;
    fs::copy(home.path("old copy"), home.path("rekindle.db")).unwrap();
    let (store, opened) = home.try_open().unwrap();
    assert_eq!((opened.people_swept, opened.keys_swept), (1, 0));
    assert_eq!(store.read(|view| view.person(&account("anna"))).await.unwrap(), None);
    assert!(store.read(move |view| view.load_journey(ben)).await.unwrap().is_some());
    let new = store.write(|tx| tx.create_person(&account("emil"), &address("emil"), "en")).await.unwrap();
    assert!(new > late, "a number in the ledger would be forgotten at the next start");
}

#[tokio::test]
async fn reopening_releases_the_leases_of_the_former_process() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let (answer, parked) = store
        .write(move |tx| {
            let parked = tx.enqueue(ben, None, Priority::Support, &outgoing(), at(0))?;
            assert_eq!(tx.claim(at(0), at(3600), 9)?.ready.len(), 1);
            tx.park(parked)?;
            let answer = tx.record_answer(anna, &InboundId("1".to_owned()), &outgoing(), at(0), at(3600))?;
            assert!(tx.claim(at(1), at(3600), 9)?.ready.is_empty());
            Ok((answer, parked))
        })
        .await
        .unwrap();
    drop(store);
    let store = home.open();
    store
        .write(move |tx| {
            assert_eq!(tx.next_delivery_at(at(1))?, Some(at(0)));
            let claims = tx.claim(at(1), at(60), 9)?;
            let [claimed] = &claims.ready[..] else { panic!("{claims:?}") };
            assert_eq!((claimed.id, claimed.person, claimed.attempts), (answer, anna, 2));
            assert_eq!(tx.unpark(ben, at(0))?, 1);
            assert_eq!(tx.claim(at(1), at(60), 9)?.ready[0].id, parked);
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn words_survive_a_restart() {
    let home = Home::new();
    let store = home.open();
    let (anna, _) = two_people(&store).await;
    let entry = store.write(move |tx| tx.add_entry(anna, EntryKind::Letter, &Words::new("dear"), at(0))).await.unwrap();
    store.close().await;
    let opened = home.open().read(move |view| view.open_entries(anna, [entry])).await.unwrap();
    assert_eq!(opened[&entry], Words::new("dear"));
}

/// Opens a store as one that is too large for a check of every page.
fn open_as_large(home: &Home) -> Result<(Store, Opened), OpenError> {
    open::open(&home.paths(), &home.source(), 0)
}

#[tokio::test]
async fn a_large_store_opens_without_what_is_left_of_the_forgotten_and_half_people_are_unknown() {
    let home = filled().await;
    let (store, _) = home.try_open().unwrap();
    let (anna, ben) = two_people(&store).await;
    let carl = store.write(|tx| tx.create_person(&account("carl"), &address("carl"), "en")).await.unwrap();
    let orphan = store
        .write(|tx| {
            tx.create_person(&account("erik"), &address("erik"), "en")?;
            Err::<(), _>(StoreError::Unknown)
        })
        .await;
    assert!(orphan.is_err());
    store.close().await;
    home.keys()
        .execute_batch(&format!(
            "DELETE FROM keys WHERE person_id IN ({0}, {1}); INSERT INTO forgotten VALUES ({0})",
            anna.0, carl.0
        ))
        .unwrap();
    let (store, opened) = open_as_large(&home).unwrap();
    assert_eq!(opened, Opened { people_swept: 1, ..Opened::default() });
    for name in ["anna", "carl", "erik"] {
        assert_eq!(store.read(move |view| view.person(&account(name))).await.unwrap(), None, "{name}");
    }
    assert_eq!(store.read(|view| view.person(&account("ben"))).await.unwrap(), Some(ben));
    // Numbers go on behind all that are known.
    let dora = store.write(|tx| tx.create_person(&account("dora"), &address("dora"), "en")).await.unwrap();
    assert!(dora.0 > 4);
    store.close().await;
    let (_store, opened) = home.try_open().unwrap();
    assert_eq!((opened.people_swept, opened.keys_swept), (1, 1), "a check of everything sweeps the rest");
}

#[tokio::test]
async fn a_large_store_with_lost_keys_is_refused_as_a_small_one_is() {
    let home = filled().await;
    home.keys().execute_batch("DELETE FROM keys").unwrap();
    let before = fingerprint(&home);
    assert!(matches!(open_as_large(&home), Err(OpenError::KeysLost { .. })));
    assert_eq!(fingerprint(&home), before);
}

#[tokio::test]
async fn a_damaged_page_of_a_large_store_is_found_by_a_full_check_and_by_a_copy() {
    let home = filled().await;
    let page: u64 = home
        .data()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'timers_by_due'", [], |row| row.get(0))
        .unwrap();
    let mut torn = fs::read(home.path("rekindle.db")).unwrap();
    let begin = usize::try_from((page - 1) * 4_096).unwrap();
    torn[begin..begin + 16].iter_mut().for_each(|byte| *byte ^= 0x5a);
    fs::write(home.path("rekindle.db"), torn).unwrap();
    assert!(matches!(refused(&home), OpenError::Damaged { .. }));
    let (store, _) = open_as_large(&home).unwrap();
    let folder = home.path("copies");
    let to = CopyTo { data: folder.clone(), keys: folder, name: "copy".to_owned() };
    let copied = copy(&home.paths(), &home.source(), &to, &|| true);
    assert!(matches!(copied, Err(CopyError::Open(OpenError::Damaged { .. }))), "{copied:?}");
    store.close().await;
}
