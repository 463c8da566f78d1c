//! How large the stripped release binaries are.

use std::path::Path;

use crate::goals::SIZE;
use crate::process::{bare_binary, rekindle_binary};
use crate::table::Row;
use crate::timing::count;

/// Megabytes, as the issue counts them.
const MOST: f64 = 18.0;

pub fn measure() -> Vec<Row> {
    let of = |path: &Path| count(std::fs::metadata(path).unwrap().len()) / 1e6;
    let (ours, bare) = (of(&rekindle_binary()), of(&bare_binary()));
    vec![Row::said(SIZE, format!("bare serenity bot: {bare:.1} MB"), format!("{ours:.1} MB"), ours <= MOST)]
}
