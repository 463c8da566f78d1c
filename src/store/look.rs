//! A look at a database that changes no byte of it, and the files around it: the lock, the paths, what is beside them.
//!
//! Opening, rotating, copying and restoring begin here.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::OpenError;

/// One of the two kinds of file.
pub(super) struct Kind {
    /// `PRAGMA application_id`: "rknd" and "rknk".
    pub(super) application: i32,
    pub(super) migrations: &'static [&'static str],
}

pub(super) const DATA: Kind = Kind {
    application: 0x726b_6e64,
    migrations: &[
        include_str!("../../migrations/data/0001_first.sql"),
        include_str!("../../migrations/data/0002_unsure.sql"),
        include_str!("../../migrations/data/0003_hashing.sql"),
        include_str!("../../migrations/data/0004_turns.sql"),
        include_str!("../../migrations/data/0005_parked.sql"),
        include_str!("../../migrations/data/0006_dates.sql"),
        include_str!("../../migrations/data/0007_too_young.sql"),
        include_str!("../../migrations/data/0008_heads.sql"),
    ],
};
pub(super) const KEYS: Kind = Kind {
    application: 0x726b_6e6b,
    migrations: &[
        include_str!("../../migrations/keys/0001_first.sql"),
        include_str!("../../migrations/keys/0002_hashing.sql"),
    ],
};

/// What a look at a database showed.
pub(super) struct Seen {
    pub(super) store: [u8; 16],
    /// Whether the data has persons, or the keys a key.
    pub(super) anybody: bool,
    /// Keys alone.
    pub(super) canary: Vec<u8>,
    /// Data: which secret made its hashes. Keys: those secrets, sealed. Empty in what an earlier version wrote.
    pub(super) hashing: Vec<u8>,
}

/// A database that is being looked at, through a connection that cannot write. It has to be dropped before anybody writes.
pub(super) struct Looked {
    pub(super) seen: Seen,
    pub(super) database: Connection,
    // Dropped after the connection.
    _scratch: Option<Scratch>,
}

impl Looked {
    /// Ends the looking and keeps what was seen.
    pub(super) fn seen(self) -> Seen {
        self.seen
    }
}

/// SQLite's scratch file for reading a WAL, where it was not there before; the next to open makes it again.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// How much of a database is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckLevel {
    /// Every page.
    Full,
    /// Kind, schema, store and key. For a file so large that every page takes longer than a start may.
    Header,
}

/// The path with links followed, so that one file has one lock.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, OpenError> {
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

pub(super) fn lock(data: &Path) -> Result<File, OpenError> {
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
pub(super) fn can_be_written(file: &Path) -> Result<(), OpenError> {
    let opened = OpenOptions::new().write(true).open(file);
    opened.map(drop).map_err(|source| OpenError::Io { file: file.to_owned(), source })
}

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

pub(super) fn length(path: &Path) -> Result<u64, OpenError> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(source) => Err(OpenError::Io { file: path.to_owned(), source }),
    }
}

/// Looks at a database without changing a byte of it. `None` where there is none (or a file of no length).
pub(super) fn look(file: &Path, kind: &Kind, level: CheckLevel) -> Result<Option<Looked>, OpenError> {
    let (wal, shm) = (beside(file, "-wal"), beside(file, "-shm"));
    let unfinished = length(&wal)? > 0;
    if length(file)? == 0 {
        return if unfinished { Err(OpenError::StrayWal { wal, file: file.to_owned() }) } else { Ok(None) };
    }
    let scratch = (unfinished && !shm.exists()).then(|| Scratch(shm));
    // With nothing in the WAL the file alone is the whole truth, and an immutable file is never written beside either.
    let mode = if unfinished { "mode=ro" } else { "mode=ro&immutable=1" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(format!("file:{}?{mode}", escaped(file)), flags)
        .map_err(|source| OpenError::Sql { file: file.to_owned(), source })?;
    let seen = look_into(&database, file, kind, level);
    // In this order, as a closure's end would not keep it: the connection, then what it made.
    match seen {
        Ok(seen) => Ok(Some(Looked { seen, database, _scratch: scratch })),
        Err(error) => {
            drop(database);
            drop(scratch);
            Err(error)
        }
    }
}

/// What a refusal of the library means while a file is looked at.
pub(super) fn told(file: &Path, source: rusqlite::Error) -> OpenError {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => OpenError::Damaged { file: file.to_owned() },
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { file: file.to_owned() },
        _ => OpenError::Sql { file: file.to_owned(), source },
    }
}

/// Looks at every page of a database.
pub(super) fn hold_together(database: &Connection, file: &Path) -> Result<(), OpenError> {
    let found: String =
        database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|source| told(file, source))?;
    if found == "ok" { Ok(()) } else { Err(OpenError::Damaged { file: file.to_owned() }) }
}

pub(super) fn look_into(database: &Connection, file: &Path, kind: &Kind, level: CheckLevel) -> Result<Seen, OpenError> {
    let sql = |source: rusqlite::Error| told(file, source);
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
    if level == CheckLevel::Full {
        hold_together(database, file)?;
    }
    let keys = kind.application == KEYS.application;
    let canary = if keys { "canary" } else { "x''" };
    let has = database.column_exists(None, "meta", "hashing").map_err(sql)?;
    let meta = format!("SELECT store, {canary}, {} FROM meta", if has { "hashing" } else { "x''" });
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (store, canary, hashing) = database.query_row(&meta, [], row).map_err(sql)?;
    let anybody = if keys { "SELECT 1 FROM keys" } else { "SELECT 1 FROM persons" };
    let anybody = database.prepare(anybody).and_then(|mut people| people.exists([])).map_err(sql)?;
    Ok(Seen { store, anybody, canary, hashing })
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
