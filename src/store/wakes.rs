//! Who is woken after a COMMIT: whoever waits for what is due, and only where something is due before they look by
//! themselves. Most of what is committed is due later than that, and waking for it would cost those who wait for an answer.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, broadcast};

use super::deliveries::Ending;
use crate::chat::DeliveryId;

/// How many endings of deliveries are kept for a listener who is slow.
const ENDINGS: usize = 256;

/// Everybody there is to wake.
#[derive(Debug)]
pub(super) struct Wakes {
    pub(super) timers: Wake,
    pub(super) deliveries: Wake,
    pub(super) endings: broadcast::Sender<(DeliveryId, Ending)>,
}

impl Default for Wakes {
    fn default() -> Self {
        Self { timers: Wake::default(), deliveries: Wake::default(), endings: broadcast::Sender::new(ENDINGS) }
    }
}

/// When the first of some changes is due, in milliseconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due(i64);

impl Due {
    /// Perhaps at once.
    pub(super) const NOW: Self = Self(i64::MIN);
    /// Nothing has changed, or only for later than it was.
    pub(super) const NEVER: Self = Self(i64::MAX);

    pub(super) fn at(time: Timestamp) -> Self {
        Self(time.as_millisecond())
    }
}

/// The wait of the one who sees to what is due. They say that they look ([`Wake::looks`]), look, say until when they sleep
/// ([`Wake::sleeps_until`]), and sleep. A wake that comes in between is kept.
#[derive(Debug)]
pub struct Wake {
    changed: Notify,
    asleep_until: AtomicI64,
}

impl Default for Wake {
    fn default() -> Self {
        Self { changed: Notify::new(), asleep_until: AtomicI64::new(Due::NEVER.0) }
    }
}

impl Wake {
    /// Call it before looking: what it returns ends with the next change from now on, or with that which was not waited for
    /// the last time.
    pub fn looks(&self) -> Notified<'_> {
        self.asleep_until.store(Due::NEVER.0, Ordering::SeqCst);
        self.changed.notified()
    }

    /// Changes that are due then or later wake nobody from now on: by then they are seen anyway, or, where the wall clock is
    /// set forward meanwhile, as soon as the sleeper's clock hears of it.
    pub fn sleeps_until(&self, time: Timestamp) {
        self.asleep_until.store(Due::at(time).0, Ordering::SeqCst);
    }

    /// To be called after the COMMIT. A look that began before it has not said yet until when it sleeps, or it did so
    /// without knowing of the change and is woken if that is sooner; one that begins later sees the change.
    pub(super) fn changed(&self, due: Due) {
        if due.0 < self.asleep_until.load(Ordering::SeqCst) {
            self.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::super::tests::{Home, at, outgoing, two_people};
    use super::super::{Priority, Tx, View};
    use super::*;
    use crate::chat::InboundId;
    use crate::journey::Timer;

    fn woken(wake: &Wake) -> bool {
        pin!(wake.changed.notified()).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    #[tokio::test]
    async fn who_sleeps_is_woken_for_what_is_sooner_and_for_nothing_else() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let set = |person, due| {
            let store = store.clone();
            async move { store.write(move |tx| tx.set_timer(person, Timer::Urge, 1, at(due))).await.unwrap() }
        };
        set(anna, 100).await;
        assert!(woken(store.timers_changed()), "nobody said until when they sleep");
        drop(store.timers_changed().looks());
        store.timers_changed().sleeps_until(at(100));
        set(ben, 100).await;
        set(ben, 500).await;
        store.write(move |tx| tx.cancel_timer(ben, Timer::Urge)).await.unwrap();
        assert!(!woken(store.timers_changed()), "all of that is later");
        set(ben, 99).await;
        assert!(woken(store.timers_changed()));
    }

    /// An answer is about to be shown by who asked for it; only what waits behind it is the dispatcher's to see to.
    #[tokio::test]
    async fn an_answer_wakes_for_what_waits_behind_it_and_not_by_itself() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let wake = store.deliveries_changed();
        wake.sleeps_until(at(60));
        let mut answers = Vec::new();
        for person in [anna, ben] {
            let event = InboundId(format!("{person:?}"));
            let record = move |tx: &Tx<'_>| tx.record_answer(person, &event, &outgoing(), at(0), at(60));
            answers.push(store.write(record).await.unwrap());
        }
        assert!(!woken(wake), "they are shown where they were asked for");
        let enqueue = move |tx: &Tx<'_>| tx.enqueue(ben, None, Priority::Reminder, &outgoing(), at(0));
        store.write(enqueue).await.unwrap();
        assert!(woken(wake), "what is queued is wanted now");
        for (answer, waits) in answers.into_iter().zip([false, true]) {
            wake.sleeps_until(at(60));
            assert!(store.write(move |tx| tx.settle(answer)).await.unwrap());
            assert_eq!(woken(wake), waits, "{answer:?}");
        }
    }

    /// Wherever in a look a commit falls, it is seen or it wakes.
    #[tokio::test]
    async fn nothing_is_missed_that_is_committed_during_a_look() {
        let home = Home::new();
        let store = home.open();
        let (anna, _) = two_people(&store).await;
        let wake = store.timers_changed();
        for moment in 0..4 {
            // What they slept for is gone; what is set now is due later than that.
            woken(wake);
            wake.sleeps_until(at(10));
            store.write(move |tx| tx.cancel_timer(anna, Timer::Urge)).await.unwrap();
            let set = async |now: bool| {
                if now {
                    store.write(move |tx| tx.set_timer(anna, Timer::Urge, 1, at(20))).await.unwrap();
                }
            };
            set(moment == 0).await;
            drop(wake.looks());
            set(moment == 1).await;
            let first = |view: &View<'_>| view.next_timer_at();
            let next = store.read(first).await.unwrap().unwrap_or(at(5000));
            set(moment == 2).await;
            wake.sleeps_until(next);
            set(moment == 3).await;
            assert!(next == at(20) || woken(wake), "{moment}: {next} is slept until");
        }
    }
}
