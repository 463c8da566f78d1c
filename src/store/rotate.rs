//! Changing the operator's key: every person's key is wrapped anew and no text is touched.
//!
//! `rekindle key rotate` comes here while nobody else has the store. The new key is on the disk in a file of its own before
//! the one transaction that wraps anew, and takes the former one's place only after it; so at every moment the store opens
//! with one of two keys that are both there, and doing it again finishes what was interrupted. The former key is kept in a
//! third file, because copies of the keys database made until now open with nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::params;
use thiserror::Error;

use super::error::{OpenError, StoreError};
use super::keyfile::{self, KeySource};
use super::look::{CheckLevel, beside};
use super::open::{prepare, refused};
use super::sealing::{Key, Wrapping};
use super::writer::Desk;
use super::{Paths, View};
use crate::chat::PersonId;
use crate::crash;

/// How many people between two reports of how far it is.
const REPORT: usize = 5_000;

/// Which key is to be the operator's.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The file in which a key is kept; the new one waits beside it, with the ending `.new`, until it takes its place. Where
    /// the current key is given another way, it stays there.
    pub key_file: PathBuf,
    /// A file with a key to take; `None` to make one.
    pub given: Option<PathBuf>,
}

/// What changing the key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// How many people's keys are wrapped by the new key.
    pub people: usize,
    /// People whose key did not open before either. Their rows were left as they were.
    pub unopened: Vec<i64>,
    /// Whether an earlier attempt had come as far as that.
    pub resumed: bool,
    /// Where the new key is.
    pub key: PathBuf,
    /// Where the former key is kept; `None` where it never was in a file.
    pub former: Option<PathBuf>,
}

/// Why the key was not changed. Doing it again goes on where it stopped.
#[derive(Debug, Error)]
pub enum RotateError {
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is nothing to change.
    #[error("{} does not exist: there is no store yet whose key could be changed", .keys.display())]
    NoStore {
        /// The keys database.
        keys: PathBuf,
    },
    /// Another key waits from an earlier attempt.
    #[error(
        "{} is there from a change of the key that was interrupted. Run `rekindle key rotate` without another key first, \
         which finishes that", .waiting.display()
    )]
    Unfinished {
        /// Its file.
        waiting: PathBuf,
    },
    /// The new key is no new key.
    #[error("the key in {} is the one in use. Remove that file, and run this again for another", .file.display())]
    Same {
        /// Its file.
        file: PathBuf,
    },
    /// The key to take is not there.
    #[error("{} does not exist. Name a file with 64 hexadecimal digits, or leave it out to have a key made", .file.display())]
    NoSuchKey {
        /// The file.
        file: PathBuf,
    },
    /// What the former key had wrapped is still in the file.
    #[error(
        "{} is being read by somebody else, perhaps for a copy, so what the former key had wrapped could not be wiped from \
         it. Run `rekindle key rotate` again in a moment, which finishes that", .keys.display()
    )]
    Busy {
        /// The keys database.
        keys: PathBuf,
    },
}

/// Changes the operator's key. `progress` hears now and then how many people of how many are done. Blocks.
///
/// # Errors
/// [`RotateError`] says what stands in the way; the store opens afterwards as it did before, or with the new key.
pub fn rotate(
    paths: &Paths,
    source: &KeySource,
    new: &NewKey,
    progress: impl FnMut(usize, usize),
) -> Result<Rotated, RotateError> {
    if !paths.keys.exists() {
        return Err(RotateError::NoStore { keys: paths.keys.clone() });
    }
    let in_file = matches!(source, KeySource::File(_));
    let given = new.given.as_deref().map(|file| Ok::<_, RotateError>((file, read(file)?))).transpose()?;
    let waiting = match &given {
        // It is in a file already, and nothing takes another's place.
        Some((file, _)) if !in_file => (*file).to_owned(),
        _ => keyfile::waiting(&new.key_file),
    };
    let (paths, desk, _) = prepare(paths, source, Some(&waiting), CheckLevel::Full)?;
    let sql = |error: StoreError| RotateError::Open(refused(&paths.keys, error));
    let (store, canary): ([u8; 16], Vec<u8>) = desk
        .keys
        .query_row("SELECT store, canary FROM meta", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(|error| sql(error.into()))?;
    let former = source.load()?;

    let key = match (waiting.exists(), given) {
        (true, None) => read(&waiting)?,
        (true, Some((_, given))) => {
            let waits = read(&waiting)?;
            if !waits.is(&given) {
                return Err(RotateError::Unfinished { waiting });
            }
            waits
        }
        (false, Some((_, given))) => {
            keyfile::write(&waiting, &given)?;
            given
        }
        (false, None) => keyfile::make(&waiting)?,
    };
    if former.as_ref().is_some_and(|former| former.is(&key)) {
        return Err(RotateError::Same { file: waiting });
    }
    crash::point("rotation-key-written");
    let wrapping = Wrapping::new(&key, &store);
    let resumed = wrapping.knows(&canary);
    let (people, unopened) = if resumed {
        let people = desk.keys.query_row("SELECT count(*) FROM keys", [], |row| row.get::<_, i64>(0));
        (usize::try_from(people.map_err(|error| sql(error.into()))?).unwrap_or_default(), Vec::new())
    } else {
        wrap_anew(&desk, &wrapping, progress).map_err(sql)?
    };
    wipe(&desk).map_err(|error| match error {
        StoreError::NotSaved => RotateError::Busy { keys: paths.keys.clone() },
        other => sql(other),
    })?;
    crash::point("rotation-wiped");
    let (key, former) = match (source, former) {
        (KeySource::File(path), Some(former)) => {
            let kept = keep(path, &former)?;
            crash::point("rotation-former-kept");
            let io = |source| OpenError::Io { file: path.clone(), source };
            fs::rename(&waiting, path).and_then(|()| keyfile::sync_folder(path)).map_err(io)?;
            (path.clone(), Some(kept))
        }
        _ => (waiting, None),
    };
    Ok(Rotated { people, unopened, resumed, key, former })
}

fn read(file: &Path) -> Result<Key, RotateError> {
    let missing = || RotateError::NoSuchKey { file: file.to_owned() };
    KeySource::File(file.to_owned()).load()?.ok_or_else(missing)
}

/// Wraps every key and secret of the keys database for another operator's key, in one transaction.
fn wrap_anew(
    desk: &Desk,
    wrapping: &Wrapping,
    mut progress: impl FnMut(usize, usize),
) -> Result<(usize, Vec<i64>), StoreError> {
    let tx = desk.keys.unchecked_transaction()?;
    let people: Vec<i64> = tx
        .prepare("SELECT person_id FROM keys ORDER BY person_id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut unopened = Vec::new();
    let view = View::new(&desk.data, &desk.keys, &desk.sealer);
    let mut update = tx.prepare("UPDATE keys SET wrapped = ?2 WHERE person_id = ?1")?;
    for (done, person) in people.iter().enumerate() {
        if done % REPORT == 0 {
            progress(done, people.len());
        }
        match view.key(PersonId(*person)) {
            Ok(key) => update.execute(params![person, wrapping.wrap(PersonId(*person), &key)?])?,
            // Nobody could read it before, and one altered row must not keep everybody at the former key.
            Err(StoreError::Sealed { .. } | StoreError::Unreadable { .. }) => {
                unopened.push(*person);
                0
            }
            Err(error) => return Err(error),
        };
    }
    let (canary, hashing) = (wrapping.canary()?, wrapping.wrap_hashes(&desk.sealer.hashes)?);
    tx.execute("UPDATE meta SET canary = ?1, hashing = ?2", params![canary, hashing])?;
    drop(update);
    crash::point("rotation-before-commit");
    tx.commit()?;
    crash::point("rotation-after-commit");
    progress(people.len(), people.len());
    Ok((people.len() - unopened.len(), unopened))
}

/// Leaves no byte of what the former key had wrapped in the file or beside it: what was overwritten is wiped already
/// (`secure_delete`), but a page may hold what was moved away from it.
fn wipe(desk: &Desk) -> Result<(), StoreError> {
    desk.keys.execute_batch("VACUUM")?;
    desk.fold()
}

/// Keeps the former key beside its file: `.old`, or the next of `.old-2`, `.old-3`, … that is free. One that holds this very
/// key, from an attempt that was interrupted, will do.
fn keep(path: &Path, former: &Key) -> Result<PathBuf, RotateError> {
    let names = (1..).map(|n| if n == 1 { ".old".to_owned() } else { format!(".old-{n}") });
    for kept in names.map(|ending| beside(path, &ending)) {
        if !kept.exists() {
            keyfile::write(&kept, former)?;
            return Ok(kept);
        }
        // A file that is no key is somebody else's, and left alone.
        if matches!(KeySource::File(kept.clone()).load(), Ok(Some(key)) if key.is(former)) {
            return Ok(kept);
        }
    }
    unreachable!("some number is free")
}
