//! The gateway: what Discord sends, handed to the [`Door`] as it is, and what it takes to keep it coming.
//!
//! twilight holds a connection: its heartbeats, resuming, the close codes. Here stands what it leaves open: how long to pause
//! between two connections, when one that says nothing is one no more, when a session is given up, and what is refused for good.

use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::try_join_all;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;
use twilight_gateway::error::ReceiveMessageErrorType;
use twilight_gateway::queue::InMemoryQueue;
use twilight_gateway::{CloseFrame, ConfigBuilder, Intents, Message, Session, Shard, ShardId, ShardState};

use super::api::{Api, Refusal, Welcome};
use super::door::Door;
use crate::clock::moment;

/// Direct messages, with their words. Interactions need no intent, and nothing else is wanted.
const INTENTS: Intents = Intents::DIRECT_MESSAGES;

/// The pauses between attempts to connect: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// So long a connection has been there after which the next trouble is a new one.
const STEADY: Duration = Duration::from_secs(10);

/// How long a connection may take until its session goes on, and how much longer than two heartbeats it may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much longer for each connection there is: sessions begin five seconds apart.
const TURN: Duration = Duration::from_secs(6);

/// So many connections in a row on which a session did not go on; then it is given up for a new one.
const GIVEN_UP: u32 = 3;

/// How long the connection may take to close.
const GOODBYE: Duration = Duration::from_secs(1);

const NOT_FOUND: &str = "the gateway cannot be found yet";

/// Why Discord is not to be asked again before its operator did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwelcome {
    /// The token is wrong, or is no more.
    #[error(
        "Discord refuses the token: copy it anew from the application's Bot page into discord.token or DISCORD_TOKEN"
    )]
    Token,
    /// An intent is not allowed. Ours needs no permission, so this should not be.
    #[error(
        "Discord refuses the intents of this bot (4013, 4014); nothing in the application's settings should have to be changed for them, so take a newer version of rekindle"
    )]
    Intents,
    /// The connections are not so many as Discord wants, although it was asked.
    #[error(
        "Discord refuses the number of this bot's connections (4010, 4011), although it named that number; start rekindle again in an hour, and if that is no help take a newer version"
    )]
    Shards,
    /// The gateway's version is one no more.
    #[error("Discord has closed its gateway to this version of rekindle (4012); take a newer one")]
    Version,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Nobody was there.
    Unreachable,
    /// Nothing was said for too long.
    Silent,
    /// It was closed, with this code if with any.
    Closed(Option<u16>),
}

/// A frame as Discord sends it.
#[derive(Deserialize)]
struct Frame {
    op: u64,
    t: Option<String>,
    #[serde(default)]
    d: Value,
}

/// Asks Discord who this bot is, for as long as Discord cannot be reached. `None` where it was stopped before.
///
/// # Errors
/// [`Unwelcome::Token`].
pub async fn introduce(
    api: &Api,
    stop: &CancellationToken,
) -> Result<Option<serenity::model::id::ApplicationId>, Unwelcome> {
    patiently(|| api.application(), "Discord does not answer yet", stop).await
}

/// Listens until it is stopped, through whatever the connections do: as many as Discord recommends.
///
/// # Errors
/// [`Unwelcome`]: it would be refused again and again.
pub async fn listen(api: &Api, token: &SecretString, door: &Door, stop: &CancellationToken) -> Result<(), Unwelcome> {
    tokio::select! {
        ended = connections(api, token, door, stop) => ended,
        unwelcome = revoked(api) => Err(unwelcome),
    }
}

/// Returns when the token is no more. A single 401 may be Discord's mistake: it is asked again who this bot is.
async fn revoked(api: &Api) -> Unwelcome {
    loop {
        api.doubted().await;
        if let Err(Refusal::Refused { status: 401, .. }) = api.application().await {
            return Unwelcome::Token;
        }
    }
}

async fn connections(api: &Api, token: &SecretString, door: &Door, stop: &CancellationToken) -> Result<(), Unwelcome> {
    let queue = InMemoryQueue::default();
    let mut refused = None;
    loop {
        let Some(welcome) = patiently(|| api.gateway(), NOT_FOUND, stop).await? else {
            return Ok(());
        };
        let total = welcome.shards;
        if refused == Some(total) {
            return Err(Unwelcome::Shards);
        }
        let lines = (0..total).map(|number| {
            let (queue, id, address) = (queue.clone(), ShardId::new(number, total), welcome.url.clone());
            Line { api, token, door, stop, queue, id, address, session: None }.hold(welcome.clone())
        });
        match try_join_all(lines).await {
            // The bot may have outgrown its connections: how many there should be now is asked.
            Err(Unwelcome::Shards) => refused = Some(total),
            ended => return ended.map(drop),
        }
    }
}

/// One connection after another for one share of the servers; the first has the direct messages.
struct Line<'a> {
    api: &'a Api,
    token: &'a SecretString,
    door: &'a Door,
    stop: &'a CancellationToken,
    /// Sessions begin one after another, and not more in a day than Discord takes before it withdraws the token.
    queue: InMemoryQueue,
    id: ShardId,
    address: String,
    /// What goes on with the next connection, and where.
    session: Option<(Session, Option<String>)>,
}

impl Line<'_> {
    async fn hold(mut self, welcome: Welcome) -> Result<(), Unwelcome> {
        let (mut welcome, mut again, mut in_vain) = (Some(welcome), pauses(), 0);
        loop {
            if self.session.is_none() && !self.may_begin(welcome.take()).await? {
                return Ok(());
            }
            let mut shard = self.shard();
            let since = moment();
            let mut lived = false;
            let end = tokio::select! {
                end = follow(&mut shard, self.door, &mut lived) => end,
                () = self.stop.cancelled() => {
                    goodbye(&mut shard).await;
                    return Ok(());
                }
            };
            told(end)?;
            let address = shard.resume_url().map(str::to_owned).filter(|_| end != End::Unreachable);
            self.session = shard.session().cloned().map(|session| (session, address));
            // Where nobody was there, the session is as good as before.
            in_vain = if lived { 0 } else { in_vain + u32::from(end != End::Unreachable) };
            if in_vain >= GIVEN_UP || ends_session(end) {
                (self.session, in_vain) = (None, 0);
            }
            if lived && since.elapsed() > STEADY {
                again = pauses();
            }
            if paused(again.next(), self.stop).await {
                return Ok(());
            }
        }
    }

    /// Waits until a new session may begin; `told` is what Discord has just said of that. False where it was stopped before.
    async fn may_begin(&mut self, mut told: Option<Welcome>) -> Result<bool, Unwelcome> {
        loop {
            let asked = match told.take() {
                Some(told) => Some(told),
                None => patiently(|| self.api.gateway(), NOT_FOUND, self.stop).await?,
            };
            let Some(Welcome { url, remaining, total, at_once, again, .. }) = asked else { return Ok(false) };
            self.address = url;
            if remaining > 0 {
                self.queue.update(at_once, remaining.min(total), again, total);
                return Ok(true);
            }
            tracing::error!(pause = ?again, "Discord takes no more sessions of this bot today; the next begins after the pause");
            if paused(Some(again.max(PAUSES.1)), self.stop).await {
                return Ok(false);
            }
        }
    }

    fn shard(&mut self) -> Shard {
        let config = ConfigBuilder::new(self.token.expose_secret().to_owned(), INTENTS);
        let mut config = config.proxy_url(self.address.clone()).queue(self.queue.clone());
        if let Some((session, address)) = self.session.take() {
            config = config.session(session);
            if let Some(address) = address {
                config = config.resume_url(address);
            }
        }
        Shard::with_config(self.id, config.build())
    }
}

/// Hands on what a connection says, to its end. `lived` tells whether its session was there at some time.
async fn follow(shard: &mut Shard, door: &Door, lived: &mut bool) -> End {
    let patience = PATIENCE + TURN * shard.id().total();
    let mut heartbeat = Duration::ZERO;
    let mut until = moment() + patience;
    loop {
        let was_there = shard.state() == ShardState::Active;
        let Ok(said) = timeout_at(until, shard.next()).await else { return End::Silent };
        match said {
            Some(Ok(Message::Text(text))) => {
                if let Some(interval) = hear(&text, door) {
                    heartbeat = interval;
                }
            }
            Some(Ok(Message::Close(frame))) => return End::Closed(frame.map(|frame| frame.code)),
            Some(Err(error)) if matches!(error.kind(), ReceiveMessageErrorType::Reconnect) => return End::Unreachable,
            // Its text is the whole frame.
            Some(Err(_)) => tracing::warn!("the gateway said something that cannot be read; passed over"),
            None => return End::Closed(None),
        }
        let is_there = shard.state() == ShardState::Active;
        *lived |= is_there;
        // twilight notices a heartbeat that is not answered; this is for a connection that never came so far.
        if is_there || was_there {
            until = moment() + if is_there { heartbeat * 2 + patience } else { patience };
        }
    }
}

/// Reads a frame. Returns how often there is to be a heartbeat, where it says so.
fn hear(text: &str, door: &Door) -> Option<Duration> {
    let Ok(Frame { op, t, d }) = serde_json::from_str(text) else {
        tracing::warn!("the gateway said something that is no frame; passed over");
        return None;
    };
    match (op, t.as_deref()) {
        (0, Some("READY")) => {
            tracing::info!("connected to Discord");
            door.joined();
        }
        (0, Some("RESUMED")) => tracing::info!("connected to Discord again"),
        (0, Some(name)) => door.event(name, &d),
        (10, _) => return d["heartbeat_interval"].as_u64().map(Duration::from_millis),
        _ => {}
    }
    None
}

/// What the end of a connection means for the next.
fn told(end: End) -> Result<(), Unwelcome> {
    match end {
        End::Closed(Some(4004)) => return Err(Unwelcome::Token),
        End::Closed(Some(4010 | 4011)) => return Err(Unwelcome::Shards),
        End::Closed(Some(4012)) => return Err(Unwelcome::Version),
        End::Closed(Some(4013 | 4014)) => return Err(Unwelcome::Intents),
        End::Closed(code) => tracing::warn!(code, "the connection to Discord ended; connecting again"),
        End::Unreachable => tracing::warn!("the gateway cannot be reached; trying again"),
        End::Silent => tracing::warn!("the gateway says nothing; connecting again"),
    }
    Ok(())
}

/// After these codes Discord wants a new session (its documentation, "Gateway Close Event Codes").
const fn ends_session(end: End) -> bool {
    matches!(end, End::Closed(Some(4003 | 4007 | 4009)))
}

/// Ends a connection so that the bot is seen to have gone.
async fn goodbye(shard: &mut Shard) {
    if matches!(shard.state(), ShardState::Disconnected { .. } | ShardState::FatallyClosed) {
        return;
    }
    shard.close(CloseFrame::NORMAL);
    // Once the frame has left nothing more is waited for: twilight would take the end of the connection for a reason to
    // connect again.
    let gone = std::future::poll_fn(|context| match shard.poll_next_unpin(context) {
        Poll::Ready(Some(Ok(Message::Text(_)))) => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending if !matches!(shard.state(), ShardState::Disconnected { .. }) => Poll::Pending,
        Poll::Pending | Poll::Ready(_) => Poll::Ready(()),
    });
    drop(tokio::time::timeout(GOODBYE, gone).await);
}

/// Asks until there is an answer. `None` where it was stopped before.
async fn patiently<T, F>(
    ask: impl Fn() -> F,
    not_yet: &'static str,
    stop: &CancellationToken,
) -> Result<Option<T>, Unwelcome>
where
    F: Future<Output = Result<T, Refusal>>,
{
    let mut pauses = pauses().skip(1);
    loop {
        match stop.run_until_cancelled(ask()).await {
            None => return Ok(None),
            Some(Ok(told)) => return Ok(Some(told)),
            Some(Err(Refusal::Refused { status: 401, .. })) => return Err(Unwelcome::Token),
            Some(Err(refusal)) => tracing::warn!(%refusal, "{not_yet}"),
        }
        if paused(pauses.next(), stop).await {
            return Ok(None);
        }
    }
}

/// None at first, as one that went off may be there again at once; then doubling ones, up to the longest, for ever.
fn pauses() -> impl Iterator<Item = Duration> + Send + use<> {
    let growing = std::iter::successors(Some(PAUSES.0), |pause| Some((*pause * 2).min(PAUSES.1)));
    std::iter::once(Duration::ZERO).chain(growing)
}

/// Pauses; says whether it was stopped meanwhile.
async fn paused(pause: Option<Duration>, stop: &CancellationToken) -> bool {
    tokio::time::timeout(pause.unwrap_or(PAUSES.1), stop.cancelled()).await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_that_is_gone_for_long_is_asked_ever_more_rarely_and_found_within_a_minute() {
        let mut at = Duration::ZERO;
        let asked = pauses().take_while(|pause| {
            at += *pause;
            at <= Duration::from_mins(2)
        });
        let asked = asked.count();
        assert!((5..10).contains(&asked), "{asked} times in two minutes");
        assert_eq!(pauses().take(50).max(), Some(PAUSES.1));
    }
}
