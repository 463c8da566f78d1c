//! Queue of shards that want to IDENTIFY: one every five seconds in each bucket of `max_concurrency`, and none once the
//! session start limit is used up, since Discord resets the token of a bot that goes beyond it.
//!
//! Rules: Discord's documentation, "Sharding", "Max Concurrency", and "Session Start Limit Object".

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serenity::model::gateway::SessionStartLimit;
use tokio::time::{Instant, sleep_until};

use crate::clock::moment;
use crate::crash;

/// Time between two IDENTIFYs of a bucket: Discord's five seconds, and what the way there may add.
const IDENTIFY_INTERVAL: Duration = Duration::from_millis(5_500);

/// Most buckets that are kept, whatever Discord says.
const MAX_BUCKETS: u64 = 1_024;

/// The queue of one bot.
pub struct IdentifyQueue {
    /// When each bucket's next shard may IDENTIFY.
    buckets: Vec<tokio::sync::Mutex<Instant>>,
    remaining: Mutex<u64>,
}

impl IdentifyQueue {
    /// A queue in which the first shards may go at once.
    pub fn new(limit: &SessionStartLimit) -> Self {
        Self::starting_at(limit, moment())
    }

    /// A queue after another one, whose last IDENTIFY may just have been sent.
    pub fn renewed(limit: &SessionStartLimit) -> Self {
        Self::starting_at(limit, moment() + interval())
    }

    fn starting_at(limit: &SessionStartLimit, start: Instant) -> Self {
        let buckets = (0..limit.max_concurrency.clamp(1, MAX_BUCKETS)).map(|_| tokio::sync::Mutex::new(start));
        Self { buckets: buckets.collect(), remaining: Mutex::new(limit.remaining) }
    }

    /// Takes over how many sessions may still begin, as Discord has just said.
    pub fn set_remaining(&self, remaining: u64) {
        *self.remaining.lock().unwrap_or_else(PoisonError::into_inner) = remaining;
    }

    /// Returns when the shard may IDENTIFY, in the order in which its bucket's shards asked; false where the session start
    /// limit is used up. A shard that stops waiting uses up nothing.
    pub async fn turn(&self, shard: u32) -> bool {
        let mut next = self.buckets[shard as usize % self.buckets.len()].lock().await;
        sleep_until(*next).await;
        let mut remaining = self.remaining.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = remaining.checked_sub(1) else { return false };
        (*remaining, *next) = (left, moment() + interval());
        true
    }
}

fn interval() -> Duration {
    crash::wait("identify", IDENTIFY_INTERVAL)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use futures_util::future::join_all;
    use serde_json::json;

    use super::*;

    fn limit(remaining: u64, max_concurrency: u64) -> SessionStartLimit {
        let limit = json!({
            "total": 1000, "remaining": remaining, "reset_after": 0, "max_concurrency": max_concurrency,
        });
        serde_json::from_value(limit).unwrap()
    }

    /// How many intervals after the start each of so many shards got its turn.
    async fn turns(queue: &IdentifyQueue, shards: u32) -> Vec<u128> {
        let start = moment();
        let turns = (0..shards).map(|shard| async move {
            assert!(queue.turn(shard).await);
            start.elapsed().as_millis() / IDENTIFY_INTERVAL.as_millis()
        });
        join_all(turns).await
    }

    #[tokio::test(start_paused = true)]
    async fn shards_identify_one_after_another_and_max_concurrency_at_a_time() {
        assert_eq!(turns(&IdentifyQueue::new(&limit(1000, 1)), 3).await, [0, 1, 2]);
        assert_eq!(turns(&IdentifyQueue::new(&limit(1000, 4)), 10).await, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
        assert_eq!(turns(&IdentifyQueue::new(&limit(1000, 16)), 10).await, [0; 10]);
        assert_eq!(turns(&IdentifyQueue::new(&limit(1000, 0)), 2).await, [0, 1], "never without a pause");
        assert_eq!(turns(&IdentifyQueue::renewed(&limit(1000, 2)), 2).await, [1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shard_that_stops_waiting_delays_no_other_and_uses_up_nothing() {
        let queue = IdentifyQueue::new(&limit(2, 1));
        assert!(queue.turn(0).await);
        assert!(queue.turn(1).now_or_never().is_none());
        let start = moment();
        assert!(queue.turn(2).await);
        assert!(start.elapsed() <= IDENTIFY_INTERVAL + Duration::from_millis(2), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn no_shard_identifies_beyond_the_session_start_limit() {
        let queue = IdentifyQueue::new(&limit(1, 2));
        assert!(queue.turn(0).await);
        assert!(!queue.turn(1).await);
        queue.set_remaining(1);
        assert!(queue.turn(1).await);
        assert!(!queue.turn(0).await);
    }
}
