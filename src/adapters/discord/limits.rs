//! How fast this bot may ask: Discord's limits, kept before they are reached. [`Api`](super::api::Api) asks before every
//! request and tells what came back.
//!
//! Rules: Discord's documentation, "Rate Limits": so many requests a second in all, which interactions do not count
//! against; a bucket a route, told by headers; after a 429 the pause it names; 10,000 invalid requests (401, 403, 429)
//! within ten minutes ban the address.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use reqwest::header::HeaderMap;
use serenity::http::{LightMethod, RatelimitingBucket};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;

use crate::clock::moment;
use crate::crash;

/// Invalid requests are counted over this time.
const WINDOW: Duration = Duration::from_mins(10);

/// So many invalid requests stop what nobody waits for; twice as many stop everything. Discord bans at 10,000.
const TOO_MANY_INVALID: usize = 1_000;

/// The longest a request waits for its turn here; beyond that it goes back to whoever can wait better.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause after a 429 that names none, as the proxies before Discord send it.
const UNTOLD: Duration = Duration::from_secs(30);

/// Discord counts requests over this time.
const SECOND: Duration = Duration::from_secs(1);

/// A request without an answer for so long has arrived, or never will.
const ON_THE_WAY: Duration = Duration::from_secs(2);

/// One request in so many stays unused, for whatever else asks with the same token.
const SPARE: u32 = 25;

/// So many ordinary requests may go at once, which makes up for late wake-ups.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// More buckets than this are looked through for those that are free again.
const BUCKETS: usize = 1024;

/// Which limit a request counts against.
pub type Bucket = (LightMethod, RatelimitingBucket);

/// Who waits for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A person, with an interaction: outside the limit of all requests, and never behind anything else.
    Interaction,
    /// A person, for a direct message.
    Urgent,
    /// Nobody at this moment.
    Ordinary,
}

/// The limits of one bot.
pub struct Limits {
    /// None where a proxy keeps the limit of all requests.
    pace: Option<Pace>,
    state: Mutex<State>,
}

/// Two limits: of all requests, and of those for which no person waits, which go evenly.
///
/// The first holds a slot from before a request leaves until a second after its answer. Discord counted the request at some
/// moment in between, so it counts no more than there are slots in any second: however late a task wakes, a connection is
/// made or a packet arrives. The price is the time that a request takes: with 48 slots and 100 ms, 43 a second.
struct Pace {
    slots: Arc<Semaphore>,
    even: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>,
    /// Held by the one ordinary request that waits for a slot: the slots are given out in order, so an urgent request has at
    /// most this one before it.
    next: tokio::sync::Mutex<()>,
}

/// Leave to send one request. Dropped when the request is answered or has failed.
#[derive(Debug)]
#[must_use = "the limit counts a request from its answer on"]
pub struct Slot {
    /// Dropping it tells the task that frees the slot.
    _answered: Option<oneshot::Sender<()>>,
}

/// The runtime's own time, so that a test can move it.
#[derive(Clone)]
pub(super) struct Ticks(pub(super) Instant);

#[derive(Default)]
struct State {
    /// Nothing but interactions goes out before.
    paused_until: Option<Instant>,
    full_until: HashMap<Bucket, Instant>,
    invalid: VecDeque<Instant>,
}

impl Limits {
    /// At most so many requests in any second; 0 for no limit of our own, where a proxy keeps it.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        Self { pace: Pace::new(per_second), state: Mutex::default() }
    }

    /// Waits for the turn of a request. Its [`Slot`] is kept until the request is answered.
    ///
    /// # Errors
    /// How long to wait, where that is longer than a request should be held here.
    pub async fn turn(&self, bucket: Bucket, class: Class) -> Result<Slot, Duration> {
        let now = moment();
        let wait = self.wait(bucket, class, now);
        if wait > PATIENCE {
            return Err(wait);
        }
        // The runtime rounds a sleep up to a millisecond, also one of nothing.
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let slot = match &self.pace {
            Some(pace) if class == Class::Ordinary => pace.ordinary().await,
            Some(pace) if class == Class::Urgent => pace.urgent().await,
            Some(_) | None => Slot { _answered: None },
        };
        // Others may have learnt of a pause meanwhile.
        let wait = self.wait(bucket, class, moment());
        if wait.is_zero() { Ok(slot) } else { Err(wait) }
    }

    /// What Discord said to a request. Returns the pause it asks for, where it does.
    pub fn heard(&self, bucket: Bucket, class: Class, status: u16, headers: &HeaderMap) -> Option<Duration> {
        let now = moment();
        let mut state = self.state();
        let shared = text(headers, "x-ratelimit-scope") == Some("shared");
        if matches!(status, 401 | 403) || status == 429 && !shared {
            state.invalid.push_back(now);
        }
        if status == 429 {
            let pause = seconds(headers, "retry-after").unwrap_or(UNTOLD);
            let global = headers.contains_key("x-ratelimit-global")
                || text(headers, "x-ratelimit-scope") == Some("global")
                || !headers.contains_key("x-ratelimit-bucket");
            if global && class != Class::Interaction {
                state.paused_until = state.paused_until.max(Some(now + pause));
            } else {
                state.fill(bucket, now, pause);
            }
            return Some(pause);
        }
        if text(headers, "x-ratelimit-remaining") == Some("0")
            && let Some(pause) = seconds(headers, "x-ratelimit-reset-after")
        {
            state.fill(bucket, now, pause);
        }
        None
    }

    /// How long a request would have to wait.
    fn wait(&self, bucket: Bucket, class: Class, now: Instant) -> Duration {
        let mut state = self.state();
        while state.invalid.front().is_some_and(|first| now.duration_since(*first) > WINDOW) {
            state.invalid.pop_front();
        }
        let most = if class == Class::Ordinary { TOO_MANY_INVALID } else { 2 * TOO_MANY_INVALID };
        // Until the count is below the bound again.
        let invalid = state.invalid.len().checked_sub(most).and_then(|over| state.invalid.get(over));
        let full = state.full_until.get(&bucket).copied();
        let paused = state.paused_until.filter(|_| class != Class::Interaction);
        let until = invalid.map(|first| *first + WINDOW).max(full).max(paused);
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    fn new(per_second: u32) -> Option<Self> {
        let per_second = per_second - per_second / SPARE;
        let quota = Quota::with_period(SECOND.checked_div(per_second)?)?.allow_burst(BURST);
        Some(Self {
            slots: Arc::new(Semaphore::new(usize::try_from(per_second).ok()?)),
            even: RateLimiter::direct_with_clock(quota, Ticks(moment())),
            next: tokio::sync::Mutex::default(),
        })
    }

    async fn ordinary(&self) -> Slot {
        let _next = self.next.lock().await;
        while let Err(not_yet) = self.even.check() {
            tokio::time::sleep(not_yet.wait_time_from(self.even.clock().now())).await;
        }
        self.urgent().await
    }

    async fn urgent(&self) -> Slot {
        match Arc::clone(&self.slots).acquire_owned().await {
            Ok(permit) => Slot::new(permit),
            // Nobody closes it.
            Err(_) => Slot { _answered: None },
        }
    }
}

impl Slot {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        let (answered, wait) = oneshot::channel::<()>();
        tokio::spawn(async move {
            drop(tokio::time::timeout(crash::wait("slot", ON_THE_WAY), wait).await);
            tokio::time::sleep(SECOND).await;
            drop(permit);
        });
        Self { _answered: Some(answered) }
    }
}

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl State {
    fn fill(&mut self, bucket: Bucket, now: Instant, pause: Duration) {
        if self.full_until.len() >= BUCKETS {
            self.full_until.retain(|_, until| *until > now);
        }
        self.full_until.insert(bucket, now + pause);
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn seconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    let seconds: f64 = text(headers, name)?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use serenity::http::Route;
    use serenity::model::id::ChannelId;

    use super::*;

    fn bucket(channel: u64) -> Bucket {
        (LightMethod::Post, Route::ChannelMessages { channel_id: ChannelId::new(channel) }.ratelimiting_bucket())
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    const ROUTE: [(&str, &str); 2] = [("retry-after", "3"), ("x-ratelimit-bucket", "abc")];

    #[tokio::test(start_paused = true)]
    async fn a_full_bucket_holds_its_route_alone() {
        let limits = Limits::new(0);
        let last = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "4.5")]);
        assert_eq!(limits.heard(bucket(1), Class::Ordinary, 200, &last), None);
        assert!(limits.turn(bucket(1), Class::Urgent).await.unwrap_err() > Duration::from_secs(4));
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_ok());
        tokio::time::advance(Duration::from_secs(3)).await;
        // What is left is short enough to be waited for.
        assert!(limits.turn(bucket(1), Class::Ordinary).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_global_pause_holds_all_but_interactions() {
        let limits = Limits::new(0);
        for global in [[("retry-after", "9"), ("x-ratelimit-global", "true")], [("retry-after", "9"), ("cf-ray", "x")]]
        {
            let pause = limits.heard(bucket(1), Class::Ordinary, 429, &headers(&global));
            assert_eq!(pause, Some(Duration::from_secs(9)));
            assert!(limits.turn(bucket(2), Class::Urgent).await.is_err());
            assert!(limits.turn(bucket(3), Class::Interaction).await.is_ok());
            tokio::time::advance(Duration::from_secs(9)).await;
            assert!(limits.turn(bucket(2), Class::Ordinary).await.is_ok());
        }
        // A proxy on the way that names no pause, and says nothing in Discord's form.
        assert_eq!(limits.heard(bucket(1), Class::Ordinary, 429, &HeaderMap::new()), Some(UNTOLD));
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_err());
        tokio::time::advance(UNTOLD).await;
        assert_eq!(limits.heard(bucket(1), Class::Ordinary, 429, &headers(&ROUTE)), Some(Duration::from_secs(3)));
        assert!(limits.turn(bucket(1), Class::Ordinary).await.is_err());
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_ok());
    }

    /// How many of these are within the second with the most.
    fn most_in_a_second(arrived: &[Duration]) -> usize {
        let within = |start: &Duration| arrived.iter().filter(|at| *at >= start && **at < *start + SECOND).count();
        arrived.iter().map(within).max().unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn ordinary_requests_go_evenly_and_late_wake_ups_are_made_up_for() {
        let limits = Limits::new(50);
        let begin = moment();
        let mut sent = Vec::new();
        for _ in 0..480 {
            drop(limits.turn(bucket(1), Class::Ordinary).await.unwrap());
            sent.push(begin.elapsed());
        }
        assert_eq!(most_in_a_second(&sent), 48);
        let first = sent.iter().filter(|at| **at < SECOND / 2).count();
        assert!((20..=28).contains(&first), "{first} of the first second went in its first half");
        // Each forty-eighth of a second is rounded up to 21 milliseconds.
        assert!(begin.elapsed() < Duration::from_millis(10_200), "{:?}", begin.elapsed());
    }

    proptest::proptest! {
        /// A request arrives at any time after its turn: the task wakes late, a connection is made first, Discord is busy.
        #[test]
        fn no_second_sees_more_than_is_allowed_however_late_requests_arrive(
            lateness in proptest::collection::vec((0_u64..900, 0_u64..900), 200),
            urgent in proptest::collection::vec(proptest::bool::ANY, 200),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let arrived = runtime.block_on(async {
                let (limits, begin) = (Arc::new(Limits::new(50)), moment());
                let requests = lateness.into_iter().zip(urgent).map(|((there, back), urgent)| {
                    let limits = Arc::clone(&limits);
                    tokio::spawn(async move {
                        let class = if urgent { Class::Urgent } else { Class::Ordinary };
                        let _slot = limits.turn(bucket(1), class).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(there)).await;
                        let at = begin.elapsed();
                        tokio::time::sleep(Duration::from_millis(back)).await;
                        at
                    })
                });
                let mut arrived = Vec::new();
                for request in requests.collect::<Vec<_>>() {
                    arrived.push(request.await.unwrap());
                }
                arrived
            });
            proptest::prop_assert!(most_in_a_second(&arrived) <= 48, "{} within a second", most_in_a_second(&arrived));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn urgent_requests_pass_the_queue() {
        let limits = Arc::new(Limits::new(50));
        for _ in 0..200 {
            let limits = Arc::clone(&limits);
            tokio::spawn(async move { limits.turn(bucket(1), Class::Ordinary).await.map(drop) });
        }
        for after in [0, 500, 900, 1_300, 2_000] {
            tokio::time::sleep(Duration::from_millis(after)).await;
            let begin = moment();
            drop(limits.turn(bucket(2), Class::Urgent).await.unwrap());
            assert!(begin.elapsed() <= Duration::from_millis(60), "after {after} ms: {:?}", begin.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_hang_give_their_slots_back() {
        let limits = Limits::new(50);
        let mut hanging = Vec::new();
        for _ in 0..48 {
            hanging.push(limits.turn(bucket(1), Class::Urgent).await.unwrap());
        }
        let begin = moment();
        drop(limits.turn(bucket(2), Class::Urgent).await.unwrap());
        assert!(begin.elapsed() <= Duration::from_millis(3_100), "{:?}", begin.elapsed());
        drop(hanging);
    }

    #[tokio::test(start_paused = true)]
    async fn many_refusals_stop_what_nobody_waits_for_and_then_everything() {
        let limits = Limits::new(0);
        let refused = |times: usize| {
            for _ in 0..times {
                limits.heard(bucket(1), Class::Ordinary, 403, &HeaderMap::new());
            }
        };
        refused(TOO_MANY_INVALID - 1);
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_ok());
        refused(1);
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_err());
        assert!(limits.turn(bucket(2), Class::Urgent).await.is_ok());
        refused(TOO_MANY_INVALID);
        assert!(limits.turn(bucket(2), Class::Interaction).await.is_err());
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_ok());
    }
}
