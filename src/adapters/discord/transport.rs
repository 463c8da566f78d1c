//! Discord's way out: the dispatcher sends through it whatever is not a direct answer, as direct messages.
//!
//! Seen once: the nonce comes from the delivery's id, and Discord returns the message it has for a nonce of the last few
//! minutes (`enforce_nonce`). Where an earlier attempt may have arrived, the message is looked for before it is sent again:
//! a direct answer by its interaction's token, any other among the latest of the direct message.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use serenity::model::id::{ApplicationId, ChannelId};

use super::api::{Api, Refusal};
use super::arrival::{direct, read};
use super::custom_id::Mark;
use super::limits::Class;
use super::render::{self, Seen};
use crate::chat::{Address, DeliveryId, Parcel, SendOutcome, Ticket, Transport};

/// The person cannot be reached until they act again: their direct messages are closed, no server is shared with them, the
/// account is gone, or the channel is not open to the bot.
const CLOSED: [u64; 5] = [50007, 50278, 10013, 50033, 50001];

/// Direct messages are being opened too fast, or written to too fast.
const TOO_FAST: [u64; 2] = [40003, 20028];

/// The channel is not there (any more).
const NO_CHANNEL: u64 = 10003;

/// How long to keep from opening or writing direct messages too fast.
const BREATHER: Duration = Duration::from_mins(1);

/// The message stands for an answer that is still to come (`LOADING`).
const LOADING: u64 = 1 << 7;

/// The way out to one bot's direct messages.
pub struct DiscordTransport {
    api: Arc<Api>,
    /// Known once Discord has said who this bot is, and nothing is sent before.
    application: OnceLock<ApplicationId>,
}

impl DiscordTransport {
    /// The way out through `api`.
    #[must_use]
    pub fn new(api: Arc<Api>) -> Self {
        Self { api, application: OnceLock::new() }
    }

    /// Discord has said who this bot is.
    pub fn introduced(&self, application: ApplicationId) {
        self.application.get_or_init(|| application);
    }

    async fn try_to(&self, parcel: &Parcel) -> Result<Option<Address>, SendOutcome> {
        // An address that does not read back is none of this platform's: there is nobody to reach by it.
        let Some((person, known)) = read(&parcel.to) else { return Err(SendOutcome::Closed) };
        let class = if parcel.urgent { Class::Urgent } else { Class::Ordinary };
        if parcel.unsure
            && let Some(ticket) = &parcel.ticket
            && self.was_answered(parcel, ticket).await?
        {
            return Ok(None);
        }
        if let Some(channel) = known {
            match self.put(channel, parcel, class).await {
                // Such as after the account was away for long: there is another one now.
                Err(Refusal::Refused { code: NO_CHANNEL, .. } | Refusal::Refused { status: 404, .. }) => {}
                done => return done.map(|()| None).map_err(|refusal| outcome(parcel.id, &refusal)),
            }
        }
        let channel = self.api.open_dm(person, class).await.map_err(|refusal| not_opened(parcel.id, &refusal))?;
        self.put(channel, parcel, class).await.map_err(|refusal| outcome(parcel.id, &refusal))?;
        Ok(Some(direct(person, channel.get())))
    }

    async fn put(&self, channel: ChannelId, parcel: &Parcel, class: Class) -> Result<(), Refusal> {
        if parcel.unsure && self.is_there(channel, parcel.id, class).await? {
            return Ok(());
        }
        let mut message = render::message(&parcel.reply, Some(Mark::Is(parcel.id)), Seen::InDm);
        message["nonce"] = format!("rekindle-{}", parcel.id.0).into();
        message["enforce_nonce"] = true.into();
        self.api.send(channel, &message, &parcel.reply.files, class).await
    }

    /// Whether the message is among the latest of its channel.
    async fn is_there(&self, channel: ChannelId, id: DeliveryId, class: Class) -> Result<bool, Refusal> {
        let latest = self.api.latest(channel, None, class).await?;
        Ok(latest.iter().any(|message| render::delivery(message) == Some(id)))
    }

    /// Whether the interaction got its answer after all. Where it only stands for one that is to come, it gets it now.
    async fn was_answered(&self, parcel: &Parcel, ticket: &Ticket) -> Result<bool, SendOutcome> {
        let Some(application) = self.application.get().copied() else { return Err(SendOutcome::Later(None)) };
        let there = match self.api.original(application, &ticket.0).await {
            Ok(there) => there,
            // There is none, or its token has run out.
            Err(Refusal::Refused { .. }) => return Ok(false),
            Err(refusal) => return Err(outcome(parcel.id, &refusal)),
        };
        if there["flags"].as_u64().is_none_or(|flags| flags & LOADING == 0) {
            return Ok(render::delivery(&there) == Some(parcel.id));
        }
        let message = render::message(&parcel.reply, Some(Mark::Is(parcel.id)), Seen::InDm);
        match self.api.edit_original(application, &ticket.0, &message, &parcel.reply.files).await {
            Ok(()) => Ok(true),
            Err(Refusal::Refused { .. }) => Ok(false),
            Err(refusal) => Err(outcome(parcel.id, &refusal)),
        }
    }
}

impl Transport for DiscordTransport {
    async fn send(&self, parcel: &Parcel) -> SendOutcome {
        match self.try_to(parcel).await {
            Ok(moved) => SendOutcome::Sent(moved),
            Err(outcome) => outcome,
        }
    }
}

/// Puts a message that nothing is stored of into a direct message that is open. `mark` is the same for the same message.
///
/// # Errors
/// Every [`Refusal`].
pub async fn say(api: &Api, to: ChannelId, mut message: Value, mark: &str) -> Result<(), Refusal> {
    message["nonce"] = json!(mark);
    message["enforce_nonce"] = json!(true);
    api.send(to, &message, &[], Class::Urgent).await
}

/// What a refused message means for its delivery.
fn outcome(id: DeliveryId, refusal: &Refusal) -> SendOutcome {
    match *refusal {
        Refusal::Refused { code, .. } if CLOSED.contains(&code) => SendOutcome::Closed,
        Refusal::Refused { code, .. } if TOO_FAST.contains(&code) => SendOutcome::Later(Some(BREATHER)),
        // Nothing Discord says of a message: the token is no more, or what stands before Discord keeps this machine out.
        Refusal::Refused { status: status @ (401 | 403 | 408), code: 0 } => {
            tracing::error!(delivery = id.0, status, "Discord lets nothing of this bot through; what waits is kept");
            SendOutcome::Later(None)
        }
        Refusal::Refused { status, code } => {
            tracing::error!(
                delivery = id.0,
                status,
                code,
                "Discord refuses a message; it is set aside until its person acts"
            );
            SendOutcome::Refused
        }
        Refusal::Wait(pause) => SendOutcome::Later(Some(pause)),
        Refusal::Unsent => SendOutcome::Later(None),
        Refusal::Unsure => SendOutcome::Unsure,
    }
}

/// The same for a direct message that could not be opened: whatever became of that, nothing was said in it.
fn not_opened(id: DeliveryId, refusal: &Refusal) -> SendOutcome {
    match outcome(id, refusal) {
        SendOutcome::Unsure => SendOutcome::Later(None),
        told => told,
    }
}
