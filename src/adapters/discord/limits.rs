//! How fast this bot may ask: Discord's limits, kept before they are reached. [`Api`](super::api::Api) asks before every
//! request and tells what came back.
//!
//! Rules: Discord's documentation, "Rate Limits": so many requests a second in all, which interactions do not count
//! against; a bucket a route, told by headers; after a 429 the pause it names; 10,000 invalid requests (401, 403, 429)
//! within ten minutes ban the address.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use reqwest::header::HeaderMap;
use serenity::http::{LightMethod, RatelimitingBucket};
use tokio::time::Instant;

use crate::clock::moment;

/// Invalid requests are counted over this time.
const WINDOW: Duration = Duration::from_mins(10);

/// So many invalid requests stop what nobody waits for; twice as many stop everything. Discord bans at 10,000.
const TOO_MANY_INVALID: usize = 1_000;

/// The longest a request waits for its turn here; beyond that it goes back to whoever can wait better.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause after a 429 that names none, as the proxies before Discord send it.
const UNTOLD: Duration = Duration::from_secs(30);

/// A second, and a little more: of two requests the second may be on its way for less time. With 50 a second it leaves 49.2.
const SECOND: Duration = Duration::from_millis(1_016);

/// The first requests after a while make their connections first, and may arrive so much later than they were let go.
const CONNECTING: Duration = Duration::from_millis(100);

/// So many ordinary requests may go at once, so that what a late wake-up cost is made up for.
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// How soon who has left a place to others looks again.
const BETWEEN: Duration = Duration::from_millis(5);

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

/// So many requests a second, at no matter which second one looks, and those nobody waits for evenly: while it is these that
/// take the places, whoever is waited for finds one within a fraction of a second.
struct Pace {
    even: RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>,
    /// Held by the one ordinary request whose turn is next; the others wait in their order.
    next: tokio::sync::Mutex<()>,
    /// How many are waiting for their turn for whom a person waits.
    urgent: AtomicUsize,
    latest: Mutex<Latest>,
    per_second: usize,
}

#[derive(Default)]
struct Latest {
    /// When the latest were let go, in that order: never more than a second may have, and the first holds back all behind it.
    gone: VecDeque<Instant>,
    /// When the first of them went, since when there was no second without any.
    since: Option<Instant>,
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

    /// Waits for the turn of a request.
    ///
    /// # Errors
    /// How long to wait, where that is longer than a request should be held here.
    pub async fn turn(&self, bucket: Bucket, class: Class) -> Result<(), Duration> {
        let now = moment();
        let wait = self.wait(bucket, class, now);
        if wait > PATIENCE {
            return Err(wait);
        }
        // The runtime rounds a sleep up to a millisecond, also one of nothing.
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        if class == Class::Interaction {
            return Ok(());
        }
        match &self.pace {
            Some(pace) if class == Class::Ordinary => pace.ordinary().await,
            Some(pace) => pace.urgent().await,
            None => {}
        }
        // Others may have learnt of a pause meanwhile.
        let wait = self.wait(bucket, class, moment());
        if wait.is_zero() { Ok(()) } else { Err(wait) }
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
        let period = Duration::from_secs(1).checked_div(per_second)?;
        let quota = Quota::with_period(period)?.allow_burst(AT_ONCE);
        let per_second = usize::try_from(per_second).ok()?;
        Some(Self {
            even: RateLimiter::direct_with_clock(quota, Ticks(moment())),
            next: tokio::sync::Mutex::default(),
            urgent: AtomicUsize::new(0),
            latest: Mutex::default(),
            per_second,
        })
    }

    async fn ordinary(&self) {
        let _next = self.next.lock().await;
        while let Err(not_yet) = self.even.check() {
            tokio::time::sleep(not_yet.wait_time_from(self.even.clock().now())).await;
        }
        loop {
            // Where both want the same place, it would be luck who has it.
            let wait = if self.urgent.load(Ordering::Relaxed) > 0 { BETWEEN } else { self.take() };
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn urgent(&self) {
        let _waiting = Waiting::one(&self.urgent);
        loop {
            let wait = self.take();
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes the next place, or says when there is one.
    fn take(&self) -> Duration {
        let now = moment();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.gone.len() >= self.per_second
            && let Some(first) = latest.gone.front()
        {
            let wait = (*first + SECOND).saturating_duration_since(now);
            if !wait.is_zero() {
                return wait;
            }
            latest.gone.pop_front();
        }
        if latest.gone.back().is_none_or(|last| now.saturating_duration_since(*last) > SECOND) {
            latest.since = Some(now);
        }
        let connects = latest.since.is_some_and(|since| now.saturating_duration_since(since) < SECOND);
        latest.gone.push_back(if connects { now + CONNECTING } else { now });
        Duration::ZERO
    }
}

/// One more is waiting, until this is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn one(all: &'a AtomicUsize) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Self(all)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
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
        assert_eq!(limits.turn(bucket(2), Class::Ordinary).await, Ok(()));
        tokio::time::advance(Duration::from_secs(3)).await;
        // What is left is short enough to be waited for.
        assert_eq!(limits.turn(bucket(1), Class::Ordinary).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_global_pause_holds_all_but_interactions() {
        let limits = Limits::new(0);
        for global in [[("retry-after", "9"), ("x-ratelimit-global", "true")], [("retry-after", "9"), ("cf-ray", "x")]]
        {
            let pause = limits.heard(bucket(1), Class::Ordinary, 429, &headers(&global));
            assert_eq!(pause, Some(Duration::from_secs(9)));
            assert!(limits.turn(bucket(2), Class::Urgent).await.is_err());
            assert_eq!(limits.turn(bucket(3), Class::Interaction).await, Ok(()));
            tokio::time::advance(Duration::from_secs(9)).await;
            assert_eq!(limits.turn(bucket(2), Class::Ordinary).await, Ok(()));
        }
        // A proxy on the way that names no pause, and says nothing in Discord's form.
        assert_eq!(limits.heard(bucket(1), Class::Ordinary, 429, &HeaderMap::new()), Some(UNTOLD));
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_err());
        tokio::time::advance(UNTOLD).await;
        assert_eq!(limits.heard(bucket(1), Class::Ordinary, 429, &headers(&ROUTE)), Some(Duration::from_secs(3)));
        assert!(limits.turn(bucket(1), Class::Ordinary).await.is_err());
        assert_eq!(limits.turn(bucket(2), Class::Ordinary).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_sees_more_than_is_allowed_and_urgent_ones_pass_the_queue() {
        let limits = Limits::new(50);
        let begin = moment();
        let mut sent = Vec::new();
        for _ in 0..120 {
            limits.turn(bucket(1), Class::Ordinary).await.unwrap();
            sent.push(begin.elapsed());
        }
        for start in &sent {
            let within = sent.iter().filter(|at| *at >= start && **at < *start + Duration::from_secs(1)).count();
            assert!(within <= 50, "{within} within a second");
        }
        assert!(begin.elapsed() < Duration::from_millis(2_500), "and hardly fewer: {:?}", begin.elapsed());

        let limits = std::sync::Arc::new(Limits::new(50));
        for _ in 0..40 {
            let limits = std::sync::Arc::clone(&limits);
            tokio::spawn(async move { limits.turn(bucket(1), Class::Ordinary).await });
        }
        tokio::task::yield_now().await;
        let begin = moment();
        limits.turn(bucket(2), Class::Urgent).await.unwrap();
        assert!(begin.elapsed() <= Duration::from_millis(60), "{:?}", begin.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_late_wake_up_cost_is_made_up_for() {
        // A forty-fifth of a second is rounded up to 23 milliseconds each time.
        let limits = Limits::new(45);
        let begin = moment();
        for _ in 0..450 {
            limits.turn(bucket(1), Class::Ordinary).await.unwrap();
        }
        assert!(begin.elapsed() < Duration::from_millis(10_300), "{:?}", begin.elapsed());
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
        assert_eq!(limits.turn(bucket(2), Class::Ordinary).await, Ok(()));
        refused(1);
        assert!(limits.turn(bucket(2), Class::Ordinary).await.is_err());
        assert_eq!(limits.turn(bucket(2), Class::Urgent).await, Ok(()));
        refused(TOO_MANY_INVALID);
        assert!(limits.turn(bucket(2), Class::Interaction).await.is_err());
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        assert_eq!(limits.turn(bucket(2), Class::Ordinary).await, Ok(()));
    }
}
