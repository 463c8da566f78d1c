//! From what the lists and the clause analyser saw to concerns: whose a phrase is, what an exception defuses, and what
//! is told as past.

use std::collections::{BTreeMap, BTreeSet};

use super::ListKind;
use super::classes::{Class, Classes};
use super::clause::{Clauses, Event, Role, Token};
use super::concern::{Certainty, Concern, Concerns};
use super::matching::{Found, Phrase};
use super::plain::Stop;

/// How many words around a phrase its object may stand.
const NEAR: usize = 3;

/// Between a subject and its phrase: what does not keep them apart.
const CONNECTS: &[Class] = &[
    Class::Aux,
    Class::Will,
    Class::Want,
    Class::Not,
    Class::Adverb,
    Class::Say,
    Class::Think,
    Class::Afraid,
    Class::To,
    Class::Of,
    Class::That,
    Class::Stop,
];

/// The lists that stand for one concern, whoever does what.
const PLAIN: &[(ListKind, Concern)] = &[
    (ListKind::TheirSuicide, Concern::TheirSuicide),
    (ListKind::Threatened, Concern::Threatened),
    (ListKind::OwnPursuit, Concern::OwnPursuit),
    (ListKind::Order, Concern::Order),
    (ListKind::ContactRefused, Concern::ContactRefused),
    (ListKind::Minor, Concern::Minor),
    (ListKind::Ended, Concern::Ended),
];

/// The lists whose phrases say nothing of the direction: the concern where the person does it to the other, and where
/// the other does it to the person.
const EITHER: &[(ListKind, Concern, Concern)] = &[
    (ListKind::Violence, Concern::HarmOther, Concern::Threatened),
    (ListKind::Watching, Concern::OwnPursuit, Concern::Threatened),
    (ListKind::Fear, Concern::Threatened, Concern::HarmOther),
];

/// Where phrases and exceptions stand in a text.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hits: BTreeMap<ListKind, Vec<(Found, bool)>>,
    exceptions: BTreeMap<ListKind, Vec<Found>>,
}

impl Seen {
    pub fn add(&mut self, phrase: &Phrase, found: Found) {
        if phrase.exception {
            self.exceptions.entry(phrase.kind).or_default().push(found);
        } else {
            self.hits.entry(phrase.kind).or_default().push((found, phrase.unsure));
        }
    }

    /// The phrases of a list that no exception defuses, and whether each is unsure of itself.
    pub fn standing(&self, kind: ListKind) -> impl Iterator<Item = (Found, bool)> + '_ {
        let hits = self.hits.get(&kind).map_or(&[][..], Vec::as_slice);
        hits.iter().copied().filter(move |(hit, _)| !self.defused(kind, hit))
    }

    fn defused(&self, kind: ListKind, hit: &Found) -> bool {
        let exceptions = self.exceptions.get(&kind).map_or(&[][..], Vec::as_slice);
        exceptions.iter().any(|other| other.overlaps(hit) && other.weight >= hit.weight)
    }
}

/// The concerns of a text.
pub(super) fn concerns(seen: &Seen, clauses: &Clauses, tokens: &[Token]) -> Concerns {
    let (reading, sentences) = (Reading { clauses, tokens }, Sentences::new(seen, tokens));
    let mut concerns = Concerns::default();
    let mut add = |(concern, certainty), at: &Found| {
        let dated = concern != Concern::Minor && sentences.is_past(at, concern);
        concerns.add(concern, if dated { Certainty::Unsure } else { certainty });
    };
    for (kind, concern) in PLAIN {
        for (hit, unsure) in seen.standing(*kind) {
            add((reading.doer(*concern, &hit), certainty(!unsure)), &hit);
        }
    }
    for (hit, unsure) in seen.standing(ListKind::SelfHarm) {
        for one in reading.suicide(&hit, unsure) {
            add(one, &hit);
        }
    }
    for (hit, unsure) in seen.standing(ListKind::HarmOther) {
        add(reading.wish(&hit, unsure), &hit);
    }
    for event in &clauses.events {
        let hit = event.found();
        let lists: &[ListKind] = match event.concern {
            Concern::TheirSuicide => &[ListKind::SelfHarm, ListKind::TheirSuicide],
            Concern::HarmOther => &[ListKind::Violence, ListKind::HarmOther],
            _ => &[ListKind::Violence, ListKind::Threatened],
        };
        if !lists.iter().any(|kind| seen.defused(*kind, &hit)) {
            add((event.concern, event.certainty), &hit);
        }
    }
    let mut open = Vec::new();
    for (kind, mine, theirs) in EITHER {
        for (hit, unsure) in
            seen.standing(*kind).filter(|(hit, _)| *kind != ListKind::Violence || !reading.is_denied(hit))
        {
            match reading.direction(&hit, *kind == ListKind::Violence) {
                Some(Role::Me) => add((*mine, certainty(!unsure)), &hit),
                Some(_) => add((*theirs, certainty(!unsure)), &hit),
                None => open.push((*mine, *theirs)),
            }
        }
    }
    for (mine, theirs) in open {
        let told = [mine, theirs, Concern::Threatened, Concern::HarmOther, Concern::OwnPursuit];
        if !told.iter().any(|concern| concerns.certainty(*concern).is_some()) {
            concerns.add(mine, Certainty::Unsure);
            concerns.add(theirs, Certainty::Unsure);
        }
    }
    // Who hits back or gets away was hurt as well: answered as neither alone.
    if let Some(certainty) = concerns.certainty(Concern::HarmOther)
        && seen.standing(ListKind::SelfDefense).next().is_some()
    {
        concerns.add(Concern::Threatened, certainty);
    }
    concerns
}

const fn certainty(sure: bool) -> Certainty {
    if sure { Certainty::Sure } else { Certainty::Unsure }
}

impl Event {
    fn found(&self) -> Found {
        Found { start: self.start, end: self.end, weight: self.weight }
    }
}

/// The sentences of a text, by their first words, and which of them are told as past.
struct Sentences {
    starts: Vec<usize>,
    past: BTreeSet<usize>,
    /// Those with violence that often comes before a killing.
    lethal: BTreeSet<usize>,
}

impl Sentences {
    fn new(seen: &Seen, tokens: &[Token]) -> Self {
        let starts = tokens.iter().filter(|token| token.stop == Stop::Sentence).map(|token| token.word).collect();
        let mut sentences = Self { starts, past: BTreeSet::new(), lethal: BTreeSet::new() };
        let numbers =
            |kind| -> BTreeSet<usize> { seen.standing(kind).map(|(hit, _)| sentences.number(hit.start)).collect() };
        let (past, lethal) = (&numbers(ListKind::Past) - &numbers(ListKind::Recent), numbers(ListKind::LethalDanger));
        (sentences.past, sentences.lethal) = (past, lethal);
        sentences
    }

    fn number(&self, word: usize) -> usize {
        self.starts.partition_point(|start| *start <= word)
    }

    /// True where a concern is told as past. Strangling, rape, weapons and attempts to kill are never past: of women whom a
    /// partner strangled, seven times as many were later killed by one (Glass et al. 2008, Journal of Emergency Medicine
    /// 35(3), 329–335); the others are among the strongest signs as well (Campbell et al. 2003, American Journal of
    /// Public Health 93(7), 1089–1097).
    fn is_past(&self, at: &Found, concern: Concern) -> bool {
        let number = self.number(at.start);
        self.past.contains(&number) && !(concern == Concern::Threatened && self.lethal.contains(&number))
    }
}

/// Whether a subject is the other, or anybody else.
fn they(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Them | Role::Jester))
}

struct Reading<'a> {
    clauses: &'a Clauses,
    tokens: &'a [Token],
}

impl Reading<'_> {
    /// The tokens of the words from `start` to before `end`, by their place.
    fn span(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let place = |word| self.tokens.partition_point(|token| token.word < word);
        place(start)..place(end)
    }

    /// The tokens of a phrase and of up to so many words around it, within their sentence.
    fn around(&self, hit: &Found, words: usize) -> std::ops::Range<usize> {
        let (span, wide) = (self.span(hit.start, hit.end), self.span(hit.start.saturating_sub(words), hit.end + words));
        let begins = |at: &usize| self.tokens[*at].stop == Stop::Sentence;
        let start = (wide.start..=span.start.min(self.tokens.len() - 1)).rev().find(begins).unwrap_or(wide.start);
        let end = (span.end..wide.end).find(begins).unwrap_or(wide.end);
        start..end
    }

    fn any(&self, range: std::ops::Range<usize>, classes: &[Class]) -> bool {
        self.tokens[range].iter().any(|token| token.classes.any(classes))
    }

    fn subject(&self, token: usize) -> Option<Role> {
        self.clauses.subjects.get(token).copied().flatten()
    }

    /// Whose suicide or harm a phrase is about.
    fn suicide(&self, hit: &Found, unsure: bool) -> Vec<(Concern, Certainty)> {
        let span = self.span(hit.start, hit.end);
        let sure = certainty(!unsure);
        let others = |yourself: bool| {
            let other =
                |token: &Token| token.classes.has(Class::Themself) && (yourself || !token.classes.has(Class::Yourself));
            self.tokens[span.clone()].iter().any(other)
        };
        // "worry about me anymore": the person may stand before the last word.
        let last = span.end.saturating_sub(2).max(span.start)..span.end;
        let own = self.any(span.clone(), &[Class::I, Class::My, Class::Myself]) || self.any(last, &[Class::Me]);
        // "don't blame yourself for what I'm about to do": beside an own word, `yourself` is nobody's suicide.
        let others = others(!own);
        let inner = self.any(span.clone(), &[Class::They]) && they(self.subject(span.end.saturating_sub(1)));
        let concern = if own && others && unsure {
            return vec![(Concern::SelfHarm, sure), (Concern::TheirSuicide, sure)];
        } else if others || (own && self.clauses.quoted.get(span.start).copied().unwrap_or_default()) {
            Concern::TheirSuicide
        } else if own {
            Concern::SelfHarm
        } else if inner || they(self.connected(span.start)) {
            Concern::TheirSuicide
        } else if they(self.subject(span.start)) && !self.any(span, &[Class::Me]) {
            return vec![(Concern::SelfHarm, Certainty::Unsure), (Concern::TheirSuicide, Certainty::Unsure)];
        } else {
            Concern::SelfHarm
        };
        vec![(concern, sure)]
    }

    /// The subject of the phrase that begins at a token, where nothing but helpers stands between.
    fn connected(&self, at: usize) -> Option<Role> {
        let token = &self.tokens[at];
        if token.stop == Stop::Sentence {
            return None;
        }
        for here in (0..at).rev() {
            let classes = self.tokens[here].classes;
            if classes.any(&[Class::I, Class::They, Class::Person, Class::Kin, Class::Thing]) {
                return self.subject(here);
            }
            if classes.has(Class::Them) {
                return Some(Role::Them);
            }
            if !(classes.any(CONNECTS) || self.tokens[here].adverb) || self.tokens[here].stop == Stop::Sentence {
                return None;
            }
        }
        None
    }

    /// Who wishes or threatens, where the list knows words of harm.
    fn wish(&self, hit: &Found, unsure: bool) -> (Concern, Certainty) {
        let span = self.span(hit.start, hit.end);
        let inner = self.any(span.clone(), &[Class::They]) && they(self.subject(span.end.saturating_sub(1)));
        let own = self.any(span.clone(), &[Class::I]);
        let mine = self.is_mine(self.around(hit, 1));
        let theirs = !own && (inner || they(self.subject(span.start)));
        // "I'm gonna strangle my flatmate".
        let beside = span.end.saturating_sub(1)..(span.end + 1).min(self.tokens.len());
        let unsure = unsure || (self.any(span.clone(), &[Class::Kill]) && self.any(beside, &[Class::Jesting]));
        if theirs && mine {
            (Concern::Threatened, certainty(!unsure))
        } else if !own && !inner && they(self.connected(span.start)) {
            (Concern::Threatened, Certainty::Unsure)
        } else {
            (Concern::HarmOther, certainty(!unsure))
        }
    }

    /// The concern of a phrase of a list for one direction, turned where the subject in force says the opposite: "I'd send
    /// his pictures", "parked outside my house".
    fn doer(&self, concern: Concern, hit: &Found) -> Concern {
        let span = self.span(hit.start, hit.end);
        let near = self.around(hit, 1);
        let mine = self.is_mine(near.clone());
        let subject = self.subject(span.start);
        let last = self.subject(span.end.saturating_sub(1));
        match concern {
            Concern::Threatened if subject == Some(Role::Me) && last == subject && !mine => {
                // "beaten by my ex", "scared of my husband": the person is who it happens to.
                let suffers = self.any(near.clone(), &[Class::By, Class::Afraid]);
                let theirs = self.any(near, &[Class::Them, Class::Their, Class::Person]);
                if theirs && !suffers { Concern::HarmOther } else { concern }
            }
            // "she doesn't know it's me": the person hides, though the other is the subject.
            Concern::OwnPursuit if self.any(span.clone(), &[Class::Not]) && self.any(span.clone(), &[Class::Think]) => {
                concern
            }
            Concern::OwnPursuit if they(subject) && mine && !self.any(span, &[Class::I]) => Concern::Threatened,
            _ => concern,
        }
    }

    /// Whether something of the person's is named: me, my house; "my ex" is not theirs.
    fn is_mine(&self, range: std::ops::Range<usize>) -> bool {
        range.into_iter().any(|at| {
            let classes = self.tokens[at].classes;
            let partner = self.tokens.get(at + 1).is_some_and(|next| next.classes.has(Class::Person));
            classes.any(&[Class::Me, Class::Myself]) || (classes.has(Class::My) && !partner)
        })
    }

    /// Whether what a phrase says is denied before it: "never threatened or hit me".
    fn is_denied(&self, hit: &Found) -> bool {
        let span = self.span(hit.start, hit.end);
        let last = span.end.saturating_sub(1);
        !self.any(span, &[Class::Not]) && self.clauses.denied.get(last).copied().unwrap_or_default()
    }

    /// Who does what a phrase says to the other: [`Role::Me`] the person to the other, [`Role::Them`] the other to the
    /// person; nothing where it cannot be told.
    fn direction(&self, hit: &Found, deed: bool) -> Option<Role> {
        let span = self.span(hit.start, hit.end);
        let (first, last) = (self.subject(span.start)?, self.subject(span.end.checked_sub(1)?)?);
        // "I told her he'd hit me": what is told has a subject of its own.
        let told = deed && first == Role::Me && they(Some(last)) && self.is_mine(span.clone());
        let subject = if told { last } else { first };
        let around = self.around(hit, NEAR);
        let mine = self.any(around.clone(), &[Class::I, Class::Me, Class::My]);
        let theirs = self.any(around, &[Class::They, Class::Them, Class::Their, Class::Person]);
        let by = self.span(hit.start, hit.end + 2);
        let passive = by.into_iter().any(|at| {
            let next = self.tokens.get(at + 1).map(|token| token.classes);
            let doer = next.is_some_and(|it| it.any(&[Class::My, Class::Person]) || it == Classes::of(Class::Them));
            self.tokens[at].classes.has(Class::By) && doer
        });
        if passive {
            return (subject == Role::Me).then_some(Role::Them);
        }
        match subject {
            Role::Them | Role::Jester if mine => Some(Role::Them),
            Role::Me if theirs => Some(Role::Me),
            _ => None,
        }
    }
}
