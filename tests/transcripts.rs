//! Golden transcripts: each `tests/transcripts/NAME.script` is played in the terminal, one of them by the real binary, and
//! what the person sees must be `NAME.txt` to the letter. Refresh with `just bless`, then read the difference aloud before it
//! is committed.
//!
//! The first line of a script is `# zone=… at=…`: where the person is and when it begins.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::console::played;

pub fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut scripts: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "script")).collect();
    scripts.sort();
    scripts
}

/// The zone and the civil time at which a script begins.
pub fn beginning(script: &Path) -> [String; 2] {
    let text = std::fs::read_to_string(script).unwrap();
    let first = text.lines().next().unwrap_or_default();
    ["zone=", "at="].map(|name| {
        let found = first.split("  ").find_map(|part| part.trim_start_matches("# ").strip_prefix(name));
        found.unwrap_or_else(|| panic!("{}: the first line lacks {name}", script.display())).to_owned()
    })
}

fn by_the_binary(script: &Path) -> String {
    let [zone, at] = beginning(script);
    // Files that come with a message are written into the directory it was started in.
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rekindle"))
        .args(["console", "--zone", &zone, "--at", &at, "--script"])
        .arg(script)
        .current_dir(folder.path())
        .env_remove("REKINDLE_KEY")
        .output()
        .unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && complaints.is_empty(), "{}: {complaints}", script.display());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_conversation_reads_as_it_was_approved() {
    let bless = std::env::var_os("REKINDLE_BLESS").is_some();
    let mut different = Vec::new();
    let scripts = scripts();
    assert!(scripts.len() >= 10, "the scripts are missing");
    for script in scripts {
        let [zone, at] = beginning(&script);
        let shown = played(&script, &zone, &at);
        let stale = "No message here has offered";
        assert!(!shown.contains(stale), "{}: a line presses what was not offered:\n{shown}", script.display());
        let golden = script.with_extension("txt");
        if bless {
            std::fs::write(&golden, &shown).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != shown {
            let place = std::env::temp_dir().join(golden.file_name().unwrap());
            std::fs::write(&place, &shown).unwrap();
            different.push(format!("diff {} {}", golden.display(), place.display()));
        }
    }
    assert!(different.is_empty(), "not what was approved; look with\n{}", different.join("\n"));
}

#[test]
fn the_binary_says_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    for name in ["fortnight", "export-locked"] {
        let script = folder.join(name).with_extension("script");
        let golden = std::fs::read_to_string(script.with_extension("txt")).unwrap();
        assert_eq!(by_the_binary(&script), golden, "{name}");
    }
}
