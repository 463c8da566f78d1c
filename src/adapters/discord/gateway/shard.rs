//! One shard: a connection after another, for as long as the bot runs.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use serenity::model::gateway::{BotGateway, ShardInfo};
use tokio_util::sync::CancellationToken;

use super::backoff::MAX_DELAY;
use super::close::FatalGatewayError;
use super::connection::{self, Outcome, Settings};
use super::identify::IdentifyQueue;
use super::session::Session;
use super::{pause, retry};
use crate::adapters::discord::api::Api;
use crate::adapters::discord::door::Door;

/// Runs one shard.
pub struct ShardRunner<'a> {
    /// Tells the gateway's address and how many sessions may begin.
    pub api: &'a Api,
    /// The bot's token.
    pub token: &'a SecretString,
    /// Takes the events.
    pub door: &'a Door,
    /// Ends it.
    pub stop: &'a CancellationToken,
    /// Shared by all shards of the bot.
    pub queue: &'a IdentifyQueue,
    /// The shard.
    pub shard: ShardInfo,
}

impl ShardRunner<'_> {
    /// Runs until it is stopped. `gateway` is what Discord has just said of itself.
    ///
    /// # Errors
    /// [`FatalGatewayError`].
    pub async fn run(self, gateway: BotGateway) -> Result<(), FatalGatewayError> {
        let mut session = Session::new();
        let mut url = gateway.url.clone();
        let mut known = Some(gateway);
        let settings = Settings { token: self.token, shard: self.shard, queue: self.queue, stop: self.stop };
        loop {
            if !session.is_resumable() {
                let Some(current) = self.wait_for_session_start(known.take()).await? else { return Ok(()) };
                url = current;
            }
            let address = session.resume_url().unwrap_or(&url).to_owned();
            let dispatch = |name: &str, data: &Value| self.dispatch(name, data);
            match connection::run(&mut session, &address, &settings, dispatch).await {
                Outcome::Stopped => return Ok(()),
                Outcome::Fatal(error) => return Err(error),
                Outcome::Reconnect { after } => {
                    if pause(after, self.stop).await.is_stopped() {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn dispatch(&self, name: &str, data: &Value) {
        let shard = self.shard.id.0;
        match name {
            "READY" => tracing::info!(shard, "connected to Discord"),
            "RESUMED" => tracing::info!(shard, "resumed the session with Discord"),
            _ => self.door.event(name, data),
        }
    }

    /// Waits until Discord lets another session begin, and returns the gateway's address. `None` where it was stopped.
    async fn wait_for_session_start(&self, known: Option<BotGateway>) -> Result<Option<String>, FatalGatewayError> {
        let mut known = known;
        loop {
            let current = match known.take() {
                Some(gateway) => Some(gateway),
                None => retry(|| self.api.gateway(), "GET /gateway/bot", self.stop).await?,
            };
            let Some(gateway) = current else { return Ok(None) };
            let limit = &gateway.session_start_limit;
            self.queue.set_remaining(limit.remaining);
            if limit.remaining > 0 {
                return Ok(Some(gateway.url));
            }
            let reset_after = Duration::from_millis(limit.reset_after);
            tracing::error!(
                shard = self.shard.id.0,
                ?reset_after,
                "session start limit reached, waiting for its reset"
            );
            if pause(reset_after.max(MAX_DELAY), self.stop).await.is_stopped() {
                return Ok(None);
            }
        }
    }
}
