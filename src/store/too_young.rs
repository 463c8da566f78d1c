//! Accounts that said they are under 18: a keyed hash each, for thirty days, so that a new start is not offered.

use jiff::{SignedDuration, Timestamp};

use super::error::StoreError;
use super::{Tx, View};
use crate::chat::Account;

/// How long the mark is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

impl View<'_> {
    /// Whether this account is marked now.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn is_too_young(&self, account: &Account, now: Timestamp) -> Result<bool, StoreError> {
        let mark = self.sealer.hashes.too_young(account);
        Ok(self
            .data
            .prepare_cached("SELECT 1 FROM too_young WHERE account = ?1 AND until > ?2")?
            .exists((mark, now.as_millisecond()))?)
    }
}

impl Tx<'_> {
    /// Marks an account for thirty days from `now`.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn mark_too_young(&self, account: &Account, now: Timestamp) -> Result<(), StoreError> {
        let until = now.checked_add(KEPT).unwrap_or(now);
        self.writing()?
            .prepare_cached("INSERT OR REPLACE INTO too_young (account, until) VALUES (?1, ?2)")?
            .execute((self.sealer.hashes.too_young(account), until.as_millisecond()))?;
        Ok(())
    }

    /// Removes the marks whose time is over. Says how many.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn prune_too_young(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut prune = self.writing()?.prepare_cached("DELETE FROM too_young WHERE until <= ?1")?;
        Ok(prune.execute([now.as_millisecond()])?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Home, account, at};
    use super::*;

    #[tokio::test]
    async fn a_mark_lasts_thirty_days_through_a_restart_and_is_that_accounts_alone() {
        let home = Home::new();
        let store = home.open();
        store.write(|tx| tx.mark_too_young(&account("anna"), at(0))).await.unwrap();
        store.close().await;
        let store = home.open();
        let end = at(0) + KEPT;
        let second = SignedDuration::from_secs(1);
        for (name, now, marked) in [("anna", end - second, true), ("anna", end, false), ("ben", at(0), false)] {
            assert_eq!(store.read(move |view| view.is_too_young(&account(name), now)).await.unwrap(), marked, "{name}");
        }
        assert_eq!(store.write(move |tx| tx.prune_too_young(end - second)).await.unwrap(), 0);
        assert_eq!(store.write(move |tx| tx.prune_too_young(end)).await.unwrap(), 1);
        assert_eq!(home.count("too_young"), 0);
    }

    #[tokio::test]
    async fn a_mark_cannot_be_matched_with_a_persons_row() {
        let home = Home::new();
        let store = home.open();
        super::super::tests::two_people(&store).await;
        store.write(|tx| tx.mark_too_young(&account("anna"), at(0))).await.unwrap();
        assert_eq!(home.count("too_young JOIN persons ON account = lookup"), 0);
    }
}
