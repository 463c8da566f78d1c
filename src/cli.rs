//! The command line: what can be asked of the program, and how it ends (0 well, 1 failed, 2 asked wrongly).

mod keep;
pub(crate) mod output;
mod run;
mod scan;
mod train;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use output::{err, out};
use rekindle::adapters::console::{self, ConsoleOptions, ConsoleTransport, Screen};
use rekindle::adapters::discord;
use rekindle::app::{App, Parts, list, load_prompts};
use rekindle::clock::Clock;
use rekindle::config::{Config, log_filter};
use rekindle::prompts::{Severity, Source, check};
use rekindle::store::{KeySource, Opened, Paths};
use rekindle::witness::Witness;

/// A private, slow guide through the question of getting back with a former partner.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Asked,
}

#[derive(Debug, Subcommand)]
enum Asked {
    /// Talk to the bot here, in the terminal. No account, no configuration; time can be moved (:help).
    Console(ConsoleArgs),
    /// Run the bot on Discord, until Ctrl-C or SIGTERM.
    Run(run::RunArgs),
    /// Print the links by which the bot is installed, with the least permissions.
    Invite {
        /// Read a configuration file; see config.example.toml.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Copy both databases, also while the bot runs, and look the copies through. The operator's key is not copied.
    Backup(keep::BackupArgs),
    /// Put copies back in the place of a store. The bot must not be running. Who was forgotten since stays forgotten.
    Restore(keep::RestoreArgs),
    /// Look after the operator's key.
    #[command(subcommand)]
    Key(keep::KeyAsked),
    /// Check the texts: what is missing, unknown, unused, too long. Exits 1 if anything is found.
    Check {
        /// A directory laid out like prompts/; without it, the built-in texts.
        dir: Option<PathBuf>,
    },
    /// Print the concerns of each line of standard input, as one JSON object a line.
    Scan(scan::ScanArgs),
    /// Train the classifier of the safety scanner on the examples of each language.
    Train(train::TrainArgs),
}

#[derive(Debug, Args)]
struct ConsoleArgs {
    /// Keep everything in this file (and its neighbours .keys and .key). Without it, nothing outlives the program.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Read the lines from this file instead of the keyboard (`-` for standard input).
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Read a configuration file; see config.example.toml.
    #[arg(long, value_name = "FILE", conflicts_with = "db")]
    config: Option<PathBuf>,
    /// Texts from this directory instead of the built-in ones; `:restart` reads them again.
    #[arg(long, value_name = "DIR")]
    prompts: Option<PathBuf>,
    /// The zone in which times are shown and `:to` is read.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: String,
    /// Begin at this time in that zone, such as "2026-03-20 20:00"; scripts then always give the same.
    #[arg(long, value_name = "TIME")]
    at: Option<DateTime>,
    /// Who types first.
    #[arg(long = "as", value_name = "NAME", default_value = "you")]
    who: String,
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever stood in the way, with what to do about it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Asked::Console(args) => run_console(args).await.map(|()| ExitCode::SUCCESS),
            Asked::Run(args) => Box::pin(run::run(args)).await.map(|()| ExitCode::SUCCESS),
            Asked::Invite { config } => run::invite(config.as_deref()).await.map(|()| ExitCode::SUCCESS),
            Asked::Backup(args) => keep::backup(args).await.map(|()| ExitCode::SUCCESS),
            Asked::Restore(args) => keep::restore(args).await.map(|()| ExitCode::SUCCESS),
            Asked::Key(asked) => keep::key(asked).await.map(|()| ExitCode::SUCCESS),
            Asked::Check { dir } => run_check(dir.as_deref()),
            Asked::Scan(args) => scan::run(&args),
            Asked::Train(args) => train::run(&args),
        }
    }
}

fn run_check(dir: Option<&Path>) -> anyhow::Result<ExitCode> {
    let source = match dir {
        Some(dir) => Source::dir(dir)?,
        None => Source::built_in(),
    };
    let findings = check(&source, Clock::system().now().to_zoned_datetime(TimeZone::UTC).date());
    let (notices, findings): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|finding| finding.severity == Severity::Notice);
    if !notices.is_empty() {
        err!("{}", list(&notices));
    }
    if findings.is_empty() {
        let commands = load_prompts(dir.map(Path::to_path_buf).as_ref())?.commands("en");
        let refused = discord::problems(&commands);
        if !refused.is_empty() {
            out!("{}", refused.join("\n"));
            return Ok(ExitCode::from(1));
        }
        out!("All texts are there, and nothing is left over.");
        return Ok(ExitCode::SUCCESS);
    }
    out!("{}", list(&findings));
    err!("{} to mend.", findings.len());
    Ok(ExitCode::from(1))
}

async fn run_console(args: ConsoleArgs) -> anyhow::Result<()> {
    let config = match (&args.config, &args.db) {
        (Some(file), _) => Some(Config::load(Some(file))?),
        (None, Some(db)) => Some(Config::at(db.clone())?),
        (None, None) => None,
    };
    log_to_stderr(config.as_ref().filter(|_| args.config.is_some()).map_or("warn", |config| &config.log))?;
    let zone = zone(&args.zone)?;
    let scripted = args.script.is_some() || !std::io::stdin().is_terminal();
    let clock = begin(args.at, &zone, scripted)?;

    // Nothing outlives this directory; the key to what is in it never leaves the memory.
    let passing = if config.is_none() { Some(passing_directory()?) } else { None };
    let (paths, key) = match (&config, &passing) {
        (Some(config), _) => place(config),
        (None, Some(dir)) => {
            let paths = Paths { data: dir.path().join("rekindle.db"), keys: dir.path().join("rekindle.keys") };
            (paths, KeySource::passing()?)
        }
        (None, None) => bail!("nowhere to keep anything"),
    };

    let options = ConsoleOptions { script: args.script, zone, who: args.who, ..ConsoleOptions::default() };
    let screen = Screen::stdout();
    let time = clock.clone();
    let transport = Arc::new(ConsoleTransport::new(screen.clone(), options.zone.clone(), move || time.now()));
    let prompts = args.prompts.or(config.and_then(|config| config.prompts.dir));
    let witness = Witness::of(&clock);
    let parts = Parts { paths, key, prompts, clock, witness, transport, background: !scripted };
    let (app, opened) = App::open(parts)?;
    tell_opened(&opened);
    console::run(options, app, screen).await?;
    Ok(())
}

/// Where a configuration keeps things, and the operator's key.
fn place(config: &Config) -> (Paths, KeySource) {
    let storage = &config.storage;
    let key = match &storage.key {
        Some(key) => KeySource::Given(key.clone()),
        None => KeySource::File(storage.key_file.clone()),
    };
    (Paths { data: storage.path.clone(), keys: storage.keys.clone() }, key)
}

/// What the operator should know of a store that was opened.
fn tell_opened(opened: &Opened) {
    if let Some(key) = &opened.key_made {
        err!("Made the key {}: without it nothing can be read again, so keep a copy elsewhere.", key.display());
    }
    if let Some(waiting) = &opened.rotation_unfinished {
        let waiting = waiting.display();
        err!(
            "A change of the operator's key was interrupted, {waiting} is from it. `rekindle key rotate` finishes it."
        );
    }
    if opened.people_swept + opened.keys_swept > 0 {
        let (people, keys) = (opened.people_swept, opened.keys_swept);
        tracing::warn!(people, keys, "removed what was left of forgotten people");
    }
}

/// The zone by its name on the command line.
fn zone(name: &str) -> anyhow::Result<TimeZone> {
    let hint = || format!("--zone {name}: this is not a time zone; use a name such as Europe/Berlin");
    TimeZone::get(name).with_context(hint)
}

/// A time on the command line, in that zone.
fn instant(at: DateTime, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    zone.to_timestamp(at).context("--at: this time is out of range")
}

fn begin(at: Option<DateTime>, zone: &TimeZone, scripted: bool) -> anyhow::Result<Clock> {
    let at = at.map(|at| instant(at, zone)).transpose()?;
    if scripted {
        return Ok(Clock::at(at.unwrap_or_else(|| Clock::system().now())));
    }
    let clock = Clock::shifted();
    if let Some(at) = at {
        clock.advance_to(at).context("--at")?;
    }
    Ok(clock)
}

/// In memory where the system has a place for that, else in its directory for passing things.
fn passing_directory() -> anyhow::Result<tempfile::TempDir> {
    let memory = Path::new("/dev/shm");
    let builder = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix("rekindle-");
        builder
    };
    let made = builder().tempdir_in(memory).or_else(|_| builder().tempdir());
    made.context("no place for passing files; set TMPDIR to a directory that can be written")
}

fn log_to_stderr(filter: &str) -> anyhow::Result<()> {
    let asked = log_filter(filter).map_err(|error| anyhow!("log: {error}; try \"info\""))?;
    // Beside what is asked for and not as a part of it: there the more exact name would win.
    let all = Targets::new().with_default(LevelFilter::TRACE);
    let allowed = discord::QUIET.iter().fold(all, |allowed, quiet| allowed.with_target(*quiet, LevelFilter::WARN));
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry().with(lines.with_filter(asked.and(allowed))).init();
    Ok(())
}
