//! Changing the operator's key, seen from inside: hashes that stay, a row that was altered, a crowd.

use std::collections::HashSet;
use std::fs;

use super::*;
use crate::chat::InboundId;

fn rotated(home: &Home) -> Rotated {
    let new = NewKey { key_file: home.path("operator.key"), given: None };
    rotate(&home.paths(), &home.source(), &new, |_, _| {}).unwrap()
}

/// A part of everybody's wrapped key: enough of the noise to be found.
fn wrapped(home: &Home) -> HashSet<Vec<u8>> {
    let keys = home.keys();
    let mut query = keys.prepare("SELECT substr(wrapped, 31, 16) FROM keys").unwrap();
    let parts = query.query_map([], |row| row.get(0)).unwrap();
    parts.collect::<Result<_, _>>().unwrap()
}

/// How many of them are in any file of the store.
fn left(home: &Home, parts: &HashSet<Vec<u8>>) -> usize {
    let files = fs::read_dir(home.path("")).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let found = |file: Vec<u8>| file.windows(16).filter(|window| parts.contains(*window)).count();
    files.map(found).sum()
}

#[tokio::test]
async fn accounts_and_events_are_known_again_under_a_new_key() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let event = || InboundId("1".to_owned());
    let id = store.write(move |tx| tx.record_answer(anna, &event(), &outgoing(), at(0), at(9))).await.unwrap();
    store.write(|tx| tx.mark_too_young(&account("erik"), at(0))).await.unwrap();
    store.close().await;
    assert_eq!(rotated(&home).people, 2);
    let store = home.open();
    assert!(store.read(|view| view.is_too_young(&account("erik"), at(1))).await.unwrap());
    for (name, person) in [("anna", anna), ("ben", ben)] {
        assert_eq!(store.read(move |view| view.person(&account(name))).await.unwrap(), Some(person), "{name}");
    }
    let replay = store.read(move |view| view.replayed(anna, &event())).await.unwrap();
    assert_eq!(replay.map(|(id, _)| id), Some(id));
    assert_eq!(two_people(&store).await, (anna, ben), "nobody is made twice");
}

#[tokio::test]
async fn one_altered_key_keeps_nobody_else_at_the_former_key() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    store.close().await;
    home.keys().execute("UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE person_id = ?1", [anna.0]).unwrap();
    let rotated = rotated(&home);
    assert_eq!((rotated.people, rotated.unopened), (1, vec![anna.0]));
    let store = home.open();
    assert!(store.read(move |view| view.profile(ben)).await.is_ok());
    assert!(matches!(store.read(move |view| view.profile(anna)).await, Err(StoreError::Sealed { table: "keys", .. })));
}

#[tokio::test]
async fn a_crowd_is_told_of_on_the_way_and_none_is_left_behind() {
    let home = Home::new();
    let store = home.open();
    let crowd: i64 = 5_200;
    store
        .write(move |tx| {
            // Made within one job, since a commit each would take the whole of a test's time.
            for number in 0..crowd {
                tx.create_person(&account(&format!("person{number}")), &address("somewhere"), "en")?;
            }
            Ok(())
        })
        .await
        .unwrap();
    store.close().await;
    let before = wrapped(&home);
    assert_eq!(left(&home, &before), 5_200, "the search finds what is there");
    let mut heard = Vec::new();
    let new = NewKey { key_file: home.path("operator.key"), given: None };
    let told = rotate(&home.paths(), &home.source(), &new, |done, people| heard.push((done, people))).unwrap();
    assert_eq!((told.people, told.unopened.len()), (5_200, 0));
    assert_eq!(heard, [(0, 5_200), (5_000, 5_200), (5_200, 5_200)]);
    assert_eq!(left(&home, &before), 0, "nothing that the former key had wrapped is left in a file");
    let store = home.open();
    store.read(move |view| (1..=crowd).try_for_each(|person| view.profile(PersonId(person)).map(drop))).await.unwrap();
}

#[tokio::test]
async fn a_copy_of_the_keys_from_before_the_data_had_its_own_hashes_is_refused() {
    let home = Home::new();
    let store = home.open();
    two_people(&store).await;
    store.close().await;
    home.keys().execute_batch("UPDATE meta SET hashing = x''").unwrap();
    let before = fs::read(home.path("rekindle.db")).unwrap();
    let error = home.try_open().unwrap_err();
    assert!(matches!(error, OpenError::KeysTooOld { .. }), "{error}");
    assert_eq!(fs::read(home.path("rekindle.db")).unwrap(), before);
}
