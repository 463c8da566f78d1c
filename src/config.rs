//! The configuration: one TOML file and one environment variable, read and checked once at the start.
//!
//! `cli` loads it before anything else runs; a mistake is reported with file, line, key and what to do, and nothing starts.
//! Every key has a default, so that no file is needed at all. `config.example.toml` documents them and is tested against them.

use std::env::VarError;
use std::ops::Range;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use toml::Spanned;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// The environment variable with the operator's key; it is used instead of the key file.
pub const KEY_VARIABLE: &str = "REKINDLE_KEY";

/// The environment variable with the bot's token; it is used instead of `discord.token`.
pub const TOKEN_VARIABLE: &str = "DISCORD_TOKEN";

/// Discord's own address.
const API_BASE: &str = "https://discord.com";

/// Discord allows a bot so many requests a second.
const REQUESTS: u32 = 50;

/// Far more than anybody reads in a minute.
const ACTS: u32 = 120;

/// Everything an operator can set. Secrets in it do not show in `Debug`.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where things are kept.
    pub storage: Storage,
    /// Where the texts come from.
    pub prompts: Prompts,
    /// How Discord is reached.
    pub discord: Discord,
    /// The filter of the log: see [`log_filter`].
    pub log: String,
}

/// Where things are kept.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The database.
    pub path: PathBuf,
    /// The file with the people's own keys, wrapped.
    pub keys: PathBuf,
    /// The file with the operator's key.
    pub key_file: PathBuf,
    /// The operator's key itself where the environment gave it; `key_file` is then not read.
    pub key: Option<SecretString>,
}

/// Where the texts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompts {
    /// A directory that is used instead of the compiled-in texts.
    pub dir: Option<PathBuf>,
}

/// How Discord is reached.
#[derive(Clone, Debug)]
pub struct Discord {
    /// The bot's token, where there is one.
    pub token: Option<SecretString>,
    /// Where requests go, without `/api/v10` and without a slash at the end.
    pub api_base: String,
    /// The one server whose members have the commands, while trying things out; `None` for everywhere.
    pub dev_guild: Option<u64>,
    /// The most requests a second; 0 where something before Discord keeps the limit.
    pub requests_per_second: u32,
    /// The most one person may do in a minute, half of it at once; 0 for no limit.
    pub acts_per_minute: u32,
}

/// Why there is no configuration to start with. The message is whole: what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {source}; check the path and its permissions", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something in the file is wrong.
    #[error("{}:{line}: {}{problem}; {fix}", path.display(), key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key with its section, where there is one on that line.
        key: Option<String>,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// The environment's key is set, but not to a text that could be a key. Starting with another would be worse.
    #[error("{KEY_VARIABLE} is set but {0}; set it to the operator's key, or unset it to use storage.key_file")]
    Key(&'static str),
    /// There is no token, and nothing to run without one.
    #[error(
        "there is no token: set discord.token in the configuration, or {TOKEN_VARIABLE}; it is on the Bot page of the application at https://discord.com/developers/applications"
    )]
    NoToken,
    /// What stands there cannot be a token.
    #[error(
        "the token has blanks or characters that no token has; copy it anew into discord.token or {TOKEN_VARIABLE}"
    )]
    BadToken,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    storage: StorageSection,
    #[serde(default)]
    prompts: PromptsSection,
    #[serde(default)]
    discord: DiscordSection,
    log: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DiscordSection {
    token: Option<SecretString>,
    api_base: Option<Spanned<String>>,
    dev_guild: Option<Spanned<Id>>,
    requests_per_second: Option<u32>,
    acts_per_minute: Option<u32>,
}

/// One of Discord's ids, as a number or as text, since it is copied as either.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StorageSection {
    path: Option<Spanned<PathBuf>>,
    keys: Option<Spanned<PathBuf>>,
    key_file: Option<Spanned<PathBuf>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptsSection {
    dir: Option<Spanned<PathBuf>>,
}

impl Config {
    /// Reads `path`, or takes the defaults where there is none, and the environment's key.
    ///
    /// # Errors
    /// Every [`ConfigError`]; nothing is created or changed.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let mut config = match path {
            None => Self::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
                Self::parse(path, &text)?
            }
        };
        config.storage.key = key(std::env::var(KEY_VARIABLE))?;
        if let Some(token) = std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.trim().is_empty()) {
            config.discord.token = Some(token.trim().into());
        }
        Ok(config)
    }

    /// The defaults for a database at `path` without a file, and the environment's key.
    ///
    /// # Errors
    /// [`ConfigError::Key`].
    pub fn at(path: PathBuf) -> Result<Self, ConfigError> {
        let mut storage = Storage::at(path, None, None);
        storage.key = key(std::env::var(KEY_VARIABLE))?;
        Ok(Self { storage, ..Self::default() })
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let wrong = |span: Option<Range<usize>>, problem: String, fix: &str| {
            let at = span.map_or(0, |span| span.start);
            let (line, key) = place(text, at);
            ConfigError::Wrong { path: path.to_owned(), line, key, problem, fix: fix.to_owned() }
        };
        let file: File = toml::from_str(text).map_err(|error| {
            wrong(error.span(), error.message().replace('\n', ", "), "config.example.toml shows every key and its form")
        })?;

        let given = |value: Option<Spanned<PathBuf>>| match value {
            Some(value) if value.get_ref().as_os_str().is_empty() => {
                Err(wrong(Some(value.span()), "is empty".into(), "give a path, or remove the line for the default"))
            }
            value => Ok(value.map(Spanned::into_inner)),
        };
        let storage = Storage::at(
            given(file.storage.path)?.unwrap_or_else(default_path),
            given(file.storage.keys)?,
            given(file.storage.key_file)?,
        );
        if let Some(dir) = &file.prompts.dir
            && !dir.get_ref().is_dir()
        {
            let problem = format!("{} is not a directory", dir.get_ref().display());
            return Err(wrong(Some(dir.span()), problem, "name one, or remove the line for the compiled-in texts"));
        }
        if let Some(log) = &file.log
            && let Err(error) = log_filter(log.get_ref())
        {
            return Err(wrong(Some(log.span()), error, "\"info\" is the usual filter"));
        }
        let mut discord = Discord {
            token: file.discord.token.map(|token| token.expose_secret().trim().into()),
            ..Discord::default()
        };
        if let Some(base) = &file.discord.api_base {
            let text = base.get_ref().trim_end_matches('/');
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let fits = |host: &str| !host.is_empty() && host.is_ascii() && !host.contains(char::is_whitespace);
            if !host.is_some_and(fits) || text.ends_with("/api") || text.contains("/api/") {
                let fix = "write it like \"https://discord.com\", without /api behind it";
                return Err(wrong(Some(base.span()), "is no address".into(), fix));
            }
            text.clone_into(&mut discord.api_base);
        }
        if let Some(server) = &file.discord.dev_guild {
            let id = match server.get_ref() {
                Id::Number(id) => Some(*id),
                Id::Text(text) => text.parse().ok(),
            };
            let Some(id) = id.filter(|id| (1..u64::MAX).contains(id)) else {
                let fix = "copy the server's id from its menu, with Discord's developer mode switched on";
                return Err(wrong(Some(server.span()), "is no id of a server".into(), fix));
            };
            discord.dev_guild = Some(id);
        }
        discord.requests_per_second = file.discord.requests_per_second.unwrap_or(REQUESTS);
        discord.acts_per_minute = file.discord.acts_per_minute.unwrap_or(ACTS);
        let log = file.log.map_or_else(default_log, Spanned::into_inner);
        Ok(Self { storage, prompts: Prompts { dir: file.prompts.dir.map(Spanned::into_inner) }, discord, log })
    }
}

impl Default for Discord {
    fn default() -> Self {
        let api_base = API_BASE.to_owned();
        Self { token: None, api_base, dev_guild: None, requests_per_second: REQUESTS, acts_per_minute: ACTS }
    }
}

impl Discord {
    /// The token.
    ///
    /// # Errors
    /// [`ConfigError::NoToken`], [`ConfigError::BadToken`].
    pub fn token(&self) -> Result<&SecretString, ConfigError> {
        let token =
            self.token.as_ref().filter(|token| !token.expose_secret().is_empty()).ok_or(ConfigError::NoToken)?;
        let fits = token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(token) } else { Err(ConfigError::BadToken) }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            storage: Storage::at(default_path(), None, None),
            prompts: Prompts { dir: None },
            discord: Discord::default(),
            log: default_log(),
        }
    }
}

impl Storage {
    /// A store at `path`, its two key files beside it where they are not named.
    #[must_use]
    pub fn at(path: PathBuf, keys: Option<PathBuf>, key_file: Option<PathBuf>) -> Self {
        let keys = keys.unwrap_or_else(|| path.with_extension("keys"));
        let key_file = key_file.unwrap_or_else(|| path.with_extension("key"));
        Self { path, keys, key_file, key: None }
    }
}

fn default_path() -> PathBuf {
    "rekindle.db".into()
}

fn default_log() -> String {
    "info".to_owned()
}

/// Reads the filter of the log: levels, for all or for a module, with commas between them ([`Targets`]).
///
/// # Errors
/// What is wrong with it. A word alone that is no level would be taken for a module, and nothing else be logged.
pub fn log_filter(text: &str) -> Result<Targets, String> {
    let alone = text.split(',').map(str::trim).filter(|part| !part.is_empty() && !part.contains('='));
    for part in alone {
        if part.parse::<LevelFilter>().is_err() {
            return Err(format!("{part:?} is no level (error, warn, info, debug, trace, off)"));
        }
    }
    text.parse::<Targets>().map_err(|error| error.to_string())
}

/// The environment's key. One that is set but empty is a mistake, such as a secret that was not injected: with the file
/// instead, a first start would silently make another key.
fn key(variable: Result<String, VarError>) -> Result<Option<SecretString>, ConfigError> {
    match variable {
        Ok(key) if key.trim().is_empty() => Err(ConfigError::Key("empty")),
        Ok(key) => Ok(Some(key.into())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ConfigError::Key("not text")),
    }
}

/// The line of byte `at`, from 1, and the key that stands there, with its section. What is missed at the very end is missed
/// in the last line that says something, not in the empty one behind it.
fn place(text: &str, at: usize) -> (usize, Option<String>) {
    let before = text.get(..at.min(text.trim_end().len())).unwrap_or(text);
    let number = before.matches('\n').count();
    let section = text
        .lines()
        .take(number + 1)
        .filter_map(|line| named(line.trim().strip_prefix('[')?.split(']').next()?))
        .last();
    let key = text.lines().nth(number).and_then(|line| {
        let (key, _) = line.split('#').next()?.split_once('=')?;
        let key = named(key)?;
        Some(section.map_or_else(|| key.to_owned(), |section| format!("{section}.{key}")))
    });
    (number + 1, key)
}

/// What can be a name of ours. Anything else may be the value itself, on a line that was typed wrongly, and a value is
/// never told: it may be the token.
fn named(text: &str) -> Option<&str> {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_lowercase() || c == '_';
    (!text.is_empty() && text.chars().all(plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::{self, Edits};

    const EXAMPLE: &str = include_str!("../config.example.toml");

    fn parsed(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("my.toml"), text).map_err(|error| error.to_string())
    }

    fn shape(config: &Config) -> String {
        format!("{config:?}")
    }

    #[test]
    fn the_example_shows_the_defaults() {
        let config = parsed(EXAMPLE).unwrap();
        assert_eq!(shape(&config), shape(&Config::default()));
        assert_eq!(shape(&parsed("").unwrap()), shape(&config));
    }

    #[test]
    fn the_example_names_every_key() {
        let uncommented = EXAMPLE
            .replace("# dir = \"prompts\"", "dir = \".\"")
            .replace("# token = ", "token = ")
            .replace("# dev_guild = ", "dev_guild = ");
        let config = parsed(&uncommented).unwrap();
        assert_eq!(config.prompts.dir, Some(".".into()));
        assert_eq!(config.discord.dev_guild, Some(1_234_567_890_123_456_789));
        assert!(config.discord.token().is_ok() && !shape(&config).contains("as-copied"), "{}", shape(&config));
        let keys = [
            "path",
            "keys",
            "key_file",
            "log",
            "dir",
            "token",
            "api_base",
            "dev_guild",
            "requests_per_second",
            "acts_per_minute",
        ];
        for key in keys.map(|key| format!("{key} = ")) {
            assert_eq!(uncommented.lines().filter(|line| line.starts_with(&key)).count(), 1, "{key}");
        }
    }

    #[test]
    fn key_files_follow_the_database() {
        let config = parsed("[storage]\npath = \"/srv/rekindle/people.sqlite\"\nkey_file = \"/run/key\"").unwrap();
        assert_eq!(config.storage.keys, PathBuf::from("/srv/rekindle/people.keys"));
        assert_eq!(config.storage.key_file, PathBuf::from("/run/key"));
    }

    #[test]
    fn mistakes_are_reported_with_file_line_key_and_fix() {
        let fix = "config.example.toml shows every key and its form";
        for (text, report) in [
            (
                "log = \"info\"\n\n[storage]\npth = \"x\"\n",
                format!("my.toml:4: storage.pth: unknown field `pth`, expected one of `path`, `keys`, `key_file`; {fix}"),
            ),
            ("[storage]\npath = 3 # three\n", format!("my.toml:2: storage.path: invalid type: integer `3`, expected path string; {fix}")),
            ("[matrix]\n", format!("my.toml:1: unknown field `matrix`, expected one of `storage`, `prompts`, `discord`, `log`; {fix}")),
            (
                "[discord]\napi_base = \"discord.com\"",
                "my.toml:2: discord.api_base: is no address; write it like \"https://discord.com\", without /api behind it".to_owned(),
            ),
            (
                "[discord]\napi_base = \"https://discord.com/api\"",
                "my.toml:2: discord.api_base: is no address; write it like \"https://discord.com\", without /api behind it".to_owned(),
            ),
            (
                "[discord]\ndev_guild = \"my server\"",
                "my.toml:2: discord.dev_guild: is no id of a server; copy the server's id from its menu, with Discord's developer mode switched on".to_owned(),
            ),
            (
                "\n[storage]\nkeys = \"\"",
                "my.toml:3: storage.keys: is empty; give a path, or remove the line for the default".to_owned(),
            ),
            (
                "[prompts]\ndir = \"no/such\"",
                "my.toml:2: prompts.dir: no/such is not a directory; name one, or remove the line for the compiled-in texts".to_owned(),
            ),
        ] {
            assert_eq!(parsed(text).unwrap_err(), report);
        }
        let syntax = parsed("[storage]\npath = \n").unwrap_err();
        assert!(syntax.starts_with("my.toml:2: ") && syntax.ends_with(fix), "{syntax}");
        let filter = parsed("log = \"a=b=c\"").unwrap_err();
        assert!(filter.starts_with("my.toml:1: log: "), "{filter}");
        let level = parsed("log = \"wran\"").unwrap_err();
        assert!(level.starts_with("my.toml:1: log: \"wran\" is no level"), "{level}");
        assert!(parsed("log = \"warn,rekindle::store=debug\"").is_ok());
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_it() {
        let error = Config::load(Some(Path::new("/no/such/rekindle.toml"))).unwrap_err();
        assert!(error.to_string().starts_with("cannot read the configuration /no/such/rekindle.toml: "), "{error}");
    }

    #[test]
    fn the_key_of_the_environment_is_taken_and_never_shown() {
        let mut config = Config::default();
        config.storage.key = key(Ok("correct horse".to_owned())).unwrap();
        assert!(config.storage.key.is_some());
        assert!(!shape(&config).contains("correct horse"));
        assert!(key(Err(VarError::NotPresent)).unwrap().is_none());
    }

    #[test]
    fn a_token_is_trimmed_and_what_cannot_be_one_is_told() {
        let token = |text: &str| parsed(text).unwrap().discord.token().map(|token| token.expose_secret().to_owned());
        assert_eq!(token("[discord]\ntoken = \" abc.def \\n\"").unwrap(), "abc.def");
        assert!(matches!(token("[discord]\ntoken = \"  \""), Err(ConfigError::NoToken)));
        assert!(matches!(token("[discord]\ntoken = \"abc\\ndef\""), Err(ConfigError::BadToken)));
    }

    #[test]
    fn an_empty_key_in_the_environment_stops_the_start() {
        for empty in ["", " \n"] {
            assert!(matches!(key(Ok(empty.to_owned())), Err(ConfigError::Key("empty"))));
        }
        assert!(matches!(key(Err(VarError::NotUnicode("x".into()))), Err(ConfigError::Key("not text"))));
    }

    #[test]
    fn what_the_fuzz_target_found_stays_mended() {
        // The line after the last was named.
        let told = parsed("\n''''\n").unwrap_err();
        assert!(told.starts_with("my.toml:2: "), "{told}");
        // A token in a line that begins like a section was quoted as the section's name, or before a second `=` as the key's.
        for wrong in ["[discord token = \"Gabc.secret\"\n", "[discord]\n\"Gabc.secret\" = token =\n"] {
            let told = parsed(wrong).unwrap_err();
            assert!(!told.contains("secret"), "{told}");
        }
    }

    /// A fuzz target: any file is a configuration or is refused with a line that exists, and the token is never quoted.
    #[test]
    fn any_file_is_taken_or_refused_with_a_line_of_it() {
        let uncommented = EXAMPLE.replace("# dir = \"prompts\"\n", "").replace("\n# token", "\ntoken");
        let seeds = [&*uncommented.replace("\n# dev", "\ndev").replace("as-copied", "MTIzNDU2.Gabc.secret"), EXAMPLE];
        bolero::check!().with_type::<Edits>().for_each(|edits| {
            let text = mutate::text(&seeds, edits);
            match Config::parse(Path::new("a.toml"), &text) {
                Ok(config) => assert!(!format!("{config:?}").contains("Gabc")),
                Err(error) => {
                    let told = error.to_string();
                    let ConfigError::Wrong { line, .. } = &error else { panic!("{told}") };
                    assert!((1..=text.lines().count().max(1)).contains(line), "line {line} of {text:?}");
                    assert!(!told.contains("Gabc.secret"), "{told}");
                }
            }
        });
    }
}
