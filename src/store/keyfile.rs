//! The operator's key: read from its file or given, made on the very first run. Only [`open`](super::open) asks for it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::error::{OpenError, StoreError};
use super::sealing::Key;

/// No key file is longer; more is not read.
const LONGEST: u64 = 1024;

/// Where the operator's key comes from: 32 random bytes as 64 hexadecimal digits.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file of mode 0600; made where the store is made.
    File(PathBuf),
    /// The digits themselves, from a secret store or the environment.
    Given(SecretString),
}

impl KeySource {
    /// A new key that never leaves this process, for a store that is not to outlive it.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn passing() -> Result<Self, StoreError> {
        Ok(Self::Given(SecretString::from(Key::random()?.to_hex().as_str())))
    }

    /// How an error names it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Given(_) => "the configuration".to_owned(),
        }
    }

    /// Where a new key waits while the key in that file is being changed.
    pub(super) fn waiting(&self) -> Option<PathBuf> {
        match self {
            Self::File(path) => Some(waiting(path)),
            Self::Given(_) => None,
        }
    }

    /// Reads the key; `None` where its file does not exist.
    pub(super) fn load(&self) -> Result<Option<Key>, OpenError> {
        let unreadable = || OpenError::UnreadableKey { from: self.name() };
        let text = match self {
            Self::Given(secret) => return Key::from_hex(secret.expose_secret()).map(Some).ok_or_else(unreadable),
            Self::File(path) => match read(path) {
                Ok(text) => text?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(unreadable()),
                Err(source) => return Err(OpenError::Io { file: path.clone(), source }),
            },
        };
        Key::from_hex(&text).map(Some).ok_or_else(unreadable)
    }
}

/// The inner error is about who else may read it.
fn read(path: &Path) -> io::Result<Result<Zeroizing<String>, OpenError>> {
    let file = File::open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata()?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Ok(Err(OpenError::OpenToOthers { key_file: path.to_owned(), mode }));
        }
    }
    // As much room as is ever needed: growing would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(2048));
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(Ok(text))
}

/// Makes a new key and its file, which no one else may read, and waits until the disk has it.
pub(super) fn make(path: &Path) -> Result<Key, OpenError> {
    let io = |source| OpenError::Io { file: path.to_owned(), source };
    let key = Key::random().map_err(|_| io(io::Error::other("the system gave no random numbers")))?;
    write(path, &key)?;
    Ok(key)
}

/// Writes a key into a new file, which no one else may read, and waits until the disk has it.
pub(super) fn write(path: &Path, key: &Key) -> Result<(), OpenError> {
    let io = |source| OpenError::Io { file: path.to_owned(), source };
    let mut file = private(path).map_err(io)?;
    let written = file
        .write_all(key.to_hex().as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_folder(path));
    if let Err(error) = written {
        // Half a key would stand in the way of the next start. If it cannot be removed either, the first error counts.
        drop(fs::remove_file(path));
        return Err(io(error));
    }
    Ok(())
}

/// The file beside a key's in which the next one waits.
pub(super) fn waiting(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Creates a file that was not there before and that only its owner may read.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes sure that a new name in a folder outlives a power cut.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
