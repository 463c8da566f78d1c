//! What was found: one line a row of `goals.rs`, printed and written into the document between its two marks. What was not
//! measured says so, unless the line of an earlier run is to be kept: that one names its own commit and day.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::goals::{Goal, ROWS};

/// Between these two lines of the document stands what this program wrote last.
const MARKS: (&str, &str) = ("<!-- written by `just bench` -->", "<!-- end of what is written -->");

const HEAD: &str =
    "| what | floor in the same run | ours | ratio | goal | met | run |\n| --- | --- | --- | --- | --- | --- | --- |\n";

/// What one row came to.
pub struct Row {
    /// Which of `goals.rs`.
    what: &'static str,
    /// What it is measured against, with its figure.
    floor: String,
    /// The bot's own figure.
    ours: String,
    /// Ours in floors.
    ratio: Option<f64>,
    /// Whether that is enough, where something was wanted.
    met: Option<bool>,
}

impl Row {
    /// A figure that is judged by how many times its floor it is.
    pub fn ratio(what: &'static str, floor: String, ours: String, ratio: f64) -> Self {
        let met = match goal(what) {
            Goal::AtMost(most) => Some(ratio <= most),
            Goal::AtLeast(least) => Some(ratio >= least),
            Goal::Said(_) | Goal::Nothing => None,
        };
        Self { what, floor, ours, ratio: Some(ratio), met }
    }

    /// A figure that is judged by itself.
    pub fn said(what: &'static str, floor: impl Into<String>, ours: String, met: bool) -> Self {
        Self { what, floor: floor.into(), ours, ratio: None, met: Some(met) }
    }

    /// A figure that nothing is wanted of.
    pub fn told(what: &'static str, ours: String) -> Self {
        Self { what, floor: "–".into(), ours, ratio: None, met: None }
    }

    fn line(&self, run: &str) -> String {
        let Self { what, floor, ours, ratio, met } = self;
        let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2} ×"));
        let met = match met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        format!("| {what} | {floor} | {ours} | {ratio} | {} | {met} | {run} |\n", told(goal(what)))
    }
}

fn goal(what: &str) -> Goal {
    ROWS.iter().find(|row| row.what == what).expect("every row is among the goals").goal
}

fn told(goal: Goal) -> String {
    match goal {
        Goal::AtMost(most) => format!("≤ {most} ×"),
        Goal::AtLeast(least) => format!("≥ {least} ×"),
        Goal::Said(said) => said.to_owned(),
        Goal::Nothing => "–".to_owned(),
    }
}

/// The whole table as Markdown. `earlier` is a table of which the lines are kept that were not measured now.
pub fn shown(rows: &[Row], run: &str, earlier: Option<&str>) -> String {
    let mut text = HEAD.to_owned();
    for wanted in ROWS {
        let kept = || {
            let begins = format!("| {} |", wanted.what);
            earlier?.lines().find(|line| line.starts_with(&begins)).map(|line| format!("{line}\n"))
        };
        let found = rows.iter().find(|row| row.what == wanted.what).map(|row| row.line(run));
        text += &found.or_else(kept).unwrap_or_else(|| not_run(wanted.what));
    }
    text
}

fn not_run(what: &str) -> String {
    format!("| {what} | – | not run | – | {} | – | – |\n", told(goal(what)))
}

/// The lines of some rows alone, to be read while the rest is measured.
pub fn part(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |text, row| text + &row.line("now"))
}

fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Which run a line is of: commit and day. Taken when it begins, for a commit may be made meanwhile.
pub fn run() -> String {
    let commit = said_by("git", &["rev-parse", "--short=10", "HEAD"]).unwrap_or_else(|| "unknown".into());
    let changed = said_by("git", &["status", "--porcelain", "--untracked-files=no"]).is_some_and(|files| {
        // The table itself is written by this program.
        files.lines().any(|file| !file.ends_with("docs/PERFORMANCE.md"))
    });
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d");
    format!("{commit}{} {day}", if changed { "+" } else { "" })
}

/// One, five and fifteen minutes.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("?").to_owned()
}

/// Where and how: the run, the machine, how long it took, and what else the machine did.
pub fn circumstances(run: &str, before: &str, took: &[(&str, Duration)]) -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        text.lines()
            .find_map(|line| Some(line.strip_prefix("model name")?.trim_start_matches([' ', '\t', ':']).to_owned()))
    });
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = said_by("uname", &["-sr"]).unwrap_or_default();
    let seconds: u64 = took.iter().map(|(_, took)| took.as_secs()).sum();
    let mut text = format!(
        "Run {run}: {cores} cores of {}, {kernel}; load before it began {before}; {} min {} s in all (",
        processor.unwrap_or_else(|| "an unknown processor".into()),
        seconds / 60,
        seconds % 60,
    );
    for (at, (group, took)) in took.iter().enumerate() {
        let _ = write!(text, "{}{group} {} s", if at > 0 { ", " } else { "" }, took.as_secs());
    }
    text + ").\n\n"
}

/// The table that stands in the document.
pub fn written(document: &Path) -> std::io::Result<String> {
    parts(document).map(|(_, table, _)| table)
}

/// Puts the text between the marks of the document; what stands around it was written by hand and stays.
pub fn write(document: &Path, text: &str) -> std::io::Result<()> {
    let (head, _, tail) = parts(document)?;
    let (begin, end) = MARKS;
    std::fs::write(document, format!("{head}{begin}\n{text}{end}{tail}"))
}

fn parts(document: &Path) -> std::io::Result<(String, String, String)> {
    let text = std::fs::read_to_string(document)?;
    let (begin, end) = MARKS;
    let found =
        text.split_once(begin).and_then(|(head, rest)| rest.split_once(end).map(|(table, tail)| (head, table, tail)));
    let lost = || std::io::Error::other(format!("{} has lost its marks", document.display()));
    found.map(|(head, table, tail)| (head.into(), table.into(), tail.into())).ok_or_else(lost)
}
