//! Protocol of one shard, without IO and without a clock: a frame, a deadline or the end of a connection comes in, and the
//! next step comes out. [`super::connection`] carries it out. The state lives on from one connection to the next.
//!
//! Rules: Discord's documentation, "Gateway", "Connection Lifecycle".

use std::time::{Duration, Instant};

use serde_json::Value;
use serenity::constants::Opcode;

use super::backoff::Backoff;
use super::close::{ConnectionEnd, FatalGatewayError};
use super::frame::{Command, Frame};
use crate::crash;

/// Time from the beginning of a connection until HELLO.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// Time from IDENTIFY until READY; from RESUME, or the last replayed event, until RESUMED.
const READY_TIMEOUT: Duration = Duration::from_secs(15);

/// Age after which an established connection counts as a success, and the backoff starts over.
const STEADY_AFTER: Duration = Duration::from_secs(10);

/// Connections in a row that did not resume, after which the session is given up for a new one.
const MAX_FAILED_RESUMES: u32 = 3;

/// Longest heartbeat interval that is believed. Discord's is about 41 seconds.
const MAX_HEARTBEAT_INTERVAL: Duration = Duration::from_hours(1);

/// Something that happened.
pub enum Input {
    /// A connection is being opened.
    Connecting {
        /// Between 0 and 1: the part of the interval after which the first heartbeat is sent.
        jitter: f64,
    },
    /// A frame arrived.
    Frame(Frame),
    /// [`Session::deadline`] passed.
    Deadline,
    /// The identify queue let this shard through, or told that no session may begin before the limit resets.
    IdentifyTurn {
        /// Whether it may IDENTIFY.
        granted: bool,
    },
}

/// Next step of the caller.
pub enum Output {
    /// Nothing until the next input.
    Wait,
    /// Send this.
    Send(Command),
    /// Hand this event on.
    Dispatch {
        /// The event's name.
        name: String,
        /// Its data.
        data: Value,
    },
    /// Close the connection.
    Close(Reconnect),
}

/// What follows the end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconnect {
    /// Another connection.
    After {
        /// The time until it is to be opened.
        delay: Duration,
        /// Why the last one ended.
        end: ConnectionEnd,
    },
    /// No other connection, ever.
    Never(FatalGatewayError),
}

/// The identity of a session that can be resumed.
struct Resumable {
    id: String,
    /// Where to resume; `None` for the gateway's usual address.
    url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Disconnected,
    AwaitingHello,
    /// Waits for the identify queue.
    Queued,
    Identifying,
    Resuming,
    Active,
    Failed(FatalGatewayError),
}

struct Heartbeat {
    interval: Duration,
    due: Instant,
    is_acknowledged: bool,
}

impl Heartbeat {
    fn send(&mut self, sequence: Option<u64>, now: Instant) -> Output {
        self.is_acknowledged = false;
        self.due = now + self.interval;
        Output::Send(Command::Heartbeat { sequence })
    }
}

/// State of one connection.
struct Connection {
    since: Instant,
    jitter: f64,
    /// When HELLO, READY or RESUMED has to be there.
    expires: Option<Instant>,
    heartbeat: Option<Heartbeat>,
    was_active: bool,
}

/// The state machine.
pub struct Session {
    phase: Phase,
    connection: Option<Connection>,
    resumable: Option<Resumable>,
    sequence: Option<u64>,
    backoff: Backoff,
    failed_resumes: u32,
}

impl Session {
    /// A shard that has never been connected.
    pub fn new() -> Self {
        Self {
            phase: Phase::Disconnected,
            connection: None,
            resumable: None,
            sequence: None,
            backoff: Backoff::default(),
            failed_resumes: 0,
        }
    }

    /// Whether the next connection resumes a session instead of beginning one.
    pub const fn is_resumable(&self) -> bool {
        self.resumable.is_some()
    }

    /// The address at which the session is to be resumed, where Discord named one that is reachable.
    pub fn resume_url(&self) -> Option<&str> {
        self.resumable.as_ref()?.url.as_deref()
    }

    /// Whether an IDENTIFY waits for [`Input::IdentifyTurn`].
    pub fn is_queued(&self) -> bool {
        self.phase == Phase::Queued
    }

    /// When [`Input::Deadline`] is due. `None` while there is no connection.
    pub fn deadline(&self) -> Option<Instant> {
        let connection = self.connection.as_ref()?;
        let heartbeat = connection.heartbeat.as_ref().map(|heartbeat| heartbeat.due);
        connection.expires.into_iter().chain(heartbeat).min()
    }

    /// Takes in what happened at `now`, and returns what to do. Inputs that do not fit the state change nothing.
    pub fn handle(&mut self, input: Input, now: Instant) -> Output {
        if let Phase::Failed(error) = self.phase {
            return Output::Close(Reconnect::Never(error));
        }
        if let Input::Connecting { jitter } = input {
            return self.begin(jitter, now);
        }
        if self.connection.is_none() {
            return Output::Wait;
        }
        match input {
            Input::Frame(frame) => self.frame(frame, now),
            Input::Deadline => self.check_deadlines(now),
            Input::IdentifyTurn { .. } if self.phase != Phase::Queued => Output::Wait,
            Input::IdentifyTurn { granted: true } => {
                self.sequence = None;
                self.enter(Phase::Identifying, Some(now + READY_TIMEOUT));
                Output::Send(Command::Identify)
            }
            Input::IdentifyTurn { granted: false } => self.close(ConnectionEnd::SessionStartLimit, now),
            Input::Connecting { .. } => Output::Wait,
        }
    }

    /// Takes in that the connection ended at `now`.
    pub fn ended(&mut self, end: ConnectionEnd, now: Instant) -> Reconnect {
        if let Phase::Failed(error) = self.phase {
            return Reconnect::Never(error);
        }
        let active_since =
            self.connection.take().filter(|connection| connection.was_active).map(|connection| connection.since);
        if let Some(error) = end.fatal() {
            self.phase = Phase::Failed(error);
            return Reconnect::Never(error);
        }
        self.phase = Phase::Disconnected;
        if end == ConnectionEnd::Unreachable {
            // Says nothing about the session; only its address may be gone.
            if let Some(resumable) = &mut self.resumable {
                resumable.url = None;
            }
        } else {
            self.failed_resumes = if active_since.is_some() { 0 } else { self.failed_resumes + 1 };
        }
        if end.ends_session() || self.failed_resumes >= MAX_FAILED_RESUMES {
            self.resumable = None;
            self.failed_resumes = 0;
        }
        if active_since.is_some_and(|since| now.saturating_duration_since(since) > STEADY_AFTER) {
            self.backoff.reset();
        }
        Reconnect::After { delay: self.backoff.next_delay(), end }
    }

    fn begin(&mut self, jitter: f64, now: Instant) -> Output {
        let expires = Some(now + crash::wait("hello", HELLO_TIMEOUT));
        self.phase = Phase::AwaitingHello;
        self.connection = Some(Connection { since: now, jitter, expires, heartbeat: None, was_active: false });
        Output::Wait
    }

    fn enter(&mut self, phase: Phase, expires: Option<Instant>) {
        self.phase = phase;
        if let Some(connection) = &mut self.connection {
            connection.expires = expires;
            connection.was_active |= phase == Phase::Active;
        }
    }

    fn frame(&mut self, frame: Frame, now: Instant) -> Output {
        match frame.op {
            Opcode::Dispatch => self.dispatch(frame, now),
            Opcode::Hello if self.phase == Phase::AwaitingHello => self.hello(&frame.d, now),
            Opcode::Heartbeat => self.requested_heartbeat(now),
            Opcode::HeartbeatAck => {
                if let Some(heartbeat) = self.heartbeat() {
                    heartbeat.is_acknowledged = true;
                }
                Output::Wait
            }
            Opcode::Reconnect => self.close(ConnectionEnd::ReconnectRequested, now),
            Opcode::InvalidSession => {
                self.close(ConnectionEnd::InvalidSession { resumable: frame.d == Value::Bool(true) }, now)
            }
            _ => Output::Wait,
        }
    }

    fn hello(&mut self, data: &Value, now: Instant) -> Output {
        let interval = data["heartbeat_interval"].as_u64().map(Duration::from_millis);
        let interval = interval.filter(|interval| !interval.is_zero() && *interval <= MAX_HEARTBEAT_INTERVAL);
        let (Some(interval), Some(connection)) = (interval, &mut self.connection) else {
            return self.close(ConnectionEnd::HelloWithoutInterval, now);
        };
        let due = now + interval.mul_f64(connection.jitter.clamp(0.0, 1.0));
        connection.heartbeat = Some(Heartbeat { interval, due, is_acknowledged: true });
        let Some(Resumable { id, .. }) = &self.resumable else {
            self.enter(Phase::Queued, None);
            return Output::Wait;
        };
        let resume = Command::Resume { session_id: id.clone(), sequence: self.sequence.unwrap_or_default() };
        self.enter(Phase::Resuming, Some(now + READY_TIMEOUT));
        Output::Send(resume)
    }

    fn dispatch(&mut self, frame: Frame, now: Instant) -> Output {
        let Some(name) = frame.t else { return Output::Wait };
        match (name.as_str(), self.phase) {
            ("READY", Phase::Identifying | Phase::Active) => {
                let text = |key: &str| frame.d[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
                // Without an id the session serves people all the same; the next connection begins a new one.
                self.resumable = text("session_id").map(|id| Resumable { id, url: text("resume_gateway_url") });
                self.enter(Phase::Active, None);
            }
            ("READY", _) => return Output::Wait,
            ("RESUMED", Phase::Resuming) => self.enter(Phase::Active, None),
            // Replayed events show that the RESUME is under way.
            (_, Phase::Resuming) => self.enter(Phase::Resuming, Some(now + READY_TIMEOUT)),
            _ => {}
        }
        if matches!(self.phase, Phase::Resuming | Phase::Active) {
            self.sequence = frame.s.or(self.sequence);
        }
        Output::Dispatch { name, data: frame.d }
    }

    /// Op 1. A heartbeat that is still unacknowledged answers it, as Discord's request crossed it on the way.
    fn requested_heartbeat(&mut self, now: Instant) -> Output {
        let sequence = self.sequence;
        match self.heartbeat() {
            Some(heartbeat) if heartbeat.is_acknowledged => heartbeat.send(sequence, now),
            _ => Output::Wait,
        }
    }

    fn check_deadlines(&mut self, now: Instant) -> Output {
        let sequence = self.sequence;
        let Some(connection) = &mut self.connection else { return Output::Wait };
        if connection.expires.is_some_and(|expires| expires <= now) {
            return self.close(ConnectionEnd::TimedOut, now);
        }
        match &mut connection.heartbeat {
            Some(heartbeat) if heartbeat.due > now => Output::Wait,
            Some(heartbeat) if heartbeat.is_acknowledged => heartbeat.send(sequence, now),
            Some(_) => self.close(ConnectionEnd::HeartbeatNotAcknowledged, now),
            None => Output::Wait,
        }
    }

    fn close(&mut self, end: ConnectionEnd, now: Instant) -> Output {
        Output::Close(self.ended(end, now))
    }

    fn heartbeat(&mut self) -> Option<&mut Heartbeat> {
        self.connection.as_mut()?.heartbeat.as_mut()
    }
}

#[cfg(test)]
mod tests;
