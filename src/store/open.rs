//! Opening: the lock, a look at what is there that changes nothing, the operator's key; only then the first write.
//!
//! [`Store::open`] comes here at start and at a restart. Whatever is refused is refused before anything is written: the
//! two databases are looked at through connections that cannot write. A new database is built under another name and
//! renamed when it is whole, so there is never half a store.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, params};
use rusqlite_migration::{M, Migrations};

use super::deliveries::refresh_head;
use super::error::{OpenError, StoreError};
use super::keyfile::{self, KeySource};
use super::look::{
    CheckLevel, DATA, KEYS, Kind, Looked, Seen, beside, can_be_written, length, lock, look, resolved, told,
};
use super::people::{each_stretch, nobody_has_a_key};
use super::persons;
use super::readers::{READERS, Reader, Readers};
use super::sealing::{Hashes, Sealer, Wrapping, random};
use super::writer::{Desk, PATIENCE, Writer};
use super::{Shared, Store};
use crate::chat::PersonId;

/// Where the store is.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The data database.
    pub data: PathBuf,
    /// The keys database.
    pub keys: PathBuf,
}

/// What opening did that the operator should hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// A key file that was made, since this was the first run. It needs a copy in a safe place.
    pub key_made: Option<PathBuf>,
    /// People whose key was destroyed but whose rows still stood: after a kill, or in an old copy of the data.
    pub people_swept: usize,
    /// Keys without a person: after a kill, or beside an old copy of the data.
    pub keys_swept: usize,
    /// The operator's new key where a change of it was interrupted. Changing it again finishes that.
    pub rotation_unfinished: Option<PathBuf>,
}

/// Where either file is larger than this, opening checks their headers alone (64 MiB).
pub(super) const SMALL: u64 = 64 << 20;

/// See [`Store::open`] and [`Store::open_checked`]: pages of a file larger than `small` are not checked.
pub(super) fn open(paths: &Paths, source: &KeySource, small: u64) -> Result<(Store, Opened), OpenError> {
    let mut level = CheckLevel::Full;
    for file in [&paths.data, &paths.keys] {
        if length(file)?.saturating_add(length(&beside(file, "-wal"))?) > small {
            level = CheckLevel::Header;
        }
    }
    let (paths, desk, opened) = prepare(paths, source, source.waiting().as_deref(), level)?;
    start(&paths, desk).map(|store| (store, opened))
}

/// All of opening but the threads. `waiting` is where an operator's new key waits while the key is being changed.
pub(super) fn prepare(
    paths: &Paths,
    source: &KeySource,
    waiting: Option<&Path>,
    level: CheckLevel,
) -> Result<(Paths, Desk, Opened), OpenError> {
    let paths = Paths { data: resolved(&paths.data)?, keys: resolved(&paths.keys)? };
    if paths.data == paths.keys {
        return Err(OpenError::SameFile { file: paths.data });
    }
    let lock = lock(&paths.data)?;
    let data = look(&paths.data, &DATA, level)?;
    let keys = look(&paths.keys, &KEYS, level)?;
    fits(&paths, data.as_ref(), keys.as_ref())?;
    let (data, keys) = (data.map(Looked::seen), keys.map(Looked::seen));
    for (file, _) in [(&paths.data, &data), (&paths.keys, &keys)].iter().filter(|(_, seen)| seen.is_some()) {
        can_be_written(file)?;
    }

    let mut opened = Opened::default();
    let key = match (source.load()?, source) {
        (Some(key), _) => key,
        (None, KeySource::File(path)) if data.is_none() && keys.is_none() => {
            opened.key_made = Some(path.clone());
            keyfile::make(path)?
        }
        (None, _) => return Err(OpenError::MissingKey { key_file: PathBuf::from(source.name()) }),
    };
    let store = match data.as_ref().or(keys.as_ref()) {
        Some(seen) => seen.store,
        None => random().map_err(|error| refused(&paths.data, error))?,
    };
    let mut wrapping = Wrapping::new(&key, &store);
    if let Some(waiting) = waiting.filter(|waiting| waiting.exists()) {
        opened.rotation_unfinished = Some(waiting.to_owned());
    }
    if let Some(keys) = keys.as_ref().filter(|keys| !wrapping.knows(&keys.canary)) {
        let wrong = OpenError::WrongKey { from: source.name(), keys: paths.keys.clone() };
        // Killed between the commit and the moment at which the new key takes its place: then it is the right one.
        let Some(waiting) = waiting else { return Err(wrong) };
        let Some(new) = KeySource::File(waiting.to_owned()).load()? else { return Err(wrong) };
        wrapping = Wrapping::new(&new, &store);
        if !wrapping.knows(&keys.canary) {
            return Err(wrong);
        }
    }
    let hashes = hashes(&paths, &wrapping, data.as_ref(), keys.as_ref())?;

    // From here on it is ours, and writing begins. The keys come first: data without keys would look like a loss.
    let wrapped = || wrapping.wrap_hashes(&hashes).map_err(|error| refused(&paths.keys, error));
    if keys.is_none() {
        let canary = wrapping.canary().map_err(|error| refused(&paths.keys, error))?;
        let hashing = wrapped()?;
        create(&paths.keys, &KEYS, |new| {
            let sql = "INSERT INTO meta (one, store, canary, hashing) VALUES (1, ?1, ?2, ?3)";
            new.execute(sql, params![store, canary, hashing])
        })?;
    }
    if data.is_none() {
        create(&paths.data, &DATA, |new| new.execute("INSERT INTO meta (one, store) VALUES (1, ?1)", [store]))?;
    }
    let (data_file, keys_file) = (connect(&paths.data, &DATA)?, connect(&paths.keys, &KEYS)?);
    for (connection, file, kibibytes) in [(&data_file, &paths.data, WRITING.0), (&keys_file, &paths.keys, WRITING.1)] {
        remember(connection, kibibytes).map_err(|source| OpenError::Sql { file: file.clone(), source })?;
    }
    if keys.as_ref().is_some_and(|keys| keys.hashing.is_empty()) {
        keys_file
            .execute("UPDATE meta SET hashing = ?1", [wrapped()?])
            .map_err(|source| OpenError::Sql { file: paths.keys.clone(), source })?;
    }
    let sealer = Arc::new(Sealer { wrapping, hashes });
    let desk = Desk { data: data_file, keys: keys_file, sealer, changes: Arc::default(), lock };
    rehash(&desk).map_err(|error| refused(&paths.data, error))?;
    if data.is_some() && keys.is_some() {
        sweep(&desk, level, &mut opened).map_err(|error| refused(&paths.data, error))?;
    }
    Ok((paths, desk, opened))
}

/// The secrets of the hashes: those of the keys database, or new ones where it is from before there were any.
fn hashes(paths: &Paths, wrapping: &Wrapping, data: Option<&Seen>, keys: Option<&Seen>) -> Result<Hashes, OpenError> {
    let altered = |source| OpenError::Altered { file: paths.keys.clone(), source };
    let hashes = match keys.filter(|keys| !keys.hashing.is_empty()) {
        Some(keys) => wrapping.unwrap_hashes(&keys.hashing).map_err(altered)?,
        None => wrapping.first_hashes().map_err(|error| refused(&paths.keys, error))?,
    };
    let others = |data: &Seen| !data.hashing.is_empty() && data.hashing != hashes.check() && data.anybody;
    if data.is_some_and(others) {
        return Err(OpenError::KeysTooOld { data: paths.data.clone(), keys: paths.keys.clone() });
    }
    Ok(hashes)
}

/// Makes the hashes of the data the store's own where they hang on the first operator's key alone: once, in what an earlier
/// version wrote. It is one transaction with the note that it was done.
fn rehash(desk: &Desk) -> Result<(), StoreError> {
    let hashes = &desk.sealer.hashes;
    let tx = desk.data.unchecked_transaction()?;
    let made: Vec<u8> = tx.query_row("SELECT hashing FROM meta", [], |row| row.get(0))?;
    if made == hashes.check() {
        return Ok(());
    }
    if made.is_empty() {
        for (all, one) in [
            ("SELECT id, lookup FROM persons", "UPDATE persons SET lookup = ?2 WHERE id = ?1"),
            (
                "SELECT id, inbound FROM deliveries WHERE inbound IS NOT NULL",
                "UPDATE deliveries SET inbound = ?2 WHERE id = ?1",
            ),
        ] {
            let rows: Vec<(i64, Vec<u8>)> =
                tx.prepare(all)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            let mut update = tx.prepare(one)?;
            for (id, first) in rows {
                update.execute(params![id, hashes.own(&first)])?;
            }
        }
    }
    tx.execute("UPDATE meta SET hashing = ?1", [hashes.check()])?;
    tx.commit()?;
    Ok(())
}

fn start(paths: &Paths, desk: Desk) -> Result<Store, OpenError> {
    let (sealer, changes) = (Arc::clone(&desk.sealer), Arc::clone(&desk.changes));
    let reader =
        |_| Ok(Reader { data: connect_reader(&paths.data, READING.0)?, keys: connect_reader(&paths.keys, READING.1)? });
    let readers = (0..READERS).map(reader).collect::<Result<Vec<_>, OpenError>>()?;
    let no_thread = |source| OpenError::Io { file: paths.data.clone(), source };
    let readers = Readers::start(readers, sealer).map_err(no_thread)?;
    let writer = Writer::start(desk).map_err(no_thread)?;
    Ok(Store { shared: Arc::new(Shared { readers, writer, changes }) })
}

/// Whether data and keys belong together and neither is lost.
pub(super) fn fits(paths: &Paths, data: Option<&Looked>, keys: Option<&Looked>) -> Result<(), OpenError> {
    let Paths { data: data_file, keys: keys_file } = paths.clone();
    let lost = match (data, keys) {
        (Some(data), Some(keys)) => {
            if data.seen.store != keys.seen.store {
                return Err(OpenError::KeysOfAnother { data: data_file, keys: keys_file });
            }
            // A kill leaves people without a key only where they were forgotten, and then the ledger knows them. Where
            // nobody else has a key either, this is not the keys file that belongs here, and sweeping would be the end.
            nobody_has_a_key(&data.database, &keys.database).map_err(|source| told(&data_file, source))?
        }
        (Some(data), None) => data.seen.anybody,
        (None, Some(keys)) if keys.seen.anybody => {
            return Err(OpenError::DataLost { data: data_file, keys: keys_file });
        }
        (None, _) => false,
    };
    if lost { Err(OpenError::KeysLost { data: data_file, keys: keys_file }) } else { Ok(()) }
}

/// Builds a database under another name and gives it its own when it is whole and on the disk.
fn create(
    file: &Path,
    kind: &Kind,
    complete: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
) -> Result<(), OpenError> {
    let new = beside(file, ".new");
    let io = |source| OpenError::Io { file: file.to_owned(), source };
    for ending in ["", "-wal", "-shm", "-journal"] {
        // What a first run left that was killed here.
        match fs::remove_file(beside(&new, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
    }
    drop(keyfile::private(&new).map_err(io)?);
    let database = connect_new(&new, kind)?;
    complete(&database)
        .and_then(|_| database.close().map_err(|(_, error)| error))
        .map_err(|source| OpenError::Sql { file: file.to_owned(), source })?;
    File::open(&new).and_then(|built| built.sync_all()).map_err(io)?;
    fs::rename(&new, file).and_then(|()| keyfile::sync_folder(file)).map_err(io)
}

fn connect_new(file: &Path, kind: &Kind) -> Result<Connection, OpenError> {
    let named = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|new| new.pragma_update(None, "application_id", kind.application));
    named.map_err(|source| OpenError::Sql { file: file.to_owned(), source })?;
    connect(file, kind)
}

/// A writing connection with its schema brought up to date.
fn connect(file: &Path, kind: &Kind) -> Result<Connection, OpenError> {
    let sql = |source| OpenError::Sql { file: file.to_owned(), source };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut database = Connection::open_with_flags(file, flags).map_err(sql)?;
    let wal: String = settle_in(&database)
        .and_then(|()| database.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)))
        .map_err(sql)?;
    if wal != "wal" {
        let source = io::Error::other("this file system cannot hold a WAL database");
        return Err(OpenError::Io { file: file.to_owned(), source });
    }
    migrate(&mut database, kind).map_err(sql)?;
    Ok(database)
}

/// Brings a schema up to date.
pub(super) fn migrate(database: &mut Connection, kind: &Kind) -> rusqlite::Result<()> {
    let migrations = Migrations::new(kind.migrations.iter().map(|up| M::up(up)).collect());
    migrations.to_latest(database).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err,
        other => rusqlite::Error::ToSqlConversionFailure(other.to_string().into()),
    })
}

pub(super) fn connect_reader(file: &Path, kibibytes: i64) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
        .and_then(|database| settle_in(&database).and_then(|()| remember(&database, kibibytes)).map(|()| database))
        .map_err(|source| OpenError::Sql { file: file.to_owned(), source })
}

/// How many KiB of pages a connection keeps, of the data and of the keys: the writer's, and each reader's. With two readers
/// that is 2 MiB at most, whatever the files hold; the system keeps what else it has room for.
const WRITING: (i64, i64) = (1_024, 256);
const READING: (i64, i64) = (256, 128);

/// Bounds what a connection keeps of the pages it has read.
fn remember(database: &Connection, kibibytes: i64) -> rusqlite::Result<()> {
    database.pragma_update(None, "cache_size", -kibibytes)
}

pub(super) fn settle_in(database: &Connection) -> rusqlite::Result<()> {
    database.busy_timeout(PATIENCE)?;
    database.set_prepared_statement_cache_capacity(64);
    database.pragma_update(None, "trusted_schema", false)?;
    database.pragma_update(None, "foreign_keys", true)?;
    database.pragma_update(None, "synchronous", "full")?;
    // What is deleted is overwritten, and what is sorted never lands in a file of its own.
    database.execute_batch("PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
}

/// Brings both files into step after a kill or a restore, and frees what the former process had under way: it held the
/// lock, so it is dead. In a large store only the forgotten are looked for: a person without a key is unknown anyway.
fn sweep(desk: &Desk, level: CheckLevel, opened: &mut Opened) -> Result<(), StoreError> {
    // In an old copy of the data numbers would be given out again that the ledger or the keys know already.
    let highest: i64 = desk.keys.query_row(
        "SELECT max(coalesce((SELECT max(person_id) FROM keys), 0), coalesce((SELECT max(person_id) FROM forgotten), 0))",
        [],
        |row| row.get(0),
    )?;
    let (mut keyless, mut rowless) = (Vec::new(), Vec::new());
    if level == CheckLevel::Full {
        each_stretch(&desk.data, &desk.keys, |found| {
            keyless.extend(found.keyless);
            rowless.extend(found.rowless);
            Ok::<_, StoreError>(())
        })?;
    } else {
        let mut ledger = desk.keys.prepare("SELECT person_id FROM forgotten")?;
        keyless = ledger.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        keyless.retain(|person| persons::has_rows(&desk.data, PersonId(*person)));
    }
    let tx = desk.data.unchecked_transaction()?;
    for person in &keyless {
        persons::bury(&tx, PersonId(*person))?;
    }
    let raised = tx.execute("UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'persons'", [highest])?;
    if raised == 0 {
        tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('persons', ?1)", [highest])?;
    }
    let freed: BTreeSet<i64> = tx
        .prepare(
            "UPDATE deliveries SET state = 'queued', leased_until = NULL WHERE state = 'leased' RETURNING person_id",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for person in freed {
        refresh_head(&tx, person)?;
    }
    tx.commit()?;
    let tx = desk.keys.unchecked_transaction()?;
    for person in &rowless {
        tx.execute("DELETE FROM keys WHERE person_id = ?1", [person])?;
    }
    tx.commit()?;
    (opened.people_swept, opened.keys_swept) = (keyless.len(), rowless.len());
    if opened.people_swept + opened.keys_swept > 0 {
        desk.fold()?;
    }
    Ok(())
}

pub(super) fn refused(file: &Path, error: StoreError) -> OpenError {
    match error {
        StoreError::Sql(source) => told(file, source),
        StoreError::NotSaved => OpenError::NotWritten { file: file.to_owned() },
        other => OpenError::Io { file: file.to_owned(), source: io::Error::other(other) },
    }
}
