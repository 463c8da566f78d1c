//! Taking the bot's messages off a person's screen: `/hide`, which needs nothing of the store and works for anybody.
//!
//! Discord lets a bot delete its own messages in a direct message, one request each; a person's own stay theirs. So nothing
//! has to be remembered of what was sent: the channel itself says what is there.

use serde_json::Value;
use serenity::model::id::MessageId;

use super::api::{Api, Refusal, patiently, snowflake};
use super::arrival;
use super::limits::Class;
use crate::chat::Address;

/// How often it is begun anew because something came meanwhile.
const ROUNDS: usize = 3;

/// Deletes every message of the bot in the direct message with somebody, the latest first.
///
/// # Errors
/// The [`Refusal`] after which the rest was left.
pub async fn clear(api: &Api, address: &Address) -> Result<(), Refusal> {
    let Some((person, known)) = arrival::read(address) else { return Ok(()) };
    let channel = match known {
        Some(channel) => channel,
        None => patiently(|| api.open_dm(person, Class::Urgent)).await?,
    };
    let id = |message: &Value| snowflake(&message["id"]).map(MessageId::new);
    for _ in 0..ROUNDS {
        let (mut before, mut deleted) = (None, 0);
        loop {
            let page = patiently(|| api.latest(channel, before, Class::Urgent)).await?;
            let ours: Vec<_> = page.iter().filter(|message| message["author"]["bot"] == true).filter_map(id).collect();
            for message in ours {
                match patiently(|| api.delete(channel, message)).await {
                    Ok(()) => deleted += 1,
                    // Gone already, or none that can be deleted.
                    Err(Refusal::Refused { .. }) => {}
                    Err(refusal) => return Err(refusal),
                }
            }
            before = page.last().and_then(id);
            if before.is_none() {
                break;
            }
        }
        if deleted == 0 {
            break;
        }
    }
    Ok(())
}
