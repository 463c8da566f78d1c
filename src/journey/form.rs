//! What a press asks for before it does anything: its fields and their limits, for every platform alike.

/// What a form asks for. Its texts are `ui.ftl` messages `form-<press name>` (title, attributes `.<field>` and `.<field>-hint`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    /// A note in the person's own words: one long field, `words`.
    Note,
    /// The unsent letter, and the writing over several days: one long field, `words`.
    Letter,
    /// The opening lines of a first contact: one long field, `words`, and short.
    Draft,
    /// A number of days: one field, `number`.
    Number,
    /// A number of weeks: one field, `number`.
    Weeks,
    /// How often notes come: one field, `number`.
    Rhythm,
    /// A time zone, by place or by what time it is: one field, `zone`.
    Zone,
    /// A civil time of day: one field, `time`.
    Time,
    /// Quiet hours: two fields, `from` and `until`.
    Quiet,
    /// A day and a time of day: two fields, `day` and `time`.
    When,
    /// One sentence in the person's own words: one short field, `words`.
    Line,
    /// A passphrase: one field, `passphrase`. Never stored, never scanned.
    Passphrase,
}

impl FormKind {
    /// The names of its fields, in order.
    #[must_use]
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Note | Self::Letter | Self::Draft | Self::Line => &["words"],
            Self::Number | Self::Weeks | Self::Rhythm => &["number"],
            Self::Zone => &["zone"],
            Self::Time => &["time"],
            Self::Quiet => &["from", "until"],
            Self::When => &["day", "time"],
            Self::Passphrase => &["passphrase"],
        }
    }

    /// The most characters one of its fields takes. Discord allows 4000; a note stays short enough to be quoted whole.
    #[must_use]
    pub const fn limit(self) -> u16 {
        match self {
            Self::Note => 1500,
            Self::Letter => 4000,
            // Whole beside two answers of any length, in one message.
            Self::Draft => 400,
            Self::Line => 200,
            Self::Passphrase => 100,
            Self::Zone => 60,
            Self::Number | Self::Weeks | Self::Rhythm | Self::Time | Self::Quiet | Self::When => 40,
        }
    }

    /// Whether a field may stay empty, because the one before it takes both.
    #[must_use]
    pub const fn is_optional(self, index: usize) -> bool {
        matches!(self, Self::Quiet | Self::When) && index == 1
    }

    /// Whether what is filled in is a person's own words, to be scanned and sealed.
    #[must_use]
    pub const fn is_words(self) -> bool {
        matches!(self, Self::Note | Self::Letter | Self::Draft | Self::Line)
    }

    /// Whether a field has room for paragraphs.
    #[must_use]
    pub const fn is_long(self) -> bool {
        matches!(self, Self::Note | Self::Letter | Self::Draft)
    }
}
