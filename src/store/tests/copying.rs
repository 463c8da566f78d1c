//! Copies and what is put back, seen from inside: what happens between the two files, and what a copy does not know.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use super::*;
use crate::chat::{InboundId, Words};
use crate::journey::{EntryKind, Timer};

fn to(home: &Home, name: &str) -> CopyTo {
    CopyTo { data: home.path("copies"), keys: home.path("copies"), name: name.to_owned() }
}

fn copied(home: &Home, name: &str) -> Copied {
    copy(&home.paths(), &home.source(), &to(home, name), &|| true).unwrap()
}

fn from(copied: &Copied) -> RestoreFrom {
    let (data, keys) = (copied.data.clone(), Some(copied.keys.clone()));
    RestoreFrom { data, keys, replace: true, aside: ".aside".to_owned() }
}

fn put_back(home: &Home, copied: &Copied) -> Restored {
    restore(&home.paths(), &home.source(), &from(copied), &|| true).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_or_is_forgotten_between_the_two_files_breaks_no_copy() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    store.write(move |tx| tx.save_journey(ben, &journey("Asia/Tokyo"))).await.unwrap();
    let (running, paths, source, copies) = (store.clone(), home.paths(), home.source(), to(&home, "between"));
    let handle = tokio::runtime::Handle::current();
    let copying = tokio::task::spawn_blocking(move || {
        let once = Cell::new(true);
        // Asked for the first time, the moment of the data is over and that of the keys is still to come.
        copy(&paths, &source, &copies, &|| {
            if once.take() {
                handle
                    .block_on(running.write(|tx| tx.create_person(&account("dora"), &address("dora"), "en")))
                    .unwrap();
                handle.block_on(running.write(move |tx| tx.forget(anna))).unwrap();
            }
            true
        })
    });
    let copied = copying.await.unwrap().unwrap();
    store.close().await;
    let rows = |table: &str| copied.rows.iter().find(|(name, _)| name == table).unwrap().1;
    assert_eq!((rows("persons"), rows("keys"), rows("forgotten")), (2, 2, 1), "anna and ben; ben and dora; anna");
    assert_eq!(copied.opened, Some(1));

    let elsewhere = Home::new();
    fs::copy(home.path("operator.key"), elsewhere.path("operator.key")).unwrap();
    let restored = put_back(&elsewhere, &copied);
    assert_eq!((restored.people, restored.forgotten, restored.keyless, restored.ledger), (1, 1, 0, false));
    let (store, opened) = elsewhere.try_open().unwrap();
    assert_eq!((opened.people_swept, opened.keys_swept), (1, 1));
    assert!(store.read(move |view| view.load_journey(ben)).await.unwrap().is_some());
    assert_eq!(store.read(|view| view.person(&account("anna"))).await.unwrap(), None);
}

#[tokio::test]
async fn the_first_person_of_all_may_join_between_the_two_files() {
    let home = Home::new();
    let store = home.open();
    let copies = to(&home, "first");
    let copied = copy(&home.paths(), &home.source(), &copies, &|| {
        let key = "INSERT INTO keys (person_id, wrapped) VALUES (1, zeroblob(8))";
        home.keys().execute_batch(&format!("{key} ON CONFLICT DO NOTHING")).unwrap();
        true
    })
    .unwrap();
    store.close().await;
    let elsewhere = Home::new();
    fs::copy(home.path("operator.key"), elsewhere.path("operator.key")).unwrap();
    put_back(&elsewhere, &copied);
    assert_eq!(elsewhere.try_open().unwrap().1.keys_swept, 1);
}

#[tokio::test]
async fn what_was_given_out_or_sent_since_is_not_given_out_or_sent_twice() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let waiting = store
        .write(move |tx| {
            tx.save_journey(anna, &journey("Europe/Berlin"))?;
            let answer = tx.record_answer(ben, &InboundId("1".to_owned()), &outgoing(), at(0), at(9))?;
            tx.settle(answer)?;
            tx.set_timer(anna, Timer::Urge, 1, at(100))?;
            tx.enqueue(anna, None, Priority::Support, &outgoing(), at(0))
        })
        .await
        .unwrap();
    let copied = copied(&home, "early");
    let (number, entry, later) = store
        .write(move |tx| {
            tx.settle(waiting)?;
            let number = tx.start_journey(anna, &journey("Europe/Paris"))?;
            let entry = tx.add_entry(anna, EntryKind::Letter, &Words::new("since"), at(1))?;
            Ok((number, entry, tx.enqueue(ben, None, Priority::Support, &outgoing(), at(1))?))
        })
        .await
        .unwrap();
    store.close().await;
    let restored = put_back(&home, &copied);
    assert_eq!((restored.people, restored.unsettled, restored.ledger), (2, 1, true));
    let store = home.open();
    store
        .write(move |tx| {
            // What waited may have been sent since: it is looked for. What was settled stays so.
            let claims = tx.claim(at(500), at(600), 9)?;
            let [claimed] = &claims.ready[..] else { panic!("{claims:?}") };
            assert_eq!((claimed.id, claimed.unsure), (waiting, true));
            // The reminder that came due in between is due now, once.
            assert_eq!(tx.due_timers(at(500), 9)?.len(), 1);
            assert!(tx.take_timer(anna, Timer::Urge, 1, at(500))?);
            // The letter is gone, and its number and the others' mean nothing else from now on.
            assert!(tx.open_entries(anna, [entry])?.is_empty());
            assert!(tx.add_entry(anna, EntryKind::Letter, &Words::new("new"), at(501))? > entry);
            assert!(tx.start_journey(anna, &journey("Europe/Rome"))? > number);
            assert!(tx.enqueue(ben, None, Priority::Support, &outgoing(), at(501))? > later);
            Ok(())
        })
        .await
        .unwrap();
    store.close().await;

    // Where the store itself cannot be asked any more, the gap is far enough.
    fs::write(home.path("rekindle.db"), "not a database any more").unwrap();
    let copy = RestoreFrom { aside: ".aside-2".to_owned(), ..from(&copied) };
    restore(&home.paths(), &home.source(), &copy, &|| true).unwrap();
    let id = home.open().write(move |tx| tx.enqueue(ben, None, Priority::Support, &outgoing(), at(1))).await.unwrap();
    assert!(id.0 > later.0 + 900_000, "{id:?}");
}

#[tokio::test]
async fn a_copy_that_is_stopped_or_would_take_a_place_is_not_made() {
    let home = Home::new();
    let store = home.open();
    two_people(&store).await;
    let names =
        || -> Vec<_> { fs::read_dir(home.path("copies")).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
    let asked = Cell::new(0);
    for stop_at in [1, 2] {
        asked.set(0);
        let stopped = copy(&home.paths(), &home.source(), &to(&home, "one"), &|| {
            asked.set(asked.get() + 1);
            asked.get() < stop_at
        });
        assert!(matches!(stopped, Err(CopyError::Stopped)));
        assert!(names().is_empty(), "{:?}", names());
    }
    let made = copied(&home, "one");
    let before = fs::read(&made.data).unwrap();
    two_people(&store).await;
    store.write(|tx| tx.create_person(&account("dora"), &address("dora"), "en")).await.unwrap();
    let again = copy(&home.paths(), &home.source(), &to(&home, "one"), &|| true);
    assert!(matches!(again, Err(CopyError::Exists { .. })));
    assert_eq!(fs::read(&made.data).unwrap(), before);
    // Another that is being made at the same time is not taken for something that was left behind.
    let other = super::super::backup::Part::new(&home.path("copies")).unwrap();
    copied(&home, "two");
    assert!(other.path().exists());
}

#[tokio::test]
async fn without_the_operators_key_a_copy_is_made_and_says_so_and_with_a_wrong_one_none_is() {
    let home = Home::new();
    let store = home.open();
    two_people(&store).await;
    let nowhere = KeySource::File(home.path("nowhere"));
    assert_eq!(copy(&home.paths(), &nowhere, &to(&home, "one"), &|| true).unwrap().opened, None);
    let wrong = KeySource::Given(secrecy::SecretString::from("0".repeat(64)));
    let refused = copy(&home.paths(), &wrong, &to(&home, "two"), &|| true);
    assert!(matches!(refused, Err(CopyError::Open(OpenError::WrongKey { .. }))));
    assert!(!Path::new(&home.path("copies/two.db")).exists());
}

#[tokio::test]
async fn an_account_that_was_found_too_young_since_the_copy_stays_marked() {
    let home = Home::new();
    let store = home.open();
    two_people(&store).await;
    let copied = copied(&home, "before");
    store.write(|tx| tx.mark_too_young(&account("erik"), at(0))).await.unwrap();
    store.close().await;
    put_back(&home, &copied);
    let store = home.open();
    for (name, marked) in [("erik", true), ("anna", false)] {
        assert_eq!(store.read(move |view| view.is_too_young(&account(name), at(1))).await.unwrap(), marked, "{name}");
    }
}
