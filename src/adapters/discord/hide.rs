//! Taking the bot's messages off a person's screen: `/hide`. The door asks for it once the person has its answer.
//!
//! Discord lets a bot delete its own messages in a direct message, one request each; a person's own stay theirs. So nothing
//! has to be remembered of what was sent: the channel itself says what is there.

use std::time::Duration;

use serde_json::Value;
use serenity::model::id::MessageId;

use super::api::{Api, Refusal, snowflake};
use super::arrival;
use super::limits::Class;
use crate::chat::Address;

/// How often one request is tried before the rest is left.
const ATTEMPTS: u32 = 5;

/// The pause after a request that came to nothing.
const PAUSE: Duration = Duration::from_secs(1);

/// Deletes every message of the bot in the direct message with somebody, the latest first.
///
/// # Errors
/// The [`Refusal`] after which the rest was left.
pub async fn clear(api: &Api, address: &Address) -> Result<(), Refusal> {
    let Some((person, channel)) = arrival::read(address) else { return Ok(()) };
    let channel = match channel {
        Some(channel) => channel,
        None => api.open_dm(person, Class::Urgent).await?,
    };
    let id = |message: &Value| snowflake(&message["id"]).map(MessageId::new);
    let mut before = None;
    loop {
        let page = patiently(|| api.latest(channel, before, Class::Urgent)).await?;
        let ours: Vec<_> = page.iter().filter(|message| message["author"]["bot"] == true).filter_map(id).collect();
        for message in ours {
            match patiently(|| api.delete(channel, message)).await {
                // Gone already, or none that can be deleted.
                Ok(()) | Err(Refusal::Refused { .. }) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        before = page.last().and_then(id);
        if before.is_none() {
            return Ok(());
        }
    }
}

/// Asks again where Discord only says to wait, or nothing.
async fn patiently<T, F>(ask: impl Fn() -> F) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, Refusal>>,
{
    for _ in 1..ATTEMPTS {
        match ask().await {
            Err(Refusal::Wait(pause)) => tokio::time::sleep(pause).await,
            Err(Refusal::Unsent | Refusal::Unsure) => tokio::time::sleep(PAUSE).await,
            told => return told,
        }
    }
    ask().await
}
