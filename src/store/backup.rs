//! Copies of both files, made while the bot runs: `rekindle backup` comes here, and `restore` for the copying itself.
//!
//! Each copy is one moment of its database, taken through SQLite's own copying from a read transaction that nobody waits
//! for. The data comes first: whoever joins in between has a key too many, which opening sweeps away, and whoever is
//! forgotten in between has rows too many, which the ledger of the keys has opening remove. The other way round somebody
//! would be there without a key. A copy is built under another name, looked through as a restore would, and gets its own
//! name when it is whole and on the disk; it never takes another's place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use tempfile::NamedTempFile;
use thiserror::Error;

use super::error::{OpenError, StoreError};
use super::keyfile::{self, KeySource};
use super::look::{CheckLevel, DATA, KEYS, Kind, Looked, Seen, beside, look, look_into, resolved};
use super::open::fits;
use super::people::each_stretch;
use super::sealing::{Key, Sealer, Wrapping};
use super::writer::PATIENCE;
use super::{Paths, View};
use crate::chat::PersonId;
use crate::crash;

/// Pages copied before it is asked whether to go on.
const PAGES: i32 = 256;
/// The names of what is being built.
const PART: (&str, &str) = (".rekindle-", ".part");

/// Where copies go.
#[derive(Clone, Debug)]
pub struct CopyTo {
    /// The folder for the data; made where it does not exist.
    pub data: PathBuf,
    /// The folder for the keys, which may be kept for another time than the data.
    pub keys: PathBuf,
    /// What both files are called, before `.db` and `.keys`.
    pub name: String,
}

/// Two copies, and what was found out about them.
#[derive(Clone, Debug)]
pub struct Copied {
    /// The copy of the data.
    pub data: PathBuf,
    /// The copy of the keys.
    pub keys: PathBuf,
    /// How many rows each table has, in the copy as in the store.
    pub rows: Vec<(String, i64)>,
    /// How many people's keys and profiles open in the copy; `None` where the operator's key was not at hand to try.
    pub opened: Option<usize>,
}

/// Why there is no copy. Whatever was begun is removed.
#[derive(Debug, Error)]
pub enum CopyError {
    /// A file that does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is nothing to copy.
    #[error("{} does not exist: there is nothing to copy. Look at storage.path and storage.keys", .file.display())]
    NoStore {
        /// The file that is not there.
        file: PathBuf,
    },
    /// A copy of that name is there.
    #[error("{} is there already, and no copy takes another's place", .file.display())]
    Exists {
        /// That file.
        file: PathBuf,
    },
    /// It was asked to stop.
    #[error("stopped, and nothing was left behind")]
    Stopped,
    /// What was copied is not whole.
    #[error("{} is not whole: {found}", .file.display())]
    Damaged {
        /// What was copied.
        file: PathBuf,
        /// What SQLite found, or what does not agree. Names of tables and numbers of rows alone.
        found: String,
    },
}

/// Copies both files of a store, also under a running bot. Asks `going` now and then whether to go on. Blocks.
///
/// # Errors
/// [`CopyError`]; then there is neither copy, but where the second could not get its name, the first may be there alone.
pub fn copy(paths: &Paths, source: &KeySource, to: &CopyTo, going: &dyn Fn() -> bool) -> Result<Copied, CopyError> {
    let paths = Paths { data: resolved(&paths.data)?, keys: resolved(&paths.keys)? };
    for file in [&paths.data, &paths.keys] {
        if !file.exists() {
            return Err(CopyError::NoStore { file: file.clone() });
        }
    }
    let named = |folder: &Path, ending: &str| folder.join(format!("{}{ending}", to.name));
    let (data, keys) = (named(&to.data, ".db"), named(&to.keys, ".keys"));
    for file in [&data, &keys] {
        if file.exists() {
            return Err(CopyError::Exists { file: file.clone() });
        }
    }
    for folder in [&to.data, &to.keys] {
        make_folder(folder).map_err(|source| OpenError::Io { file: folder.clone(), source })?;
    }
    let mut copy_of_data = Part::new(&to.data)?;
    copy_of_data.fill(&paths.data, &DATA, going)?;
    crash::point("backup-between");
    let mut copy_of_keys = Part::new(&to.keys)?;
    copy_of_keys.fill(&paths.keys, &KEYS, going)?;

    let copies = Paths { data: copy_of_data.path().to_owned(), keys: copy_of_keys.path().to_owned() };
    let opened = look_through(&copies, source)?;
    let rows =
        copy_of_data.rows.iter().chain(&copy_of_keys.rows).filter(|(table, _)| table != "meta").cloned().collect();
    // The keys first: where a copy of the data has its name, that of the keys has its own.
    copy_of_keys.place(&keys)?;
    crash::point("backup-keys-placed");
    copy_of_data.place(&data)?;
    Ok(Copied { data, keys, rows, opened })
}

/// A database that is being built beside its place; removed unless it gets there.
pub(super) struct Part {
    file: NamedTempFile,
    rows: Vec<(String, i64)>,
}

impl Part {
    /// Begins one in that folder, for its owner alone to read, and removes what a kill left there of earlier ones.
    pub(super) fn new(folder: &Path) -> Result<Self, CopyError> {
        let io = |source| OpenError::Io { file: folder.to_owned(), source };
        clear(folder).map_err(io)?;
        let file = tempfile::Builder::new().prefix(PART.0).suffix(PART.1).tempfile_in(folder).map_err(io)?;
        if cfg!(unix) {
            // Held as long as it is being built, so that another copy beside this one does not take it for a left-over.
            file.as_file().try_lock().map_err(|error| io(error.into()))?;
        }
        Ok(Self { file, rows: Vec::new() })
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Copies one moment of a database, and holds that the copy is whole and has as many rows.
    pub(super) fn fill(&mut self, from: &Path, kind: &Kind, going: &dyn Fn() -> bool) -> Result<Seen, CopyError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let sql = |source| CopyError::Open(OpenError::Sql { file: from.to_owned(), source });
        // A WAL is read through a file beside it that has to be written; the database itself is not.
        let original = Connection::open_with_flags(from, flags).map_err(sql)?;
        original.busy_timeout(PATIENCE).and_then(|()| original.execute_batch("BEGIN")).map_err(sql)?;
        let seen = look_into(&original, from, kind, CheckLevel::Full)?;
        let rows = count(&original).map_err(sql)?;

        let to = self.path().to_owned();
        let sql = |source| CopyError::Open(OpenError::Sql { file: to.clone(), source });
        let mut copy = Connection::open_with_flags(&to, flags).map_err(sql)?;
        // If it is interrupted it is thrown away, so it needs no journal; it is on the disk before it has its name.
        copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(sql)?;
        let copying = Backup::new(&original, &mut copy).map_err(sql)?;
        loop {
            crash::point("backup-copying");
            if !going() {
                return Err(CopyError::Stopped);
            }
            match copying.step(PAGES).map_err(sql)? {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        drop(copying);
        self.finish(&copy)?;
        let copied = count(&copy).map_err(sql)?;
        if copied != rows {
            return Err(CopyError::Damaged { file: to, found: format!("{copied:?} rows instead of {rows:?}") });
        }
        self.rows = rows;
        Ok(seen)
    }

    /// Makes it one file without a WAL, and holds that it is whole.
    pub(super) fn finish(&self, copy: &Connection) -> Result<(), CopyError> {
        let file = self.path();
        let sql = |source| CopyError::Open(OpenError::Sql { file: file.to_owned(), source });
        copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(sql)?;
        let found: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(sql)?;
        if found == "ok" { Ok(()) } else { Err(CopyError::Damaged { file: file.to_owned(), found }) }
    }

    /// Gives it the place of a file that is there.
    pub(super) fn replace(self, at: &Path) -> Result<(), CopyError> {
        let io = |source| CopyError::Open(OpenError::Io { file: at.to_owned(), source });
        File::open(self.path()).and_then(|built| built.sync_all()).map_err(io)?;
        self.file.persist(at).map_err(|error| io(error.error))?;
        keyfile::sync_folder(at).map_err(io)
    }

    /// Gives it its name, where nothing has that name yet, once all of it is on the disk.
    pub(super) fn place(self, at: &Path) -> Result<(), CopyError> {
        let io = |source| CopyError::Open(OpenError::Io { file: at.to_owned(), source });
        File::open(self.path()).and_then(|built| built.sync_all()).map_err(io)?;
        self.file.persist_noclobber(at).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => CopyError::Exists { file: at.to_owned() },
            _ => io(error.error),
        })?;
        keyfile::sync_folder(at).map_err(io)
    }
}

/// Whether two copies would open: they belong together, the operator's key is theirs, and with it everybody's key and
/// profile opens. Says how many, or `None` without a key to try.
pub(super) fn look_through(copies: &Paths, source: &KeySource) -> Result<Option<usize>, CopyError> {
    let absent = |file: &PathBuf| CopyError::NoStore { file: file.clone() };
    let data = look(&copies.data, &DATA, CheckLevel::Full)?.ok_or_else(|| absent(&copies.data))?;
    let keys = look(&copies.keys, &KEYS, CheckLevel::Full)?.ok_or_else(|| absent(&copies.keys))?;
    fits(copies, Some(&data), Some(&keys))?;
    let (Looked { seen: data, database: data_file, .. }, Looked { seen: keys, database: keys_file, .. }) =
        (&data, &keys);
    let waiting = source.waiting().map_or(Ok(None), |waiting| KeySource::File(waiting).load())?;
    let at_hand: Vec<Key> = source.load()?.into_iter().chain(waiting).collect();
    if at_hand.is_empty() {
        return Ok(None);
    }
    let mut wrappings = at_hand.iter().map(|key| Wrapping::new(key, &data.store));
    let Some(wrapping) = wrappings.find(|wrapping| wrapping.knows(&keys.canary)) else {
        return Err(OpenError::WrongKey { from: source.name(), keys: copies.keys.clone() }.into());
    };
    let altered =
        |file: &PathBuf, found: StoreError| CopyError::Damaged { file: file.clone(), found: found.to_string() };
    let hashes = if keys.hashing.is_empty() { wrapping.first_hashes() } else { wrapping.unwrap_hashes(&keys.hashing) };
    let hashes = hashes.map_err(|error| altered(&copies.keys, error))?;
    if !keys.hashing.is_empty() && !data.hashing.is_empty() && data.hashing != hashes.check() {
        return Err(OpenError::KeysTooOld { data: copies.data.clone(), keys: copies.keys.clone() }.into());
    }
    let sealer = Sealer { wrapping, hashes };
    let view = View::new(data_file, keys_file, &sealer);
    let mut opened = 0;
    each_stretch(data_file, keys_file, |found| {
        opened += found.both.len();
        found.both.into_iter().try_for_each(|person| view.profile(PersonId(person)).map(drop))
    })
    .map_err(|error: StoreError| altered(&copies.data, error))?;
    Ok(Some(opened))
}

/// How many rows each table has.
fn count(database: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    let tables: Vec<String> = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let rows = |table: String| {
        let rows = database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok((table, rows))
    };
    tables.into_iter().map(rows).collect()
}

/// Makes a folder for its owner alone, unless it is there.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what a kill left half built: what nobody holds any more.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !cfg!(unix) || !name.starts_with(PART.0) || !name.ends_with(PART.1) {
            continue;
        }
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            for ending in ["", "-journal", "-wal", "-shm"] {
                match fs::remove_file(beside(&path, ending)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}
