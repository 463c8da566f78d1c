//! The terminal: scripts played in this process, and the real binary in a folder of its own, played, halted at a named point,
//! killed there, played again.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rekindle::adapters::console::{self, ConsoleOptions, ConsoleTransport, Screen};
use rekindle::app::{App, Parts};
use rekindle::clock::Clock;
use rekindle::store::{KeySource, Paths};
use rekindle::witness::Witness;

use super::folder;

/// Everything a screen was given.
#[derive(Clone, Default)]
pub struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a script prints that begins at a civil time of a zone, as `rekindle console` on a store that is kept nowhere.
pub fn played(script: &Path, zone: &str, at: &str) -> String {
    let (folder, paper) = (folder(), Paper::default());
    let screen = Screen::into_writer(Box::new(paper.clone())).with_folder(folder.path());
    let zone = TimeZone::get(zone).unwrap();
    let clock = Clock::at(at.parse::<DateTime>().unwrap().to_zoned_datetime(zone.clone()).unwrap().timestamp());
    let time = clock.clone();
    let transport = Arc::new(ConsoleTransport::new(screen.clone(), zone.clone(), move || time.now()));
    let paths = Paths { data: folder.path().join("a.db"), keys: folder.path().join("a.keys") };
    let (key, witness) = (KeySource::passing().unwrap(), Witness::of(&clock));
    let parts = Parts { paths, key, prompts: None, clock, witness, transport, background: false };
    let options = ConsoleOptions { script: Some(script.to_owned()), zone, ..ConsoleOptions::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (app, _) = App::open(parts).unwrap();
        console::run(options, app, screen).await.unwrap();
    });
    paper.text()
}

/// A file store and what a person has seen of it.
pub struct Home {
    pub folder: tempfile::TempDir,
    pub screen: String,
    pub log: String,
    runs: u32,
}

/// When a new life begins, for [`Home::lived_in`].
pub const AT: &str = "2026-05-04 20:00";

/// From nothing to a time apart of two weeks.
pub const MOVING_IN: &str =
    "/start\n=consent\n/cooloff\n=cooloff-set-up\n=length:14\n=every:1\n=zone-form\nBerlin\n=cooloff-begin\n";

/// All that a command has printed.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What people have left in a store: made once, found by every [`Home`] after.
struct Left {
    files: Vec<(String, Vec<u8>)>,
    screen: String,
    log: String,
}

impl Left {
    /// By people who moved in one after the other.
    fn by(people: &[&str]) -> Self {
        let mut home = Home::new();
        for who in people {
            home.play(who, AT, MOVING_IN);
        }
        let files = std::fs::read_dir(home.store("")).unwrap().map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
        });
        Self { files: files.collect(), screen: home.screen.clone(), log: home.log.clone() }
    }
}

impl Home {
    /// Anna and Ben, each in their time apart since [`AT`].
    pub fn lived_in() -> Self {
        static LIVED_IN: LazyLock<Left> = LazyLock::new(|| Left::by(&["anna", "ben"]));
        Self::found(&LIVED_IN)
    }

    /// Anna alone.
    pub fn of_one() -> Self {
        static OF_ONE: LazyLock<Left> = LazyLock::new(|| Left::by(&["anna"]));
        Self::found(&OF_ONE)
    }

    fn found(left: &Left) -> Self {
        let home = Self { screen: left.screen.clone(), log: left.log.clone(), ..Self::new() };
        home.configure();
        for (name, bytes) in &left.files {
            std::fs::write(home.store(name), bytes).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                std::fs::set_permissions(home.store(name), std::fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        home
    }

    pub fn new() -> Self {
        Self { folder: folder(), screen: String::new(), log: String::new(), runs: 0 }
    }

    /// Plays lines to their end.
    pub fn play(&mut self, who: &str, at: &str, lines: &str) {
        let (mut child, halted) = self.start(who, at, lines, None);
        assert!(!halted);
        assert!(child.wait().unwrap().success(), "{}", self.log);
        self.see();
    }

    /// Plays lines until `point` is reached for the `nth` time, and kills the process there. Says whether it was.
    pub fn play_and_kill(&mut self, who: &str, at: &str, lines: &str, point: &str, nth: u32) -> bool {
        let (mut child, halted) = self.start(who, at, lines, Some(format!("{point}:{nth}")));
        if halted {
            child.kill().unwrap();
        }
        let status = child.wait().unwrap();
        assert_eq!(status.success(), !halted, "{}", self.log);
        self.see();
        halted
    }

    /// Runs another command of the binary on this store, with more in its environment.
    pub fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        self.command(arguments, environment).output().unwrap()
    }

    /// The same, ended at `point` by a kill. It must get there.
    pub fn run_and_kill(&self, arguments: &[&str], environment: &[(&str, &str)], point: &str) {
        let mut command = self.command(arguments, environment);
        command.env("REKINDLE_HALT_AT", point).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let halted = lines.by_ref().inspect(|line| said.push_str(line)).any(|line| line.starts_with("halted at "));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(halted, "{point} was not reached: {said}");
    }

    fn command(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
        self.configure();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekindle"));
        command.args(arguments).arg("--config").arg(self.path("config.toml"));
        command.env_remove("REKINDLE_KEY").env_remove("REKINDLE_HALT_AT").envs(environment.iter().copied());
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// A file of the store.
    pub fn store(&self, name: &str) -> PathBuf {
        self.folder.path().join("store").join(name)
    }

    fn configure(&self) -> PathBuf {
        let config = self.path("config.toml");
        std::fs::create_dir_all(self.store("")).unwrap();
        std::fs::write(&config, format!("log = \"trace\"\n[storage]\npath = \"{}\"\n", self.store("a.db").display()))
            .unwrap();
        config
    }

    #[expect(clippy::zombie_processes, reason = "both callers wait, one after killing it")]
    fn start(&mut self, who: &str, at: &str, lines: &str, halt: Option<String>) -> (Child, bool) {
        self.runs += 1;
        let script = self.path(&format!("{}.script", self.runs));
        std::fs::write(&script, lines).unwrap();
        let config = self.configure();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekindle"));
        command.args(["console", "--zone", "Europe/Berlin", "--at", at, "--as", who]);
        command.arg("--config").arg(&config).arg("--script").arg(&script);
        command.env_remove("REKINDLE_KEY").env_remove("REKINDLE_HALT_AT").current_dir(self.folder.path());
        if let Some(halt) = halt {
            command.env("REKINDLE_HALT_AT", halt);
        }
        let paper = std::fs::File::create(self.path("screen")).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(paper).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        loop {
            let mut line = String::new();
            if stderr.read_line(&mut line).unwrap() == 0 {
                return (child, false);
            }
            if line.starts_with("halted at ") {
                return (child, true);
            }
            self.log.push_str(&line);
        }
    }

    fn see(&mut self) {
        let mut shown = String::new();
        std::fs::File::open(self.path("screen")).unwrap().read_to_string(&mut shown).unwrap();
        self.screen.push_str(&shown);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How often a text is on the person's screen.
    pub fn times(&self, text: &str) -> usize {
        self.screen.matches(text).count()
    }
}
