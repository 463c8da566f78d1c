//! The last three texts of a person, read together: a sentence that is split over several messages is one sentence.
//!
//! Nothing of it is stored. The words are wiped after a minute, people are known by a hash that no other process can
//! compute, and everything is bounded.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::chat::{Account, InboundId, Words};
use crate::safety::{Concerns, TextContext};

/// How many texts are read together.
const TOGETHER: usize = 3;

/// How far apart the first and the last of them are, at most.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// The most people remembered at once; beyond that whoever wrote longest ago is dropped.
const PEOPLE: usize = 1024;

/// The most texts of one person: a text keeps its place while later ones arrive before it is read.
const TEXTS: usize = 12;

/// The most characters of one text, counted from its end.
const LENGTH: usize = 500;

/// The recent texts of everybody.
pub struct Recent {
    hasher: RandomState,
    people: Mutex<HashMap<u64, Person>>,
}

struct Person {
    latest: Timestamp,
    texts: Arc<Mutex<Texts>>,
}

#[derive(Default)]
struct Texts(VecDeque<Text>);

struct Text {
    event: u64,
    at: Timestamp,
    words: Words,
    context: TextContext,
    read: Option<Read>,
}

/// What was found at a text.
#[derive(Clone, Copy)]
struct Read {
    /// In it alone and together with those before it.
    all: Concerns,
    /// Only together with those before it.
    beyond: Concerns,
}

impl Recent {
    pub fn new() -> Self {
        Self { hasher: RandomState::new(), people: Mutex::default() }
    }

    /// Remembers a text, once an event.
    pub fn note(&self, account: &Account, event: &InboundId, typed: (&Words, TextContext), now: Timestamp) {
        self.noted(account, event, typed, now);
    }

    /// What is found in a text together with those before it, beyond what each of them alone has.
    pub fn together(
        &self,
        account: &Account,
        event: &InboundId,
        typed: (&Words, TextContext),
        now: Timestamp,
        scan: impl Fn(&Words, TextContext, &Concerns) -> Concerns,
    ) -> Concerns {
        let texts = self.noted(account, event, typed, now);
        let mut texts = unpoisoned(&texts);
        texts.read(self.hasher.hash_one(&event.0), scan)
    }

    /// Drops the texts of somebody.
    pub fn forget(&self, account: &Account) {
        unpoisoned(&self.people).remove(&self.number(account));
    }

    /// Wipes what is older than a minute.
    pub fn sweep(&self, now: Timestamp) {
        unpoisoned(&self.people).retain(|_, person| is_recent(person.latest, now));
    }

    fn noted(
        &self,
        account: &Account,
        event: &InboundId,
        (words, context): (&Words, TextContext),
        now: Timestamp,
    ) -> Arc<Mutex<Texts>> {
        let (number, event) = (self.number(account), self.hasher.hash_one(&event.0));
        let texts = {
            let mut people = unpoisoned(&self.people);
            if people.len() >= PEOPLE && !people.contains_key(&number) {
                let oldest = people.iter().min_by_key(|(_, person)| person.latest).map(|(number, _)| *number);
                oldest.and_then(|oldest| people.remove(&oldest));
            }
            let person = people.entry(number).or_insert_with(|| Person { latest: now, texts: Arc::default() });
            person.latest = person.latest.max(now);
            Arc::clone(&person.texts)
        };
        unpoisoned(&texts).note(event, words, context, now);
        texts
    }

    fn number(&self, account: &Account) -> u64 {
        self.hasher.hash_one((&account.platform, &account.id))
    }
}

impl Texts {
    fn note(&mut self, event: u64, words: &Words, context: TextContext, now: Timestamp) {
        self.0.retain(|text| is_recent(text.at, now));
        if self.0.iter().any(|text| text.event == event) {
            return;
        }
        if self.0.len() >= TEXTS {
            self.0.pop_front();
        }
        self.0.push_back(Text { event, at: now, words: end_of(words), context, read: None });
    }

    fn read(&mut self, event: u64, scan: impl Fn(&Words, TextContext, &Concerns) -> Concerns) -> Concerns {
        let Some(at) = self.0.iter().position(|text| text.event == event) else { return Concerns::default() };
        for index in 0..=at {
            if self.0[index].read.is_none() {
                self.0[index].read = Some(self.read_at(index, &scan));
            }
        }
        self.0[at].read.map(|read| read.beyond).unwrap_or_default()
    }

    /// Reads a text after all before it were read.
    fn read_at(&self, index: usize, scan: &impl Fn(&Words, TextContext, &Concerns) -> Concerns) -> Read {
        let (text, nothing) = (&self.0[index], Concerns::default());
        let alone = scan(&text.words, text.context, &nothing);
        let before = self.0.range((index + 1).saturating_sub(TOGETHER)..index);
        let before = before.filter(|before| before.context == text.context && is_recent(before.at, text.at));
        let found = before.clone().filter_map(|before| before.read).fold(nothing, |known, read| known.union(read.all));
        let parts: Vec<&str> = before.chain([text]).map(|text| text.words.expose()).collect();
        let beyond = if parts.len() > 1 {
            let together = scan(&Words::new(parts.join(" ")), text.context, &nothing).beyond(&alone.union(found));
            // Words that mean something only right after the earlier texts.
            together.union(scan(&text.words, text.context, &found).beyond(&alone))
        } else {
            nothing
        };
        Read { all: alone.union(beyond), beyond }
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < WINDOW
}

/// The last characters of a text.
fn end_of(words: &Words) -> Words {
    let text = words.expose();
    let from = text.char_indices().rev().nth(LENGTH - 1).map_or(0, |(at, _)| at);
    Words::new(&text[from..])
}

/// A reader that broke off leaves whole texts behind.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::safety::{Certainty, Concern};

    fn account(name: &str) -> Account {
        Account { platform: "test".into(), id: name.into() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// Finds the words "one two", and "after" right after them.
    fn scan(words: &Words, _: TextContext, before: &Concerns) -> Concerns {
        let after = before.is_sure(Concern::SelfHarm) && words.expose().contains("after");
        let found = (after || words.expose().contains("one two")).then_some((Concern::SelfHarm, Certainty::Sure));
        found.into_iter().collect()
    }

    struct Desk {
        recent: Recent,
        events: u32,
    }

    impl Desk {
        fn new() -> Self {
            Self { recent: Recent::new(), events: 0 }
        }

        fn writes_as(&mut self, who: &str, text: &str, context: TextContext, second: i64) -> bool {
            self.events += 1;
            let (event, words) = (InboundId(self.events.to_string()), Words::new(text));
            let found = || self.recent.together(&account(who), &event, (&words, context), at(second), scan);
            let first = found();
            assert_eq!(first, found(), "asked twice it says the same");
            !first.is_empty()
        }

        fn writes(&mut self, text: &str, second: i64) -> bool {
            self.writes_as("anna", text, TextContext::Own, second)
        }
    }

    #[test]
    fn a_sentence_in_two_or_three_texts_is_found_once_and_one_in_a_text_never() {
        let mut desk = Desk::new();
        assert_eq!(["so", "one", "two", "three"].map(|text| desk.writes(text, 0)), [false, false, true, false]);
        let mut desk = Desk::new();
        assert_eq!(["one two", "yes", "really"].map(|text| desk.writes(text, 0)), [false, false, false]);
        let mut desk = Desk::new();
        assert_eq!(["one", "and", "so", "two"].map(|text| desk.writes(text, 0)), [false; 4]);
    }

    #[test]
    fn words_that_go_on_count_after_those_they_go_on_from() {
        let mut desk = Desk::new();
        assert_eq!(
            ["after", "one two", "after", "after", "so"].map(|text| desk.writes(text, 0)),
            [false, false, true, true, false]
        );
        assert!(!desk.writes("after", 61), "the minute is over");
    }

    #[test]
    fn only_within_a_minute_of_the_same_person_in_the_same_kind_of_text() {
        let mut desk = Desk::new();
        assert!(!desk.writes("one", 0) && !desk.writes("two", 60));
        let mut desk = Desk::new();
        assert!(!desk.writes("one", 0) && desk.writes("two", 59));
        let mut desk = Desk::new();
        assert!(!desk.writes("one", 0) && !desk.writes_as("ben", "two", TextContext::Own, 1));
        assert!(!desk.writes_as("anna", "two", TextContext::Draft, 1), "a draft speaks to somebody else");
    }

    #[test]
    fn texts_that_arrive_before_one_is_read_stand_in_their_order() {
        let (recent, anna) = (Recent::new(), account("anna"));
        let texts = ["one", "two", "three", "four"].map(Words::new);
        let own = |index: usize| (&texts[index], TextContext::Own);
        let event = |index: usize| InboundId(index.to_string());
        for index in 0..texts.len() {
            recent.note(&anna, &event(index), own(index), at(0));
        }
        for (index, found) in [(3, false), (1, true), (0, false)] {
            let read = recent.together(&anna, &event(index), own(index), at(0), scan);
            assert_eq!(!read.is_empty(), found, "{index}");
        }
    }

    #[test]
    fn nobody_is_remembered_who_is_forgotten_or_wrote_long_ago_and_never_too_many() {
        let mut desk = Desk::new();
        desk.writes("one", 0);
        desk.recent.forget(&account("anna"));
        assert!(!desk.writes("two", 1));
        desk.recent.sweep(at(61));
        assert!(desk.recent.people.lock().unwrap().is_empty());
        for number in 0..3_000 {
            desk.writes_as(&number.to_string(), "one", TextContext::Own, 100);
        }
        assert_eq!(desk.recent.people.lock().unwrap().len(), PEOPLE);
        for _ in 0..100 {
            desk.writes(&"ü".repeat(4_000), 100);
        }
        let texts = Arc::clone(&desk.recent.people.lock().unwrap()[&desk.recent.number(&account("anna"))].texts);
        let texts = texts.lock().unwrap();
        assert_eq!(texts.0.len(), TEXTS);
        assert!(texts.0.iter().all(|text| text.words.expose().chars().count() == LENGTH));
    }
}
