//! What can go wrong: while opening ([`OpenError`], read by the operator) and afterwards ([`StoreError`], turned by the
//! service into a kind reply). No text here names a person or quotes a row.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why a job was not done. Whatever it is, nothing of the job was stored.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The disk did not take it (full, broken, read-only), or the whole group's COMMIT failed. Trying again is right.
    #[error("not saved: the database could not be written")]
    NotSaved,
    /// A sealed value did not open: it was altered, moved, or belongs to another key.
    #[error("row {row} of table {table} does not open: it was altered, or moved there from elsewhere")]
    Sealed {
        /// Where it stands.
        table: &'static str,
        /// Which row: a person's number in `persons` and `keys`.
        row: i64,
    },
    /// A sealed value opened but is not what this version writes.
    #[error("a value in table {table} is not one this version can read")]
    Unreadable {
        /// Where it stands.
        table: &'static str,
    },
    /// Nobody is known by that number (any more).
    #[error("this person is not known to the store")]
    Unknown,
    /// The job panicked; its own changes were rolled back and the writer went on.
    #[error("a job of the store panicked")]
    Panicked,
    /// The store was closed before the job ran.
    #[error("the store is closed")]
    Closed,
    /// Any other refusal of the database: a constraint, a statement that does not fit the schema.
    #[error("the database refused: {0}")]
    Sql(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::OutOfMemory,
            ) => Self::NotSaved,
            _ => Self::Sql(error),
        }
    }
}

/// Why a store was not opened. In every case but [`OpenError::Io`] and [`OpenError::Sql`] its files were left exactly
/// as they were; in those two it depends on how far the disk let us come, and no row was lost.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use by another rekindle. Stop that one first, or give this one a storage.path of its own", .data.display())]
    Locked {
        /// The data database.
        data: PathBuf,
    },
    /// A newer rekindle wrote it.
    #[error(
        "{} was written by a newer rekindle (schema {found}, this one knows {known}). Start that newer version, or \
         restore the copy made before the upgrade", .file.display()
    )]
    Newer {
        /// Which of the two databases.
        file: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The operator key does not open the keys database.
    #[error(
        "the operator key from {from} does not open {}. Put back the key this store was made with, or the newest one if it \
         was changed since (`rekindle key rotate` named its file); nothing was changed",
        .keys.display()
    )]
    WrongKey {
        /// Where the key came from: a path, or what stands for a given key.
        from: String,
        /// The keys database.
        keys: PathBuf,
    },
    /// There is a store but no operator key.
    #[error(
        "missing key: {} does not exist, but the store does. Put the key file back from where you keep its copy; \
         without it nothing in the store can be read", .key_file.display()
    )]
    MissingKey {
        /// Where the key was looked for.
        key_file: PathBuf,
    },
    /// The operator key is not 64 hexadecimal digits.
    #[error("the operator key from {from} is not 64 hexadecimal digits. Put the right key there")]
    UnreadableKey {
        /// Where the key came from.
        from: String,
    },
    /// Others than the owner may read the key file.
    #[error("{} can be read by others (mode {mode:03o}). Run: chmod 600 {}", .key_file.display(), .key_file.display())]
    OpenToOthers {
        /// The key file.
        key_file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The data has people, but the keys are gone.
    #[error(
        "{} holds people, but {} holds none of their keys. Restore the keys database from its newest copy, or move the \
         data file away to begin anew", .data.display(), .keys.display()
    )]
    KeysLost {
        /// The data database.
        data: PathBuf,
        /// The keys database.
        keys: PathBuf,
    },
    /// There are keys of people, but the data is gone.
    #[error(
        "{} holds keys of people, but {} does not exist. Restore the data file from its newest copy, or move the keys \
         file away to begin anew", .keys.display(), .data.display()
    )]
    DataLost {
        /// The data database.
        data: PathBuf,
        /// The keys database.
        keys: PathBuf,
    },
    /// What the keys database holds besides people's keys was altered.
    #[error("{}: {source}. Nothing was changed; restore the keys database from its newest copy", .file.display())]
    Altered {
        /// The keys database.
        file: PathBuf,
        /// Where it does not open.
        source: StoreError,
    },
    /// The keys are a copy from before the data's hashes had the secret they have now.
    #[error(
        "{} is an older copy than {} can be read with: the secret of its account hashes is not in it. Put a newer copy of \
         the keys there", .keys.display(), .data.display()
    )]
    KeysTooOld {
        /// The data database.
        data: PathBuf,
        /// The keys database.
        keys: PathBuf,
    },
    /// A file that rekindle did not make.
    #[error("{} is not a file of rekindle's of that kind. Look at storage.path and storage.keys", .file.display())]
    NotOurs {
        /// That file.
        file: PathBuf,
    },
    /// Data and keys belong to two different stores.
    #[error("{} holds the keys of another store than {}. Put the two files together that belong together", .keys.display(), .data.display())]
    KeysOfAnother {
        /// The data database.
        data: PathBuf,
        /// The keys database.
        keys: PathBuf,
    },
    /// What is left of a database that is not there itself.
    #[error(
        "{} is the unfinished half of {}, which is missing. Put that file back beside it, or move this one away",
        .wal.display(), .file.display()
    )]
    StrayWal {
        /// The write-ahead log.
        wal: PathBuf,
        /// The database it belongs to.
        file: PathBuf,
    },
    /// Data and keys were given as one and the same file.
    #[error("storage.path and storage.keys both name {}. Give the keys a file of their own", .file.display())]
    SameFile {
        /// That file.
        file: PathBuf,
    },
    /// The file system said no.
    #[error("{}: {source}. Check that the folder exists, is writable and has room", .file.display())]
    Io {
        /// The file it was about.
        file: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Its pages do not hold together.
    #[error(
        "{} is damaged. Put back the newest copy with `rekindle restore`; keep this file, it was not changed", .file.display()
    )]
    Damaged {
        /// Which of the two databases.
        file: PathBuf,
    },
    /// What a start writes was not taken.
    #[error(
        "{} could not be written. Check that the folder and the file can be written by this user, that the disk has room, \
         and that no other program is writing in it (a copy being put back, a shell)", .file.display()
    )]
    NotWritten {
        /// The database.
        file: PathBuf,
    },
    /// The database library said no.
    #[error("{} could not be opened: {source}{}", .file.display(), what_to_do(.source))]
    Sql {
        /// The file it was about.
        file: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
}

/// What an operator can do about a refusal of the database library.
fn what_to_do(source: &rusqlite::Error) -> &'static str {
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ". Another program is writing in it: let that end, then start again"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => {
            ". Check that the folder and the file can be written by this user"
        }
        Some(ErrorCode::DiskFull) => ". Make room on the disk, then start again",
        _ => "",
    }
}
