//! Gateway: receives Discord's events and hands them to the [`Door`].
//!
//! serenity names the opcodes, intents, close codes and models. The connection itself is ours, because serenity's loop spins
//! after a close without a code, stays deaf after 4010 and 4011, and forgets sessions that could be resumed
//! (`docs/FAULTS.md`), and nothing else may read its socket.
//!
//! | module | does |
//! | --- | --- |
//! | `session` | decides: a state machine without IO or clock |
//! | `connection` | carries frames between a socket and the session |
//! | `shard` | opens one connection after another |
//! | `identify` | spaces IDENTIFYs and counts session starts |
//! | `frame`, `close`, `backoff` | frames, close codes, delays |

mod backoff;
mod close;
mod connection;
mod frame;
mod identify;
mod session;
mod shard;

use std::time::Duration;

use futures_util::future::try_join_all;
use secrecy::SecretString;
use serenity::model::gateway::ShardInfo;
use serenity::model::id::{ApplicationId, ShardId};
use tokio_util::sync::CancellationToken;

use self::backoff::Backoff;
pub use self::close::FatalGatewayError;
use self::identify::IdentifyQueue;
use self::shard::ShardRunner;
use super::api::{Api, Refusal};
use super::door::Door;

/// Asks Discord for the bot's application, until it answers. `None` where it was stopped before.
///
/// # Errors
/// [`FatalGatewayError::InvalidToken`].
pub async fn introduce(api: &Api, stop: &CancellationToken) -> Result<Option<ApplicationId>, FatalGatewayError> {
    retry(|| api.application(), "GET /oauth2/applications/@me", stop).await
}

/// Listens to the gateway until it is stopped, on as many shards as Discord recommends.
///
/// # Errors
/// [`FatalGatewayError`].
pub async fn listen(
    api: &Api,
    token: &SecretString,
    door: &Door,
    stop: &CancellationToken,
) -> Result<(), FatalGatewayError> {
    tokio::select! {
        ended = run_shards(api, token, door, stop) => ended,
        error = token_revoked(api) => Err(error),
    }
}

/// Returns when Discord no longer knows the token. A single 401 may be Discord's mistake, so it is asked again.
async fn token_revoked(api: &Api) -> FatalGatewayError {
    loop {
        api.doubted().await;
        if let Err(Refusal::Refused { status: 401, .. }) = api.application().await {
            return FatalGatewayError::InvalidToken;
        }
    }
}

async fn run_shards(
    api: &Api,
    token: &SecretString,
    door: &Door,
    stop: &CancellationToken,
) -> Result<(), FatalGatewayError> {
    let mut refused = None;
    loop {
        let Some(gateway) = retry(|| api.gateway(), "GET /gateway/bot", stop).await? else { return Ok(()) };
        let total = gateway.shards;
        if refused == Some(total) {
            return Err(FatalGatewayError::InvalidShards);
        }
        let limit = &gateway.session_start_limit;
        let queue = if refused.is_none() { IdentifyQueue::new(limit) } else { IdentifyQueue::renewed(limit) };
        let shards = (0..total).map(|id| {
            let shard = ShardInfo { id: ShardId(id), total };
            ShardRunner { api, token, door, stop, queue: &queue, shard }.run(gateway.clone())
        });
        match try_join_all(shards).await {
            // The bot may have outgrown its shards: Discord is asked for their number again.
            Err(FatalGatewayError::InvalidShards) => refused = Some(total),
            ended => return ended.map(drop),
        }
    }
}

/// Retries with backoff until Discord answers. `None` where it was stopped before.
async fn retry<T, F>(
    ask: impl Fn() -> F,
    request: &'static str,
    stop: &CancellationToken,
) -> Result<Option<T>, FatalGatewayError>
where
    F: Future<Output = Result<T, Refusal>>,
{
    let mut backoff = Backoff::delayed();
    loop {
        let error = match stop.run_until_cancelled(ask()).await {
            None => return Ok(None),
            Some(Ok(answer)) => return Ok(Some(answer)),
            Some(Err(Refusal::Refused { status: 401, .. })) => return Err(FatalGatewayError::InvalidToken),
            Some(Err(error)) => error,
        };
        let after = backoff.next_delay();
        tracing::warn!(request, %error, ?after, "Discord request failed, will retry");
        if pause(after, stop).await.is_stopped() {
            return Ok(None);
        }
    }
}

/// End of a [`pause`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paused {
    Elapsed,
    Stopped,
}

impl Paused {
    fn is_stopped(self) -> bool {
        self == Self::Stopped
    }
}

async fn pause(delay: Duration, stop: &CancellationToken) -> Paused {
    match tokio::time::timeout(delay, stop.cancelled()).await {
        Ok(()) => Paused::Stopped,
        Err(_) => Paused::Elapsed,
    }
}
