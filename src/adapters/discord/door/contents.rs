//! What messages last said, so that an edit is told apart from a message that only got the preview of a link. No words are
//! kept: a number a message, which no other process can compute.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::adapters::discord::api::snowflake;

/// The most messages remembered; beyond that the oldest is dropped.
const MESSAGES: usize = 4_096;

/// The contents of the latest messages by their ids, which grow with time.
#[derive(Default)]
pub(super) struct Contents {
    hasher: RandomState,
    seen: Mutex<BTreeMap<u64, u64>>,
}

impl Contents {
    /// Whether a message says something else than when it was last seen. One that is not known does.
    pub(super) fn differ(&self, message: &Value) -> bool {
        let Some(id) = snowflake(&message["id"]) else { return false };
        let hash = self.hasher.hash_one(message["content"].as_str());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = seen.insert(id, hash) != Some(hash);
        if seen.len() > MESSAGES {
            seen.pop_first();
        }
        differs
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_differs_where_its_words_do_and_where_it_is_not_known() {
        let contents = Contents::default();
        let differs = |id: u64, content: &str| contents.differ(&json!({ "id": id.to_string(), "content": content }));
        assert_eq!([differs(1, "a"), differs(1, "a"), differs(1, "b"), differs(2, "b")], [true, false, true, true]);
        for id in 10..20_000 {
            differs(id, "a");
        }
        assert_eq!(contents.seen.lock().unwrap().len(), MESSAGES);
        assert!(!differs(19_999, "a") && differs(1, "b"));
    }
}
