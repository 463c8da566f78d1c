//! Socket of one gateway connection: carries frames between Discord and a [`Session`], which decides everything else.

use std::pin::pin;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use secrecy::SecretString;
use serde_json::Value;
use serenity::constants::GATEWAY_VERSION;
use serenity::model::gateway::ShardInfo;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use tokio_util::sync::CancellationToken;

use super::close::{ConnectionEnd, FatalGatewayError, NORMAL};
use super::frame::Frame;
use super::identify::IdentifyQueue;
use super::session::{Input, Output, Reconnect, Session};
use crate::clock::moment;

/// Time a frame may take to leave. A socket that takes none for so long is dead.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// Time a close frame may take to leave.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Frames that are read after a deadline has passed, before the deadline is handled. An ACK that is already here counts,
/// however late this task runs, but an endless stream of frames holds up no heartbeat.
const MAX_LATE_FRAMES: u32 = 1_000;

/// Bytes read from the socket at once. Frames are small, and most of the time there are none.
const READ_BUFFER: usize = 16 * 1024;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Parameters of a shard's connections.
pub struct Settings<'a> {
    /// The bot's token.
    pub token: &'a SecretString,
    /// The shard.
    pub shard: ShardInfo,
    /// Shared by all shards of the bot.
    pub queue: &'a IdentifyQueue,
    /// Ends the connection and the session.
    pub stop: &'a CancellationToken,
}

/// Reasons why [`run`] returns.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was asked to stop.
    Stopped,
    /// Another connection is to be opened.
    Reconnect {
        /// After this delay.
        after: Duration,
    },
    /// No connection is to be opened again.
    Fatal(FatalGatewayError),
}

/// Opens a connection to `url`, and hands its events to `dispatch` until it ends.
pub async fn run(
    session: &mut Session,
    url: &str,
    settings: &Settings<'_>,
    mut dispatch: impl FnMut(&str, &Value),
) -> Outcome {
    let &Settings { token, shard, queue, stop } = settings;
    session.handle(Input::Connecting { jitter: fastrand::f64() }, moment().into_std());
    let Some(connected) = stop.run_until_cancelled(connect(url, deadline(session))).await else {
        return Outcome::Stopped;
    };
    let mut socket = match connected {
        Ok(socket) => socket,
        Err(error) => return ended(session, shard, ConnectionEnd::Unreachable, Some(&error)),
    };
    let mut turn = pin!(queue.turn(shard.id.0));
    let mut late_frames = 0;
    loop {
        let deadline = deadline(session);
        late_frames = if moment() < deadline { 0 } else { late_frames + 1 };
        let input = tokio::select! {
            biased;
            () = stop.cancelled() => {
                close(&mut socket, Some(NORMAL)).await;
                return Outcome::Stopped;
            }
            received = socket.next(), if late_frames < MAX_LATE_FRAMES => match received {
                Some(Ok(Message::Text(text))) => {
                    let Some(frame) = Frame::parse(&text) else {
                        tracing::warn!(shard = shard.id.0, bytes = text.len(), "unreadable gateway frame, dropping it");
                        continue;
                    };
                    Input::Frame(frame)
                }
                Some(Ok(Message::Close(frame))) => {
                    close(&mut socket, None).await;
                    let code = frame.map(|frame| frame.code.into());
                    return ended(session, shard, ConnectionEnd::Closed(code), None);
                }
                // The socket answers pings itself; Discord sends nothing else.
                Some(Ok(_)) => continue,
                Some(Err(error)) => return ended(session, shard, ConnectionEnd::Lost, Some(&error)),
                None => return ended(session, shard, ConnectionEnd::Lost, None),
            },
            () = sleep_until(deadline) => Input::Deadline,
            granted = &mut turn, if session.is_queued() => Input::IdentifyTurn { granted },
        };
        match session.handle(input, moment().into_std()) {
            Output::Wait => {}
            Output::Send(command) => {
                let text = Message::text(command.to_json(token, shard));
                match timeout(SEND_TIMEOUT, socket.send(text)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return ended(session, shard, ConnectionEnd::Lost, Some(&error)),
                    Err(_) => return ended(session, shard, ConnectionEnd::Lost, None),
                }
            }
            Output::Dispatch { name, data } => {
                if name == "READY" && !session.is_resumable() {
                    tracing::warn!(shard = shard.id.0, "READY without a session id, the session cannot be resumed");
                }
                dispatch(&name, &data);
            }
            Output::Close(reconnect) => {
                if let Reconnect::After { end, .. } = reconnect {
                    close(&mut socket, end.close_code()).await;
                }
                return outcome(reconnect, shard, None);
            }
        }
    }
}

/// The deadline of a session with a connection; one without has none to wait for.
fn deadline(session: &Session) -> Instant {
    session.deadline().map_or_else(moment, Instant::from_std)
}

async fn connect(url: &str, deadline: Instant) -> Result<Socket, Error> {
    let url = format!("{}/?v={GATEWAY_VERSION}&encoding=json", url.trim_end_matches('/'));
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER);
    let connecting = connect_async_with_config(url, Some(config), true);
    let timed_out = |_| Error::Io(std::io::ErrorKind::TimedOut.into());
    timeout_at(deadline, Box::pin(connecting)).await.map_err(timed_out)?.map(|(socket, _)| socket)
}

/// Closes our side, and waits no longer than it takes a frame to leave.
async fn close(socket: &mut Socket, code: Option<u16>) {
    let frame = code.map(|code| CloseFrame { code: code.into(), reason: Utf8Bytes::default() });
    drop(timeout(CLOSE_TIMEOUT, socket.close(frame)).await);
}

fn ended(session: &mut Session, shard: ShardInfo, end: ConnectionEnd, error: Option<&Error>) -> Outcome {
    outcome(session.ended(end, moment().into_std()), shard, error)
}

/// Tells the operator how a connection ended.
fn outcome(reconnect: Reconnect, shard: ShardInfo, error: Option<&Error>) -> Outcome {
    let (delay, end) = match reconnect {
        Reconnect::After { delay, end } => (delay, end),
        Reconnect::Never(error) => return Outcome::Fatal(error),
    };
    let (shard, error) = (shard.id.0, error.map(tracing::field::display));
    if end == ConnectionEnd::ReconnectRequested {
        tracing::info!(shard, cause = %end, ?delay, "gateway connection ended, reconnecting");
    } else {
        tracing::warn!(shard, cause = %end, error, ?delay, "gateway connection ended, reconnecting");
    }
    Outcome::Reconnect { after: delay }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    /// rustls picks its cryptography from the features of all crates together; without one, or with two, it panics.
    #[tokio::test]
    async fn a_secure_address_is_spoken_to_in_tls() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("wss://{}", listener.local_addr().unwrap());
        let (connected, first) = tokio::join!(connect(&url, moment() + Duration::from_secs(5)), async {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.read_u8().await.unwrap()
        });
        assert_eq!(first, 0x16, "a TLS handshake begins with this byte");
        assert!(matches!(connected, Err(Error::Io(_) | Error::Tls(_))), "{:?}", connected.err());
    }
}
