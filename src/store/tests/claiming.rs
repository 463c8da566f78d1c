//! The order of sending, first by example, then against a model of a few lines.

use jiff::civil::time;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::claims::Bounds;
use super::*;
use crate::chat::{DeliveryId, InboundId, Words};
use crate::journey::{Arg, EntryKind, QuietHours, Timer};

fn ids(claims: &Claims) -> Vec<DeliveryId> {
    claims.ready.iter().map(|claimed| claimed.id).collect()
}

fn send(tx: &Tx<'_>, person: PersonId, priority: Priority) -> Result<DeliveryId, StoreError> {
    tx.enqueue(person, None, priority, &outgoing(), at(0))
}

/// Runs a test within one job of a store with two people.
async fn with_two(test: impl FnOnce(&Tx<'_>, PersonId, PersonId) -> Result<(), StoreError> + Send + 'static) {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    store.write(move |tx| test(tx, anna, ben)).await.unwrap();
}

#[tokio::test]
async fn answers_pass_support_passes_reminders_and_one_a_person_is_in_flight() {
    with_two(|tx, anna, ben| {
        let reminder = send(tx, anna, Priority::Reminder)?;
        let reminder_of_ben = send(tx, ben, Priority::Reminder)?;
        let support = send(tx, anna, Priority::Support)?;
        let answer = send(tx, anna, Priority::Answer)?;
        assert_eq!(ids(&tx.claim(at(0), at(60), 9)?), [answer, reminder_of_ben]);
        assert_eq!(ids(&tx.claim(at(1), at(60), 9)?), []);
        tx.settle(answer)?;
        assert_eq!(ids(&tx.claim(at(1), at(60), 9)?), [support]);
        tx.settle(support)?;
        assert_eq!(ids(&tx.claim(at(1), at(60), 9)?), [reminder]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn reminders_leave_room_for_what_somebody_waits_for() {
    with_two(|tx, anna, ben| {
        let (first, second) = (send(tx, anna, Priority::Reminder)?, send(tx, ben, Priority::Reminder)?);
        let room = |reminders| Room { all: 9, reminders };
        assert_eq!(ids(&tx.claim(at(0), at(60), room(1))?), [first]);
        assert_eq!(ids(&tx.claim(at(0), at(60), room(0))?), []);
        // The other is due and may not go: whoever waits for what may is not woken for it.
        assert_eq!((tx.next_delivery_at(at(0))?, tx.next_urgent_at(at(0))?), (Some(at(0)), None));
        let answer = send(tx, ben, Priority::Answer)?;
        assert_eq!(tx.next_urgent_at(at(0))?, Some(at(0)));
        assert_eq!(ids(&tx.claim(at(0), at(60), room(0))?), [answer]);
        tx.settle(answer)?;
        assert_eq!(ids(&tx.claim(at(0), at(60), room(1))?), [second]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_retry_holds_back_its_person_alone_and_counts() {
    with_two(|tx, anna, ben| {
        let first = send(tx, anna, Priority::Reminder)?;
        let second = send(tx, anna, Priority::Reminder)?;
        assert_eq!(tx.claim(at(0), at(60), 9)?.ready[0].attempts, 1);
        assert!(tx.retry(first, at(30), false)?);
        let other = send(tx, ben, Priority::Reminder)?;
        assert_eq!(ids(&tx.claim(at(29), at(60), 9)?), [other]);
        assert_eq!(tx.next_delivery_at(at(29))?, Some(at(30)));
        // What is more urgent still passes.
        let support = send(tx, anna, Priority::Support)?;
        assert_eq!(ids(&tx.claim(at(29), at(60), 9)?), [support]);
        tx.settle(support)?;
        let again = tx.claim(at(30), at(60), 9)?;
        assert_eq!((ids(&again), again.ready[0].attempts), (vec![first], 2));
        tx.settle(first)?;
        assert_eq!(ids(&tx.claim(at(30), at(60), 9)?), [second]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn whether_an_attempt_may_have_arrived_is_known_at_the_next() {
    with_two(|tx, anna, ben| {
        let (row, other) = (send(tx, anna, Priority::Reminder)?, send(tx, ben, Priority::Reminder)?);
        let unsure =
            |claims: Claims| claims.ready.iter().map(|claimed| (claimed.id, claimed.unsure)).collect::<Vec<_>>();
        assert_eq!(unsure(tx.claim(at(0), at(60), 9)?), [(row, false), (other, false)]);
        // Nobody said what became of the one; of the other it is known that it did not arrive.
        tx.retry(row, at(10), true)?;
        tx.retry(other, at(10), false)?;
        assert_eq!(unsure(tx.claim(at(10), at(60), 9)?), [(row, true), (other, false)]);
        // A lease that ran out tells nothing either.
        assert_eq!(unsure(tx.claim(at(60), at(90), 9)?), [(row, true), (other, true)]);
        // An answer that was surely not shown is sent at once; what the dispatcher is sending stays its own.
        assert!(!tx.release(row)?);
        tx.settle(row)?;
        let answer = tx.record_answer(anna, &InboundId("1".to_owned()), &outgoing(), at(61), at(120))?;
        assert!(tx.release(answer)? && !tx.release(answer)?);
        assert_eq!(unsure(tx.claim(at(61), at(90), 9)?), [(answer, false)]);
        // What they asked for does not wait for its next attempt when they act.
        tx.retry(answer, at(4_000), true)?;
        assert_eq!(unsure(tx.claim(at(62), at(90), 9)?), []);
        assert_eq!(tx.unpark(anna, at(62))?, 1);
        assert_eq!(unsure(tx.claim(at(62), at(90), 9)?), [(answer, true)]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_parked_holds_nothing_and_waits_for_its_person() {
    with_two(|tx, anna, ben| {
        let (first, other) = (send(tx, anna, Priority::Reminder)?, send(tx, ben, Priority::Reminder)?);
        let second = send(tx, anna, Priority::Reminder)?;
        tx.claim(at(0), at(60), 9)?;
        assert!(tx.park(first)?);
        assert!(!tx.park(first)?, "once is enough");
        // What was queued behind it would be refused as well; the other person's is not touched.
        assert_eq!(ids(&tx.claim(at(0), at(60), 9)?), []);
        assert!(tx.retry(other, at(5), false)?);
        assert_eq!(tx.next_delivery_at(at(0))?, Some(at(5)));
        // What comes later is tried all the same: the person may have opened them.
        let later = send(tx, anna, Priority::Reminder)?;
        assert_eq!(ids(&tx.claim(at(0), at(60), 9)?), [later]);
        tx.settle(later)?;
        assert_eq!(tx.unpark(anna, at(0))?, 2);
        assert_eq!(ids(&tx.claim(at(0), at(60), 9)?), [first]);
        tx.settle(first)?;
        assert_eq!(ids(&tx.claim(at(0), at(60), 9)?), [second]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_nobody_settled_is_sent_when_its_lease_ends() {
    with_two(|tx, anna, ben| {
        let answer = tx.record_answer(anna, &InboundId("1".to_owned()), &outgoing(), at(0), at(60))?;
        let reminder = send(tx, anna, Priority::Reminder)?;
        let other = send(tx, ben, Priority::Reminder)?;
        assert_eq!(ids(&tx.claim(at(59), at(99), 9)?), [other]);
        tx.settle(other)?;
        assert_eq!(tx.next_delivery_at(at(59))?, Some(at(60)));
        let late = tx.claim(at(60), at(99), 9)?;
        assert_eq!((ids(&late), late.ready[0].attempts), (vec![answer], 2));
        assert!(tx.settle(answer)?);
        assert_eq!(ids(&tx.claim(at(60), at(99), 9)?), [reminder]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_attempt_nobody_answered_for_gives_way_to_a_newer_one_of_its_timer() {
    with_two(|tx, anna, ben| {
        let remind = |person| tx.enqueue(person, Some(Timer::Urge), Priority::Reminder, &outgoing(), at(0));
        let (old, other) = (remind(anna)?, remind(ben)?);
        tx.claim(at(0), at(60), 9)?;
        let newer = remind(anna)?;
        assert_eq!(ids(&tx.claim(at(60), at(99), 9)?), [other, newer]);
        assert!(!tx.settle(old)?, "it is gone");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_claim_brings_all_that_sending_needs() {
    with_two(|tx, anna, ben| {
        let (mine, theirs, burnt) = (
            tx.add_entry(anna, EntryKind::Letter, &Words::new("mine"), at(0))?,
            tx.add_entry(ben, EntryKind::Letter, &Words::new("theirs"), at(0))?,
            tx.add_entry(anna, EntryKind::Letter, &Words::new("burnt"), at(0))?,
        );
        tx.burn_entry(anna, burnt)?;
        let number = tx.save_journey(anna, &journey("Europe/Berlin"))?;
        let mut quoting = outgoing();
        quoting.message.blocks[0].args.extend([mine, theirs, burnt].map(Arg::Words));
        tx.enqueue(anna, None, Priority::Reminder, &quoting, at(0))?;
        send(tx, ben, Priority::Reminder)?;
        let claims = tx.claim(at(0), at(60), 9)?;
        let [hers, his] = &claims.ready[..] else { panic!("{claims:?}") };
        assert_eq!(
            (hers.person, hers.journey, &hers.address, hers.locale.as_str()),
            (anna, number, &address("anna"), "en")
        );
        assert_eq!(hers.message, quoting.message);
        assert_eq!(hers.words, [(mine, Words::new("mine"))].into());
        assert_eq!((his.person, his.journey, &his.address), (ben, 0, &address("ben")));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_reminder_caught_in_quiet_hours_waits_for_their_end_and_nothing_else_does() {
    with_two(|tx, anna, ben| {
        // The night in which Berlin goes to summer time.
        let instant = |text: &str| text.parse::<Timestamp>().unwrap();
        let (night, morning) = (instant("2026-03-29T00:30:00Z"), instant("2026-03-29T06:00:00Z"));
        let hours = QuietHours { from: time(22, 0, 0, 0), until: time(8, 0, 0, 0) };
        let quiet = Outgoing { quiet: Some(Quiet { hours, zone: "Europe/Berlin".to_owned() }), ..outgoing() };
        let reminder = tx.enqueue(anna, Some(Timer::CooloffReminder), Priority::Reminder, &quiet, night)?;
        let support = tx.enqueue(anna, None, Priority::Support, &quiet, night)?;
        let awake = tx.enqueue(ben, None, Priority::Reminder, &outgoing(), night)?;
        let lease = instant("2026-03-29T00:40:00Z");
        assert_eq!(ids(&tx.claim(night, lease, 9)?), [support, awake]);
        tx.settle(support)?;
        tx.settle(awake)?;
        assert_eq!(ids(&tx.claim(night, lease, 9)?), []);
        assert_eq!(tx.next_delivery_at(night)?, Some(morning));
        let claims = tx.claim(morning, instant("2026-03-29T06:01:00Z"), 9)?;
        assert_eq!((ids(&claims), claims.ready[0].attempts), (vec![reminder], 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_row_that_does_not_open_is_set_aside_and_stops_nobody() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let (broken, behind, other) = store
        .write(move |tx| {
            Ok((
                send(tx, anna, Priority::Reminder)?,
                send(tx, anna, Priority::Reminder)?,
                send(tx, ben, Priority::Reminder)?,
            ))
        })
        .await
        .unwrap();
    home.flip("deliveries", "payload", &format!("id = {}", broken.0));
    let claims = store.write(|tx| tx.claim(at(0), at(60), 9)).await.unwrap();
    assert_eq!(claims.refused, [broken]);
    let more = store.write(|tx| tx.claim(at(0), at(60), 9)).await.unwrap();
    let mut sent = ids(&claims);
    sent.extend(ids(&more));
    sent.sort();
    assert_eq!(sent, [behind, other]);
    home.data()
        .execute(
            "UPDATE deliveries SET person_id = ?1, state = 'queued', leased_until = NULL WHERE id = ?2",
            [anna.0, other.0],
        )
        .unwrap();
    let claims = store.write(move |tx| {
        tx.settle(behind)?;
        tx.claim(at(0), at(60), 9)
    });
    assert_eq!(claims.await.unwrap().refused, [other], "moved to another person");
}

/// One thing that may happen.
#[derive(Clone, Debug)]
enum Act {
    Enqueue { person: usize, timer: Option<Timer>, priority: Priority },
    Answer { person: usize },
    Claim { limit: usize, reminders: usize },
    Settle(usize),
    Retry(usize, i64),
    Park(usize),
    Unpark(usize),
    Wait(i64),
}

/// One row, as plainly as can be.
#[derive(Clone, Debug)]
struct Row {
    id: DeliveryId,
    person: usize,
    timer: Option<Timer>,
    priority: Priority,
    state: State,
    attempts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Queued(i64),
    Leased(i64),
    Parked,
    Settled,
}

const LEASE: i64 = 50;

/// The rules again, for people by number and seconds.
#[derive(Default)]
struct Model {
    rows: Vec<Row>,
    now: i64,
}

impl Model {
    fn superseded(&self, row: &Row) -> bool {
        let same = |newer: &&Row| newer.person == row.person && newer.timer == row.timer && newer.id > row.id;
        row.timer.is_some() && self.rows.iter().any(|newer| same(&newer))
    }

    /// The first open row of a person, and whether one of theirs is in flight.
    fn head(&self, person: usize) -> Option<(usize, bool)> {
        let open = |row: &Row| row.person == person && matches!(row.state, State::Queued(_) | State::Leased(_));
        let flies = |row: &Row| row.person == person && matches!(row.state, State::Leased(until) if until > self.now);
        let mut all: Vec<usize> = (0..self.rows.len()).filter(|&index| open(&self.rows[index])).collect();
        all.sort_by_key(|&index| (self.rows[index].priority, self.rows[index].id));
        Some((*all.first()?, self.rows.iter().any(flies)))
    }

    fn claim(&mut self, room: Room) -> Vec<(DeliveryId, u32)> {
        let stale = |row: &Row| matches!(row.state, State::Leased(until) if until <= self.now) && self.superseded(row);
        self.rows = self.rows.iter().filter(|row| !stale(row)).cloned().collect();
        let mut heads: Vec<usize> = (0..3)
            .filter_map(|person| self.head(person))
            .filter(|&(index, flying)| {
                !flying && matches!(self.rows[index].state, State::Queued(t) | State::Leased(t) if t <= self.now)
            })
            .map(|(index, _)| index)
            .collect();
        heads.sort_by_key(|&index| (self.rows[index].priority, self.rows[index].id));
        // Reminders come last; those that find no room leave theirs to nobody.
        let urgent = heads.iter().filter(|&&index| self.rows[index].priority != Priority::Reminder).count();
        heads.truncate(room.all.min(urgent + room.reminders));
        let mut claimed = Vec::new();
        for index in heads {
            let row = &mut self.rows[index];
            row.state = State::Leased(self.now + LEASE);
            row.attempts += 1;
            claimed.push((row.id, row.attempts));
        }
        claimed
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let timer = prop_oneof![Just(None), Just(Some(Timer::Urge)), Just(Some(Timer::Words))];
    let priority = prop_oneof![Just(Priority::Answer), Just(Priority::Support), Just(Priority::Reminder)];
    let act = prop_oneof![
        4 => (0..3_usize, timer, priority).prop_map(|(person, timer, priority)| Act::Enqueue { person, timer, priority }),
        1 => (0..3_usize).prop_map(|person| Act::Answer { person }),
        4 => (1..4_usize, 0..4_usize).prop_map(|(limit, reminders)| Act::Claim { limit, reminders }),
        2 => (0..30_usize).prop_map(Act::Settle),
        2 => (0..30_usize, 0..80_i64).prop_map(|(row, after)| Act::Retry(row, after)),
        1 => (0..30_usize).prop_map(Act::Park),
        1 => (0..3_usize).prop_map(Act::Unpark),
        2 => (1..60_i64).prop_map(Act::Wait),
    ];
    proptest::collection::vec(act, 1..60)
}

/// Plays the acts on the store and on the model at once; an error says where they part.
fn play(tx: &Tx<'_>, people: [PersonId; 3], acts: &[Act]) -> Result<(), String> {
    let fail = |error: StoreError| error.to_string();
    let mut model = Model::default();
    for (step, act) in acts.iter().enumerate() {
        // A second a step, so that leases taken at different steps can be told apart.
        model.now += 1;
        let now = at(model.now);
        match *act {
            Act::Enqueue { person, timer, priority } => {
                let unsent = |row: &Row| matches!(row.state, State::Queued(_) | State::Parked);
                model.rows.retain(|row| timer.is_none() || row.person != person || row.timer != timer || !unsent(row));
                let id = tx.enqueue(people[person], timer, priority, &outgoing(), now).map_err(fail)?;
                let state = State::Queued(model.now);
                model.rows.push(Row { id, person, timer, priority, state, attempts: 0 });
            }
            Act::Answer { person } => {
                let inbound = InboundId(step.to_string());
                let until = at(model.now + LEASE / 2);
                let id = tx.record_answer(people[person], &inbound, &outgoing(), now, until).map_err(fail)?;
                let state = State::Leased(model.now + LEASE / 2);
                model.rows.push(Row { id, person, timer: None, priority: Priority::Answer, state, attempts: 1 });
            }
            Act::Claim { limit, reminders } => {
                let room = Room { all: limit, reminders };
                // Every other step as if more were due than are put in order.
                let due = if step % 2 == 0 { 1 } else { 64 };
                let bounds = Bounds { due, walked: 64, opened: 64 };
                let claims = tx.claim_within(now, at(model.now + LEASE), room, bounds).map_err(fail)?;
                let found: Vec<_> = claims.ready.iter().map(|claimed| (claimed.id, claimed.attempts)).collect();
                let wanted = model.claim(room);
                if found != wanted {
                    return Err(format!("step {step}: claimed {found:?}, not {wanted:?}"));
                }
            }
            Act::Settle(index) if index < model.rows.len() => {
                let row = &mut model.rows[index];
                tx.settle(row.id).map_err(fail)?;
                row.state = State::Settled;
            }
            Act::Retry(index, after) if index < model.rows.len() => {
                let row = model.rows[index].clone();
                tx.retry(row.id, at(model.now + after), false).map_err(fail)?;
                let state = State::Queued(model.now + after);
                put_back(&mut model, index, state);
            }
            Act::Park(index) if index < model.rows.len() => {
                let row = model.rows[index].clone();
                let parked = tx.park(row.id).map_err(fail)?;
                put_back(&mut model, index, State::Parked);
                // Whatever else is queued for the person would be refused as well.
                let waits = |other: &&mut Row| other.person == row.person && matches!(other.state, State::Queued(_));
                if parked {
                    model.rows.iter_mut().filter(waits).for_each(|other| other.state = State::Parked);
                }
            }
            Act::Unpark(person) => {
                tx.unpark(people[person], now).map_err(fail)?;
                let now = model.now;
                for row in model.rows.iter_mut().filter(|row| row.person == person) {
                    row.state = match row.state {
                        State::Parked => State::Queued(0),
                        // What they asked for waits no longer for its next attempt.
                        State::Queued(due) if row.priority != Priority::Reminder => State::Queued(due.min(now)),
                        other => other,
                    };
                }
            }
            Act::Wait(seconds) => model.now += seconds,
            Act::Settle(_) | Act::Retry(..) | Act::Park(_) => {}
        }
        turns_are_right(tx, &model).map_err(|wrong| format!("step {step}: {wrong}"))?;
        let now = at(model.now);
        let all = (Priority::Reminder, tx.next_delivery_at(now).map_err(fail)?);
        for (last, next) in [all, (Priority::Support, tx.next_urgent_at(now).map_err(fail)?)] {
            let wakes = next.is_some_and(|next| next <= now);
            let ready = (0..3).filter_map(|person| model.head(person)).any(|(index, flying)| {
                let row = &model.rows[index];
                let due = matches!(row.state, State::Queued(t) | State::Leased(t) if t <= model.now);
                !flying && due && row.priority <= last
            });
            if wakes != ready {
                return Err(format!("step {step}: next up to {last:?} at {next:?}, now {now}, ready is {ready}"));
            }
        }
    }
    Ok(())
}

/// Each person's first row knows when its turn is, and no other row does.
fn turns_are_right(tx: &Tx<'_>, model: &Model) -> Result<(), String> {
    let mut wanted: Vec<(i64, i64)> = (0..3)
        .filter_map(|person| {
            let (head, _) = model.head(person)?;
            let flights = model.rows.iter().filter(|row| row.person == person).filter_map(|row| match row.state {
                State::Leased(until) => Some(until),
                State::Queued(_) | State::Parked | State::Settled => None,
            });
            let (State::Queued(ready) | State::Leased(ready)) = model.rows[head].state else { return None };
            // What has passed is as good as now.
            Some((model.rows[head].id.0, flights.fold(ready, i64::max).max(model.now)))
        })
        .collect();
    wanted.sort_unstable();
    let mut query =
        tx.data.prepare_cached("SELECT id, turn FROM deliveries WHERE turn IS NOT NULL ORDER BY id").unwrap();
    let turns = query.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap();
    let kept: Vec<(i64, i64)> = turns
        .map(|turn| turn.map(|(id, at)| (id, (at / 1_000 - 1_800_000_000).max(model.now))))
        .map(Result::unwrap)
        .collect();
    if kept == wanted { Ok(()) } else { Err(format!("turns {kept:?}, not {wanted:?}")) }
}

fn put_back(model: &mut Model, index: usize, state: State) {
    let row = model.rows[index].clone();
    if !matches!(row.state, State::Leased(_)) {
        return;
    }
    if model.superseded(&row) {
        model.rows.remove(index);
    } else {
        model.rows[index].state = state;
    }
}

#[test]
fn any_course_of_events_claims_what_the_rules_say() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let home = Home::new();
    let store = home.open();
    let mut runner = TestRunner::new(Config { cases: 128, failure_persistence: None, ..Config::default() });
    runner
        .run(&acts(), |acts| {
            // One job a case, so that its many steps cost one COMMIT.
            let played = runtime.block_on(store.write(move |tx| {
                let create = |name: &str| tx.create_person(&account(name), &address(name), "en");
                let people = [create("anna")?, create("ben")?, create("carl")?];
                tx.writing()?.execute_batch("DELETE FROM deliveries")?;
                Ok(play(tx, people, &acts))
            }));
            played.unwrap().map_err(TestCaseError::fail)
        })
        .unwrap();
}

#[tokio::test]
async fn a_deletion_is_announced_with_its_whole_notice_or_waits_to_be_announced_anew() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    store
        .write(move |tx| {
            let day = |day: i64| at(day * 86_400);
            tx.set_timer(anna, Timer::Deletion, 1, day(14))?;
            let enqueue = |timer| tx.enqueue(anna, Some(timer), Priority::Reminder, &outgoing(), day(0));
            let word = enqueue(Timer::Retention)?;
            let bens = tx.enqueue(ben, Some(Timer::Retention), Priority::Reminder, &outgoing(), day(0))?;
            assert_eq!(tx.unsaid(anna, Timer::Retention)?, Some(Unsaid::Waiting));
            assert_eq!(ids(&tx.claim(day(2), day(3), 9)?), [bens], "twelve days are too few; ben is not meant");
            tx.settle(bens)?;
            assert_eq!(tx.next_delivery_at(day(2))?, Some(day(14)), "nobody is kept awake by it");
            assert_eq!(ids(&tx.claim(day(20), day(21), 9)?), []);
            // Announced anew, it goes out.
            tx.set_timer(anna, Timer::Deletion, 2, day(34))?;
            let anew = enqueue(Timer::Retention)?;
            assert!(anew > word);
            assert_eq!(ids(&tx.claim(day(20), day(21), 9)?), [anew]);
            tx.park(anew)?;
            assert_eq!(tx.unsaid(anna, Timer::Retention)?, Some(Unsaid::Parked));
            tx.unpark(anna, day(20))?;
            tx.claim(day(20), day(21), 9)?;
            tx.settle(anew)?;
            assert_eq!(tx.unsaid(anna, Timer::Retention)?, None);
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn where_more_is_due_than_one_claim_looks_at_urgent_ones_go_first_and_all_come_in_the_end() {
    with_two(|tx, anna, ben| {
        let create = |name: &str| tx.create_person(&account(name), &address(name), "en");
        let claim = |all: usize, opened: usize| {
            let bounds = Bounds { due: 1, walked: 2, opened };
            let claims = tx.claim_within(at(10), at(900), all.into(), bounds)?;
            Ok::<_, StoreError>((ids(&claims), claims.more))
        };
        // Three that wait for their next attempt, and behind them three that are due, the last of them for longest.
        for person in [anna, ben, create("carl")?] {
            let id = send(tx, person, Priority::Reminder)?;
            tx.claim(at(0), at(1), 9)?;
            tx.retry(id, at(500), false)?;
        }
        let due = |name, since| tx.enqueue(create(name)?, None, Priority::Reminder, &outgoing(), at(since));
        let (dora, emil, fritz) = (due("dora", 9)?, due("emil", 8)?, due("fritz", 7)?);
        let answer = send(tx, create("gina")?, Priority::Answer)?;
        assert_eq!(claim(2, 9)?, (vec![answer, fritz], false));
        assert_eq!(claim(9, 9)?.0, [dora, emil]);
        assert_eq!(claim(9, 9)?, (vec![], false));
        // What is put off counts as looked at.
        let hours = QuietHours { from: time(0, 0, 0, 0), until: time(23, 59, 0, 0) };
        let quiet = Outgoing { quiet: Some(Quiet { hours, zone: "UTC".to_owned() }), ..outgoing() };
        tx.enqueue(create("hans")?, None, Priority::Reminder, &quiet, at(0))?;
        let ida = send(tx, create("ida")?, Priority::Reminder)?;
        assert_eq!(claim(9, 1)?, (vec![], true));
        assert_eq!(claim(9, 1)?, (vec![ida], false));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn claiming_and_waking_walk_no_table_and_sort_nothing() {
    use super::super::claims::{DROP_STALE, DUE, IN_ORDER, NEXT_TURN};
    use super::super::deliveries::WAITS;
    let home = Home::new();
    drop(home.open());
    let data = home.data();
    for (query, by) in [
        (NEXT_TURN, "SEARCH deliveries USING INDEX turns_by_time (priority=?"),
        (DUE, "SEARCH deliveries USING COVERING INDEX turns_by_time (priority=? AND turn<?)"),
        (IN_ORDER, "SEARCH deliveries USING COVERING INDEX turns_in_order (priority=? AND id>?)"),
        (DROP_STALE, "SEARCH deliveries USING INDEX leased_deliveries (leased_until<?)"),
        (WAITS, "SEARCH deliveries USING COVERING INDEX parked_deliveries_of_person (person_id=?)"),
        (WAITS, "SEARCH deliveries USING INDEX open_deliveries_of_person (person_id=? AND priority<?)"),
    ] {
        let mut plan = data.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let parameters = vec![0_i64; plan.parameter_count()];
        let steps = plan.query_map(rusqlite::params_from_iter(parameters), |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps.iter().any(|step| step.starts_with(by)), "{query}: {steps:?}");
        let rows = |step: &String| step.starts_with("SCAN") && step != "SCAN CONSTANT ROW";
        let walks = |step: &String| rows(step) || step.contains("TEMP B-TREE");
        assert!(!steps.iter().any(walks), "{query}: {steps:?}");
    }
}
