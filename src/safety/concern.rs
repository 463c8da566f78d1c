//! What a text can be about: concerns, how certain each is, and whose words the text may be. Pure values; the journey
//! decides what a concern leads to (`journey/crisis.rs`), the scanner beside this file finds them.
//!
//! Source of the table: the safety specification, section 1.

use serde::{Deserialize, Serialize};

macro_rules! concerns {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// One thing a text can be about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Concern {
            $($(#[$doc])* #[serde(rename = $name)] $variant),*
        }

        impl Concern {
            /// Every concern, the most urgent first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its stable name, as in `rekindle scan`, the lists' file names and labelled sentences.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Reads a stable name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|concern| concern.name() == name)
            }
        }
    };
}

concerns! {
    /// The person wants to die or to harm themselves, names a means or a place, or says goodbye.
    SelfHarm = "self_harm",
    /// Somebody hurts, threatens, stalks or controls the person, or did.
    Threatened = "threatened",
    /// The other person speaks of killing themselves.
    TheirSuicide = "their_suicide",
    /// The person wants to hurt somebody.
    HarmOther = "harm_other",
    /// The person follows, watches or floods somebody who withdrew.
    OwnPursuit = "own_pursuit",
    /// The person says that they are under 18.
    Minor = "minor",
    /// A court, the police or a lawyer limits contact.
    Order = "order",
    /// The other person blocked them or asked for no contact.
    ContactRefused = "contact_refused",
    /// The other person said no, or ended it again.
    Ended = "ended",
}

impl Concern {
    /// What the same words are about where the other person says them.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::SelfHarm => Self::TheirSuicide,
            Self::TheirSuicide => Self::SelfHarm,
            Self::Threatened => Self::HarmOther,
            Self::HarmOther | Self::OwnPursuit => Self::Threatened,
            other => other,
        }
    }
}

/// How certain a concern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Strong words in an unclear sentence, past or dated events, words that may be somebody else's: one button.
    Unsure,
    /// The reply of the concern.
    Sure,
}

/// Whose words a text is, as far as its place tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextContext {
    /// The person speaks about themselves and the other.
    #[default]
    Own,
    /// A letter or a draft: the person speaks to the other as *you*.
    Draft,
    /// A forward, a quotation, a pasted message: perhaps the other person's words, so never sure of the direction.
    Forward,
}

/// The concerns of one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(Concern, Certainty)>", into = "Vec<(Concern, Certainty)>")]
pub struct Concerns([Option<Certainty>; Concern::ALL.len()]);

impl Concerns {
    /// Adds a concern; the higher certainty stays.
    pub fn add(&mut self, concern: Concern, certainty: Certainty) {
        let slot = &mut self.0[concern as usize];
        *slot = (*slot).max(Some(certainty));
    }

    /// These concerns with one more.
    #[must_use]
    pub fn with(mut self, concern: Concern, certainty: Certainty) -> Self {
        self.add(concern, certainty);
        self
    }

    /// How certain a concern is, if it is there.
    #[must_use]
    pub const fn certainty(&self, concern: Concern) -> Option<Certainty> {
        self.0[concern as usize]
    }

    /// Whether a concern is there and sure.
    #[must_use]
    pub fn is_sure(&self, concern: Concern) -> bool {
        self.certainty(concern) == Some(Certainty::Sure)
    }

    /// The sure ones, the most urgent first.
    pub fn sure(&self) -> impl Iterator<Item = Concern> + '_ {
        self.iter().filter(|(_, certainty)| *certainty == Certainty::Sure).map(|(concern, _)| concern)
    }

    /// The unsure ones, the most urgent first.
    pub fn unsure(&self) -> impl Iterator<Item = Concern> + '_ {
        self.iter().filter(|(_, certainty)| *certainty == Certainty::Unsure).map(|(concern, _)| concern)
    }

    /// All of them, the most urgent first.
    pub fn iter(&self) -> impl Iterator<Item = (Concern, Certainty)> + '_ {
        Concern::ALL.iter().filter_map(|concern| Some((*concern, self.certainty(*concern)?)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Whether any is sure.
    #[must_use]
    pub fn any_sure(&self) -> bool {
        self.sure().next().is_some()
    }

    /// Whether a person needs an answer to it before everything else, limits of use included.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.sure().any(|concern| !matches!(concern, Concern::Order | Concern::ContactRefused | Concern::Ended))
    }

    /// Both together; the higher certainty of each stays.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for (concern, certainty) in other.iter() {
            self.add(concern, certainty);
        }
        self
    }

    /// These concerns without those that `other` has with at least the same certainty.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Self {
        self.iter().filter(|(concern, certainty)| other.certainty(*concern) < Some(*certainty)).collect()
    }
}

impl FromIterator<(Concern, Certainty)> for Concerns {
    fn from_iter<I: IntoIterator<Item = (Concern, Certainty)>>(found: I) -> Self {
        found.into_iter().fold(Self::default(), |all, (concern, certainty)| all.with(concern, certainty))
    }
}

impl From<Vec<(Concern, Certainty)>> for Concerns {
    fn from(found: Vec<(Concern, Certainty)>) -> Self {
        found.into_iter().collect()
    }
}

impl From<Concerns> for Vec<(Concern, Certainty)> {
    fn from(concerns: Concerns) -> Self {
        concerns.iter().collect()
    }
}

/// What the draft lists saw in opening lines. It leads to a gentle word, never to a lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "one flag a list, each independent of the others")]
pub struct Hints {
    /// It demands something.
    pub demands: bool,
    /// It blames.
    pub blames: bool,
    /// It presses: a last chance, an answer right now, feelings held out.
    pub presses: bool,
    /// It threatens.
    pub threatens: bool,
}

/// What a text says that counts only beside what is known of the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cues {
    /// An amount taken or a method begun: self-harm where words of it came just before.
    pub method_begun: bool,
    /// A way to reach the other that goes round a block or an order.
    pub way_round: bool,
    /// A wish to write to the other or to see them.
    pub wish_for_contact: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_higher_certainty_stays_and_each_concern_is_its_own() {
        let some = Concerns::default().with(Concern::SelfHarm, Certainty::Sure).with(Concern::Order, Certainty::Unsure);
        let more = some.with(Concern::SelfHarm, Certainty::Unsure).with(Concern::Order, Certainty::Sure);
        assert!(more.is_sure(Concern::SelfHarm) && more.is_sure(Concern::Order));
        assert_eq!(more.beyond(&some), Concerns::default().with(Concern::Order, Certainty::Sure));
        assert!(some.beyond(&more).is_empty());
    }

    #[test]
    fn names_read_back() {
        for concern in Concern::ALL {
            assert_eq!(Concern::parse(concern.name()), Some(*concern));
        }
    }
}
