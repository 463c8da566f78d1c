//! Every moment the code can speak of: its file below `prompts/<locale>/` and the placeholders the code fills there.

/// Declares [`Key`]: variant, path without `.md`, placeholders.
macro_rules! keys {
    ($($variant:ident = $path:literal $([$($arg:literal),*])?),* $(,)?) => {
        /// One moment. Its text is `prompts/<locale>/<path>.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[expect(missing_docs, reason = "the path says when it is said")]
        pub enum Key { $(#[serde(rename = $path)] $variant),* }

        impl Key {
            /// All moments.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its file below the locale's folder, without `.md`.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path),* }
            }

            /// The folder of its file, which says what it belongs to.
            #[must_use]
            pub fn folder(self) -> Option<&'static str> {
                self.path().split('/').next()
            }

            /// The placeholders the code fills.
            #[must_use]
            pub const fn args(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($($arg),*)?]),* }
            }
        }
    };
}

keys! {
    // Before and around the journey.
    Hello = "start/hello",
    Welcome = "start/welcome",
    StartAgain = "start/again",
    StartFirst = "start/first",
    StartTooYoung = "start/too-young",
    Help = "shell/help" ["commands"],
    Privacy = "shell/privacy",
    Unknown = "shell/unknown",
    NotNow = "shell/not-now",
    TooLong = "shell/too-long" ["max"],
    Empty = "shell/empty",
    Discreet = "shell/discreet",
    NothingToOpen = "shell/nothing-to-open",
    NotSaved = "shell/not-saved",
    InDm = "shell/in-dm",
    OnItsWay = "shell/on-its-way",
    DmClosed = "shell/dm-closed",
    Busy = "shell/busy",
    Hidden = "shell/hidden",
    ForgetAsk = "shell/forget-ask",
    Forgotten = "shell/forgotten",
    ForgetNothing = "shell/forget-nothing",

    // Where I am.
    PlaceHead = "journey/head",
    PlaceReasonsNone = "journey/reasons-none",
    PlaceReasonsOpen = "journey/reasons-open" ["count", "total"],
    PlaceReasonsDone = "journey/reasons-done",
    PlaceCooloffNone = "journey/cooloff-none",
    PlaceCooloffRunning = "journey/cooloff-running" ["day", "length"],
    PlaceCooloffPaused = "journey/cooloff-paused" ["day", "length"],
    PlaceCooloffOver = "journey/cooloff-over",
    PlaceNext = "journey/next" ["date", "time"],
    PlaceTotals = "journey/totals" ["total", "count"],
    PlaceLater = "journey/later",
    PlaceClosed = "journey/closed",
    PlaceLetgo = "journey/letgo",

    // Settings.
    Settings = "settings/all" ["zone", "time", "from", "until", "style"],
    SettingsNoQuiet = "settings/all-no-quiet" ["zone", "time", "style"],
    ZoneAsk = "settings/zone-ask",
    ZoneWhich = "settings/zone-which",
    ZoneUnknown = "settings/zone-unknown",
    ZoneSaved = "settings/zone-saved" ["zone", "time"],
    TimeUnknown = "settings/time-unknown",
    TimeInQuiet = "settings/time-in-quiet" ["time", "from", "until"],
    TimeSaved = "settings/time-saved" ["time"],
    QuietUnknown = "settings/quiet-unknown",
    QuietCovers = "settings/quiet-covers" ["time", "from", "until"],
    QuietSaved = "settings/quiet-saved" ["from", "until"],
    QuietOff = "settings/quiet-off",
    NoticesDiscreet = "settings/discreet",
    NoticesPlain = "settings/plain",

    // Words nobody asked for.
    WordsAsk = "words/ask",
    WordsKept = "words/kept",
    WordsDropped = "words/dropped",
    WordsGone = "words/gone",

    // Safety.
    Support = "safety/support" ["lines"],
    CrisisSelf = "safety/crisis-self" ["lines"],
    CrisisOther = "safety/crisis-other" ["lines"],
    GateIntro = "safety/gate-intro",
    GateHint = "safety/gate-hint",
    GateContact = "safety/gate-contact",
    GateViolence = "safety/gate-violence",
    GateCourt = "safety/gate-court",
    GateClear = "safety/gate-clear",
    GateLater = "safety/gate-later",
    GateClosed = "safety/gate-closed",
    GateClosedViolence = "safety/gate-closed-violence" ["lines"],
    GateReview = "safety/gate-review",
    GateReviewContactYes = "safety/gate-review-contact-yes",
    GateReviewContactNo = "safety/gate-review-contact-no",
    GateReviewViolenceYes = "safety/gate-review-violence-yes",
    GateReviewViolenceNo = "safety/gate-review-violence-no",
    GateReviewCourtYes = "safety/gate-review-court-yes",
    GateReviewCourtNo = "safety/gate-review-court-no",
    GateWaiting = "safety/gate-waiting" ["date", "time"],
    GateCorrected = "safety/gate-corrected" ["date", "time"],
    SaidNo = "safety/said-no",
    SaidNoUndone = "safety/said-no-undone",
    SaidNoFinal = "safety/said-no-final",
    SaidNoClosed = "safety/said-no-closed",

    // Stage 0.
    ReasonsIntro = "reasons/intro",
    ReasonsEndedBy = "reasons/ended-by",
    ReasonsEndedWhen = "reasons/ended-when",
    CardFix = "reasons/card-fix",
    CardGrown = "reasons/card-grown",
    CardTrust = "reasons/card-trust",
    CardBoth = "reasons/card-both",
    CardAnswered = "reasons/answered",
    CardNoteKept = "reasons/note-kept",
    SummaryWorth = "reasons/summary-worth",
    SummaryEarly = "reasons/summary-early",
    SummaryLetgo = "reasons/summary-letgo",
    SummaryToldNo = "reasons/summary-told-no",
    BecauseTrust = "reasons/because-trust",
    BecauseBoth = "reasons/because-both",
    BecauseNothing = "reasons/because-nothing-true",
    BecauseRecent = "reasons/because-recent",
    ThinkLater = "reasons/think-later",

    // Stage 1: setting up.
    CooloffAdvice1 = "cooloff/advice-1",
    CooloffAdvice2 = "cooloff/advice-2",
    CooloffLength = "cooloff/length",
    CooloffLengthUnknown = "cooloff/length-unknown" ["min", "max"],
    CooloffRhythm = "cooloff/rhythm",
    CooloffRhythmUnknown = "cooloff/rhythm-unknown" ["min", "max"],
    CooloffReady = "cooloff/ready" ["length", "every", "time", "zone"],
    CooloffQuiet = "cooloff/quiet" ["from", "until"],
    CooloffBegan = "cooloff/began" ["length"],
    // Stage 1: what arrives.
    FirstDay = "cooloff/first-day" ["day", "length"],
    DayHead = "cooloff/day" ["day", "length"],
    Midpoint = "cooloff/midpoint" ["day", "length"],
    MidpointReasons = "cooloff/midpoint-reasons",
    LastDay = "cooloff/last-day" ["day", "length"],
    CatchUp = "cooloff/catch-up" ["away", "day", "length"],
    Over = "cooloff/over" ["length"],
    OverLate = "cooloff/over-late" ["away"],
    // Stage 1: what a person does meanwhile.
    CooloffRunning = "cooloff/running" ["day", "length", "left"],
    CooloffEnded = "cooloff/ended",
    CooloffNone = "cooloff/none",
    Streak = "cooloff/streak" ["count"],
    Checkin = "cooloff/checkin",
    MoodLow = "cooloff/mood-low",
    MoodEven = "cooloff/mood-even",
    MoodLight = "cooloff/mood-light",
    MoodLowAgain = "cooloff/mood-low-again",
    MoodNoteKept = "cooloff/mood-note-kept",
    Paused = "cooloff/paused" ["day"],
    PausedStill = "cooloff/paused-still" ["day", "length"],
    Resumed = "cooloff/resumed" ["day", "length", "date"],
    Snoozed = "cooloff/snoozed" ["time"],
    SnoozeOver = "cooloff/snooze-over",
    Change = "cooloff/change",
    RhythmChanged = "cooloff/rhythm-changed" ["every"],
    ExtendAsk = "cooloff/extend-ask",
    Extended = "cooloff/extended" ["length", "left"],
    ExtendedThird = "cooloff/extended-third",
    ExtendLimit = "cooloff/extend-limit" ["max"],
    EndEarlyAsk = "cooloff/end-early-ask",
    EndedEarly = "cooloff/ended-early",
    // The urge, the letter, the slip.
    UrgeMenu = "urge/menu",
    Breathe = "urge/breathe",
    MyReasons = "urge/my-reasons",
    MyReasonsNote = "urge/my-reasons-note" ["words"],
    MyReasonsNone = "urge/my-reasons-none",
    UrgeLater = "urge/later" ["date", "time"],
    UrgeBack = "urge/back",
    UrgePassed = "urge/passed" ["count"],
    LetterIntro = "urge/letter",
    LetterWritten = "urge/letter-written",
    LetterKept = "urge/letter-kept",
    LetterBurnt = "urge/letter-burnt",
    LetterTomorrow = "urge/letter-tomorrow" ["date", "time"],
    LetterBack = "urge/letter-back" ["words"],
    LetterGone = "urge/letter-gone",
    Slip = "urge/slip",
    SlipContinue = "urge/slip-continue",
    SlipRestart = "urge/slip-restart" ["length"],
    SlipNoteKept = "urge/slip-note-kept",

    // Stages 2 to 6 and letting go: advice to read.
    Reflect1 = "reflect/advice-1",
    Reflect2 = "reflect/advice-2",
    Reachout1 = "reachout/advice-1",
    Reachout2 = "reachout/advice-2",
    Reachout3 = "reachout/advice-3",
    Bringup1 = "bringup/advice-1",
    Bringup2 = "bringup/advice-2",
    Trial1 = "trial/advice-1",
    Trial2 = "trial/advice-2",
    Ease1 = "ease/advice-1",
    Ease2 = "ease/advice-2",
    Letgo1 = "letgo/advice-1",
    Letgo2 = "letgo/advice-2",
    Letgo3 = "letgo/advice-3",
    LetgoChosen = "letgo/chosen",
}
