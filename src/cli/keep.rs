//! `rekindle backup`, `restore` and `key`: the operator's care for what is kept.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::output::{err, out};
use rekindle::clock::Clock;
use rekindle::config::{Config, KEY_VARIABLE};
use rekindle::store::{self, CopyTo, KeySource, NewKey, RestoreFrom, Store};

use super::run::stop_when_asked;
use super::{place, tell_opened};

/// What copies are called, before the time at which they were made.
const NAME: &str = "rekindle-";

/// Which store.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Read a configuration file; see config.example.toml. Without it, everything has its default.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The store in this file (and its neighbours .keys and .key), as `console --db` keeps it.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    db: Option<PathBuf>,
}

impl Which {
    fn config(&self) -> anyhow::Result<Config> {
        Ok(match &self.db {
            Some(db) => Config::at(db.clone())?,
            None => Config::load(self.config.as_deref())?,
        })
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum KeyAsked {
    /// Change the operator's key: everybody's own key is wrapped anew, no text is touched. The bot must not be running.
    /// If it is interrupted, run it again.
    Rotate {
        #[command(flatten)]
        which: Which,
        /// Take the key in this file (64 hexadecimal digits, mode 0600) instead of making one.
        #[arg(long, value_name = "FILE")]
        with: Option<PathBuf>,
    },
}

/// Does what was asked of the key.
///
/// # Errors
/// Where the key could not be changed; the message says why and what to do.
pub(super) async fn key(asked: KeyAsked) -> anyhow::Result<()> {
    let KeyAsked::Rotate { which, with } = asked;
    let config = which.config()?;
    let (paths, source) = place(&config);
    let new = NewKey { key_file: config.storage.key_file.clone(), given: with };
    let given = matches!(source, KeySource::Given(_));
    let work = move || {
        store::rotate(&paths, &source, &new, |done, people| {
            if done == 0 {
                err!("Wrapping the keys of {people} people anew.");
            } else {
                err!("{done} of {people}");
            }
        })
    };
    let rotated = tokio::task::spawn_blocking(work).await.context("changing the key ended abnormally")??;
    if rotated.resumed {
        out!("Finished the change of the key that was interrupted.");
    }
    out!("The keys of {} people are wrapped by the new key in {}.", rotated.people, rotated.key.display());
    if !rotated.unopened.is_empty() {
        out!(
            "The keys of these people did not open before either, and were left as they were: {:?} (table keys).",
            rotated.unopened
        );
    }
    if given {
        out!(
            "Put it where {KEY_VARIABLE} comes from before the next start, then remove that file. The former key opens \
             nothing here any more, but is needed for every copy of the keys made until now."
        );
    } else if let Some(former) = rotated.former {
        out!(
            "The former key is kept in {}. It opens nothing here any more, but is needed for every copy of the keys made \
             until now: remove it together with those. Keep a copy of the new one elsewhere.",
            former.display()
        );
    }
    Ok(())
}

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    which: Which,
    /// Where the copy of the data goes: a folder.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Where the copy of the keys goes, if it is to be kept for a shorter time than the data. Default: the same folder.
    #[arg(long, value_name = "DIR")]
    keys_to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    which: Which,
    /// The copy of the data, or a folder whose newest copy is taken.
    #[arg(long, value_name = "PATH")]
    from: PathBuf,
    /// The copy of the keys, or a folder whose newest copy is taken. Default: the same folder.
    #[arg(long, value_name = "PATH", conflicts_with = "keep_keys")]
    keys_from: Option<PathBuf>,
    /// Keep the keys database that is there, where the data alone was lost.
    #[arg(long)]
    keep_keys: bool,
    /// Set a store that is there aside, and put the copy in its place.
    #[arg(long)]
    replace: bool,
}

/// Makes copies and says what was seen of them.
///
/// # Errors
/// Where there is no whole copy; then nothing is left of it.
pub(super) async fn backup(args: BackupArgs) -> anyhow::Result<()> {
    let (paths, source) = place(&args.which.config()?);
    let name = format!("{NAME}{}", stamp());
    let to = CopyTo { keys: args.keys_to.unwrap_or_else(|| args.to.clone()), data: args.to, name };
    let stop = stop_when_asked()?;
    let work = move || store::copy(&paths, &source, &to, &|| !stop.is_cancelled());
    let copied = tokio::task::spawn_blocking(work).await.context("copying ended abnormally")??;
    out!("The data: {}\nThe keys: {}", copied.data.display(), copied.keys.display());
    let rows: Vec<_> = copied.rows.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    out!("Both are whole, and hold as many rows as the store: {}.", rows.join(", "));
    if let Some(people) = copied.opened {
        out!("With the operator's key they open: the keys and profiles of {people} people did.");
    } else {
        out!("The operator's key is not here, so it was not tried whether they open.");
    }
    out!("The operator's key itself is not in them; without it they cannot be read.");
    Ok(())
}

/// Puts copies back and says what came of it.
///
/// # Errors
/// Where it was not done; the message says what stands in the way.
pub(super) async fn restore(args: RestoreArgs) -> anyhow::Result<()> {
    let (paths, source) = place(&args.which.config()?);
    let data = newest(&args.from, ".db")?;
    let keys = match (args.keep_keys, &args.keys_from) {
        (true, _) => None,
        (false, Some(from)) => Some(newest(from, ".keys")?),
        (false, None) if args.from.is_dir() => Some(newest(&args.from, ".keys")?),
        (false, None) => {
            bail!("name the copy of the keys with --keys-from, or keep those that are there with --keep-keys")
        }
    };
    out!("The data: {}", data.display());
    if let Some(keys) = &keys {
        out!("The keys: {}", keys.display());
    } else {
        out!("The keys: those that are there");
    }
    let stop = stop_when_asked()?;
    let aside = format!(".replaced-{}", stamp());
    let from = RestoreFrom { data, keys, replace: args.replace, aside };
    let work = move || {
        let restored = store::restore(&paths, &source, &from, &|| !stop.is_cancelled())?;
        // Opening removes what is left of the forgotten, and shows that it opens.
        let opened = restored.opened.is_some().then(|| Store::open_checked(&paths, &source)).transpose()?;
        Ok::<_, anyhow::Error>((restored, opened.map(|(_, opened)| opened)))
    };
    let (restored, opened) = tokio::task::spawn_blocking(work).await.context("putting back ended abnormally")??;
    out!("{} people are there again.", restored.people);
    if restored.forgotten > 0 {
        out!("{} of the copy were forgotten since it was made, and stay forgotten.", restored.forgotten);
    }
    if restored.keyless > 0 {
        out!(
            "{} of the copy have no key in these keys: nobody can read them, and opening removes them from the store, never \
             from the copy. A newer copy of the keys may have theirs.",
            restored.keyless
        );
    }
    if !restored.ledger {
        out!(
            "There were no keys of this store whose ledger could be carried over: whoever was forgotten since the copy was \
             made is back with it."
        );
    }
    out!("{} messages were waiting; each is looked for before it is sent again.", restored.unsettled);
    if let (Some(people), Some(opened)) = (restored.opened, opened) {
        out!("It opens: the keys and profiles of {people} people did.");
        tell_opened(&opened);
    } else {
        out!("The operator's key is not here, so it was not tried whether it opens.");
    }
    for file in &restored.aside {
        out!("What was there: {}. Remove it once all is well: /forget does not reach it.", file.display());
    }
    Ok(())
}

/// The time, in milliseconds, as a part of a file's name, by which names sort; two within a second are two.
fn stamp() -> String {
    Clock::system().now().strftime("%Y%m%dT%H%M%S%3fZ").to_string()
}

/// The file itself, or the newest copy of that kind in a folder.
fn newest(path: &Path, ending: &str) -> anyhow::Result<PathBuf> {
    if !path.exists() {
        bail!("{} does not exist. Name a copy, or the folder it is in", path.display());
    }
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let unreadable = || format!("cannot read the folder {}", path.display());
    let mut newest = None;
    for entry in std::fs::read_dir(path).with_context(unreadable)? {
        let name = entry.with_context(unreadable)?.file_name();
        let fits = name.to_str().is_some_and(|name| name.starts_with(NAME) && name.ends_with(ending));
        if fits && newest.as_ref().is_none_or(|newest| name > *newest) {
            newest = Some(name);
        }
    }
    let Some(name) = newest else {
        bail!(
            "{} holds no copy ({NAME}…{ending}). Name the folder or the file with a copy of that kind",
            path.display()
        );
    };
    Ok(path.join(name))
}
