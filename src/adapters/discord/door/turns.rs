//! Whose turn it is: how much one person may ask for, and how many are served at once. Everything here is bounded.
//!
//! What is shed is shed in this order, the least important first: suggestions while somebody types, once half of the places
//! are taken; what one person asks for beyond their measure; what comes when every place is taken. None of it touches the
//! store, and whoever is turned away is told, with their words back. Where even that is too much, the last to be left without
//! an answer are those who ask for people to talk to or a cleared screen, or write of a crisis: a third of the room is theirs.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::adapters::discord::limits::Ticks;
use crate::clock::moment;
use crate::service::Away;

/// So many are served at once; as many more are turned away with an answer, and as many again where it is urgent.
const AT_ONCE: usize = 512;

/// How often a person who writes and writes is told to wait.
const TOLD: Quota = Quota::per_minute(times(4)).allow_burst(times(2));

/// How often the operator is told.
const LOGGED: Quota = Quota::per_minute(times(1));

/// With more people than this, and twice as many as the last time, those who are back at the start are dropped.
const PEOPLE: usize = 1024;

const fn times(times: u32) -> NonZeroU32 {
    match NonZeroU32::new(times) {
        Some(times) => times,
        None => NonZeroU32::MIN,
    }
}

/// What somebody comes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Suggestions while they type.
    Letters,
    /// People to talk to, help, a cleared screen.
    Alone,
    /// Anything else.
    Acts,
}

/// What becomes of them. The permit is held until they have their answer.
#[derive(Debug)]
pub(super) enum Turn {
    /// They are served.
    Served(OwnedSemaphorePermit),
    /// They are told why not.
    Away(Away, OwnedSemaphorePermit),
    /// There is no room even for that.
    Dropped,
}

/// The turns of one door.
pub(super) struct Turns {
    acts: Measure<String>,
    letters: Measure<String>,
    alone: Measure<String>,
    told: Measure<(String, bool)>,
    places: Arc<Semaphore>,
    asides: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
    shed: Shed,
}

impl Turns {
    /// One person may do so much a minute, half of it at once; 0 for as much as they like. Suggestions are asked for at every
    /// letter, so of those there may be twice as many. Stateless actions are answered beyond that, too, but
    /// without the store.
    pub(super) fn new(acts_per_minute: u32) -> Self {
        let room = || Arc::new(Semaphore::new(AT_ONCE));
        let quota = |a_minute: u32| Quota::per_minute(times(a_minute)).allow_burst(times(a_minute.div_ceil(2)));
        let measure = |a_minute: u32| Measure::new((acts_per_minute > 0).then(|| quota(a_minute)));
        Self {
            acts: measure(acts_per_minute),
            letters: measure(acts_per_minute.saturating_mul(2)),
            alone: measure(acts_per_minute.div_ceil(2)),
            told: Measure::new(Some(TOLD)),
            places: room(),
            asides: room(),
            reserve: room(),
            shed: Shed { operator: Measure::new(Some(LOGGED)), counts: Default::default() },
        }
    }

    /// Whose turn it is. `urgent` is asked only where there is no other room.
    pub(super) fn take(&self, account: &str, kind: Kind, urgent: impl FnOnce() -> bool) -> Turn {
        let within = match kind {
            Kind::Letters => &self.letters,
            Kind::Alone => &self.alone,
            Kind::Acts => &self.acts,
        }
        .allows(&account.to_owned());
        let crowded = kind == Kind::Letters && self.places.available_permits() < AT_ONCE / 2;
        if within
            && !crowded
            && let Ok(place) = Arc::clone(&self.places).try_acquire_owned()
        {
            return Turn::Served(place);
        }
        let away = if within { Away::Crowd } else { Away::Haste };
        let aside = Arc::clone(&self.asides).try_acquire_owned();
        let aside =
            aside.or_else(|full| if urgent() { Arc::clone(&self.reserve).try_acquire_owned() } else { Err(full) });
        self.shed.note(kind, away, aside.is_err());
        aside.map_or(Turn::Dropped, |aside| Turn::Away(away, aside))
    }

    /// Whether somebody who writes faster than they can be answered is told so again; of a crisis they are answered apart
    /// from that.
    pub(super) fn tells(&self, account: &str, care: bool) -> bool {
        self.told.allows(&(account.to_owned(), care))
    }
}

/// So much a person. Who has not come for a while takes up no room.
struct Measure<K: Clone + Eq + Hash> {
    limiter: Option<RateLimiter<K, HashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>>,
    sweep_at: AtomicUsize,
}

impl<K: Clone + Eq + Hash> Measure<K> {
    fn new(quota: Option<Quota>) -> Self {
        let limiter = quota.map(|quota| RateLimiter::hashmap_with_clock(quota, Ticks(moment())));
        Self { limiter, sweep_at: AtomicUsize::new(PEOPLE) }
    }

    fn allows(&self, who: &K) -> bool {
        let Some(limiter) = &self.limiter else { return true };
        if limiter.len() >= self.sweep_at.load(Ordering::Relaxed) {
            limiter.retain_recent();
            limiter.shrink_to_fit();
            self.sweep_at.store(PEOPLE.max(2 * limiter.len()), Ordering::Relaxed);
        }
        limiter.check_key(who).is_ok()
    }
}

/// What was shed since the operator was last told.
struct Shed {
    operator: Measure<()>,
    counts: [AtomicU64; 4],
}

impl Shed {
    fn note(&self, kind: Kind, away: Away, dropped: bool) {
        let of = match (dropped, kind, away) {
            (true, ..) => 3,
            (_, Kind::Letters, _) => 0,
            (_, _, Away::Crowd) => 2,
            (..) => 1,
        };
        self.counts[of].fetch_add(1, Ordering::Relaxed);
        if self.operator.allows(&()) {
            let [suggestions, beyond_measure, crowded, unanswered] =
                [0, 1, 2, 3].map(|of: usize| self.counts[of].swap(0, Ordering::Relaxed));
            tracing::warn!(suggestions, beyond_measure, crowded, unanswered, "more came than is served at once");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(turns: &Turns, who: &str) -> Turn {
        turns.take(who, Kind::Acts, || false)
    }

    #[tokio::test(start_paused = true)]
    async fn one_who_presses_and_presses_is_told_to_wait_and_nobody_else_is() {
        let turns = Turns::new(120);
        for _ in 0..60 {
            assert!(matches!(acts(&turns, "anna"), Turn::Served(_)));
        }
        assert!(matches!(acts(&turns, "anna"), Turn::Away(Away::Haste, _)));
        assert!(matches!(acts(&turns, "ben"), Turn::Served(_)));
        assert!(matches!(turns.take("anna", Kind::Alone, || true), Turn::Served(_)), "people to talk to");
        tokio::time::advance(Duration::from_millis(500)).await;
        assert!(matches!(acts(&turns, "anna"), Turn::Served(_)));
        assert!(matches!(acts(&turns, "anna"), Turn::Away(Away::Haste, _)));
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_no_measure_everybody_may_go_on() {
        let turns = Turns::new(0);
        assert!((0..1_000).all(|_| matches!(acts(&turns, "anna"), Turn::Served(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_least_important_is_shed_first_and_what_is_urgent_last() {
        let turns = Turns::new(120);
        let mut held = Vec::new();
        let mut take = |number: usize, kind, urgent: bool| {
            let turn = turns.take(&number.to_string(), kind, || urgent);
            let seen = match &turn {
                Turn::Served(_) => "served",
                Turn::Away(Away::Crowd, _) => "away",
                Turn::Away(..) => "haste",
                Turn::Dropped => "dropped",
            };
            held.push(turn);
            seen
        };
        assert_eq!(take(0, Kind::Letters, false), "served");
        assert!((1..=AT_ONCE / 2).all(|number| take(number, Kind::Acts, false) == "served"));
        assert_eq!(take(9_000, Kind::Letters, false), "away", "suggestions first");
        assert!((1_000..1_000 + AT_ONCE / 2 - 1).all(|number| take(number, Kind::Acts, false) == "served"));
        assert!((2_000..2_000 + AT_ONCE - 1).all(|number| take(number, Kind::Acts, true) == "away"));
        assert_eq!(take(9_001, Kind::Acts, false), "dropped", "then what is not urgent");
        assert!((3_000..3_000 + AT_ONCE).all(|number| take(number, Kind::Alone, true) == "away"));
        assert_eq!(take(9_002, Kind::Alone, true), "dropped", "everything has a bound");
        held.clear();
        assert!(matches!(acts(&turns, "late"), Turn::Served(_)));
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_served_long_ago_takes_up_no_room() {
        let turns = Turns::new(120);
        for number in 0..20_000 {
            drop(acts(&turns, &number.to_string()));
            if number % 1_000 == 0 {
                tokio::time::advance(Duration::from_mins(1)).await;
            }
        }
        let remembered = turns.acts.limiter.as_ref().unwrap().len();
        assert!(remembered <= 2 * PEOPLE + 1_000, "{remembered}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_writes_and_writes_is_told_now_and_then_and_of_a_crisis_all_the_same() {
        let turns = Turns::new(120);
        let told = |care| (0..100).filter(|_| turns.tells("anna", care)).count();
        assert_eq!((told(false), told(true)), (2, 2));
    }
}
