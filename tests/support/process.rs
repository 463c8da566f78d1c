//! `rekindle run` as a process of its own, against a fake Discord: started, its time moved, ended, killed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use fake_discord::FakeDiscord;

use super::{LONG, folder};

/// Deadlines longer than anything takes, so that no test depends on the speed of the machine, and no pause between two
/// IDENTIFYs. See `rekindle::crash::wait`.
const WAITS: &str = "defer=600000 callback=600000 dm-result=600000 request=600000 slot=600000 identify=0";

/// One store in a folder of its own, and how to start the bot on it.
pub struct BotProcess {
    pub folder: tempfile::TempDir,
    api_base: String,
    token: String,
    log: Arc<Mutex<String>>,
    more: String,
    under: Option<String>,
    waits: String,
}

/// The bot while it runs.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    halted: Receiver<String>,
    log: Arc<Mutex<String>>,
    /// Ends when everything it has logged was read, after its own end.
    logging: Option<JoinHandle<()>>,
}

impl BotProcess {
    pub fn new(discord: &FakeDiscord) -> Self {
        // What holds Discord's three seconds to account measures them itself.
        discord.set_callback_deadline(LONG);
        let folder = folder();
        Self {
            folder,
            api_base: discord.base(),
            token: discord.token(),
            log: Arc::default(),
            more: "requests_per_second = 0\n".to_owned(),
            under: None,
            waits: WAITS.to_owned(),
        }
    }

    /// Another wait than in [`WAITS`] from its next start on, in milliseconds: `identify=2000`.
    pub fn set_wait(&mut self, wait: &str) {
        self.waits = format!("{} {wait}", self.waits);
    }

    /// Another line for `[discord]`.
    pub fn set(&mut self, line: &str) {
        self.more = format!("{line}\n");
    }

    /// The token it has from its next start on.
    pub fn set_token(&mut self, token: &str) {
        token.clone_into(&mut self.token);
    }

    /// What a shell does before it becomes the bot, such as `ulimit -n 48`.
    pub fn under(&mut self, line: &str) {
        self.under = Some(line.to_owned());
    }

    /// Starts it; with a time it stands still there, without it runs with the wall's.
    pub fn start(&self, at: Option<Timestamp>) -> Running {
        self.start_with(at, &[])
    }

    /// Starts it so that it stops dead at a point (`before-callback:2`).
    pub fn start_halting(&self, at: Option<Timestamp>, point: &str) -> Running {
        self.start_with(at, &[("REKINDLE_HALT_AT", point)])
    }

    /// Starts it with more in its environment.
    pub fn start_with(&self, at: Option<Timestamp>, environment: &[(&str, &str)]) -> Running {
        let config = self.folder.path().join("config.toml");
        let text = format!(
            "log = \"trace\"\n[storage]\npath = \"{}\"\n[discord]\napi_base = \"{}\"\n{}",
            self.path("a.db").display(),
            self.api_base,
            self.more
        );
        std::fs::create_dir_all(self.folder.path().join("store")).unwrap();
        std::fs::write(&config, text).unwrap();
        let program = env!("CARGO_BIN_EXE_rekindle");
        let mut command = Command::new(if self.under.is_some() { "sh" } else { program });
        if let Some(line) = &self.under {
            command.args(["-c", &format!("{line}; exec \"$0\" \"$@\""), program]);
        }
        command.arg("run").arg("--config").arg(&config).env("DISCORD_TOKEN", &self.token);
        command.env_remove("REKINDLE_KEY").env("REKINDLE_WAITS", &self.waits);
        if let Some(at) = at {
            command.args(["--at", &at.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "--zone", "UTC"]);
        }
        command.envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                drop(said.send(line));
            }
        });
        let (stopped, halted) = channel();
        let (stderr, log) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&self.log));
        let logging = std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if line.starts_with("halted at ") {
                    drop(stopped.send(line));
                } else {
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            }
        });
        let (stdin, log) = (child.stdin.take(), Arc::clone(&self.log));
        Running { stdin, child, lines, halted, log, logging: Some(logging) }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("store").join(name)
    }

    /// What it has logged, in all its runs: complete when it has ended; while it runs, the latest may be on the way.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The same, for whoever outlives this.
    pub fn log_handle(&self) -> Arc<Mutex<String>> {
        Arc::clone(&self.log)
    }
}

impl Running {
    /// Says a line and returns what it answers.
    pub fn say(&mut self, line: &str) -> String {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").and_then(|()| stdin.flush()).unwrap();
        self.lines.recv_timeout(LONG).unwrap_or_else(|_| panic!("no answer to {line}\n{}", self.log.lock().unwrap()))
    }

    /// When something next happens by itself.
    pub fn next_at(&mut self) -> Option<Timestamp> {
        self.say(":when").rsplit(' ').next()?.parse().ok()
    }

    /// Moves the time; what is due has been sent on return.
    pub fn move_to(&mut self, to: Timestamp) {
        let said = self.say(&format!(":to {to}"));
        assert!(said.starts_with("It is "), "{said}");
    }

    /// Moves the time through everything that happens until then.
    pub fn live_until(&mut self, to: Timestamp) {
        while let Some(next) = self.next_at().filter(|next| *next <= to) {
            self.move_to(next);
            // What was due already when it started is under way, and the time cannot be moved back to it.
            let patience = Instant::now() + LONG;
            while self.next_at() == Some(next) {
                assert!(
                    Instant::now() < patience,
                    "something that is due does not happen\n{}",
                    self.log.lock().unwrap()
                );
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        self.move_to(to);
    }

    /// The processor time it has used so far, in hundredths of a second.
    pub fn processor_time(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // Its name stands in parentheses; user and system time are the twelfth and thirteenth field after it.
        let fields = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
        fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// The memory it has in use, in KiB.
    pub fn resident_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits until it has stopped dead at its point.
    pub fn wait_halted(&self) -> String {
        self.halted.recv_timeout(LONG).unwrap_or_else(|_| panic!("not halted\n{}", self.log.lock().unwrap()))
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.finish_log();
    }

    /// SIGTERM, and how it ended.
    pub fn end(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.wait()
    }

    /// Reads the log to its end.
    fn finish_log(&mut self) {
        if let Some(logging) = self.logging.take() {
            logging.join().unwrap();
        }
    }

    /// How it ends by itself.
    pub fn wait(&mut self) -> ExitStatus {
        let begin = std::time::Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.finish_log();
                return status;
            }
            assert!(begin.elapsed() < LONG, "it does not end\n{}", self.log.lock().unwrap());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, or a test that failed: nothing is left running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
