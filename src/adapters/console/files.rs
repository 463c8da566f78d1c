//! Files that come with a message: written into a directory, readable by nobody else, never over another file.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use crate::chat::Attachment;

/// So many files of one name are enough for one day.
const MOST: u32 = 1000;

/// Writes a file into `folder` and returns the name it got: another one where that name is taken.
pub fn save(folder: &Path, file: &Attachment) -> io::Result<String> {
    // What is shown comes from us, but a name must never lead anywhere else.
    let name: String =
        file.name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    let (stem, end) = name.split_once('.').unwrap_or((&name, ""));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for number in 1..=MOST {
        let name = if number == 1 { format!("{stem}.{end}") } else { format!("{stem}-{number}.{end}") };
        match options.open(folder.join(&name)) {
            Ok(mut open) => {
                open.write_all(&file.bytes)?;
                return Ok(name);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn file(name: &str, text: &str) -> Attachment {
        Attachment { name: name.into(), media_type: "text/html", bytes: Zeroizing::new(text.as_bytes().to_vec()) }
    }

    #[test]
    fn a_file_is_for_its_owner_alone_and_never_written_over_another() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(save(folder.path(), &file("notes.html.age", "one")).unwrap(), "notes.html.age");
        assert_eq!(save(folder.path(), &file("notes.html.age", "two")).unwrap(), "notes-2.html.age");
        assert_eq!(std::fs::read(folder.path().join("notes.html.age")).unwrap(), b"one");
        assert_eq!(std::fs::read(folder.path().join("notes-2.html.age")).unwrap(), b"two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("notes.html.age")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let name = save(folder.path(), &file("../../etc/x.json", "x")).unwrap();
        assert!(!name.contains('/') && folder.path().join(&name).exists(), "{name}");
    }
}
