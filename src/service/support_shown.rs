//! Remembers the people whose latest message was a page of help lines, so that the name of a country, typed next, gives that country's lines. The answer to
//! `/support` is stored nowhere, and people without a journey ask for it as well.
//!
//! People are known by a hash that no other process can compute, and their number is bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::chat::Account;

/// For how long a name typed next is about the help lines.
const ABOUT_IT_FOR: SignedDuration = SignedDuration::from_hours(1);

/// The most people remembered at once; beyond that the one who was shown them longest ago is dropped.
const PEOPLE: usize = 1024;

/// The people whose latest message was a page of help lines, and when it came.
#[derive(Default)]
pub struct SupportShown {
    hasher: RandomState,
    people: Mutex<HashMap<u64, Timestamp>>,
}

impl SupportShown {
    /// Remembers that a person is shown the help lines.
    pub fn note(&self, account: &Account, now: Timestamp) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= PEOPLE {
            let oldest = people.iter().min_by_key(|(_, at)| **at).map(|(number, _)| *number);
            oldest.and_then(|oldest| people.remove(&oldest));
        }
        people.insert(self.number(account), now);
    }

    /// True where a page of help lines was the person's latest message. It forgets them, because something else is shown next.
    pub fn take(&self, account: &Account, now: Timestamp) -> bool {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.remove(&self.number(account)).is_some_and(|at| now.duration_since(at) < ABOUT_IT_FOR)
    }

    fn number(&self, account: &Account) -> u64 {
        self.hasher.hash_one((&account.platform, &account.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Account {
        Account { platform: "test".into(), id: name.into() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn it_counts_for_the_next_thing_within_the_hour_and_for_nobody_else() {
        let shown = SupportShown::default();
        shown.note(&account("anna"), at(0));
        assert!(!shown.take(&account("ben"), at(1)));
        assert!(shown.take(&account("anna"), at(1)));
        assert!(!shown.take(&account("anna"), at(2)));
        shown.note(&account("anna"), at(0));
        assert!(!shown.take(&account("anna"), at(3600)));
    }

    #[test]
    fn never_too_many_are_remembered() {
        let shown = SupportShown::default();
        for number in 0..3_000 {
            shown.note(&account(&number.to_string()), at(number));
        }
        assert_eq!(shown.people.lock().unwrap().len(), PEOPLE);
        assert!(shown.take(&account("2999"), at(3_000)) && !shown.take(&account("0"), at(3_000)));
    }
}
