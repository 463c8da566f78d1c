//! The writer thread: what shares a COMMIT, and what does not spread.

use std::sync::mpsc;

use super::*;
use crate::chat::{InboundId, Words};
use crate::journey::{EntryKind, Timer};

type Job = Box<dyn FnOnce(&Tx<'_>) -> Result<(), StoreError> + Send>;

/// Runs all jobs in one group: the writer is held up until every one of them waits.
async fn in_one_group(store: &Store, jobs: Vec<Job>) -> Vec<Result<(), StoreError>> {
    let (go, gate) = mpsc::channel::<()>();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let blocker = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write(move |_| {
                    inside.send(()).unwrap();
                    gate.recv().unwrap();
                    Ok(())
                })
                .await
        }
    });
    entered.await.unwrap();
    let mut waiting = Vec::new();
    for job in jobs {
        let mut answer = Box::pin({
            let store = store.clone();
            async move { store.write(job).await }
        });
        // The first poll hands the job in; the channel has room, so it cannot be waiting for anything else.
        assert!(futures_poll(answer.as_mut()).is_none());
        waiting.push(answer);
    }
    go.send(()).unwrap();
    blocker.await.unwrap().unwrap();
    let mut results = Vec::new();
    for answer in waiting {
        results.push(answer.await);
    }
    results
}

fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

fn add(person: PersonId) -> Job {
    Box::new(move |tx| tx.add_entry(person, EntryKind::Note, &Words::new("words"), at(0)).map(drop))
}

#[tokio::test]
async fn a_job_that_fails_or_panics_hurts_no_neighbour() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let fails: Job = Box::new(move |tx| {
        tx.add_entry(anna, EntryKind::Note, &Words::new("words"), at(0))?;
        Err(StoreError::Unknown)
    });
    let panics: Job = Box::new(move |tx| {
        tx.add_entry(ben, EntryKind::Note, &Words::new("words"), at(0))?;
        panic!("meant to happen in this test")
    });
    let results = in_one_group(&store, vec![add(anna), fails, add(ben), panics, add(anna)]).await;
    assert!(matches!(results[..], [Ok(()), Err(StoreError::Unknown), Ok(()), Err(StoreError::Panicked), Ok(())]));
    assert_eq!(home.count(&format!("entries WHERE person_id = {}", anna.0)), 2);
    assert_eq!(home.count(&format!("entries WHERE person_id = {}", ben.0)), 1);
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit_and_all_share_it() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let path = home.path("rekindle.db");
    let looks: Job = Box::new(move |_| {
        let seen: i64 =
            Connection::open(&path).unwrap().query_row("SELECT count(*) FROM entries", [], |row| row.get(0)).unwrap();
        assert_eq!(seen, 0, "a neighbour was committed alone");
        Ok(())
    });
    let results = in_one_group(&store, vec![add(anna), add(ben), looks]).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(home.count("entries"), 2);
}

#[tokio::test]
async fn a_commit_that_fails_stores_nothing_tells_all_and_the_writer_goes_on() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    // A broken reference whose check is put off until the COMMIT makes just that fail.
    let poison: Job = Box::new(move |tx| {
        tx.data.execute_batch("PRAGMA defer_foreign_keys = ON; INSERT INTO timers VALUES (999, 'urge', 1, 0, NULL)")?;
        Ok(())
    });
    let timer: Job = Box::new(move |tx| tx.set_timer(ben, Timer::Urge, 1, at(0)));
    let committed = std::pin::pin!(store.committed());
    let results = in_one_group(&store, vec![add(anna), timer, poison]).await;
    assert!(results.iter().all(|result| matches!(result, Err(StoreError::NotSaved))), "{results:?}");
    assert_eq!(home.count("entries") + home.count("timers"), 0);
    assert!(futures_poll(committed).is_none(), "what was not stored wakes nobody");
    let results = in_one_group(&store, vec![add(anna), add(ben)]).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(home.count("entries"), 2);
}

#[tokio::test]
async fn a_commit_wakes_everybody_who_waited_before_it_and_a_job_that_only_reads_nobody() {
    let home = Home::new();
    let store = home.open();
    let (anna, _) = two_people(&store).await;
    let (scheduler, dispatcher) = (store.committed(), store.committed());
    store.write(add(anna)).await.unwrap();
    for waits in [scheduler, dispatcher] {
        assert!(futures_poll(std::pin::pin!(waits)).is_some(), "committed before it was polled");
    }
    let after = std::pin::pin!(store.committed());
    store.write(|_| Ok(())).await.unwrap();
    assert!(futures_poll(after).is_none());
}

#[tokio::test]
async fn a_full_disk_is_told_as_not_saved_and_survived() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    store.write(|tx| Ok(tx.data.execute_batch("PRAGMA max_page_count = 1")?)).await.unwrap();
    let long = Words::new("x".repeat(1 << 20));
    let refused = store.write(move |tx| tx.add_entry(anna, EntryKind::Letter, &long, at(0))).await;
    assert!(matches!(refused, Err(StoreError::NotSaved)), "{refused:?}");
    assert_eq!(home.count("entries"), 0);
    store.write(|tx| Ok(tx.data.execute_batch("PRAGMA max_page_count = 1000000")?)).await.unwrap();
    store.write(add(anna)).await.unwrap();
    store.write(add(ben)).await.unwrap();
    assert_eq!(home.count("entries"), 2);
}

#[tokio::test]
async fn where_sqlite_gives_up_the_transaction_all_before_are_told_and_all_after_are_run() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let gives_up: Job = Box::new(move |tx| {
        // As SQLite does by itself on some full disks; whatever the job still tries must not be stored alone.
        tx.data.execute_batch("ROLLBACK")?;
        assert!(matches!(tx.set_timer(anna, Timer::Urge, 1, at(0)), Err(StoreError::NotSaved)));
        assert!(matches!(tx.cancel_timer(anna, Timer::Urge), Err(StoreError::NotSaved)));
        Ok(())
    });
    let results = in_one_group(&store, vec![add(anna), gives_up, add(ben)]).await;
    assert!(matches!(results[..], [Err(StoreError::NotSaved), Err(StoreError::NotSaved), Ok(())]), "{results:?}");
    assert_eq!(home.count(&format!("entries WHERE person_id = {}", anna.0)), 0);
    assert_eq!(home.count(&format!("entries WHERE person_id = {}", ben.0)), 1);
    assert_eq!(home.count("timers"), 0);
}

#[tokio::test]
async fn more_jobs_than_a_group_holds_are_all_done() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let jobs = (0..600).map(|n| add(if n % 2 == 0 { anna } else { ben })).collect();
    let results = in_one_group(&store, jobs).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(home.count("entries"), 600);
}

#[tokio::test]
async fn a_read_changes_nothing_and_survives_a_panic() {
    let home = Home::new();
    let store = home.open();
    two_people(&store).await;
    for _ in 0..5 {
        let panicked = store.read(|_| -> Result<(), _> { panic!("meant to happen in this test") }).await;
        assert!(matches!(panicked, Err(StoreError::Panicked)));
    }
    let refused = store.read(|view| Ok(view.data.execute("DELETE FROM persons", [])?)).await;
    assert!(refused.is_err());
    assert_eq!(home.count("persons"), 2);
}

#[tokio::test]
async fn a_closed_store_says_so_and_its_files_open_again() {
    let home = Home::new();
    let store = home.open();
    let clone = store.clone();
    let (anna, _) = two_people(&store).await;
    store.close().await;
    assert!(matches!(clone.write(|_| Ok(())).await, Err(StoreError::Closed)));
    assert!(matches!(clone.read(|_| Ok(())).await, Err(StoreError::Closed)));
    clone.close().await;
    assert!(!home.path("rekindle.db-wal").exists() && !home.path("rekindle.keys-wal").exists(), "folded back");
    let again = home.open();
    assert_eq!(again.read(|view| view.person(&account("anna"))).await.unwrap(), Some(anna));
    // Dropping the last does the same as closing.
    drop(again);
    assert!(!home.path("rekindle.db-wal").exists() && !home.path("rekindle.keys-wal").exists(), "folded back");
    home.open();
}

#[tokio::test]
async fn a_begin_that_fails_is_told_as_not_saved_and_survived() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    store.write(|tx| Ok(tx.data.busy_timeout(std::time::Duration::ZERO)?)).await.unwrap();
    let other = home.data();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.write(add(anna)).await, Err(StoreError::NotSaved)));
    other.execute_batch("ROLLBACK").unwrap();
    store.write(add(ben)).await.unwrap();
    assert_eq!(home.count("entries"), 1);
}

#[tokio::test]
async fn a_long_reader_delays_only_the_folding_after_a_forget() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let reader = home.data();
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM persons", [], |row| row.get::<_, i64>(0)).unwrap();
    store.write(move |tx| tx.forget(anna)).await.unwrap();
    let wal = || std::fs::metadata(home.path("rekindle.db-wal")).unwrap().len();
    assert!(wal() > 0);
    reader.execute_batch("ROLLBACK").unwrap();
    store.write(add(ben)).await.unwrap();
    assert_eq!(wal(), 0);
}

#[tokio::test]
async fn what_is_to_be_settled_soon_is_when_it_is_asked_for_and_at_the_end() {
    let home = Home::new();
    let store = home.open();
    let (anna, ben) = two_people(&store).await;
    let answer =
        |person| move |tx: &Tx<'_>| tx.record_answer(person, &InboundId("1".to_owned()), &outgoing(), at(0), at(60));
    let (first, second) = (store.write(answer(anna)).await.unwrap(), store.write(answer(ben)).await.unwrap());
    store.settle_soon(first);
    store.settled(first).await.unwrap();
    let endings = store.read(move |view| Ok((view.ending(first)?, view.ending(second)?))).await.unwrap();
    assert_eq!(endings, (Some(Ending::Settled), None));
    store.settle_soon(second);
    store.close().await;
    let store = home.open();
    assert_eq!(store.read(move |view| view.ending(second)).await.unwrap(), Some(Ending::Settled));
}
