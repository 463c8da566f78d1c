//! What the tests of this room share, and the promises that need the whole store: opening, refusing, grouping, silence.

mod claiming;
mod copying;
mod grouping;
mod migrating;
mod opening;
mod rotating;
mod silence;
mod tampering;

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::chat::{Account, Address, PersonId};
use crate::journey::{Journey, Key, Message};

/// A folder with room for one store.
pub(super) struct Home {
    folder: TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn paths(&self) -> Paths {
        Paths { data: self.path("rekindle.db"), keys: self.path("rekindle.keys") }
    }

    pub(super) fn source(&self) -> KeySource {
        KeySource::File(self.path("operator.key"))
    }

    pub(super) fn try_open(&self) -> Result<(Store, Opened), OpenError> {
        Store::open(&self.paths(), &self.source())
    }

    pub(super) fn open(&self) -> Store {
        self.try_open().unwrap().0
    }

    /// A connection of its own to the data, as somebody with the disk has.
    pub(super) fn data(&self) -> Connection {
        Connection::open(self.path("rekindle.db")).unwrap()
    }

    pub(super) fn keys(&self) -> Connection {
        Connection::open(self.path("rekindle.keys")).unwrap()
    }

    /// How many rows `table`, with or without a WHERE, has.
    pub(super) fn count(&self, table: &str) -> i64 {
        self.data().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    pub(super) fn count_keys(&self) -> i64 {
        self.keys().query_row("SELECT count(*) FROM keys", [], |row| row.get(0)).unwrap()
    }

    /// Flips one bit in the middle of a sealed value.
    pub(super) fn flip(&self, table: &str, column: &str, which: &str) {
        let data = self.data();
        let mut sealed: Vec<u8> =
            data.query_row(&format!("SELECT {column} FROM {table} WHERE {which}"), [], |row| row.get(0)).unwrap();
        let middle = sealed.len() / 2;
        sealed[middle] ^= 1;
        assert_eq!(data.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE {which}"), [sealed]).unwrap(), 1);
    }
}

/// The instant so many seconds after the beginning of these tests.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(super) fn account(name: &str) -> Account {
    Account { platform: "console".to_owned(), id: name.to_owned() }
}

pub(super) fn address(name: &str) -> Address {
    Address(format!("address-of-{name}"))
}

pub(super) fn journey(zone: &str) -> Journey {
    let mut journey = Journey::default();
    journey.settings.zone = Some(zone.to_owned());
    journey
}

pub(super) fn outgoing_about(key: Key) -> Outgoing {
    Outgoing { message: Message::new(key), quiet: None, ticket: None }
}

pub(super) fn outgoing() -> Outgoing {
    outgoing_about(Key::ALL[0])
}

/// Two, since what goes wrong between people does not show with one.
pub(super) async fn two_people(store: &Store) -> (PersonId, PersonId) {
    let create = |name: &'static str| store.write(move |tx| tx.create_person(&account(name), &address(name), "en"));
    (create("anna").await.unwrap(), create("ben").await.unwrap())
}
