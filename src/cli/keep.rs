//! `rekindle key`: the operator's care for what is kept.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use rekindle::config::{Config, KEY_VARIABLE};
use rekindle::store::{self, KeySource, NewKey};

use super::place;

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
                eprintln!("Wrapping the keys of {people} people anew.");
            } else {
                eprintln!("{done} of {people}");
            }
        })
    };
    let rotated = tokio::task::spawn_blocking(work).await.context("changing the key ended abnormally")??;
    if rotated.resumed {
        println!("Finished the change of the key that was interrupted.");
    }
    println!("The keys of {} people are wrapped by the new key in {}.", rotated.people, rotated.key.display());
    if !rotated.unopened.is_empty() {
        println!(
            "The keys of these people did not open before either, and were left as they were: {:?} (table keys).",
            rotated.unopened
        );
    }
    if given {
        println!(
            "Put it where {KEY_VARIABLE} comes from before the next start, then remove that file. The former key opens \
             nothing here any more, but is needed for every copy of the keys made until now."
        );
    } else if let Some(former) = rotated.former {
        println!(
            "The former key is kept in {}. It opens nothing here any more, but is needed for every copy of the keys made \
             until now: remove it together with those. Keep a copy of the new one elsewhere.",
            former.display()
        );
    }
    Ok(())
}
