//! What stands on the disk: searched, byte by byte, for what was typed.

use std::fs;

use super::*;
use crate::chat::{InboundId, Words};
use crate::journey::{Arg, EntryKind, PlanId, Timer};

/// Everything in the folder but the operator's key, with the name of its file.
fn on_the_disk(home: &Home) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(home.folder.path()).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.display().to_string(), fs::read(path).unwrap())).collect()
}

fn holds(bytes: &[u8], marker: &str) -> bool {
    bytes.windows(marker.len()).any(|window| window.eq_ignore_ascii_case(marker.as_bytes()))
}

#[tokio::test]
async fn nothing_a_person_said_or_is_stands_in_clear_on_the_disk() {
    const MARKERS: [&str; 8] =
        ["wrdmrk1", "adrmrk2", "accmrk3", "lclmrk4", "znemrk5", "inbmrk6", "plnmrk7", "settings"];
    let home = Home::new();
    let store = home.open();
    let (_, ben) = two_people(&store).await;
    let person = store
        .write(|tx| tx.create_person(&account("accmrk3"), &Address("adrmrk2".to_owned()), "lclmrk4"))
        .await
        .unwrap();
    store
        .write(move |tx| {
            let words = Words::new("wrdmrk1 ".repeat(2000));
            let entry = tx.add_entry(person, EntryKind::Letter, &words, at(0))?;
            tx.save_journey(person, &journey("znemrk5"))?;
            tx.save_journey(ben, &journey("Europe/Berlin"))?;
            let mut said = outgoing();
            said.message = said.message.and_plan(PlanId("plnmrk7".to_owned()));
            said.message.blocks[0].args.push(Arg::Words(entry));
            tx.record_answer(person, &InboundId("inbmrk6".to_owned()), &said, at(0), at(1))?;
            tx.enqueue(person, Some(Timer::Urge), Priority::Reminder, &said, at(0))?;
            tx.set_timer(person, Timer::Urge, 1, at(9))
        })
        .await
        .unwrap();
    let search = |when: &str| {
        let mut searched = 0;
        for (name, bytes) in on_the_disk(&home) {
            searched += bytes.len();
            for marker in MARKERS {
                assert!(!holds(&bytes, marker), "{marker} stands in {name} {when}");
            }
        }
        assert!(searched > 16_000, "there was something to search {when}");
    };
    search("while open");
    let claims = store.write(|tx| tx.claim(at(5), at(60), 9)).await.unwrap();
    assert!(claims.ready[0].words.values().any(|words| words.expose().contains("wrdmrk1")), "it is all there");
    assert!(!format!("{claims:?}").contains("mrk"), "and not for the log");
    search("after a claim");
    store.close().await;
    search("after closing");
}

#[tokio::test]
async fn of_who_was_forgotten_not_even_the_sealed_bytes_linger() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    for person in [anna, ben] {
        store.write(move |tx| tx.add_entry(person, EntryKind::Note, &Words::new("words"), at(0))).await.unwrap();
    }
    let sealed = |person: PersonId| -> Vec<Vec<u8>> {
        let column = |file: &Connection, query| file.query_row(query, [person.0], |row| row.get(0)).unwrap();
        vec![
            column(&home.data(), "SELECT body FROM entries WHERE person_id = ?1"),
            column(&home.data(), "SELECT profile FROM persons WHERE id = ?1"),
            column(&home.data(), "SELECT lookup FROM persons WHERE id = ?1"),
            column(&home.keys(), "SELECT wrapped FROM keys WHERE person_id = ?1"),
        ]
    };
    let (hers, his) = (sealed(anna), sealed(ben));
    let lingers = |bytes: &[u8]| {
        on_the_disk(&home).iter().any(|(_, file)| file.windows(bytes.len()).any(|window| window == bytes))
    };
    assert!(hers.iter().chain(&his).all(|bytes| lingers(bytes)));
    store.write(move |tx| tx.forget(anna)).await.unwrap();
    assert!(!hers.iter().any(|bytes| lingers(bytes)));
    assert!(his.iter().all(|bytes| lingers(bytes)));
}

#[tokio::test]
async fn errors_and_debug_name_nobody() {
    let home = Home::new();
    let store = home.open();
    let (anna, _) = two_people(&store).await;
    store.write(move |tx| tx.save_journey(anna, &journey("Europe/Berlin"))).await.unwrap();
    let profile = store.read(move |view| view.profile(anna)).await.unwrap();
    assert!(!format!("{profile:?} {store:?}").contains("anna"));
    home.flip("persons", "profile", &format!("id = {}", anna.0));
    let error = store.read(move |view| view.profile(anna)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 1 of table persons does not open: it was altered, or moved there from elsewhere"
    );
}
