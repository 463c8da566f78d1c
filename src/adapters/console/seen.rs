//! Which deliveries this terminal has shown: so that after a kill none is shown again.
//!
//! Beside a database `people.db` lies `people.db.screen`: the ids of the deliveries that were shown, one a line, written
//! through to the disk right after each was printed and flushed. [`super::Screen`] is its only user. Ids only, no words.
//!
//! A kill in the instant between printing and writing shows that one message twice, which is better than never. For the
//! same reason everything doubtful is read as "not shown": a torn last line, a file that belongs to another database.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::chat::DeliveryId;

/// How many ids are kept from one run to the next: far more than can be on their way at a time.
const KEPT: usize = 1000;

/// The deliveries that were shown.
#[derive(Debug, Default)]
pub struct Seen {
    /// The database whose file was not read yet.
    unread: Option<PathBuf>,
    ids: HashSet<DeliveryId>,
    file: Option<File>,
}

impl Seen {
    /// Only for as long as this process lives: for a store in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// What was shown of the database `db`, which need not exist yet: read with the first question, or by
    /// [`Seen::read`]. By then the store is open, which keeps out a second process.
    #[must_use]
    pub fn of(db: &Path) -> Self {
        Self { unread: Some(db.to_owned()), ..Self::default() }
    }

    /// Reads it now, if it was not read yet.
    ///
    /// # Errors
    /// Where the database does not exist, or the file beside it cannot be read or written. It is tried again next time.
    pub fn read(&mut self) -> io::Result<()> {
        if let Some(db) = &self.unread {
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("what was shown, {}: {error}", path_beside(db).display()))
            };
            *self = Self::beside(db).map_err(named)?;
        }
        Ok(())
    }

    /// Reads what was shown of the database `db`, shortens it to the latest 1000 and goes on from there.
    ///
    /// # Errors
    /// Where `db` does not exist, or the file beside it cannot be read or written.
    fn beside(db: &Path) -> io::Result<Self> {
        let path = path_beside(db);
        let head = format!("store {}", identity(db)?);
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let ids = latest(&text, &head);

        // A new file under the old name, so that a kill in between leaves the one or the other whole.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(fresh, "{head}")?;
        for id in &ids {
            writeln!(fresh, "{}", id.0)?;
        }
        fresh.as_file().sync_all()?;
        fresh.persist(&path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()?;
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok(Self { unread: None, ids: ids.into_iter().collect(), file: Some(file) })
    }

    /// Whether `id` was shown.
    ///
    /// # Errors
    /// See [`Seen::read`].
    pub fn contains(&mut self, id: DeliveryId) -> io::Result<bool> {
        self.read()?;
        Ok(self.ids.contains(&id))
    }

    /// Writes down that `id` was shown; on the disk when this returns.
    ///
    /// # Errors
    /// Where the disk refuses; it is then known to this process alone. See [`Seen::read`] as well.
    pub fn note(&mut self, id: DeliveryId) -> io::Result<()> {
        self.read()?;
        if !self.ids.insert(id) {
            return Ok(());
        }
        if let Some(file) = &mut self.file {
            // One write a line: a kill may tear it, but it cannot mix two.
            file.write_all(format!("{}\n", id.0).as_bytes())?;
            file.sync_data()?;
        }
        Ok(())
    }
}

/// `people.db` → `people.db.screen`
fn path_beside(db: &Path) -> PathBuf {
    let mut path = db.as_os_str().to_owned();
    path.push(".screen");
    path.into()
}

/// Tells one database file from another at the same path, whose ids start again from 1: a database that was removed
/// and made anew, or restored from a backup.
fn identity(db: &Path) -> io::Result<String> {
    let metadata = std::fs::metadata(db)?;
    #[cfg(unix)]
    let file = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let file = 0;
    // Some file systems do not know when a file was made; there its number has to do.
    let made = metadata.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    Ok(format!("{file}-{}", made.as_nanos()))
}

/// The latest ids of a whole file that starts with `head`, oldest first.
fn latest(text: &str, head: &str) -> Vec<DeliveryId> {
    // What follows the last line end is nothing, or a line that a kill tore: "12" may have been about to be "123".
    let Some((whole, _torn)) = text.rsplit_once('\n') else { return Vec::new() };
    let mut lines = whole.lines();
    if lines.next() != Some(head) {
        return Vec::new();
    }
    let ids: Vec<_> = lines.filter_map(|line| line.parse().ok().map(DeliveryId)).collect();
    ids[ids.len().saturating_sub(KEPT)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("people.db");
        std::fs::write(&db, "a database").unwrap();
        (dir, db)
    }

    #[test]
    fn what_was_shown_is_known_after_a_restart() {
        let (_dir, db) = store();
        let mut seen = Seen::beside(&db).unwrap();
        assert!(!seen.contains(DeliveryId(7)).unwrap());
        seen.note(DeliveryId(7)).unwrap();
        seen.note(DeliveryId(9)).unwrap();
        drop(seen);
        let mut seen = Seen::beside(&db).unwrap();
        assert!(seen.contains(DeliveryId(7)).unwrap() && seen.contains(DeliveryId(9)).unwrap());
        assert!(!seen.contains(DeliveryId(8)).unwrap());
    }

    #[test]
    fn a_torn_last_line_counts_as_not_shown_and_does_not_spoil_the_next() {
        let (_dir, db) = store();
        let mut seen = Seen::beside(&db).unwrap();
        seen.note(DeliveryId(7)).unwrap();
        seen.note(DeliveryId(123)).unwrap();
        drop(seen);
        let path = path_beside(&db);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, whole.strip_suffix("3\n").unwrap()).unwrap();

        let mut seen = Seen::beside(&db).unwrap();
        assert!(seen.contains(DeliveryId(7)).unwrap());
        assert!(!seen.contains(DeliveryId(12)).unwrap() && !seen.contains(DeliveryId(123)).unwrap());
        seen.note(DeliveryId(123)).unwrap();
        drop(seen);
        let mut seen = Seen::beside(&db).unwrap();
        assert!(seen.contains(DeliveryId(7)).unwrap() && seen.contains(DeliveryId(123)).unwrap());
    }

    #[test]
    fn the_file_stays_short() {
        let (_dir, db) = store();
        drop(Seen::beside(&db).unwrap());
        let path = path_beside(&db);
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.extend((1..=1500).map(|id| format!("{id}\n")));
        std::fs::write(&path, text).unwrap();

        let mut seen = Seen::beside(&db).unwrap();
        assert!(
            !seen.contains(DeliveryId(500)).unwrap()
                && seen.contains(DeliveryId(501)).unwrap()
                && seen.contains(DeliveryId(1500)).unwrap()
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1 + KEPT);
    }

    #[test]
    fn another_database_at_the_same_path_starts_afresh() {
        let (_dir, db) = store();
        let mut seen = Seen::beside(&db).unwrap();
        seen.note(DeliveryId(1)).unwrap();
        drop(seen);
        // The old file is kept under another name, so that its number cannot be given to the new one.
        std::fs::rename(&db, db.with_extension("old")).unwrap();
        std::fs::write(&db, "another").unwrap();
        assert!(!Seen::beside(&db).unwrap().contains(DeliveryId(1)).unwrap());
    }

    #[test]
    fn the_file_comes_with_the_database_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("people.db");
        let mut seen = Seen::of(&db);
        assert_eq!(seen.contains(DeliveryId(1)).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        std::fs::write(&db, "a database").unwrap();
        assert!(!seen.contains(DeliveryId(1)).unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}
