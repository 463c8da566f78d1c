//! Who does what to whom: reads a text once from left to right, keeps the subject in force, and sees violence and
//! threats with their doer and their target. It knows English word order and nothing of meaning; which words are
//! subjects, helpers or verbs stands in `grammar.txt` ([`Class`]).
//!
//! Out come the events ([`Event`]) and the subject in force at each word, which says whose a phrase of a list is.

mod verbs;

use super::classes::{Class, Classes};
use super::concern::{Certainty, Concern};
use super::plain::Stop;

/// How many words after a verb its object is looked for.
const REACH: usize = 6;
/// How many words after an article or a possessive its noun is looked for.
const NOUN: usize = 3;

const VERBS: &[Class] = &[Class::Kill, Class::Killing, Class::Hit, Class::Hurt, Class::Threaten];
/// What shows that the word before it is a subject.
const VERBAL: &[Class] = &[
    Class::Kill,
    Class::Killing,
    Class::Hit,
    Class::Hurt,
    Class::Threaten,
    Class::Aux,
    Class::Will,
    Class::Not,
    Class::Say,
    Class::Want,
    Class::Think,
    Class::Control,
    Class::Who,
];

/// What a noun begins with.
const NOUNS: &[Class] = &[Class::My, Class::Their, Class::Your, Class::Article, Class::Person, Class::Kin];

/// One word of a text, as the analyser sees it. `I'm` is two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// The word of the text.
    pub word: usize,
    pub classes: Classes,
    pub stop: Stop,
    /// Whether it ends as adverbs do.
    pub adverb: bool,
    /// Whether it ends as progressive forms do.
    pub progressive: bool,
}

/// Who a subject or an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The person who writes.
    Me,
    /// Theirs: my kids, my phone.
    Mine,
    /// The other, or anybody else.
    Them,
    /// A subject of whom violence is said in jest: my mum, my boss.
    Jester,
    /// The people and animals of a household: the kids.
    Kin,
    Myself,
    Themself,
    You,
    /// Nobody: it, the news.
    Thing,
}

/// Something seen, between words of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub concern: Concern,
    pub certainty: Certainty,
    pub start: usize,
    pub end: usize,
    /// The words it rests on, for exceptions of the lists.
    pub weight: usize,
}

/// What was read of a text.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    pub events: Vec<Event>,
    /// The subject in force at each token, that token included.
    pub subjects: Vec<Option<Role>>,
    /// Whether each token is in words of the other.
    pub quoted: Vec<bool>,
    /// Whether a negation is in force at each token.
    pub denied: Vec<bool>,
}

/// Somebody's speech or thought, and whether it is denied.
#[derive(Clone, Copy, Debug)]
struct Speech {
    who: Option<Role>,
    denied: bool,
    /// Whether it tells what somebody says, and not what somebody thinks.
    said: bool,
}

#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "marks of one clause, each independent of the others")]
struct State {
    subject: Option<Role>,
    subject_at: usize,
    /// Nothing of the clause was read yet.
    opens: bool,
    denied: bool,
    /// A wish, a plan, a threat.
    intent: bool,
    stopped: bool,
    speech: Option<Speech>,
    /// Quoted words of the other: `I` is the other, `you` the person.
    quoted: bool,
    /// The last object or noun, for `who`.
    noun: Option<Role>,
}

struct Reader<'a> {
    tokens: &'a [Token],
    state: State,
    clauses: Clauses,
}

/// Reads a text.
pub(super) fn read(tokens: &[Token]) -> Clauses {
    let mut reader = Reader { tokens, state: State { opens: true, ..State::default() }, clauses: Clauses::default() };
    let mut at = 0;
    while at < tokens.len() {
        let next = reader.step(at).max(at + 1);
        let subject = reader.state.subject;
        reader.clauses.subjects.resize(next.min(tokens.len()), subject);
        reader.clauses.quoted.resize(next.min(tokens.len()), reader.state.quoted);
        reader.clauses.denied.resize(next.min(tokens.len()), reader.state.denied);
        at = next;
    }
    reader.clauses
}

impl Reader<'_> {
    fn is(&self, at: usize, class: Class) -> bool {
        self.tokens.get(at).is_some_and(|token| token.classes.has(class))
    }

    fn any(&self, at: usize, classes: &[Class]) -> bool {
        self.tokens.get(at).is_some_and(|token| token.classes.any(classes))
    }

    /// Whether no comma or more stands before a token, so that it goes on with what came before.
    fn goes_on(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.stop == Stop::None)
    }

    /// The token after adverbs, from `at` on.
    fn beyond_adverbs(&self, mut at: usize) -> usize {
        while self.goes_on(at) && (self.is(at, Class::Adverb) || self.tokens[at].adverb) {
            at += 1;
        }
        at
    }

    fn verbal(&self, at: usize) -> bool {
        let at = self.beyond_adverbs(at);
        self.goes_on(at) && self.any(at, VERBAL)
    }

    /// Reads one token, or a noun with what belongs to it; the answer is where to go on.
    fn step(&mut self, at: usize) -> usize {
        self.stop(at);
        let token = self.tokens[at];
        let has = |class| token.classes.has(class);
        if has(Class::I) {
            self.subject(at, if self.state.quoted { Role::Them } else { Role::Me });
        } else if has(Class::They)
            && (!has(Class::Them) || self.state.opens || self.verbal(at + 1))
            && !self.is_object(at)
        {
            self.subject(at, Role::Them);
        } else if has(Class::You) && (self.state.opens || self.verbal(at + 1)) && !self.is_object(at) {
            self.subject(at, if self.state.quoted { Role::Me } else { Role::You });
        } else if has(Class::Thing) {
            if (self.state.opens || self.verbal(at + 1)) && !self.any(at + 1, &[Class::They, Class::I]) {
                self.subject(at, Role::Thing);
            }
        } else if has(Class::Who) {
            if let Some(noun) = self.state.noun {
                self.subject(at, noun);
            }
        } else if token.classes.any(NOUNS)
            && let Some(next) = self.noun(at)
        {
            return next;
        }
        if token.classes.any(&[Class::Me, Class::Them]) && !has(Class::I) {
            self.object(at);
        }
        self.helper(at);
        if token.classes.any(VERBS) && !self.is_noun(at) {
            self.verb(at);
        }
        self.closing(at);
        at + 1
    }

    /// What the sign before a token ends.
    fn stop(&mut self, at: usize) {
        match self.tokens[at].stop {
            Stop::Sentence => self.state = State { opens: true, noun: self.state.noun, ..State::default() },
            Stop::Speech => {
                let said = self.state.speech.is_some_and(|speech| speech.said && speech.who == Some(Role::Them));
                self.state.quoted = said && !self.state.quoted;
                self.state.opens = true;
                self.state.denied = false;
            }
            Stop::Comma => {
                self.state.opens = true;
                self.state.denied &= self.is(at, Class::Adverb);
            }
            Stop::None => {}
        }
    }

    fn subject(&mut self, at: usize, role: Role) {
        self.state.subject = Some(role);
        self.state.subject_at = at;
        self.state.denied = false;
        self.state.stopped = false;
        self.state.intent = false;
        self.state.opens = false;
    }

    /// Whether a token that may be either is the object of the word before it.
    fn is_object(&self, at: usize) -> bool {
        let before = at.checked_sub(1).filter(|_| self.goes_on(at));
        before.is_some_and(|before| self.any(before, VERBS) || self.is(before, Class::To))
    }

    /// Whether a verb stands as a noun: "a kick", "his shot".
    fn is_noun(&self, at: usize) -> bool {
        let before = at.checked_sub(1).filter(|_| self.goes_on(at));
        before.is_some_and(|before| {
            self.any(before, &[Class::Article, Class::My, Class::Your])
                || (self.is(before, Class::Their) && !self.is(before, Class::Them))
        })
    }

    /// A noun with its possessive or article: a subject where a clause opens or a verb follows. Answers where it ends.
    fn noun(&mut self, at: usize) -> Option<usize> {
        let (role, end) = self.noun_at(at)?;
        let before = at.checked_sub(1).filter(|_| self.goes_on(at));
        let object = before.is_some_and(|before| self.any(before, VERBS));
        if !object && (self.state.opens || self.verbal(end)) {
            let role = match role {
                Role::Mine if self.jests(at, end) => Role::Jester,
                Role::Mine | Role::Kin => Role::Them,
                role => role,
            };
            self.subject(at, role);
        } else {
            let to = self.is(end, Class::To) && before.is_some_and(|before| self.is(before, Class::Control));
            if to || (!object && self.goes_on(end) && self.any(end, VERBS)) {
                self.subject(at, Role::Them);
            }
        }
        self.state.noun = Some(Role::Them);
        Some(end)
    }

    fn jests(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| self.is(at, Class::Jesting))
    }

    /// Reads a noun: who it is, and where it ends. Nothing where none begins here.
    fn noun_at(&self, at: usize) -> Option<(Role, usize)> {
        let owner = self.tokens[at].classes;
        let bare = owner.any(&[Class::Person, Class::Kin]);
        let first = if bare { at } else { at + 1 };
        let mut head = None;
        for here in first..(first + NOUN).min(self.tokens.len()) {
            if here > at && !self.goes_on(here) {
                break;
            }
            if self.any(here, &[Class::Person, Class::Kin]) {
                head = Some(here);
                break;
            }
            if self.any(here, VERBAL) || self.any(here, &[Class::To, Class::And, Class::I, Class::They]) {
                break;
            }
        }
        if let Some(mut head) = head {
            let mut kin = self.is(head, Class::Kin);
            while self.goes_on(head + 1) && self.any(head + 1, &[Class::Person, Class::Kin]) {
                head += 1;
                kin = self.is(head, Class::Kin);
            }
            let partner = (first..=head).any(|here| self.is(here, Class::Person));
            let role = match (kin && !partner, owner.has(Class::My), owner.has(Class::Their)) {
                (true, true, _) => Role::Mine,
                (true, _, false) => Role::Kin,
                _ => Role::Them,
            };
            return Some((role, head + 1));
        }
        // A thing of no class: "the news", "my heart". An object pronoun alone is not one.
        let thing = self.goes_on(first) && !self.any(first, VERBS) && !owner.has(Class::Them);
        (thing && self.state.opens).then_some((Role::Thing, first + 1))
    }

    /// An object that does what follows: told him to, of him hitting me.
    fn object(&mut self, at: usize) {
        let role = if self.is(at, Class::Me) { Role::Me } else { Role::Them };
        self.state.noun = Some(role);
        if self.state.subject_at == at && self.state.subject == Some(Role::Them) && !self.state.opens && at > 0 {
            return;
        }
        let Some(before) = at.checked_sub(1).filter(|_| self.goes_on(at)) else { return };
        let next = self.beyond_adverbs(at + 1);
        let control = self.is(before, Class::Control);
        let to = control && self.goes_on(next) && self.is(next, Class::To);
        let acts = self.goes_on(next)
            && self.any(next, VERBS)
            && (control || self.is(before, Class::Of))
            && !self.any(before, VERBS);
        if to || acts {
            let (denied, intent) = (self.state.denied, self.state.intent);
            let role = if self.state.quoted && role == Role::Me { Role::Them } else { role };
            self.subject(at, role);
            self.state.denied = denied;
            self.state.intent = intent;
        }
    }

    /// Negations, wishes, and whose speech or thought a clause is.
    fn helper(&mut self, at: usize) {
        let classes = self.tokens[at].classes;
        let regret = at > 0 && self.is(at - 1, Class::Regret) && self.is(at + 1, Class::Aux);
        if classes.has(Class::Not) && !self.is(at + 1, Class::Only) && !regret {
            self.state.denied = true;
        }
        if classes.any(&[Class::Will, Class::Want]) {
            self.state.intent = true;
        }
        if classes.has(Class::Stop) {
            if self.state.denied {
                self.state.denied = false;
            } else {
                self.state.stopped = true;
            }
        }
        if classes.any(&[Class::Say, Class::Think, Class::Afraid]) {
            let said = classes.has(Class::Say);
            if !said || !self.is_object_noun(at) {
                self.state.speech = Some(Speech { who: self.state.subject, denied: self.state.denied, said });
            }
            self.state.intent |= self.any(at + 1, &[Class::Of]);
        }
    }

    /// "a text", "his message": speech words as nouns.
    fn is_object_noun(&self, at: usize) -> bool {
        self.is_noun(at)
    }

    /// What a token leaves for the next.
    fn closing(&mut self, at: usize) {
        let token = self.tokens[at];
        let classes = token.classes;
        if classes.any(&[Class::And, Class::Or, Class::Clause]) {
            self.state.opens = true;
            if !classes.has(Class::Or) {
                self.state.denied = false;
                self.state.stopped = false;
            }
            if classes.any(&[Class::And, Class::Clause]) && !classes.has(Class::That) {
                self.state.speech = None;
            }
            return;
        }
        if classes.has(Class::That) {
            self.state.opens = true;
            return;
        }
        if classes.is_empty() && !token.adverb {
            // An unknown noun right before a verb: "and loneliness hit me".
            let alone = self.state.opens && self.goes_on(at + 1) && self.any(at + 1, VERBS);
            if alone || (self.state.opens && self.state.subject.is_none()) {
                self.subject(at, Role::Thing);
            }
        }
        if !classes.has(Class::Adverb) && !token.adverb {
            self.state.opens = false;
        }
    }
}
