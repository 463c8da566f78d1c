//! Opening: the lock, a look at what is there that changes nothing, the operator's key; only then the first write.
//!
//! [`Store::open`] comes here at start and at a restart. Whatever is refused is refused before anything is written: the
//! two databases are looked at through connections that cannot write. A new database is built under another name and
//! renamed when it is whole, so there is never half a store.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags, config::DbConfig, params};
use rusqlite_migration::{M, Migrations};

use super::error::{OpenError, StoreError};
use super::keyfile::{self, KeySource};
use super::persons;
use super::readers::{READERS, Reader, Readers};
use super::sealing::{Sealer, random};
use super::writer::{Desk, PATIENCE, Writer};
use super::{Shared, Store, Wakes};
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
}

/// One of the two kinds of file.
struct Kind {
    /// `PRAGMA application_id`: "rknd" and "rknk".
    application: i32,
    migrations: &'static [&'static str],
}

const DATA: Kind = Kind {
    application: 0x726b_6e64,
    migrations: &[
        include_str!("../../migrations/data/0001_first.sql"),
        include_str!("../../migrations/data/0002_unsure.sql"),
    ],
};
const KEYS: Kind =
    Kind { application: 0x726b_6e6b, migrations: &[include_str!("../../migrations/keys/0001_first.sql")] };

/// What a look at a database showed.
struct Seen {
    store: [u8; 16],
    /// The persons of the data, or those who have a key.
    people: BTreeSet<i64>,
    /// Keys alone: the ledger.
    forgotten: BTreeSet<i64>,
    /// Keys alone.
    canary: Vec<u8>,
}

/// See [`Store::open`].
pub(super) fn open(paths: &Paths, source: &KeySource) -> Result<(Store, Opened), OpenError> {
    let paths = Paths { data: resolved(&paths.data)?, keys: resolved(&paths.keys)? };
    if paths.data == paths.keys {
        return Err(OpenError::SameFile { file: paths.data });
    }
    let lock = lock(&paths.data)?;
    let data = look(&paths.data, &DATA)?;
    let keys = look(&paths.keys, &KEYS)?;
    fits(&paths, data.as_ref(), keys.as_ref())?;
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
    let sealer = Sealer::new(&key, &store);
    if keys.as_ref().is_some_and(|keys| !sealer.knows(&keys.canary)) {
        return Err(OpenError::WrongKey { from: source.name(), keys: paths.keys });
    }

    // From here on it is ours, and writing begins. The keys come first: data without keys would look like a loss.
    if keys.is_none() {
        let canary = sealer.canary().map_err(|error| refused(&paths.keys, error))?;
        create(&paths.keys, &KEYS, |new| {
            new.execute("INSERT INTO meta (one, store, canary) VALUES (1, ?1, ?2)", params![store, canary])
        })?;
    }
    if data.is_none() {
        create(&paths.data, &DATA, |new| new.execute("INSERT INTO meta (one, store) VALUES (1, ?1)", [store]))?;
    }
    let desk = Desk {
        data: connect(&paths.data, &DATA)?,
        keys: connect(&paths.keys, &KEYS)?,
        sealer: Arc::new(sealer),
        wakes: Arc::default(),
        lock,
    };
    sweep(&desk, data.as_ref(), keys.as_ref(), &mut opened).map_err(|error| refused(&paths.data, error))?;
    start(&paths, desk).map(|store| (store, opened))
}

fn start(paths: &Paths, desk: Desk) -> Result<Store, OpenError> {
    let (sealer, wakes): (_, Arc<Wakes>) = (Arc::clone(&desk.sealer), Arc::clone(&desk.wakes));
    let reader = |_| Ok(Reader { data: connect_reader(&paths.data)?, keys: connect_reader(&paths.keys)? });
    let readers = (0..READERS).map(reader).collect::<Result<Vec<_>, OpenError>>()?;
    let writer = Writer::start(desk).map_err(|source| OpenError::Io { file: paths.data.clone(), source })?;
    Ok(Store { shared: Arc::new(Shared { readers: Readers::new(readers, sealer), writer, wakes }) })
}

/// The path with links followed, so that one file has one lock.
fn resolved(path: &Path) -> Result<PathBuf, OpenError> {
    let io = |source| OpenError::Io { file: path.to_owned(), source };
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let name = path.file_name().ok_or_else(|| io(io::ErrorKind::InvalidFilename.into()))?;
            Ok(fs::canonicalize(folder).map_err(io)?.join(name))
        }
        found => found.map_err(io),
    }
}

fn lock(data: &Path) -> Result<File, OpenError> {
    let path = beside(data, ".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let io = |source| OpenError::Io { file: path.clone(), source };
    let file = options.open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { data: data.to_owned() }),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

/// Asked before SQLite is: it would leave a WAL beside the file that has the file's permissions, and so stand in the way of
/// the next start as well.
fn can_be_written(file: &Path) -> Result<(), OpenError> {
    let opened = OpenOptions::new().write(true).open(file);
    opened.map(drop).map_err(|source| OpenError::Io { file: file.to_owned(), source })
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn length(path: &Path) -> Result<u64, OpenError> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(OpenError::Io { file: path.to_owned(), source }),
    }
}

/// Looks at a database without changing a byte of it. `None` where there is none (or a file of no length).
fn look(file: &Path, kind: &Kind) -> Result<Option<Seen>, OpenError> {
    let (wal, shm) = (beside(file, "-wal"), beside(file, "-shm"));
    let unfinished = length(&wal)? > 0;
    if length(file)? == 0 {
        return if unfinished { Err(OpenError::StrayWal { wal, file: file.to_owned() }) } else { Ok(None) };
    }
    let had_shm = shm.exists();
    // With nothing in the WAL the file alone is the whole truth, and an immutable file is never written beside either.
    let mode = if unfinished { "mode=ro" } else { "mode=ro&immutable=1" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let seen = Connection::open_with_flags(format!("file:{}?{mode}", escaped(file)), flags)
        .map_err(|source| OpenError::Sql { file: file.to_owned(), source })
        .and_then(|database| look_into(&database, file, kind));
    if unfinished && !had_shm {
        // SQLite's scratch file for reading the WAL; the next to open makes it again.
        drop(fs::remove_file(&shm));
    }
    seen.map(Some)
}

fn look_into(database: &Connection, file: &Path, kind: &Kind) -> Result<Seen, OpenError> {
    let sql = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => OpenError::Damaged { file: file.to_owned() },
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { file: file.to_owned() },
        _ => OpenError::Sql { file: file.to_owned(), source },
    };
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sql)?;
    database.pragma_update(None, "trusted_schema", false).map_err(sql)?;
    let pragma = |name| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(sql);
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    if application != i64::from(kind.application) || found < 1 {
        return Err(OpenError::NotOurs { file: file.to_owned() });
    }
    let known = i64::try_from(kind.migrations.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(OpenError::Newer { file: file.to_owned(), found, known });
    }
    // One torn page can hide the timers of everybody: better not to start than to remind nobody and say nothing.
    let found: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sql)?;
    if found != "ok" {
        return Err(OpenError::Damaged { file: file.to_owned() });
    }
    let ids = |query| -> rusqlite::Result<BTreeSet<i64>> {
        database.prepare(query)?.query_map([], |row| row.get(0))?.collect()
    };
    let keys = kind.application == KEYS.application;
    let meta = if keys { "SELECT store, canary FROM meta" } else { "SELECT store, x'' FROM meta" };
    let (store, canary) = database.query_row(meta, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(sql)?;
    let people = ids(if keys { "SELECT person_id FROM keys" } else { "SELECT id FROM persons" }).map_err(sql)?;
    let forgotten = if keys { ids("SELECT person_id FROM forgotten").map_err(sql)? } else { BTreeSet::new() };
    Ok(Seen { store, people, forgotten, canary })
}

/// A path as SQLite's URIs want it.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or_default());
            }
        }
    }
    text
}

/// Whether data and keys belong together and neither is lost.
fn fits(paths: &Paths, data: Option<&Seen>, keys: Option<&Seen>) -> Result<(), OpenError> {
    let Paths { data: data_file, keys: keys_file } = paths.clone();
    let lost = match (data, keys) {
        (Some(data), Some(keys)) => {
            if data.store != keys.store {
                return Err(OpenError::KeysOfAnother { data: data_file, keys: keys_file });
            }
            // A kill leaves people without a key only where they were forgotten, and then the ledger knows them. Where
            // nobody else has a key either, this is not the keys file that belongs here, and sweeping would be the end.
            let mut living = data.people.difference(&keys.forgotten).peekable();
            living.peek().is_some() && living.all(|person| !keys.people.contains(person))
        }
        (Some(data), None) => !data.people.is_empty(),
        (None, Some(keys)) if !keys.people.is_empty() => {
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
    let migrations = Migrations::new(kind.migrations.iter().map(|up| M::up(up)).collect());
    migrations.to_latest(&mut database).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => sql(err),
        other => OpenError::Io { file: file.to_owned(), source: io::Error::other(other.to_string()) },
    })?;
    Ok(database)
}

fn connect_reader(file: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
        .and_then(|database| settle_in(&database).map(|()| database))
        .map_err(|source| OpenError::Sql { file: file.to_owned(), source })
}

fn settle_in(database: &Connection) -> rusqlite::Result<()> {
    database.busy_timeout(PATIENCE)?;
    database.set_prepared_statement_cache_capacity(64);
    database.pragma_update(None, "trusted_schema", false)?;
    database.pragma_update(None, "foreign_keys", true)?;
    database.pragma_update(None, "synchronous", "full")?;
    // What is deleted is overwritten, and what is sorted never lands in a file of its own.
    database.execute_batch("PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
}

/// Brings both files into step after a kill or a restore, and frees what the former process had under way: it held the
/// lock, so it is dead.
fn sweep(desk: &Desk, data: Option<&Seen>, keys: Option<&Seen>, opened: &mut Opened) -> Result<(), StoreError> {
    let (Some(data), Some(keys)) = (data, keys) else { return Ok(()) };
    let tx = desk.data.unchecked_transaction()?;
    for person in data.people.difference(&keys.people) {
        persons::bury(&tx, PersonId(*person))?;
        opened.people_swept += 1;
    }
    // In an old copy of the data numbers would be given out again that the ledger or the keys know already.
    let highest = keys.people.iter().chain(&keys.forgotten).max().copied().unwrap_or(0);
    let raised = tx.execute("UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'persons'", [highest])?;
    if raised == 0 {
        tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('persons', ?1)", [highest])?;
    }
    tx.execute("UPDATE deliveries SET state = 'queued', leased_until = NULL WHERE state = 'leased'", [])?;
    tx.commit()?;
    let tx = desk.keys.unchecked_transaction()?;
    for person in keys.people.difference(&data.people) {
        tx.execute("DELETE FROM keys WHERE person_id = ?1", [person])?;
        opened.keys_swept += 1;
    }
    tx.commit()?;
    if opened.people_swept + opened.keys_swept > 0 {
        desk.fold()?;
    }
    Ok(())
}

fn refused(file: &Path, error: StoreError) -> OpenError {
    match error {
        StoreError::Sql(source) => OpenError::Sql { file: file.to_owned(), source },
        StoreError::NotSaved => OpenError::NotWritten { file: file.to_owned() },
        other => OpenError::Io { file: file.to_owned(), source: io::Error::other(other) },
    }
}
