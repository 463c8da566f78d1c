//! How long the binary takes to build from nothing, and of how many crates it is made. Nothing is downloaded meanwhile: what it
//! needs was fetched to build this.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::Scale;
use crate::goals::{BUILD_DEBUG, BUILD_RELEASE};
use crate::seed;
use crate::table::Row;

pub fn measure(scale: Scale) -> Vec<Row> {
    if scale.quick {
        eprintln!("minutes, whatever the scale: left out of a quick look");
        return Vec::new();
    }
    vec![built(BUILD_DEBUG, &[]), built(BUILD_RELEASE, &["--release"])]
}

/// Builds once, into a folder of its own.
fn built(what: &'static str, profile: &[&str]) -> Row {
    let folder = seed::folder();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--locked", "--offline", "--bin", "rekindle", "--message-format", "json", "--target-dir"]);
    command.arg(folder.path()).args(profile).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    let begin = Instant::now();
    let output = command.env_remove("CARGO_INCREMENTAL").stderr(Stdio::inherit()).output().unwrap();
    let took = begin.elapsed().as_secs();
    assert!(output.status.success(), "it does not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let artifacts = messages.filter(|message| message["reason"] == "compiler-artifact");
    let crates: BTreeSet<String> = artifacts.map(|artifact| artifact["package_id"].to_string()).collect();
    Row::told(what, format!("{} min {:02} s, {} crates with our own", took / 60, took % 60, crates.len()))
}
