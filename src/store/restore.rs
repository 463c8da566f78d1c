//! Putting copies back in the place of a store: `rekindle restore` comes here.
//!
//! What the copies do not know must not be undone by them. Whoever was forgotten since stays forgotten: the ledger of the
//! keys that are there is carried over. A number that was given out since is not given out again, since old buttons carry
//! it: the sequences go on far behind the highest that is known. And a message that was waiting when the copy was made may
//! have been sent since: it is looked for before it is sent again. Accounts that were found too young since stay marked.
//! What was there is set aside, not deleted.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use thiserror::Error;

use super::Paths;
use super::backup::{CopyError, Part, look_through};
use super::error::OpenError;
use super::keyfile::{self, KeySource};
use super::look::{CheckLevel, DATA, KEYS, Looked, beside, length, lock, look, resolved};
use super::open::migrate;
use super::people::each_stretch;
use crate::crash;

/// How far behind the highest known number the next is given out: more than were given out between copy and loss.
const GAP: i64 = 1_000_000;

/// The tables that give out numbers.
const NUMBERED: [&str; 4] = ["persons", "journeys", "entries", "deliveries"];

/// What is put back.
#[derive(Clone, Debug)]
pub struct RestoreFrom {
    /// The copy of the data.
    pub data: PathBuf,
    /// The copy of the keys; `None` where the keys that are there stay.
    pub keys: Option<PathBuf>,
    /// Whether a store that is there is set aside.
    pub replace: bool,
    /// The ending of what is set aside.
    pub aside: String,
}

/// What putting back came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many people of the copy are there again.
    pub people: usize,
    /// How many of the copy's were forgotten since, and stay so.
    pub forgotten: usize,
    /// How many of the copy's have no key in the keys, and are lost.
    pub keyless: usize,
    /// Messages that were waiting when the copy was made: each is looked for before it is sent.
    pub unsettled: usize,
    /// Whether there was a ledger to carry over. Without one, who was forgotten since the copy was made is back.
    pub ledger: bool,
    /// How many people's keys and profiles open; `None` where the operator's key was not at hand to try.
    pub opened: Option<usize>,
    /// What was there before.
    pub aside: Vec<PathBuf>,
}

/// Why nothing was put back.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// A copy or the store does not do.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// There is a store.
    #[error(
        "{} is there. With --replace it is set aside and the copy takes its place", .file.display()
    )]
    Exists {
        /// Its file.
        file: PathBuf,
    },
    /// The keys that are there cannot stay.
    #[error("{} does not hold keys of this copy's people, so it cannot stay. Name a copy of the keys with --keys-from", .keys.display())]
    NoKeys {
        /// The keys database.
        keys: PathBuf,
    },
}

impl From<OpenError> for RestoreError {
    fn from(error: OpenError) -> Self {
        Self::Copy(error.into())
    }
}

/// Puts copies in the place of a store. Blocks.
///
/// # Errors
/// [`RestoreError`]; the store is then as it was, unless the disk failed while the files were being moved: then what was set
/// aside is beside it, and doing it again finishes it.
pub fn restore(
    paths: &Paths,
    source: &KeySource,
    from: &RestoreFrom,
    going: &dyn Fn() -> bool,
) -> Result<Restored, RestoreError> {
    let paths = Paths { data: resolved(&paths.data)?, keys: resolved(&paths.keys)? };
    if paths.data == paths.keys {
        return Err(OpenError::SameFile { file: paths.data }.into());
    }
    let _lock = lock(&paths.data)?;
    let mut there = vec![&paths.data];
    there.extend(from.keys.is_some().then_some(&paths.keys));
    for file in there {
        if !from.replace && length(file)? > 0 {
            return Err(RestoreError::Exists { file: file.clone() });
        }
    }
    let folder = |file: &Path| file.parent().map_or_else(PathBuf::new, Path::to_owned);
    let mut data = Part::new(&folder(&paths.data))?;
    let seen = data.fill(&from.data, &DATA, going)?;
    // Where they are damaged they may be replaced; their ledger is then lost.
    let current = look(&paths.keys, &KEYS, CheckLevel::Full);
    let ours = current.ok().flatten().filter(|keys| keys.seen.store == seen.store);
    let ledger = ours.map(|keys| ledger(&keys.database)).transpose().map_err(sql(&paths.keys))?;

    let keys = match &from.keys {
        Some(copy) => {
            let mut keys = Part::new(&folder(&paths.keys))?;
            keys.fill(copy, &KEYS, going)?;
            complete(&keys, |keys| carry_over(keys, ledger.as_ref()))?;
            Some(keys)
        }
        None if ledger.is_none() => return Err(RestoreError::NoKeys { keys: paths.keys }),
        None => None,
    };
    let highest = numbers(&paths.data).unwrap_or_default();
    let marks = too_young(&paths.data, &seen.store).unwrap_or_default();
    let mut unsettled = 0;
    complete(&data, |data| {
        migrate(data, &DATA)?;
        unsettled = data.execute("UPDATE deliveries SET unsure = 1 WHERE state <> 'settled'", [])?;
        mark_again(data, &marks)?;
        go_on(data, &highest)
    })?;

    let keys_file = keys.as_ref().map_or(paths.keys.as_path(), Part::path).to_owned();
    let built = Paths { data: data.path().to_owned(), keys: keys_file };
    let opened = look_through(&built, source)?;
    let (people, forgotten, keyless) = count(&built)?;

    let mut aside = Vec::new();
    // The data first: with the keys that are there it opens as well, and their ledger holds.
    move_in(data, &paths.data, &from.aside, &mut aside)?;
    crash::point("restore-data-in");
    if let Some(keys) = keys {
        move_in(keys, &paths.keys, &from.aside, &mut aside)?;
    }
    Ok(Restored { people, forgotten, keyless, unsettled, ledger: ledger.is_some(), opened, aside })
}

fn sql(file: &Path) -> impl Fn(rusqlite::Error) -> OpenError {
    move |source| OpenError::Sql { file: file.to_owned(), source }
}

/// Whom a keys database knows to be forgotten.
fn ledger(keys: &Connection) -> rusqlite::Result<BTreeSet<i64>> {
    keys.prepare("SELECT person_id FROM forgotten")?.query_map([], |row| row.get(0))?.collect()
}

/// How many people of the data have a key in the keys, how many are forgotten there, and how many are neither.
fn count(built: &Paths) -> Result<(usize, usize, usize), RestoreError> {
    let absent = |file: &Path| CopyError::NoStore { file: file.to_owned() };
    let data = look(&built.data, &DATA, CheckLevel::Header)?.ok_or_else(|| absent(&built.data))?;
    let keys = look(&built.keys, &KEYS, CheckLevel::Header)?.ok_or_else(|| absent(&built.keys))?;
    let (Looked { database: data, .. }, Looked { database: keys, .. }) = (&data, &keys);
    let ledger = ledger(keys).map_err(sql(&built.keys))?;
    let (mut people, mut forgotten, mut keyless) = (0, 0, 0);
    each_stretch(data, keys, |found| {
        people += found.both.len();
        let gone = found.keyless.iter().filter(|person| ledger.contains(person)).count();
        forgotten += gone;
        keyless += found.keyless.len() - gone;
        Ok::<_, rusqlite::Error>(())
    })
    .map_err(sql(&built.data))?;
    Ok((people, forgotten, keyless))
}

/// Changes what is being built.
fn complete(part: &Part, change: impl FnOnce(&mut Connection) -> rusqlite::Result<()>) -> Result<(), CopyError> {
    let sql = |source| CopyError::Open(OpenError::Sql { file: part.path().to_owned(), source });
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut built = Connection::open_with_flags(part.path(), flags).map_err(sql)?;
    // What is removed leaves no byte.
    built.execute_batch("PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY").map_err(sql)?;
    change(&mut built).map_err(sql)?;
    part.finish(&built)
}

/// Whoever was forgotten since the copy was made has no key in it either.
fn carry_over(keys: &Connection, ledger: Option<&BTreeSet<i64>>) -> rusqlite::Result<()> {
    for person in ledger.into_iter().flatten() {
        keys.execute("INSERT OR IGNORE INTO forgotten (person_id) VALUES (?1)", [person])?;
        keys.execute("DELETE FROM keys WHERE person_id = ?1", [person])?;
    }
    Ok(())
}

/// The highest number each table of the store that is there has given out, if it can still be read.
fn numbers(data: &Path) -> Option<Vec<(String, i64)>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(data, flags).ok()?;
    let mut query = database.prepare("SELECT name, seq FROM sqlite_sequence").ok()?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    rows.collect::<Result<_, _>>().ok()
}

/// The marks of accounts that are too young in the data that is there, if it is the same store and can still be read.
fn too_young(data: &Path, store: &[u8; 16]) -> Option<Vec<([u8; 32], i64)>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(data, flags).ok()?;
    let there: [u8; 16] = database.query_row("SELECT store FROM meta", [], |row| row.get(0)).ok()?;
    if there != *store {
        return None;
    }
    let mut query = database.prepare("SELECT account, until FROM too_young").ok()?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
    rows.collect::<Result<_, _>>().ok()
}

/// An account that was found too young since the copy was made stays marked.
fn mark_again(data: &Connection, marks: &[([u8; 32], i64)]) -> rusqlite::Result<()> {
    let mut mark = data.prepare("INSERT OR REPLACE INTO too_young (account, until) VALUES (?1, ?2)")?;
    marks.iter().try_for_each(|(account, until)| mark.execute(params![account, until]).map(drop))
}

/// Has every table go on giving out numbers far behind the highest that is known.
fn go_on(data: &Connection, highest: &[(String, i64)]) -> rusqlite::Result<()> {
    for table in NUMBERED {
        let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
        let copied: i64 = data.query_row(sql, [table], |row| row.get(0))?;
        let known = highest.iter().filter(|(name, _)| name == table).map(|(_, number)| *number);
        let next = known.fold(copied, i64::max).saturating_add(GAP);
        data.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table])?;
        data.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", params![table, next])?;
    }
    Ok(())
}

/// Sets aside what is there and gives the new file its place. Where the file that is there is whole, it keeps its place until
/// the new one takes it, so that neither a database nor a ledger is ever missing. A WAL goes with its database, never with
/// another.
fn move_in(part: Part, at: &Path, ending: &str, aside: &mut Vec<PathBuf>) -> Result<(), RestoreError> {
    let io = |source| OpenError::Io { file: at.to_owned(), source };
    let away = beside(at, ending);
    if away.exists() {
        return Err(RestoreError::Exists { file: away });
    }
    if without_wal(at) && fs::hard_link(at, &away).is_ok() {
        aside.push(away);
        crash::point("restore-set-aside");
        return Ok(part.replace(at)?);
    }
    for beside_it in ["", "-wal", "-shm"] {
        match fs::rename(beside(at, beside_it), beside(&away, beside_it)) {
            Ok(()) => aside.push(beside(&away, beside_it)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io(error).into()),
        }
    }
    keyfile::sync_folder(at).map_err(io)?;
    Ok(part.place(at)?)
}

/// Folds the WAL of a database that is there and whole into it. `false` where there is none, or it is not.
fn without_wal(at: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let folded = Connection::open_with_flags(at, flags)
        .and_then(|database| database.execute_batch("PRAGMA journal_mode = DELETE; SELECT count(*) FROM meta"));
    folded.is_ok() && !beside(at, "-wal").exists()
}
