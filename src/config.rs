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
mod tests;
