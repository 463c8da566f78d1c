//! A configuration that is right, and each way to get one wrong.

use super::*;
use crate::mutate::{self, Edits};

const EXAMPLE: &str = include_str!("../../config.example.toml");

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
