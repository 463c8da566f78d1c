//! Ends of a gateway connection, and what each means for the session.
//!
//! Close codes: Discord's documentation, "Gateway Close Event Codes".

use std::fmt;

use serenity::constants::close_codes;

/// 4012 "Invalid API version", which serenity does not name.
const INVALID_API_VERSION: u16 = 4012;

/// Closes our side and ends the session: Discord shows the bot as offline.
pub const NORMAL: u16 = 1000;

/// Closes our side and keeps the session. Any code but 1000 and 1001 does; this one is what Discord uses itself.
const RESUMING: u16 = close_codes::UNKNOWN_ERROR;

/// Refusals that only the operator can mend: asking Discord again would be refused again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FatalGatewayError {
    /// 4004, or 401 over HTTP: the token is wrong or was reset.
    #[error(
        "Discord refuses the token: copy it anew from the application's Bot page into discord.token or DISCORD_TOKEN"
    )]
    InvalidToken,
    /// 4013, 4014: an intent is not allowed. Ours is unprivileged, so this should not occur.
    #[error(
        "Discord refuses the intents of this bot (4013, 4014); nothing in the application's settings should have to be changed for them, so take a newer version of rekindle"
    )]
    InvalidIntents,
    /// 4010, 4011: Discord wants another number of shards than it named when asked.
    #[error(
        "Discord refuses the number of this bot's connections (4010, 4011), although it named that number; start rekindle again in an hour, and if that is no help take a newer version"
    )]
    InvalidShards,
    /// 4012: the API version is no longer served.
    #[error("Discord has closed its gateway to this version of rekindle (4012); take a newer one")]
    InvalidApiVersion,
}

/// Reasons why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionEnd {
    /// It could not be opened.
    Unreachable,
    /// It broke without a close frame.
    Lost,
    /// Discord closed it, with a code or without.
    Closed(Option<u16>),
    /// Discord asked for a new connection (op 7).
    ReconnectRequested,
    /// Discord declared the session invalid (op 9).
    InvalidSession {
        /// Whether RESUME may still work.
        resumable: bool,
    },
    /// HELLO named no interval to send heartbeats at.
    HelloWithoutInterval,
    /// Neither HELLO, READY nor RESUMED came in time.
    TimedOut,
    /// The last heartbeat had no ACK when the next one was due: a zombie connection.
    HeartbeatNotAcknowledged,
    /// No session may begin before the session start limit resets.
    SessionStartLimit,
}

impl ConnectionEnd {
    /// The error after which no connection is to be tried again.
    pub const fn fatal(self) -> Option<FatalGatewayError> {
        let Self::Closed(Some(code)) = self else { return None };
        match code {
            close_codes::AUTHENTICATION_FAILED => Some(FatalGatewayError::InvalidToken),
            close_codes::INVALID_SHARD | close_codes::SHARDING_REQUIRED => Some(FatalGatewayError::InvalidShards),
            INVALID_API_VERSION => Some(FatalGatewayError::InvalidApiVersion),
            close_codes::INVALID_GATEWAY_INTENTS | close_codes::DISALLOWED_GATEWAY_INTENTS => {
                Some(FatalGatewayError::InvalidIntents)
            }
            _ => None,
        }
    }

    /// Whether the session cannot be resumed after this.
    pub const fn ends_session(self) -> bool {
        match self {
            Self::InvalidSession { resumable } => !resumable,
            Self::Closed(Some(code)) => matches!(
                code,
                close_codes::NOT_AUTHENTICATED
                    | close_codes::ALREADY_AUTHENTICATED
                    | close_codes::INVALID_SEQUENCE
                    | close_codes::SESSION_TIMEOUT
            ),
            _ => false,
        }
    }

    /// The code to close our side with, where the connection is still open.
    pub const fn close_code(self) -> Option<u16> {
        match self {
            Self::Unreachable | Self::Lost | Self::Closed(_) => None,
            Self::InvalidSession { resumable: false } => Some(NORMAL),
            _ => Some(RESUMING),
        }
    }
}

impl fmt::Display for ConnectionEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => write!(f, "gateway unreachable"),
            Self::Lost => write!(f, "connection lost"),
            Self::Closed(Some(code)) => write!(f, "closed by Discord with code {code}"),
            Self::Closed(None) => write!(f, "closed by Discord without a code"),
            Self::ReconnectRequested => write!(f, "reconnect requested (op 7)"),
            Self::InvalidSession { resumable: true } => write!(f, "invalid session (op 9), resumable"),
            Self::InvalidSession { resumable: false } => write!(f, "invalid session (op 9)"),
            Self::HelloWithoutInterval => write!(f, "HELLO without a heartbeat interval"),
            Self::TimedOut => write!(f, "timeout: no HELLO, READY or RESUMED"),
            Self::HeartbeatNotAcknowledged => write!(f, "timeout: heartbeat not acknowledged"),
            Self::SessionStartLimit => write!(f, "session start limit reached"),
        }
    }
}
