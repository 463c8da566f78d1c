//! Classes of words: what the clause analyser needs to know of a word. Which words are in a class is content
//! (`prompts/<locale>/lists/grammar.txt`, one set a class).

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// One class of words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Class { $($(#[$doc])* $variant),* }

        impl Class {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in `grammar.txt`, without the `@`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

classes! {
    I = "i",
    Me = "me",
    My = "my",
    Myself = "myself",
    They = "they",
    Them = "them",
    Their = "their",
    Themself = "themself",
    You = "you",
    Your = "your",
    Yourself = "yourself",
    /// The other person and other adults: ex, husband, guy.
    Person = "person",
    /// People and animals that belong to somebody: kids, mum, dog.
    Kin = "kin",
    /// Kin and others of whom "is going to kill me" is said in jest.
    Jesting = "jesting",
    /// Subjects that are nobody: it, everything.
    Thing = "thing",
    Article = "article",
    Aux = "aux",
    /// Auxiliaries of the passive: was, got.
    Passive = "passive",
    Will = "will",
    Want = "want",
    Not = "not",
    /// After a `not`, takes it back: "not just".
    Only = "only",
    /// With a `not` and a perfect it regrets a deed: "shouldn't have hit".
    Regret = "regret",
    Stop = "stop",
    Adverb = "adverb",
    Say = "say",
    Think = "think",
    Afraid = "afraid",
    /// Verbs whose object does what follows: told him to, made me, let her.
    Control = "control",
    /// Prepositions before a doer: of him hitting me.
    Of = "of",
    By = "by",
    To = "to",
    And = "and",
    Or = "or",
    /// Words that open a clause: because, when, if.
    Clause = "clause",
    That = "that",
    Who = "who",
    /// Between a verb and its object: up, at, the shit out of.
    Filler = "filler",
    Kill = "kill",
    /// Forms that are mostly idioms: kills, killing.
    Killing = "killing",
    Hit = "hit",
    /// Verbs that mean violence only as a wish or a threat: hurt, destroy.
    Hurt = "hurt",
    Threaten = "threaten",
    /// Laughter: lol, jk.
    Jest = "jest",
}

/// A set of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes(u64);

impl Classes {
    pub const fn of(class: Class) -> Self {
        Self(1 << class as u64)
    }

    pub const fn has(self, class: Class) -> bool {
        self.0 & Self::of(class).0 != 0
    }

    pub fn any(self, classes: &[Class]) -> bool {
        classes.iter().any(|class| self.has(*class))
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
