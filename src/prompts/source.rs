//! Where prompts come from: the tree compiled in, a folder of the operator's (`prompts.dir`), or files in memory.
//!
//! Everything is read before anything is parsed, so that the checker sees each file once and in one way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use include_dir::{Dir, include_dir};

use super::finding::{Report, line_at};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/prompts");

/// What begins a file some editors save with a byte order mark.
const BOM: char = '\u{feff}';

/// A tree of prompt files, by path below the root, with `/` between the parts.
#[derive(Clone, Debug)]
pub struct Source {
    root: String,
    files: BTreeMap<String, Vec<u8>>,
}

/// A folder of prompts that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the prompts in {}: {error}", path.display())]
pub struct SourceError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub error: io::Error,
}

impl Source {
    /// The prompts compiled into the program.
    #[must_use]
    pub fn built_in() -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![&BUILT_IN];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            for file in folder.files().filter(|file| !is_hidden(file.path())) {
                files.insert(slashed(file.path()), file.contents().to_vec());
            }
        }
        Self { root: "prompts".into(), files }
    }

    /// The prompts in a folder, all of them: nothing compiled in is mixed with it. Hidden files are left out.
    ///
    /// # Errors
    /// Where the folder or a file in it cannot be read; the error names it.
    pub fn dir(path: impl AsRef<Path>) -> Result<Self, SourceError> {
        let root = path.as_ref();
        let mut files = BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            let named = |error| SourceError { path: folder.clone(), error };
            for entry in fs::read_dir(&folder).map_err(named)? {
                let path = entry.map_err(named)?.path();
                if is_hidden(&path) {
                    continue;
                }
                let named = |error| SourceError { path: path.clone(), error };
                // `metadata` follows links: mounted configuration is often made of them.
                if fs::metadata(&path).map_err(named)?.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).map_err(named)?;
                    let below = path.strip_prefix(root).unwrap_or(&path);
                    files.insert(slashed(below), bytes);
                }
            }
        }
        Ok(Self { root: root.display().to_string(), files })
    }

    /// Files in memory: paths such as `en/start/hello.md`, and their text.
    pub fn from_files<P: Into<String>, T: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self { root: "prompts".into(), files }
    }

    /// All paths, sorted.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The folders directly below the root: one a locale.
    pub(super) fn locales(&self) -> BTreeSet<&str> {
        self.paths().filter_map(|path| path.split_once('/')).map(|(folder, _)| folder).collect()
    }

    /// The name under which the file can be opened from where the check was started.
    pub(super) fn name(&self, path: &str) -> String {
        format!("{}/{path}", self.root.trim_end_matches('/'))
    }

    /// A file as it is.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The text of a file with LF line ends; what could not be read as text is reported.
    pub(super) fn text(&self, path: &str, report: &mut Report<'_>) -> Option<String> {
        let raw = String::from_utf8_lossy(self.files.get(path)?);
        let text = raw.trim_start_matches(BOM).replace("\r\n", "\n").replace('\r', "\n");
        if raw.starts_with(BOM) {
            report.error(1, "the file begins with a byte order mark; save it as UTF-8 without BOM");
        }
        if let Some(offset) = text.find(char::REPLACEMENT_CHARACTER) {
            report.error(line_at(&text, offset), "there are bytes that are not UTF-8; save the file as UTF-8");
        }
        Some(text)
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_reads_as_the_paths_below_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("en/start")).unwrap();
        fs::write(folder.path().join("en/start/hello.md"), "Hi.\r\nThere.").unwrap();
        fs::write(folder.path().join("en/.hello.md.swp"), [0xff]).unwrap();
        let source = Source::dir(folder.path()).unwrap();
        assert_eq!(source.paths().collect::<Vec<_>>(), ["en/start/hello.md"]);
        let mut findings = Vec::new();
        let text = source.text("en/start/hello.md", &mut Report::new("f", &mut findings));
        assert_eq!((text.as_deref(), findings.len()), (Some("Hi.\nThere."), 0));
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Source::dir("/nowhere/prompts").unwrap_err();
        assert!(error.to_string().starts_with("cannot read the prompts in /nowhere/prompts: "), "{error}");
    }

    #[test]
    fn a_mark_at_the_start_and_foreign_bytes_are_found() {
        let source = Source::from_files([("a", "\u{feff}one\ntwo \u{fffd}")]);
        let mut findings = Vec::new();
        source.text("a", &mut Report::new(source.name("a"), &mut findings));
        let shown: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "prompts/a:1: the file begins with a byte order mark; save it as UTF-8 without BOM",
                "prompts/a:2: there are bytes that are not UTF-8; save the file as UTF-8",
            ]
        );
    }
}
