//! How fast and how small the bot is: `just bench` runs it, prints the table and writes docs/PERFORMANCE.md.
//!
//! Each figure is a ratio or a count against a floor that is measured in the same run, in alternating runs of both sides,
//! since no two machines and no two minutes of one are alike. The programs are the real release binaries, each a process
//! of its own; the fake Discord of the tests runs in this one.

mod answers;
mod build;
mod commits;
mod goals;
mod idle;
mod limits;
mod million;
mod pending;
mod process;
mod reminders;
mod seed;
mod size;
mod table;
mod timing;

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use futures_util::FutureExt as _;
use table::Row;

#[derive(Parser)]
#[command(about = "Measures the bot. Without arguments everything, and docs/PERFORMANCE.md is written.")]
struct Arguments {
    /// Only these groups: answers, commits, reminders, limits, pending, million, idle, size, build. The document is written
    /// only with --keep then
    only: Vec<String>,
    /// Fewer people and shorter runs, while something is being changed; nothing is written
    #[arg(long)]
    quick: bool,
    /// What is not measured now keeps its line of an earlier run, with the commit and day of that
    #[arg(long)]
    keep: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Scale {
    /// Runs of each side.
    pub runs: usize,
    /// Whether it is a quick look.
    pub quick: bool,
}

impl Scale {
    /// The whole number, or the small one for a quick look.
    pub const fn of(self, whole: usize, quick: usize) -> usize {
        if self.quick { quick } else { whole }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { only, quick, keep, .. } = Arguments::parse();
    if cfg!(debug_assertions) {
        eprintln!("this measures a release build: `just bench`");
        return ExitCode::FAILURE;
    }
    let unknown = only.iter().find(|name| !goals::groups().contains(&name.as_str()));
    if let Some(name) = unknown {
        eprintln!("there is no group {name}; there are {}", goals::groups().join(", "));
        return ExitCode::FAILURE;
    }
    let scale = Scale { runs: if quick { 3 } else { 5 }, quick };
    let (run, load, builds) = (table::run(), table::load(), process::builds());
    let (mut rows, mut took, mut failed) = (Vec::new(), Vec::new(), false);
    for group in goals::groups() {
        if !only.is_empty() && !only.iter().any(|name| group == name) {
            continue;
        }
        eprintln!("{group} …");
        let since = Instant::now();
        // What one group fails at does not cost the rows of the others.
        match AssertUnwindSafe(measured(group, scale)).catch_unwind().await {
            Ok(found) => {
                eprint!("{}", table::part(&found));
                rows.extend(found);
            }
            Err(_) => failed = true,
        }
        took.push((group, since.elapsed()));
        eprintln!("{group}: {} s", since.elapsed().as_secs());
    }
    if process::builds() != builds {
        eprintln!("the programs were built anew meanwhile: the rows are not of the same bot, and nothing is written");
        return ExitCode::FAILURE;
    }
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PERFORMANCE.md");
    let earlier = if keep { table::written(&document) } else { Ok(String::new()) };
    let told = earlier.map(|earlier| {
        let note = if quick { "A quick look: fewer runs, and 10⁴ people where a row says more.\n\n" } else { "" };
        format!("{note}{}{}", table::circumstances(&run, &load, &took), table::shown(&rows, &run, Some(&earlier)))
    });
    let done = told.and_then(|told| {
        println!("{told}");
        if quick || !(only.is_empty() || keep) { Ok(()) } else { table::write(&document, &told) }
    });
    if let Err(error) = done {
        eprintln!("{}: {error}", document.display());
        return ExitCode::FAILURE;
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn measured(group: &str, scale: Scale) -> Vec<Row> {
    match group {
        "answers" => answers::measure(scale).await,
        "commits" => commits::measure(scale).await,
        "reminders" => reminders::measure(scale).await,
        "limits" => limits::measure(scale).await,
        "pending" => pending::measure(scale).await,
        "million" => million::measure(scale).await,
        "idle" => idle::measure(scale).await,
        "size" => size::measure(),
        _ => build::measure(scale),
    }
}
