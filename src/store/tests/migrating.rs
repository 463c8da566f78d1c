//! Every migration from every earlier schema, with rows in every table: brought to the last, the rows whole, and served.
//!
//! A store is filled as this version fills it and then taken back, one schema at a time, to what that schema held
//! ([`BACK`]). That each step back ends at exactly the tables that the migrations up to there make is checked, so a step
//! that is missing or wrong is found. A new migration needs its line in [`BACK`]; without it nothing here passes.

use std::collections::BTreeMap;

use rusqlite::types::Value;

use super::super::look::{DATA, KEYS};
use super::super::sealing::Wrapping;
use super::*;
use crate::chat::{DeliveryId, EntryId, InboundId, Words};
use crate::journey::{EntryKind, Timer};

type Back = (&'static str, fn(&Home, &Connection));

/// For each migration, by its file: how a database that has it is taken back to the one before it.
const BACK: [&[Back]; 2] = [
    &[
        ("0001_first.sql", |_, _| unreachable!("nothing is before the first")),
        ("0002_unsure.sql", |_, data| data.execute_batch("ALTER TABLE deliveries DROP COLUMN unsure").unwrap()),
        ("0003_hashing.sql", |home, data| {
            // Then the hashes hung on the operator's key alone.
            let key = home.source().load().unwrap().unwrap();
            let wrapping = Wrapping::new(&key, &store_id(data));
            for (person, name) in [(1, "anna"), (2, "ben")] {
                let [lookup, inbound] = wrapping.first_hashes_of(&account(name), PersonId(person), &event());
                let sql = "UPDATE persons SET lookup = ?2 WHERE id = ?1";
                data.execute(sql, rusqlite::params![person, lookup]).unwrap();
                let sql = "UPDATE deliveries SET inbound = ?2 WHERE person_id = ?1 AND inbound IS NOT NULL";
                data.execute(sql, rusqlite::params![person, inbound]).unwrap();
            }
            data.execute_batch("ALTER TABLE meta DROP COLUMN hashing").unwrap();
        }),
        ("0004_turns.sql", |_, data| {
            data.execute_batch(
                "DROP TRIGGER turns_inserted; DROP TRIGGER turns_deleted; DROP TRIGGER turns_changed; DROP VIEW turns; \
                 DROP INDEX turns_by_time; DROP INDEX turns_in_order; ALTER TABLE deliveries DROP COLUMN turn; \
                 CREATE INDEX open_deliveries ON deliveries (priority, id) WHERE state IN ('queued', 'leased')",
            )
            .unwrap();
        }),
        ("0005_parked.sql", |_, data| data.execute_batch("DROP INDEX parked_deliveries_of_person").unwrap()),
        ("0006_dates.sql", |_, data| {
            data.execute_batch(
                "DROP INDEX postponed_timers; ALTER TABLE timers DROP COLUMN postponed_from; DROP TABLE run_days; \
                 ALTER TABLE meta DROP COLUMN witnessed",
            )
            .unwrap();
        }),
        ("0007_too_young.sql", |_, data| data.execute_batch("DROP TABLE too_young").unwrap()),
        ("0008_heads.sql", |_, data| {
            let turns = DATA.migrations[3];
            let (from, to) = (turns.find("CREATE VIEW").unwrap(), turns.find("\nUPDATE deliveries").unwrap());
            data.execute_batch(&turns[from..to]).unwrap();
        }),
    ],
    &[
        ("0001_first.sql", |_, _| unreachable!("nothing is before the first")),
        ("0002_hashing.sql", |_, keys| keys.execute_batch("ALTER TABLE meta DROP COLUMN hashing").unwrap()),
    ],
];

fn event() -> InboundId {
    InboundId("1".to_owned())
}

fn store_id(database: &Connection) -> [u8; 16] {
    database.query_row("SELECT store FROM meta", [], |row| row.get(0)).unwrap()
}

/// The names of the tables, and for each its columns as `PRAGMA table_info` tells them.
fn shape(database: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT m.name || ' ' || m.type, group_concat(i.name || ' ' || i.type || i.\"notnull\" || \
               coalesce(i.dflt_value, '') || i.pk, ', ') FROM sqlite_schema AS m LEFT JOIN pragma_table_info(m.name) AS i \
               WHERE m.name NOT LIKE 'sqlite_%' GROUP BY m.name, m.type";
    let mut query = database.prepare(sql).unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?))).unwrap();
    let rows = rows.map(Result::unwrap);
    rows.map(|(name, columns): (String, _)| (name, columns.into_iter().collect())).collect()
}

/// Every row of every table.
fn rows(database: &Connection) -> BTreeMap<String, Vec<Vec<Value>>> {
    let names: Vec<String> = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let all = |name: &String| {
        let mut query = database.prepare(&format!("SELECT * FROM {name} ORDER BY 1")).unwrap();
        let columns = query.column_count();
        let rows = query.query_map([], |row| (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Value>, _>>());
        rows.unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    names.iter().map(|name| (name.clone(), all(name))).collect()
}

/// Takes a database back to a schema, and holds that it is that schema.
fn back_to(home: &Home, name: &str, which: usize, schema: usize) {
    let database = Connection::open(home.path(name)).unwrap();
    let kind = [&DATA, &KEYS][which];
    for at in (schema..kind.migrations.len()).rev() {
        (BACK[which][at].1)(home, &database);
    }
    database.pragma_update(None, "user_version", i64::try_from(schema).unwrap()).unwrap();
    let fresh = Connection::open_in_memory().unwrap();
    kind.migrations[..schema].iter().for_each(|up| fresh.execute_batch(up).unwrap());
    assert_eq!(shape(&database), shape(&fresh), "{name} taken back to {schema}");
}

struct Lived {
    home: Home,
    people: (PersonId, PersonId),
    letter: EntryId,
    tried: DeliveryId,
    fresh: DeliveryId,
}

/// A store with rows in every table. Before its data had hashes of their own, a profile did not name its account.
async fn lived(names_accounts: bool) -> Lived {
    let home = Home::new();
    let store = home.open();
    let people = two_people(&store).await;
    let (anna, ben) = people;
    let (letter, tried, fresh) = store
        .write(move |tx| {
            let gone = tx.create_person(&account("carl"), &address("carl"), "en")?;
            tx.save_journey(anna, &journey("Europe/Paris"))?;
            tx.start_journey(anna, &journey("Europe/Berlin"))?;
            tx.save_journey(ben, &journey("Asia/Tokyo"))?;
            let letter = tx.add_entry(anna, EntryKind::Letter, &Words::new("dear"), at(0))?;
            tx.set_timer(ben, Timer::Urge, 3, at(60))?;
            let tried = tx.record_answer(anna, &event(), &outgoing(), at(0), at(60))?;
            let fresh = tx.enqueue(ben, None, Priority::Support, &outgoing(), at(0))?;
            tx.forget(gone)?;
            tx.note_run_day(at(0))?;
            tx.mark_too_young(&account("erik"), at(0))?;
            if !names_accounts {
                [anna, ben].into_iter().try_for_each(|person| tx.unbind(person))?;
            }
            Ok((letter, tried, fresh))
        })
        .await
        .unwrap();
    store.close().await;
    Lived { home, people, letter, tried, fresh }
}

#[test]
fn every_migration_has_its_way_back() {
    for (which, (folder, kind)) in [("data", &DATA), ("keys", &KEYS)].into_iter().enumerate() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let mut files: Vec<_> = std::fs::read_dir(path).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort();
        let named: Vec<_> = BACK[which].iter().map(|(name, _)| (*name).into()).collect::<Vec<std::ffi::OsString>>();
        assert_eq!(files, named, "a migration has no line in BACK");
        assert_eq!(kind.migrations.len(), files.len(), "a migration is not compiled in");
    }
}

#[tokio::test]
async fn a_store_of_any_earlier_schema_is_brought_up_to_date_with_everything_in_it() {
    let mut paths = 0;
    for data in 1..=DATA.migrations.len() {
        for keys in 1..=KEYS.migrations.len() {
            // The two files are brought up together, the keys first; a kill in between leaves the data behind. Data that
            // has hashes of its own (3) never had keys without their secret (1).
            if data >= 3 && keys < KEYS.migrations.len() {
                continue;
            }
            brought_up(data, keys).await;
            paths += 1;
        }
    }
    assert_eq!(paths, 10);
}

async fn brought_up(data: usize, keys: usize) {
    let Lived { home, people: (anna, ben), letter, tried, fresh } = lived(data >= 3).await;
    let before = (rows(&home.data()), rows(&home.keys()));
    for (table, rows) in before.0.iter().chain(&before.1) {
        assert!(!rows.is_empty(), "{table} holds nothing, so nothing is shown about it");
    }
    back_to(&home, "rekindle.db", 0, data);
    back_to(&home, "rekindle.keys", 1, keys);

    let store = home.open();
    let here = format!("from schemas {data} and {keys}");
    let after = (rows(&home.data()), rows(&home.keys()));
    // Tables that an earlier schema had not yet begin empty.
    let since: &[(&str, usize)] = &[("run_days", 6), ("too_young", 7)];
    let was_there = |table: &str| since.iter().all(|(name, schema)| *name != table || data >= *schema);
    let count = |of: &BTreeMap<String, Vec<Vec<Value>>>| -> Vec<_> {
        let there = of.iter().filter(|(table, _)| was_there(table));
        there.map(|(table, rows)| (table.clone(), rows.len())).collect()
    };
    assert_eq!((count(&after.0), count(&after.1)), (count(&before.0), count(&before.1)), "{here}");
    for table in ["journeys", "entries", "timers", "keys", "forgotten"] {
        let of = |both: &(BTreeMap<String, _>, BTreeMap<String, _>)| -> Option<Vec<Vec<Value>>> {
            both.0.get(table).or_else(|| both.1.get(table)).cloned()
        };
        assert_eq!(of(&after), of(&before), "{table}, {here}");
    }
    let marked = store.read(|view| view.is_too_young(&account("erik"), at(1))).await.unwrap();
    assert_eq!(marked, was_there("too_young"), "{here}");
    for (name, person) in [("anna", Some(anna)), ("ben", Some(ben)), ("carl", None)] {
        assert_eq!(store.read(move |view| view.person(&account(name))).await.unwrap(), person, "{name}, {here}");
    }
    let replay = store.read(move |view| view.replayed(anna, &event())).await.unwrap();
    assert_eq!(replay.map(|(id, _)| id), Some(tried), "an event that comes again finds its answer, {here}");
    let dossier = store.read(move |view| view.dossier(anna)).await.unwrap();
    assert_eq!((dossier.journeys.len(), dossier.profile.address), (2, address("anna")), "{here}");
    let words = store.read(move |view| view.open_entries(anna, [letter])).await.unwrap();
    assert_eq!(words[&letter], Words::new("dear"), "{here}");
    store
        .write(move |tx| {
            assert!(tx.take_timer(ben, Timer::Urge, 3, at(60))?);
            let mut claimed = tx.claim(at(0), at(60), 9)?.ready;
            claimed.sort_by_key(|claimed| claimed.id);
            let seen: Vec<_> = claimed.iter().map(|claimed| (claimed.id, claimed.person, claimed.unsure)).collect();
            assert_eq!(seen, [(tried, anna, true), (fresh, ben, false)], "what was tried may have arrived");
            let new = tx.create_person(&account("dora"), &address("dora"), "en")?;
            assert!(new.0 > 3, "the number of the forgotten is not given out again");
            tx.save_journey(new, &journey("UTC")).map(drop)
        })
        .await
        .unwrap();
}
