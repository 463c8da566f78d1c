//! The session's rules one by one, then its invariants over any order of inputs.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::clock::moment;

const INTERVAL: Duration = Duration::from_secs(40);

/// A shard on a connection, with its own time.
struct Shard {
    session: Session,
    now: Instant,
}

impl Shard {
    fn new() -> Self {
        Self { session: Session::new(), now: moment().into_std() }
    }

    /// A shard whose session `id` is active, `events` events after READY.
    fn active(id: &str, events: u64) -> Self {
        let mut shard = Self::new();
        shard.connect();
        shard.identify();
        shard.frame(ready(id, 1));
        for s in 2..2 + events {
            shard.frame(event(s));
        }
        shard
    }

    fn handle(&mut self, input: Input) -> Step {
        Step::from(self.session.handle(input, self.now))
    }

    fn frame(&mut self, frame: Value) -> Step {
        self.handle(Input::Frame(serde_json::from_value(frame).unwrap()))
    }

    /// Opens a connection up to HELLO. Its first heartbeat is due after half an interval.
    fn connect(&mut self) -> Step {
        assert_eq!(self.handle(Input::Connecting { jitter: 0.5 }), Step::Wait);
        self.frame(hello(INTERVAL))
    }

    fn identify(&mut self) {
        assert!(self.session.is_queued());
        assert_eq!(self.handle(Input::IdentifyTurn { granted: true }), Step::Identify);
    }

    /// Moves on to the deadline. Returns how long that took, and what is done then.
    fn deadline(&mut self) -> (Duration, Step) {
        let before = self.now;
        self.now = self.session.deadline().unwrap();
        (self.now - before, self.handle(Input::Deadline))
    }

    fn ended(&mut self, end: ConnectionEnd) -> Step {
        Step::from(Output::Close(self.session.ended(end, self.now)))
    }
}

/// An [`Output`] in a form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Wait,
    Heartbeat(Option<u64>),
    Identify,
    Resume(String, u64),
    Dispatch(String),
    Reconnect(u64, ConnectionEnd),
    Fatal(FatalGatewayError),
}

impl From<Output> for Step {
    fn from(output: Output) -> Self {
        match output {
            Output::Wait => Self::Wait,
            Output::Send(Command::Heartbeat { sequence }) => Self::Heartbeat(sequence),
            Output::Send(Command::Identify) => Self::Identify,
            Output::Send(Command::Resume { session_id, sequence }) => Self::Resume(session_id, sequence),
            Output::Dispatch { name, .. } => Self::Dispatch(name),
            Output::Close(Reconnect::After { delay, end }) => Self::Reconnect(delay.as_secs(), end),
            Output::Close(Reconnect::Never(error)) => Self::Fatal(error),
        }
    }
}

fn hello(interval: Duration) -> Value {
    json!({ "op": 10, "d": { "heartbeat_interval": u64::try_from(interval.as_millis()).unwrap() } })
}

fn ready(id: &str, s: u64) -> Value {
    json!({ "op": 0, "t": "READY", "s": s, "d": { "session_id": id, "resume_gateway_url": "wss://resume.example" } })
}

fn event(s: u64) -> Value {
    json!({ "op": 0, "t": "MESSAGE_CREATE", "s": s, "d": {} })
}

fn resumed(s: u64) -> Value {
    json!({ "op": 0, "t": "RESUMED", "s": s, "d": {} })
}

fn ack() -> Value {
    json!({ "op": 11 })
}

#[test]
fn first_heartbeat_comes_after_the_jitter_and_then_one_an_interval() {
    for (jitter, first) in [(0.0, Duration::ZERO), (0.25, INTERVAL / 4), (1.0, INTERVAL)] {
        let mut shard = Shard::new();
        shard.handle(Input::Connecting { jitter });
        shard.frame(hello(INTERVAL));
        shard.identify();
        shard.frame(ready("a", 1));
        assert_eq!(shard.deadline(), (first, Step::Heartbeat(Some(1))));
        shard.frame(ack());
        shard.frame(event(9));
        assert_eq!(shard.deadline(), (INTERVAL, Step::Heartbeat(Some(9))));
    }
}

#[test]
fn heartbeats_go_on_while_an_identify_waits_its_turn() {
    let mut shard = Shard::new();
    shard.connect();
    for wait in [INTERVAL / 2, INTERVAL, INTERVAL] {
        assert_eq!(shard.deadline(), (wait, Step::Heartbeat(None)));
        shard.frame(ack());
    }
    shard.identify();
    // From here on READY has to come.
    let (wait, step) = shard.deadline();
    assert_eq!((wait, step), (READY_TIMEOUT, Step::Reconnect(0, ConnectionEnd::TimedOut)));
}

#[test]
fn heartbeat_without_ack_makes_a_zombie_that_is_left_and_resumed() {
    let mut shard = Shard::active("a", 3);
    assert_eq!(shard.deadline().1, Step::Heartbeat(Some(4)));
    // Events are no ACK.
    shard.frame(event(5));
    assert_eq!(shard.deadline(), (INTERVAL, Step::Reconnect(0, ConnectionEnd::HeartbeatNotAcknowledged)));
    assert_eq!(shard.session.resume_url(), Some("wss://resume.example"));
    assert_eq!(shard.connect(), Step::Resume("a".into(), 5));
    assert_eq!(shard.frame(event(6)), Step::Dispatch("MESSAGE_CREATE".into()));
    assert_eq!(shard.frame(resumed(7)), Step::Dispatch("RESUMED".into()));
    assert_eq!(shard.deadline().1, Step::Heartbeat(Some(7)));
}

#[test]
fn requested_heartbeat_is_sent_at_once_and_puts_off_the_next() {
    let mut shard = Shard::active("a", 0);
    let request = json!({ "op": 1, "d": null });
    assert_eq!(shard.frame(request.clone()), Step::Heartbeat(Some(1)));
    assert_eq!(shard.frame(request.clone()), Step::Wait, "one is on its way");
    shard.frame(ack());
    assert_eq!(shard.deadline(), (INTERVAL, Step::Heartbeat(Some(1))));
    let mut early = Shard::new();
    early.handle(Input::Connecting { jitter: 0.5 });
    assert_eq!(early.frame(request), Step::Wait, "no interval is known before HELLO");
}

#[test]
fn hello_without_an_interval_ends_the_connection_and_keeps_the_session() {
    let broken = [json!(null), json!({}), json!({ "heartbeat_interval": "x" }), json!({ "heartbeat_interval": 0 })];
    for data in broken.into_iter().chain([json!({ "heartbeat_interval": u64::MAX })]) {
        let mut shard = Shard::active("a", 0);
        shard.ended(ConnectionEnd::Lost);
        shard.handle(Input::Connecting { jitter: 0.5 });
        let step = shard.frame(json!({ "op": 10, "d": data }));
        assert_eq!(step, Step::Reconnect(1, ConnectionEnd::HelloWithoutInterval), "{data}");
        assert_eq!(shard.connect(), Step::Resume("a".into(), 1));
    }
}

#[test]
fn hello_that_does_not_come_ends_the_connection() {
    let mut shard = Shard::new();
    shard.handle(Input::Connecting { jitter: 0.5 });
    assert_eq!(shard.frame(event(1)), Step::Dispatch("MESSAGE_CREATE".into()));
    assert_eq!(shard.deadline(), (HELLO_TIMEOUT, Step::Reconnect(0, ConnectionEnd::TimedOut)));
}

#[test]
fn ready_without_a_session_id_is_served_and_the_next_connection_identifies() {
    for data in [json!(null), json!({}), json!({ "session_id": "" }), json!({ "session_id": 7 })] {
        let mut shard = Shard::new();
        shard.connect();
        shard.identify();
        assert_eq!(shard.frame(json!({ "op": 0, "t": "READY", "s": 1, "d": data })), Step::Dispatch("READY".into()));
        assert_eq!(shard.frame(event(2)), Step::Dispatch("MESSAGE_CREATE".into()));
        assert_eq!(shard.deadline().1, Step::Heartbeat(Some(2)));
        assert!(!shard.session.is_resumable());
        shard.ended(ConnectionEnd::Lost);
        assert_eq!(shard.connect(), Step::Wait);
        shard.identify();
    }
}

#[test]
fn op_7_and_op_9_reconnect_to_resume_or_to_identify() {
    let mut shard = Shard::active("a", 1);
    assert_eq!(shard.frame(json!({ "op": 7 })), Step::Reconnect(0, ConnectionEnd::ReconnectRequested));
    assert_eq!(shard.connect(), Step::Resume("a".into(), 2));
    let invalid = |resumable| ConnectionEnd::InvalidSession { resumable };
    assert_eq!(shard.frame(json!({ "op": 9, "d": true })), Step::Reconnect(1, invalid(true)));
    assert_eq!(shard.connect(), Step::Resume("a".into(), 2));
    assert_eq!(shard.frame(json!({ "op": 9, "d": false })), Step::Reconnect(2, invalid(false)));
    assert_eq!(shard.connect(), Step::Wait);
    shard.identify();
    assert_eq!(shard.frame(ready("b", 1)), Step::Dispatch("READY".into()));
    assert_eq!(shard.frame(json!({ "op": 9 })), Step::Reconnect(4, invalid(false)), "not said to be resumable");
}

#[test]
fn close_codes_end_the_bot_or_the_session_or_neither() {
    let fatal = [
        (4004, FatalGatewayError::InvalidToken),
        (4010, FatalGatewayError::InvalidShards),
        (4011, FatalGatewayError::InvalidShards),
        (4012, FatalGatewayError::InvalidApiVersion),
        (4013, FatalGatewayError::InvalidIntents),
        (4014, FatalGatewayError::InvalidIntents),
    ];
    for (code, error) in fatal {
        let mut shard = Shard::active("a", 0);
        assert_eq!(shard.ended(ConnectionEnd::Closed(Some(code))), Step::Fatal(error), "{code}");
        assert_eq!(shard.handle(Input::Connecting { jitter: 0.5 }), Step::Fatal(error), "{code}");
    }
    for code in [4003, 4005, 4007, 4009] {
        let mut shard = Shard::active("a", 0);
        shard.ended(ConnectionEnd::Closed(Some(code)));
        assert_eq!(shard.connect(), Step::Wait, "{code}");
        assert!(shard.session.is_queued(), "{code}");
    }
    for code in [4000, 4001, 4002, 4008, 1000, 1001, 1006, 1011, 4999].map(Some).into_iter().chain([None]) {
        let mut shard = Shard::active("a", 0);
        shard.ended(ConnectionEnd::Closed(code));
        assert_eq!(shard.connect(), Step::Resume("a".into(), 1), "{code:?}");
    }
}

#[test]
fn session_is_given_up_after_three_connections_that_do_not_resume() {
    let mut shard = Shard::active("a", 0);
    shard.ended(ConnectionEnd::Lost);
    for _ in 0..5 {
        // An unreachable gateway says nothing about the session.
        shard.handle(Input::Connecting { jitter: 0.5 });
        shard.ended(ConnectionEnd::Unreachable);
        assert_eq!((shard.session.is_resumable(), shard.session.resume_url()), (true, None));
    }
    for _ in 0..MAX_FAILED_RESUMES {
        assert_eq!(shard.connect(), Step::Resume("a".into(), 1));
        shard.ended(ConnectionEnd::Lost);
    }
    assert_eq!(shard.connect(), Step::Wait);
    assert!(shard.session.is_queued());
}

#[test]
fn replayed_events_put_off_the_timeout_of_a_resume_and_acks_do_not() {
    let mut shard = Shard::active("a", 0);
    shard.ended(ConnectionEnd::Lost);
    shard.connect();
    for s in 2..9 {
        shard.now += READY_TIMEOUT / 2;
        shard.frame(event(s));
        shard.frame(ack());
    }
    shard.now += READY_TIMEOUT / 2;
    shard.frame(ack());
    shard.now += READY_TIMEOUT / 2;
    assert_eq!(shard.handle(Input::Deadline), Step::Reconnect(1, ConnectionEnd::TimedOut));
    assert_eq!(shard.connect(), Step::Resume("a".into(), 8));
}

#[test]
fn used_up_session_start_limit_ends_the_connection() {
    let mut shard = Shard::new();
    shard.connect();
    let step = shard.handle(Input::IdentifyTurn { granted: false });
    assert_eq!(step, Step::Reconnect(0, ConnectionEnd::SessionStartLimit));
}

/// One thing that Discord, the network or the queue may do.
#[derive(Clone, Debug)]
enum Act {
    Connecting(f64),
    Hello(u64),
    Ready(bool),
    Resumed,
    Event(Option<u64>),
    Ack,
    HeartbeatRequest,
    Reconnect,
    Invalid(bool),
    Frame(u8, Option<u64>, i64),
    Turn(bool),
    Deadline,
    Ended(ConnectionEnd),
}

fn ends() -> impl Strategy<Value = ConnectionEnd> {
    prop_oneof![
        Just(ConnectionEnd::Lost),
        Just(ConnectionEnd::Unreachable),
        Just(ConnectionEnd::Closed(None)),
        (4000_u16..4010)
            .prop_filter("not fatal", |code| *code != 4004)
            .prop_map(|code| ConnectionEnd::Closed(Some(code))),
    ]
}

/// Any act; those that bring a session forward are more frequent, so that all states are reached.
fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0.0..=1.0).prop_map(Act::Connecting),
        6 => prop_oneof![4 => Just(40_000), 1 => 1..90_000_u64, 1 => any::<u64>()].prop_map(Act::Hello),
        6 => Just(Act::Turn(true)),
        1 => Just(Act::Turn(false)),
        6 => prop::bool::weighted(0.9).prop_map(Act::Ready),
        3 => Just(Act::Resumed),
        3 => any::<Option<u64>>().prop_map(Act::Event),
        6 => Just(Act::Ack),
        2 => Just(Act::HeartbeatRequest),
        1 => Just(Act::Reconnect),
        1 => any::<bool>().prop_map(Act::Invalid),
        1 => (any::<u8>(), any::<Option<u64>>(), any::<i64>()).prop_map(|(op, s, d)| Act::Frame(op, s, d)),
        8 => Just(Act::Deadline),
        2 => ends().prop_map(Act::Ended),
    ]
}

/// What an observer of the wire knows.
#[derive(Default)]
struct Observer {
    unacknowledged: u32,
    /// IDENTIFY or RESUME was sent on this connection.
    opened: Option<Step>,
    session: Option<String>,
    sessions: u32,
    connected_at: Option<Instant>,
    is_active: bool,
    backoff: Backoff,
}

impl Observer {
    /// Translates an act, and takes in what it means.
    fn input(&mut self, act: &Act, now: Instant) -> Result<Input, ConnectionEnd> {
        let frame = |value: Value| Ok(Input::Frame(serde_json::from_value(value).unwrap()));
        match *act {
            Act::Connecting(jitter) => {
                (self.unacknowledged, self.opened, self.is_active) = (0, None, false);
                self.connected_at = Some(now);
                Ok(Input::Connecting { jitter })
            }
            Act::Hello(interval) => frame(hello(Duration::from_millis(interval))),
            Act::Ready(has_id) => {
                self.sessions += 1;
                let id = format!("session {}", self.sessions);
                if self.connected_at.is_some() && (self.opened == Some(Step::Identify) || self.is_active) {
                    self.is_active = true;
                    self.session = has_id.then(|| id.clone());
                }
                frame(ready(if has_id { &id } else { "" }, 1))
            }
            Act::Resumed => {
                self.is_active |= self.connected_at.is_some() && matches!(self.opened, Some(Step::Resume(..)));
                frame(resumed(2))
            }
            Act::Event(s) => frame(json!({ "op": 0, "t": "MESSAGE_CREATE", "s": s, "d": {} })),
            Act::Ack => {
                self.unacknowledged = 0;
                frame(ack())
            }
            Act::HeartbeatRequest => frame(json!({ "op": 1 })),
            Act::Reconnect => frame(json!({ "op": 7 })),
            Act::Invalid(resumable) => frame(json!({ "op": 9, "d": resumable })),
            // Not the opcodes above: an observer would have to read them as the session does.
            Act::Frame(op, s, d) => frame(json!({ "op": 12 + op % 200, "s": s, "d": d })),
            Act::Turn(granted) => Ok(Input::IdentifyTurn { granted }),
            Act::Deadline => Ok(Input::Deadline),
            Act::Ended(end) => Err(end),
        }
    }

    /// Checks what the session does.
    fn check(&mut self, step: &Step, now: Instant) -> Result<(), TestCaseError> {
        match step {
            Step::Heartbeat(_) => {
                prop_assert_eq!(self.unacknowledged, 0, "two heartbeats without an ACK");
                self.unacknowledged += 1;
            }
            Step::Identify | Step::Resume(..) => {
                prop_assert_eq!(self.opened.replace(step.clone()), None, "a connection opens one session");
                if let Step::Resume(id, _) = step {
                    prop_assert_eq!(Some(id), self.session.as_ref(), "a RESUME of no session");
                }
            }
            Step::Reconnect(delay, end) => {
                let lasted = self.connected_at.take().map(|since| now - since).unwrap_or_default();
                if self.is_active && lasted > STEADY_AFTER {
                    self.backoff.reset();
                }
                prop_assert_eq!(*delay, self.backoff.next_delay().as_secs(), "backoff");
                if end.ends_session() {
                    self.session = None;
                }
                self.is_active = false;
            }
            Step::Wait | Step::Dispatch(_) | Step::Fatal(_) => {}
        }
        Ok(())
    }
}

/// Lists of acts, each with the milliseconds that pass before it: in some all is over in a moment, in others it takes hours.
fn runs() -> impl Strategy<Value = Vec<(Act, u64)>> {
    let longest = prop::sample::select(vec![10_u64, 3_000, 20_000, 300_000]);
    longest.prop_flat_map(|longest| prop::collection::vec((acts(), 0..longest), 1..200))
}

/// Connections: how each ends, how many seconds it lives, and whether its READY names a session.
fn lives() -> impl Strategy<Value = Vec<(ConnectionEnd, u64, bool)>> {
    let longest = prop::sample::select(vec![1_u64, 5, 12, 30]);
    longest.prop_flat_map(|longest| prop::collection::vec((ends(), 0..longest, any::<bool>()), 1..100))
}

proptest! {
    #[test]
    fn invariants_hold_over_any_order_of_inputs(acts in runs()) {
        let mut shard = Shard::new();
        let mut observer = Observer::default();
        for (act, passed) in acts {
            shard.now += Duration::from_millis(passed);
            if matches!(act, Act::Deadline) {
                shard.now = shard.session.deadline().map_or(shard.now, |deadline| deadline.max(shard.now));
            }
            let step = match observer.input(&act, shard.now) {
                Ok(input) => shard.handle(input),
                Err(end) => shard.ended(end),
            };
            observer.check(&step, shard.now)?;
            let is_connected = observer.connected_at.is_some();
            prop_assert_eq!(shard.session.deadline().is_some(), is_connected, "a connection always has a deadline");
        }
    }

    #[test]
    fn fatal_close_ends_it_for_good(
        code in prop::sample::select(vec![4004_u16, 4010, 4011, 4012, 4013, 4014]),
        acts in prop::collection::vec(acts(), 1..20),
    ) {
        let mut shard = Shard::active("a", 0);
        let fatal = shard.ended(ConnectionEnd::Closed(Some(code)));
        prop_assert!(matches!(fatal, Step::Fatal(_)));
        for act in acts {
            let step = match Observer::default().input(&act, shard.now) {
                Ok(input) => shard.handle(input),
                Err(end) => shard.ended(end),
            };
            prop_assert_eq!(&step, &fatal);
            prop_assert_eq!(shard.session.deadline(), None);
        }
    }

    /// A gateway that ends every session as soon as it begins, or lets some live, is not flooded: at most one IDENTIFY in
    /// three seconds on average, before the identify queue spaces them further.
    #[test]
    fn identifies_come_in_no_storm(lives in lives()) {
        let mut shard = Shard::new();
        let start = shard.now;
        let mut identifies = 0;
        for (end, seconds, has_id) in lives {
            if matches!(shard.connect(), Step::Wait) {
                shard.identify();
                identifies += 1;
                shard.frame(ready(if has_id { "a" } else { "" }, 1));
            }
            shard.now += Duration::from_secs(seconds);
            let Step::Reconnect(delay, _) = shard.ended(end) else { panic!("not fatal") };
            shard.now += Duration::from_secs(delay);
            prop_assert!(identifies <= 5 + (shard.now - start).as_secs() / 3, "{} in {:?}", identifies, shard.now - start);
        }
    }
}
