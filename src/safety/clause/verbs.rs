//! A verb of violence with its object: who does it to whom, and what concern that is.

use super::super::classes::{Class, Classes};
use super::super::concern::{Certainty, Concern};
use super::super::plain::Stop;
use super::{Event, REACH, Reader, Role};

/// The doer of a passive.
#[derive(Clone, Copy, Debug)]
enum By {
    Told(Role),
    Untold,
}

impl Reader<'_> {
    /// The object of the verb at `at`, and where it ends.
    fn patient(&self, at: usize) -> (Option<Role>, usize) {
        let verb = self.tokens[at].classes;
        for here in at + 1..(at + 1 + REACH).min(self.tokens.len()) {
            if !self.goes_on(here) {
                break;
            }
            let classes = self.tokens[here].classes;
            let role = if classes.has(Class::Me) {
                Some(if self.state.quoted { Role::Them } else { Role::Me })
            } else if classes.has(Class::Myself) {
                Some(if self.state.quoted { Role::Themself } else { Role::Myself })
            } else if classes.has(Class::Themself) {
                Some(Role::Themself)
            } else if classes.any(&[Class::You, Class::Your]) && !classes.has(Class::Them) {
                Some(if self.state.quoted { Role::Me } else { Role::You })
            } else if classes.has(Class::Them) {
                Some(Role::Them)
            } else if classes.any(&[Class::My, Class::Their, Class::Article, Class::Person, Class::Kin]) {
                match self.noun_at(here) {
                    Some((Role::Thing, _)) | None if classes.has(Class::My) => Some(Role::Mine),
                    Some((Role::Thing, _)) | None if classes.has(Class::Their) => Some(Role::Them),
                    Some((role, _)) if role != Role::Thing => Some(role),
                    _ if classes.has(Class::Filler) => None,
                    _ => return (Some(Role::Thing), here + 1),
                }
            } else {
                None
            };
            if let Some(role) = role {
                return (Some(role), here + 1);
            }
            let passes = classes.any(&[Class::Filler, Class::Adverb]) || self.tokens[here].adverb;
            let to = classes.has(Class::To) && verb.has(Class::Hit);
            if !passes && !to {
                break;
            }
        }
        (None, at + 1)
    }

    /// Tells if the verb at `at` is passive, and by whom: "I was hit (by him)".
    fn passive(&self, at: usize) -> Option<By> {
        let mut before = at.checked_sub(1)?;
        while before > self.state.subject_at && (self.any(before, &[Class::Adverb]) || self.tokens[before].adverb) {
            before -= 1;
        }
        if !self.is(before, Class::Passive) || !self.goes_on(at) || self.tokens[at].progressive {
            return None;
        }
        let by = (at + 1..(at + 5).min(self.tokens.len())).take_while(|here| self.goes_on(*here));
        let by = by.into_iter().find(|here| self.is(*here, Class::By));
        let Some(by) = by else { return Some(By::Untold) };
        Some(By::Told(match self.tokens.get(by + 1) {
            Some(token) if token.classes.any(&[Class::Me, Class::Myself]) => Role::Me,
            Some(token) if token.classes.has(Class::Them) => Role::Them,
            Some(_) if matches!(self.noun_at(by + 1), Some((role, _)) if role != Role::Thing) => Role::Them,
            _ => Role::Thing,
        }))
    }

    /// Reads the verb at `at`.
    pub(super) fn verb(&mut self, at: usize) {
        let verb = self.tokens[at].classes;
        let (patient, end) = self.patient(at);
        let subject = self.state.subject;
        let (doer, target, certain) = match (patient, self.passive(at)) {
            (_, Some(By::Told(by))) => (Some(by).filter(|by| Some(*by) != subject), subject, true),
            (None, Some(By::Untold)) => (None, subject, verb.has(Class::Threaten)),
            _ => (subject, patient, true),
        };
        let passive = doer != subject || target != patient;
        let Some((concern, mut certainty)) = self.judge(verb, at, doer, target, passive) else { return };
        if self.state.denied {
            return;
        }
        if !certain || self.state.stopped || self.state.speech.is_some_and(|speech| speech.denied) {
            certainty = Certainty::Unsure;
        }
        let start = self.tokens[self.state.subject_at.min(at)].word;
        let (start, weight) = if at - self.state.subject_at > REACH { (self.tokens[at].word, 3) } else { (start, 3) };
        let end = self.tokens[(end - 1).max(at)].word + 1;
        self.clauses.events.push(Event { concern, certainty, start, end, weight });
    }

    /// The concern where `doer` does this to `target`.
    fn judge(
        &self,
        verb: Classes,
        at: usize,
        doer: Option<Role>,
        target: Option<Role>,
        passive: bool,
    ) -> Option<(Concern, Certainty)> {
        use Certainty::{Sure, Unsure};
        use Concern::{HarmOther, TheirSuicide, Threatened};
        let intent = self.state.intent;
        let idiom = verb.has(Class::Killing) && !intent;
        let hurt = verb.has(Class::Hurt) && !verb.has(Class::Hit) && !verb.has(Class::Kill);
        let threat = verb.has(Class::Threaten);
        // "threatened to kill": the verb that follows says what.
        let leads = threat && self.goes_on(at + 1) && self.is(at + 1, Class::To);
        let told = self.state.speech.is_some_and(|speech| speech.said && speech.who != Some(Role::Me));
        let claimed = self.state.speech.is_some_and(|speech| speech.who == Some(Role::Them));
        match (doer, target) {
            (Some(Role::Them | Role::Jester), Some(Role::Me | Role::Mine | Role::Kin)) => {
                let jest = (doer == Some(Role::Jester) || self.jokes(at)) && intent && verb.has(Class::Kill);
                if idiom {
                    return None;
                }
                if hurt {
                    let meant = told || self.wants(at) || matches!(target, Some(Role::Kin | Role::Mine));
                    return intent.then_some((Threatened, if meant { Sure } else { Unsure }));
                }
                Some((Threatened, if jest { Unsure } else { Sure }))
            }
            (Some(Role::Them | Role::Jester), Some(Role::Themself))
                if !verb.has(Class::Hit) || verb.has(Class::Kill) =>
            {
                (!threat).then_some((TheirSuicide, Sure))
            }
            (Some(Role::Them), None) if threat && !leads => Some((Threatened, Sure)),
            (Some(Role::Them), None) if verb.has(Class::Kill) && intent => Some((Threatened, Unsure)),
            (Some(Role::Them | Role::Jester), Some(Role::Them)) if !idiom && (!hurt || intent) && doer != target => {
                Some((Threatened, Unsure))
            }
            (Some(Role::Them), Some(Role::Them)) if !idiom && (!hurt || intent) && !passive => {
                Some((Threatened, Unsure))
            }
            (Some(Role::Me), Some(Role::Them | Role::Kin | Role::You)) => {
                if hurt && !intent {
                    return None;
                }
                if target == Some(Role::You) && claimed {
                    return Some((Threatened, Sure));
                }
                let jest = intent && verb.has(Class::Kill) && self.jests_about(at);
                Some((HarmOther, if idiom || claimed || jest { Unsure } else { Sure }))
            }
            (Some(Role::Me), Some(Role::Mine)) if self.kin_follows(at) && !idiom && (!hurt || intent) => {
                let jest = intent && verb.has(Class::Kill) && self.jests_about(at);
                Some((HarmOther, if jest { Unsure } else { Sure }))
            }
            (Some(Role::You), Some(Role::Me | Role::Mine)) if !idiom && !hurt => Some((Threatened, Unsure)),
            (None, Some(Role::Me)) if passive && !hurt => {
                Some((Threatened, if verb.any(&[Class::Threaten]) { Sure } else { Unsure }))
            }
            (None, Some(Role::Me)) if verb.has(Class::Hit) && !intent => Some((Threatened, Unsure)),
            (None, Some(Role::Them)) if !passive && !idiom && (!hurt || intent) => {
                Some((HarmOther, if intent { Sure } else { Unsure }))
            }
            _ => None,
        }
    }

    /// True where a wish or a threat leads to the verb at `at`, and not just a future.
    fn wants(&self, at: usize) -> bool {
        (self.state.subject_at..at).any(|here| self.is(here, Class::Want) && !self.is(here, Class::Will))
    }

    /// True where laughter follows in the same sentence.
    fn jokes(&self, at: usize) -> bool {
        let rest =
            (at + 1..(at + 1 + REACH).min(self.tokens.len())).take_while(|at| self.tokens[*at].stop < Stop::Sentence);
        rest.into_iter().any(|here| self.is(here, Class::Jest))
    }

    /// True where the object of the verb is a person or an animal.
    fn kin_follows(&self, at: usize) -> bool {
        (at + 1..(at + 1 + REACH).min(self.tokens.len()))
            .take_while(|here| self.goes_on(*here))
            .any(|here| self.any(here, &[Class::Kin, Class::Person]))
    }
    /// True where the object of the verb is a boss, flatmate or sibling, of whom killing is said in jest: "I could kill my boss".
    fn jests_about(&self, at: usize) -> bool {
        let object = (at + 1..(at + 1 + REACH).min(self.tokens.len())).take_while(|here| self.goes_on(*here));
        let mut people = object.into_iter().filter(|here| self.any(*here, &[Class::Kin, Class::Person]));
        people.next().is_some_and(|here| self.is(here, Class::Jesting))
    }
}
