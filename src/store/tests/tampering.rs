//! Every sealed or hashed column of both files, altered and moved to another person: refused, and nobody else is harmed.
//!
//! The columns are asked of the databases themselves, so that a new one cannot be left out.

use super::*;
use crate::chat::{InboundId, Words};
use crate::journey::EntryKind;

/// The values that belong to the store as a whole. Where one is altered, nothing opens.
const OF_THE_STORE: [&str; 5] =
    ["data.meta.store", "data.meta.hashing", "keys.meta.store", "keys.meta.canary", "keys.meta.hashing"];

/// Those that belong to one person.
const OF_A_PERSON: [&str; 7] = [
    "data.persons.lookup",
    "data.persons.profile",
    "data.journeys.state",
    "data.entries.body",
    "data.deliveries.inbound",
    "data.deliveries.payload",
    "keys.keys.wrapped",
];

/// The mark of an account that is too young: it belongs to no person, and one that was altered fits no account.
const OF_NOBODY: [&str; 1] = ["data.too_young.account"];

/// A column, and how to name the row of a person in it.
struct Column {
    is_keys: bool,
    table: String,
    name: String,
}

impl Column {
    fn full(&self) -> String {
        format!("{}.{}.{}", if self.is_keys { "keys" } else { "data" }, self.table, self.name)
    }

    fn file(&self, home: &Home) -> Connection {
        let file = if self.is_keys { home.keys() } else { home.data() };
        // The file as an attacker has it: no rule of the schema stops them.
        file.execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").unwrap();
        file
    }

    fn row(&self, person: i64) -> String {
        match self.table.as_str() {
            "meta" => "one = 1".to_owned(),
            "persons" => format!("id = {person}"),
            _ => format!("person_id = {person}"),
        }
    }

    fn read(&self, home: &Home, person: i64) -> Vec<u8> {
        let query = format!("SELECT {} FROM {} WHERE {}", self.name, self.table, self.row(person));
        self.file(home).query_row(&query, [], |row| row.get(0)).unwrap()
    }

    fn write(&self, home: &Home, person: i64, value: &[u8]) {
        let change = format!("UPDATE {} SET {} = ?1 WHERE {}", self.table, self.name, self.row(person));
        assert_eq!(self.file(home).execute(&change, [value]).unwrap(), 1, "{change}");
    }
}

/// Every column of both files that holds bytes.
fn columns(home: &Home) -> Vec<Column> {
    let mut columns = Vec::new();
    for is_keys in [false, true] {
        let file = if is_keys { home.keys() } else { home.data() };
        let query = "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns \
                     WHERE tables.type = 'table' AND columns.type = 'BLOB'";
        let mut statement = file.prepare(query).unwrap();
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        columns.extend(found.map(Result::unwrap).map(|(table, name)| Column { is_keys, table, name }));
    }
    columns
}

const WORDS: [(&str, &str); 2] = [("anna", "the words of anna"), ("ben", "the words of ben")];

/// Two people with a row in every table that has rows of people.
async fn two_lives() -> Home {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    for (person, (name, words)) in [anna, ben].into_iter().zip(WORDS) {
        store
            .write(move |tx| {
                tx.save_journey(person, &journey(if name == "anna" { "Europe/Berlin" } else { "Asia/Tokyo" }))?;
                tx.add_entry(person, EntryKind::Letter, &Words::new(words), at(0))?;
                tx.record_answer(person, &InboundId("7".to_owned()), &outgoing(), at(0), at(0)).map(drop)
            })
            .await
            .unwrap();
    }
    store.close().await;
    home
}

/// What an account is shown of its own: an error or `None` where something is refused.
async fn shown(store: &Store, name: &'static str) -> Result<Option<Vec<String>>, StoreError> {
    let seen = move |view: &View<'_>| {
        let Some(person) = view.person(&account(name))? else { return Ok(None) };
        let profile = view.profile(person)?;
        let zone = view.load_journey(person)?.and_then(|(_, journey)| journey.settings.zone).unwrap_or_default();
        let mut all = vec![profile.address.0, zone];
        all.extend(view.all_entries(person)?.into_iter().map(|entry| entry.words.expose().to_owned()));
        all.extend(view.replayed(person, &InboundId("7".to_owned()))?.map(|(_, message)| format!("{message:?}")));
        Ok(Some(all))
    };
    store.read(seen).await
}

#[tokio::test]
async fn what_was_altered_or_moved_in_any_column_is_refused_and_harms_nobody_else() {
    let home = two_lives().await;
    let names: Vec<String> = columns(&home).iter().map(Column::full).collect();
    let known: Vec<&str> = OF_THE_STORE.into_iter().chain(OF_A_PERSON).chain(OF_NOBODY).collect();
    assert!(names.iter().all(|name| known.contains(&name.as_str())), "say of each what becomes of it: {names:?}");
    assert_eq!(names.len(), known.len());
    let store = home.open();
    let whole = shown(&store, "ben").await.unwrap().unwrap();
    let hers = shown(&store, "anna").await.unwrap().unwrap();
    assert_eq!((whole.len(), hers.len()), (4, 4));
    store.close().await;
    let of_people = columns(&home).into_iter().filter(|column| !OF_NOBODY.contains(&column.full().as_str()));
    for column in of_people {
        for moved in [false, true] {
            let name = column.full();
            let home = two_lives().await;
            let (anna, ben) = (column.read(&home, 1), column.read(&home, 2));
            if moved && OF_THE_STORE.contains(&name.as_str()) {
                continue;
            }
            if moved {
                // Over a value that is nobody's, since some may be there but once.
                column.write(&home, 2, &[0; 32]);
                column.write(&home, 1, &ben);
                column.write(&home, 2, &anna);
            } else {
                let mut altered = anna.clone();
                let middle = altered.len() / 2;
                altered[middle] ^= 1;
                column.write(&home, 1, &altered);
            }
            let Ok((store, _)) = home.try_open() else {
                assert!(OF_THE_STORE.contains(&name.as_str()), "{name}, moved {moved}: nothing opens");
                continue;
            };
            assert!(!OF_THE_STORE.contains(&name.as_str()), "{name} was altered and the store opened");
            let seen = shown(&store, "anna").await;
            // The hash of an event is only whether it came before: then it is handled as a new one.
            let refused = match &seen {
                Err(error) => matches!(error, StoreError::Sealed { .. }),
                Ok(None) => name == "data.persons.lookup",
                Ok(Some(seen)) => name == "data.deliveries.inbound" && *seen == hers[..3],
            };
            assert!(refused, "{name}, moved {moved}: {seen:?}");
            if !moved {
                assert_eq!(shown(&store, "ben").await.unwrap().unwrap(), whole, "{name}: and nobody else is harmed");
            }
            let claims = store.write(|tx| tx.claim(at(900), at(960), 9)).await.unwrap();
            let of_ben = claims.ready.iter().any(|claimed| claimed.person.0 == 2);
            assert!(moved || of_ben, "{name}: his message goes out");
            store.close().await;
        }
    }
}

#[tokio::test]
async fn a_row_of_an_earlier_version_is_bound_to_its_account_when_it_is_next_used() {
    let home = two_lives().await;
    let store = home.open();
    let reach = || crate::chat::Reach::Direct(address("anna"));
    let sealed = || -> Vec<u8> {
        home.data().query_row("SELECT profile FROM persons WHERE id = 1", [], |row| row.get(0)).unwrap()
    };
    store.write(|tx| tx.unbind(PersonId(1))).await.unwrap();
    let before = sealed();
    assert_eq!(store.read(|view| view.person(&account("anna"))).await.unwrap(), Some(PersonId(1)));
    store.write(move |tx| tx.touch(PersonId(1), &reach(), Some("en")).map(drop)).await.unwrap();
    let bound = sealed();
    assert_ne!(bound, before);
    store.write(move |tx| tx.touch(PersonId(1), &reach(), Some("en")).map(drop)).await.unwrap();
    assert_eq!(sealed(), bound);
}
