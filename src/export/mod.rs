//! Everything given back: one JSON file and one HTML page with all that is kept about a person, under a passphrase if
//! they want one.
//!
//! The service and the dispatcher call [`files`] when they render a message that comes with files. The files are built
//! then, in memory, and stored nowhere: a delivery holds the key of its text alone. A passphrase lives as long as the
//! answer is being made.

mod data;
mod lock;
mod page;

use std::sync::Arc;

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::chat::{Attachment, PersonId, Words};
use crate::journey::{Key, Message, Press, Prompt};
use crate::prompts::Prompts;
use crate::store::{Store, StoreError};

pub use lock::LockError;

/// Which files a message comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// As they are.
    Plain,
    /// Locked with a passphrase.
    Locked,
}

/// Why files could not be made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// What is kept could not be read.
    #[error("what is kept could not be read: {0}")]
    Store(#[from] StoreError),
    /// The data could not be written as JSON.
    #[error("the data could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The files could not be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// There is no passphrase any more: it is never kept.
    #[error("locked files can be made in the answer alone")]
    PassphraseGone,
    /// The work broke off.
    #[error("making the files broke off")]
    BrokeOff,
}

/// Which files a message comes with, if with any.
#[must_use]
pub fn files_of(message: &Message) -> Option<Files> {
    message.blocks.iter().find_map(|block| match block.prompt {
        Prompt::Key(Key::ExportReady) => Some(Files::Plain),
        Prompt::Key(Key::ExportLocked) => Some(Files::Locked),
        _ => None,
    })
}

/// What is said instead where they cannot be made.
#[must_use]
pub fn failed() -> Message {
    Message::new(Key::ExportFailed).choices([Press::Export, Press::Journey])
}

/// Makes the files a message comes with, in the person's language.
///
/// # Errors
/// Where the store cannot be read, or the passphrase is gone or cannot be used; then nothing is to be attached.
pub async fn files(
    store: &Store,
    prompts: &Arc<Prompts>,
    person: PersonId,
    locale: &str,
    now: Timestamp,
    passphrase: Option<&Words>,
    message: &Message,
) -> Result<Vec<Attachment>, ExportError> {
    let phrase = match (files_of(message), passphrase) {
        (None, _) => return Ok(Vec::new()),
        (Some(Files::Plain), _) => None,
        (Some(Files::Locked), Some(phrase)) => Some(phrase.clone()),
        (Some(Files::Locked), None) => return Err(ExportError::PassphraseGone),
    };
    let dossier = store.read(move |view| view.dossier(person)).await?;
    let (prompts, locale) = (Arc::clone(prompts), locale.to_owned());
    // Locking takes a good part of a second on purpose, and memory: never on a worker, and one at a time.
    let making = async move {
        let _one = if phrase.is_some() { lock::ONE.acquire().await.ok() } else { None };
        let make = move || -> Result<Vec<Attachment>, ExportError> {
            let zone = data::zone(&dossier);
            let day = zone.to_datetime(now).date();
            let page = page::write(&dossier, &prompts, &locale, now);
            let data = data::write(&dossier, now)?;
            let files = [("html", "text/html", page), ("json", "application/json", data)];
            files
                .into_iter()
                .map(|(end, media_type, bytes)| file(end, day, media_type, bytes, phrase.as_ref()))
                .collect()
        };
        tokio::task::spawn_blocking(make).await.map_err(|_| ExportError::BrokeOff)?
    };
    making.await
}

/// The name says nothing of what is inside: it may be seen in a folder of downloads.
fn file(
    end: &str,
    day: jiff::civil::Date,
    media_type: &'static str,
    bytes: Zeroizing<Vec<u8>>,
    phrase: Option<&Words>,
) -> Result<Attachment, ExportError> {
    let name = format!("notes-{day}.{end}");
    match phrase {
        None => Ok(Attachment { name, media_type, bytes }),
        Some(phrase) => Ok(Attachment {
            name: format!("{name}.age"),
            media_type: "application/octet-stream",
            bytes: lock::lock(&bytes, phrase)?,
        }),
    }
}

#[cfg(test)]
mod tests;
