//! The gateway: serenity's connection, whose events go to the [`Door`] as Discord sent them, and what it takes to keep it.
//!
//! Everything is read from the raw event: serenity's own types drop an interaction with a component they do not know.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;
use serenity::Client;
use serenity::all::{Context, Event, GatewayError, GatewayIntents, RawEventHandler};
use serenity::async_trait;
use serenity::http::HttpBuilder;
use tokio_util::sync::CancellationToken;

use super::api::{Api, Refusal};
use super::door::Door;
use crate::clock::moment;

/// Direct messages, with their words. Interactions need no intent, and nothing else is wanted.
const INTENTS: GatewayIntents = GatewayIntents::DIRECT_MESSAGES;

/// The pauses between attempts to connect: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// How long the connection may take to close. serenity waits for good where the gateway does not answer.
const GOODBYE: Duration = Duration::from_secs(1);

/// Why the gateway cannot be listened to, now or later.
#[derive(Debug, thiserror::Error)]
pub enum Unwelcome {
    /// The token is wrong.
    #[error(
        "Discord refuses the token: copy it anew from the application's Bot page into discord.token or DISCORD_TOKEN"
    )]
    Token,
    /// An intent is not allowed. Ours needs no permission, so this should not be.
    #[error(
        "Discord refuses the intents of this bot; nothing in the application's settings should have to be changed for them"
    )]
    Intents,
}

/// Hands every event to the door.
struct Ear(Door);

#[async_trait]
impl RawEventHandler for Ear {
    async fn raw_event(&self, _context: Context, event: Event) {
        match event {
            Event::Unknown(unknown) => self.0.event(&unknown.kind, &unknown.value),
            Event::Ready(_) => tracing::info!("connected to Discord"),
            Event::Resumed(_) => tracing::info!("connected to Discord again"),
            Event::InteractionCreate(event) => {
                // serenity writes everything back but what kind of interaction it is.
                let kind = u8::from(event.interaction.kind());
                self.pass("INTERACTION_CREATE", &event, &[("type", kind.into())]);
            }
            Event::MessageCreate(event) => self.pass("MESSAGE_CREATE", &event, &[]),
            _ => {}
        }
    }
}

impl Ear {
    /// Passes an event on as Discord sent it, which serenity has read into a type of its own.
    fn pass(&self, name: &str, event: &impl Serialize, more: &[(&str, Value)]) {
        let Ok(mut event) = serde_json::to_value(event) else {
            tracing::error!(name, "an event could not be written back");
            return;
        };
        for (field, value) in more {
            event[field] = value.clone();
        }
        self.0.event(name, &event);
    }
}

/// Asks Discord who this bot is, for as long as Discord cannot be reached. `None` where it was stopped before.
///
/// # Errors
/// [`Unwelcome::Token`].
pub async fn introduce(
    api: &Api,
    stop: &CancellationToken,
) -> Result<Option<serenity::model::id::ApplicationId>, Unwelcome> {
    let mut pauses = pauses();
    loop {
        match stop.run_until_cancelled(api.application()).await {
            None => return Ok(None),
            Some(Ok(application)) => return Ok(Some(application)),
            Some(Err(Refusal::Refused { status: 401, .. })) => return Err(Unwelcome::Token),
            Some(Err(refusal)) => tracing::warn!(%refusal, "Discord does not answer yet"),
        }
        if paused(pauses.next(), stop).await {
            return Ok(None);
        }
    }
}

/// Listens until it is stopped, through whatever the connection does.
///
/// # Errors
/// [`Unwelcome`]: it would be refused again and again.
pub async fn listen(
    api: Arc<Api>,
    base: &str,
    token: &SecretString,
    door: Door,
    stop: &CancellationToken,
) -> Result<(), Unwelcome> {
    let mut again: Box<dyn Iterator<Item = Duration> + Send> = Box::new(pauses());
    while !stop.is_cancelled() {
        let Some(connected) = stop.run_until_cancelled(connect(&api, base, token, &door)).await else { return Ok(()) };
        match connected {
            Ok(mut client) => {
                let (shards, since) = (Arc::clone(&client.shard_manager), moment());
                tokio::select! {
                    ended = client.start_autosharded() => told(&ended)?,
                    () = stop.cancelled() => {
                        // Where the gateway is down, this returns at once and the connection never ends: it is dropped.
                        drop(tokio::time::timeout(GOODBYE, shards.shutdown_all()).await);
                        return Ok(());
                    }
                }
                if since.elapsed() > PAUSES.1 {
                    // It was there for a while: this is a new trouble, not the old one going on.
                    again = Box::new(pauses());
                }
            }
            Err(Refusal::Refused { status: 401, .. }) => return Err(Unwelcome::Token),
            Err(refusal) => tracing::warn!(%refusal, "the gateway cannot be found yet"),
        }
        if paused(again.next(), stop).await {
            return Ok(());
        }
    }
    Ok(())
}

async fn connect(api: &Api, base: &str, token: &SecretString, door: &Door) -> Result<Client, Refusal> {
    // serenity takes Discord's own gateway where it cannot ask for the address: so it is asked for first, and compared.
    let address = api.gateway().await?;
    let http = HttpBuilder::new(token.expose_secret())
        .client(api.client())
        .proxy(base)
        // With its own limiter it would ignore the other base address.
        .ratelimiter_disabled(true)
        .build();
    let client = serenity::client::ClientBuilder::new_with_http(http, INTENTS)
        .raw_event_handler(Ear(door.clone()))
        .await
        .map_err(|_| Refusal::Unsent)?;
    if *client.ws_url.lock().await != address {
        return Err(Refusal::Unsent);
    }
    Ok(client)
}

/// What the end of a connection means.
fn told(ended: &serenity::Result<()>) -> Result<(), Unwelcome> {
    match ended {
        Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication)) => Err(Unwelcome::Token),
        Err(serenity::Error::Gateway(GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents)) => {
            Err(Unwelcome::Intents)
        }
        Err(serenity::Error::Gateway(error)) => {
            tracing::warn!(%error, "the connection to Discord ended; connecting again");
            Ok(())
        }
        // What other errors print may hold an address.
        Ok(()) | Err(_) => {
            tracing::warn!("the connection to Discord ended; connecting again");
            Ok(())
        }
    }
}

/// Doubling pauses, up to the longest, for ever.
fn pauses() -> impl Iterator<Item = Duration> + Send + use<> {
    std::iter::successors(Some(PAUSES.0), |pause| Some((*pause * 2).min(PAUSES.1)))
}

/// Pauses; says whether it was stopped meanwhile.
async fn paused(pause: Option<Duration>, stop: &CancellationToken) -> bool {
    tokio::time::timeout(pause.unwrap_or(PAUSES.1), stop.cancelled()).await.is_ok()
}
