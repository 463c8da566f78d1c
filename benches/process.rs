//! The two programs that are compared, each as a process of its own against a fake Discord of its own, and what the system
//! says about them: memory, context switches.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;

use fake_discord::FakeDiscord;

/// Longer than any start takes; a measurement that waits so long has failed.
pub const LONG: Duration = Duration::from_mins(1);

/// A program that is connected to its Discord.
pub struct Running {
    pub discord: FakeDiscord,
    child: Child,
    /// From its start to its READY.
    pub ready_after: Duration,
}

/// The release binary of the bot.
pub fn rekindle_binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_rekindle"))
}

/// Which build the two programs are: their lengths and when they were written. Another `cargo build` replaces them under a run.
pub fn builds() -> Vec<(u64, std::time::SystemTime)> {
    let of = |path: PathBuf| std::fs::metadata(path).and_then(|file| Ok((file.len(), file.modified()?))).unwrap();
    vec![of(rekindle_binary()), of(bare_binary())]
}

/// The bare bot: an example, built beside the bot by the recipe.
pub fn bare_binary() -> PathBuf {
    let path = rekindle_binary().with_file_name("examples").join("bare_bot");
    assert!(path.exists(), "{} is missing: run `just bench`, which builds it", path.display());
    path
}

/// Context switches of each thread by its number, with its name: threads come and go, and their counts with them.
pub type Switches = BTreeMap<u32, (String, u64)>;

/// How the bot is started.
pub struct Start<'a> {
    /// Where its store is.
    pub folder: &'a Path,
    /// Its own limit; 0 is none.
    pub per_second: u32,
    /// A time that stands still, or the wall's.
    pub at: Option<Timestamp>,
}

/// A Discord that spends its time on answering: what the bot sends was checked by the tests.
pub async fn quick_discord() -> FakeDiscord {
    let discord = FakeDiscord::start().await;
    discord.set_openapi(false);
    discord
}

/// The bot.
pub async fn rekindle(discord: FakeDiscord, start: Start<'_>) -> Running {
    let config = start.folder.join("config.toml");
    let text = format!(
        "log = \"warn\"\n[storage]\npath = \"{}\"\n[discord]\napi_base = \"{}\"\nrequests_per_second = {}\nacts_per_minute = 0\n",
        start.folder.join("a.db").display(),
        discord.base(),
        start.per_second,
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new(rekindle_binary());
    command.arg("run").arg("--config").arg(&config).env_remove("REKINDLE_KEY");
    if let Some(at) = start.at {
        command.args(["--at", &at.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "--zone", "UTC"]);
    }
    connected(discord, command, start.folder, "journey").await
}

/// The bare bot. `answer` is what it says to everything, `synced` whether it syncs a page to the disk before.
pub async fn bare(discord: FakeDiscord, folder: &Path, answer: &Value, synced: bool) -> Running {
    let told = folder.join("answer.json");
    std::fs::write(&told, answer.to_string()).unwrap();
    let mut command = Command::new(bare_binary());
    command.env("BARE_BASE", discord.base()).env("BARE_ANSWER", told);
    if synced {
        command.env("BARE_FSYNC", folder.join("synced"));
    }
    connected(discord, command, folder, "journey").await
}

async fn connected(discord: FakeDiscord, mut command: Command, folder: &Path, name: &str) -> Running {
    let log = File::create(folder.join("log")).unwrap();
    command.env("DISCORD_TOKEN", discord.token()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
    let begin = Instant::now();
    let child = command.spawn().unwrap();
    let live = discord.gateway().wait_live(LONG).await;
    let Some(live) = live else { panic!("not connected:\n{}", log_of(folder)) };
    let running = Running { discord, child, ready_after: live - begin };
    let there = |discord: &FakeDiscord| discord.commands().iter().any(|command| command["name"] == name);
    assert!(running.discord.wait_until(there, LONG).await, "no commands:\n{}", log_of(folder));
    running
}

fn log_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

impl Running {
    /// SIGTERM; how long that took.
    pub fn end(mut self) -> Duration {
        let begin = Instant::now();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        while self.child.try_wait().unwrap().is_none() {
            assert!(begin.elapsed() < LONG, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        begin.elapsed()
    }

    /// Megabytes in memory: now, and the most there ever were.
    pub fn memory(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// How often each of its threads has waited for something so far, and was woken for it.
    pub fn voluntary_switches(&self) -> Switches {
        let mut all = BTreeMap::new();
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap() {
            // A thread may have ended since the folder was read.
            let task = task.unwrap();
            let Ok(status) = std::fs::read_to_string(task.path().join("status")) else { continue };
            let thread = task.file_name().to_string_lossy().parse().expect("a thread has a number");
            let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            let count = count.and_then(|count| count.trim().parse().ok()).expect("the system counts them");
            let name = status.lines().next().and_then(|line| line.split_whitespace().nth(1)).unwrap_or("?");
            all.insert(thread, (name.to_owned(), count));
        }
        all
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, or a measurement that failed: nothing is left running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
