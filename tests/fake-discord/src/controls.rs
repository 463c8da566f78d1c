//! What a test may do to the platform itself: faults, limits, latency, and the gateway's moods.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::FakeDiscord;
use super::faults::Fault;
use super::gateway::Audience;
use super::limits::Limits;

impl FakeDiscord {
    /// The next requests that match meet this.
    pub fn fault(&self, fault: Fault) {
        self.shared.world().faults.add(fault);
    }

    /// No more faults; what hangs is let go of.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// The bot's token is another one from now on: what the bot has is refused with 401, and its connections are closed.
    pub fn revoke_token(&self, new: &str) {
        let mut world = self.shared.world();
        new.clone_into(&mut world.token);
        world.gateway.close(Some(4004));
        drop(world);
        self.shared.changed();
    }

    /// The same, with the gateway not yet knowing.
    pub fn revoke_token_quietly(&self, new: &str) {
        new.clone_into(&mut self.shared.world().token);
    }

    /// Rate limits from now on, with empty windows.
    pub fn set_limits(&self, limits: Limits) {
        let mut world = self.shared.world();
        world.limits = limits;
        world.buckets = super::limits::Buckets::default();
    }

    /// Every answer takes this long: half of it before the request is processed, half after.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.world().latency = latency;
    }

    /// How long a first answer may take. Three seconds are Discord's; where the promise is another one, a test gives longer, so
    /// that a machine on which nobody gets to run for three seconds fails nothing.
    pub fn set_callback_deadline(&self, deadline: Duration) {
        self.shared.world().callback_deadline = deadline;
    }

    /// The platform's own date, as the `Date` header of every answer tells it from now on.
    pub fn set_date(&self, date: Timestamp) {
        self.shared.world().date = Some(date);
    }

    /// How long a nonce is remembered; Discord's "past few minutes" are five here.
    pub fn set_nonce_window(&self, window: Duration) {
        self.shared.world().nonce_window = window;
    }

    /// The few minutes are over.
    pub fn forget_nonces(&self) {
        self.shared.world().nonces.clear();
    }

    /// Whether bodies are checked against `OpenAPI`; a measurement of speed may leave it out.
    pub fn set_openapi(&self, checks: bool) {
        self.shared.world().checks_openapi = checks;
    }

    /// Whether the fake holds its own answers against `OpenAPI`, for the tests of the fake.
    pub fn set_self_check(&self, checks: bool) {
        self.shared.world().checks_itself = checks;
    }

    /// What its own answers had wrong, where that is checked.
    pub fn unfaithful(&self) -> Vec<String> {
        self.shared.world().unfaithful.clone()
    }

    /// Forgets what was recorded: requests and violations.
    pub fn forget_records(&self) {
        let mut world = self.shared.world();
        world.requests.clear();
        world.violations.clear();
    }

    /// Forgets everything that was said, asked and recorded, so that a long measurement does not measure this memory.
    pub fn forget_the_past(&self) {
        self.shared.world().forget_the_past();
    }

    /// The gateway's moods, and what it counted.
    pub fn gateway(&self) -> GatewayControls<'_> {
        GatewayControls(self)
    }
}

/// The gateway's side of a test.
pub struct GatewayControls<'a>(&'a FakeDiscord);

impl GatewayControls<'_> {
    fn change<T>(&self, change: impl FnOnce(&mut super::gateway::Gateway) -> T) -> T {
        let changed = change(&mut self.0.shared.world().gateway);
        self.0.shared.changed();
        changed
    }

    /// Reads without waking anybody: who waits for a change may read.
    fn look<T>(&self, look: impl FnOnce(&super::gateway::Gateway) -> T) -> T {
        look(&self.0.shared.world().gateway)
    }

    /// For connections from now on.
    pub fn set_heartbeat_interval(&self, interval: Duration) {
        self.change(|gateway| gateway.heartbeat_interval = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX));
    }

    /// IDENTIFY with one of these is closed with 4014.
    pub fn disallow_intents(&self, intents: u64) {
        self.change(|gateway| gateway.disallowed_intents = intents);
    }

    /// Whether new connections are reset at once.
    pub fn refuse(&self, refuses: bool) {
        self.change(|gateway| gateway.refuses = refuses);
    }

    /// How many connections were reset at once.
    pub fn refused(&self) -> u64 {
        self.look(|gateway| gateway.refused)
    }

    /// Whether new connections are taken, and then nothing is said on them.
    pub fn mute(&self, is_mute: bool) {
        self.change(|gateway| gateway.is_mute = is_mute);
    }

    /// Every IDENTIFY is closed with this code.
    pub fn refuse_identify(&self, code: Option<u16>) {
        self.change(|gateway| gateway.identify_closes = code);
    }

    /// How many sessions may still begin, as `GET /gateway/bot` has it.
    pub fn set_starts_left(&self, starts: u32) {
        self.change(|gateway| gateway.starts_left = starts);
    }

    /// How many connections there should be, as `GET /gateway/bot` has it.
    pub fn set_shards(&self, shards: u32) {
        self.change(|gateway| gateway.shards = shards);
    }

    /// How many shards may IDENTIFY at once, as `GET /gateway/bot` has it.
    pub fn set_max_concurrency(&self, shards: u32) {
        self.change(|gateway| gateway.max_concurrency = shards);
    }

    /// The data of HELLO on connections from now on; `None` for the usual one.
    pub fn set_hello(&self, data: Option<Value>) {
        self.change(|gateway| gateway.hello = data);
    }

    /// A field that READY leaves out from now on; `None` for none.
    pub fn leave_out_of_ready(&self, field: Option<&'static str>) {
        self.change(|gateway| gateway.ready_without = field);
    }

    /// Whether heartbeats are answered; a connection that gets no answer is a zombie.
    pub fn ack(&self, acks: bool) {
        self.change(|gateway| gateway.acks = acks);
    }

    /// What is open now stays open, and nothing comes through it any more: no event, no ACK.
    pub fn zombify(&self) {
        self.change(|gateway| gateway.connections.iter_mut().for_each(|one| one.is_zombie = true));
    }

    /// Keeps events back from here on.
    pub fn hold(&self) {
        self.change(|gateway| gateway.held = Some(Vec::new()));
    }

    /// Sends what was kept back, the last first.
    pub fn release_reversed(&self) {
        self.change(|gateway| {
            for (number, text) in gateway.held.take().into_iter().flatten().rev() {
                if let Some(connection) = gateway.connections.iter().find(|one| one.number == number) {
                    let _ = connection.out.send(super::gateway::Out::Text(text));
                }
            }
        });
    }

    /// Resets every connection without a close frame. Sessions stay resumable.
    pub fn drop_connections(&self) {
        self.change(|gateway| gateway.connections.iter().for_each(|one| one.cut.cut()));
    }

    /// Closes every connection with a code. After a code that ends sessions nothing can be resumed.
    pub fn close(&self, code: u16) {
        self.change(|gateway| gateway.close(Some(code)));
    }

    /// Closes every connection with an empty close frame.
    pub fn close_without_code(&self) {
        self.change(|gateway| gateway.close(None));
    }

    /// Op 7: asks to reconnect and resume.
    pub fn ask_reconnect(&self) {
        self.change(|gateway| gateway.say(&json!({ "op": 7, "s": null, "t": null, "d": null })));
    }

    /// Op 9: the session is invalid. If it is not resumable it is gone.
    pub fn invalidate(&self, resumable: bool) {
        self.change(|gateway| {
            if !resumable {
                gateway.sessions.clear();
                gateway.connections.iter_mut().for_each(|one| one.session = None);
            }
            gateway.say(&json!({ "op": 9, "s": null, "t": null, "d": resumable }));
        });
    }

    /// Forgets every session without a word: the next RESUME is answered with op 9.
    pub fn forget_sessions(&self) {
        self.change(|gateway| gateway.sessions.clear());
    }

    /// Op 1: asks for a heartbeat now.
    pub fn ask_heartbeat(&self) {
        self.change(|gateway| gateway.say(&json!({ "op": 1, "s": null, "t": null, "d": null })));
    }

    /// Dispatches any event to every session. Gives how many have it.
    pub fn send_event(&self, name: &str, data: &Value) -> usize {
        self.change(|gateway| gateway.dispatch(Audience::All, name, data))
    }

    /// Sends any frame on every connection, well-formed or not.
    pub fn send_raw(&self, text: &str) {
        self.change(|gateway| {
            for connection in &gateway.connections {
                let _ = connection.out.send(super::gateway::Out::Text(text.to_owned()));
            }
        });
    }

    /// Sends the last event of every session again under the same number, as a replay that crossed with the first.
    pub fn replay_last(&self) {
        self.change(|gateway| {
            for session in &gateway.sessions {
                let Some(event) = session.events.last() else { continue };
                for connection in gateway.connections.iter().filter(|one| one.session.as_deref() == Some(&session.id)) {
                    let _ = connection.out.send(super::gateway::Out::Text(super::gateway::written(event)));
                }
            }
        });
    }

    /// Dispatches the last event of that name again as a new one: same payload, next number.
    pub fn duplicate_last(&self, name: &str) {
        self.change(|gateway| {
            let last = gateway
                .sessions
                .iter()
                .flat_map(|session| session.events.iter().rev())
                .find(|event| event["t"] == name);
            if let Some(data) = last.map(|event| event["d"].clone()) {
                gateway.dispatch(Audience::All, name, &data);
            }
        });
    }

    /// The data of every IDENTIFY so far, with its intents.
    pub fn identifies(&self) -> Vec<Value> {
        self.look(|gateway| gateway.identifies.clone())
    }

    /// The times between one IDENTIFY and the next.
    pub fn identify_gaps(&self) -> Vec<Duration> {
        self.look(|gateway| gateway.identified_at.windows(2).map(|pair| pair[1] - pair[0]).collect())
    }

    /// The data of every RESUME so far.
    pub fn resumes(&self) -> Vec<Value> {
        self.look(|gateway| gateway.resumes.clone())
    }

    /// How many heartbeats came.
    pub fn heartbeats(&self) -> u64 {
        self.look(|gateway| gateway.heartbeats)
    }

    /// How many heartbeats came on connections without a session.
    pub fn early_heartbeats(&self) -> u64 {
        self.look(|gateway| gateway.early_heartbeats)
    }

    /// How many connections there ever were.
    pub fn connections(&self) -> u64 {
        self.look(|gateway| gateway.opened)
    }

    /// How many connections have a session now.
    pub fn live(&self) -> usize {
        self.look(|gateway| gateway.connections.iter().filter(|one| one.session.is_some()).count())
    }

    /// Waits until a session is connected. Gives when, or nothing after the timeout.
    pub async fn wait_live(&self, timeout: Duration) -> Option<Instant> {
        self.0
            .shared
            .wait(timeout, |world| world.gateway.connections.iter().any(|one| one.session.is_some()).then(Instant::now))
            .await
    }
}
