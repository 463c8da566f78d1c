//! The few texts that are about the terminal itself, and so are seen on no other platform.

/// Shown when a person sits down in front of it; a script does not see it.
pub const GREETING: &str = "rekindle, in the terminal: a private guide through the question of getting back together.\n\
                            Type /start to begin, a number or a label to choose, or :help for what the terminal can do.";

/// Answers `:help`.
pub const HELP: &str = "\
/name                a command of the bot; /help lists them, Tab completes
2                    the second choice of the latest message; its label does the same
=length:14           a choice by its token, also one of an earlier message; Tab completes
anything else        plain words, as in a direct message
:now                 what time it is here
:when                when something next happens by itself
:skip 3d             moves the time on (90m, 2h, 1w, 3d 4h); what is due on the way arrives
:to 2026-03-29 02:00 moves the time on to then
:as NAME             go on as another person
:restart             drops everything and opens it again; :restart 4d stays away that long
:cancel              leaves a form without sending it
:quit                leaves; so do Ctrl-D and Ctrl-C";

/// Answers a line of a rehearsal that moves no time.
pub const REHEARSAL: &str = "Here only time is moved: :now, :when, :skip 3d, :to 2026-03-29 02:00.";

/// An unknown `:something`.
pub const UNKNOWN: &str = "The terminal has no such command; :help lists what it has.";

/// A span that is none.
pub const NOT_A_SPAN: &str = "Say how long, such as 3d, 90m, 2h, 1w or 3d 4h.";

/// A moment that is none.
pub const NOT_A_TIME: &str = "Say when, such as 2026-03-29 02:00.";

/// A name that is none.
pub const NOT_A_NAME: &str = "A name is one word of letters and digits, such as :as ann.";

/// A span that leads out of the calendar.
pub const TOO_FAR: &str = "That is further than the calendar goes.";

/// A number while there is nothing to choose.
pub const NO_CHOICES: &str = "There is nothing to choose from yet; /help shows what you can do.";

/// `:cancel` where there is no form.
pub const NO_FORM: &str = "No form is open.";

/// After `:cancel` in a form.
pub const FORM_LEFT: &str = "Left the form; nothing was sent.";

/// Any other `:something` in a form.
pub const IN_FORM: &str = "A form is open: answer it, or leave it with :cancel.";

/// How a form is left, beside its title.
pub const FORM_HINT: &str = ":cancel leaves";

/// How a long answer is ended, beside its question.
pub const LONG_HINT: &str = "several lines; an empty line or a dot alone ends";

/// Enter was pressed in the very moment in which a message arrived.
pub const JUST_ARRIVED: &str = "  (a message has just arrived; press Enter again)";

/// A number that no choice has; `most` is the highest.
#[must_use]
pub fn no_such_choice(most: usize) -> String {
    match most {
        1 => "The latest message has one choice: 1.".to_owned(),
        most => format!("The latest message has the choices 1 to {most}."),
    }
}

/// A token that no message in this session has offered.
#[must_use]
pub fn not_offered(token: &str) -> String {
    format!("No message here has offered “{token}” yet.")
}

/// Answers `:now`, and ends every move of the time.
#[must_use]
pub fn now(time: &str, zone: &str) -> String {
    format!("It is {time} ({zone}).")
}

/// Answers `:when`.
#[must_use]
pub fn when(next: Option<String>) -> String {
    next.map_or_else(
        || "Nothing is going to happen by itself.".to_owned(),
        |next| format!("The next thing happens {next}."),
    )
}

/// Time only goes forward.
#[must_use]
pub fn backwards(time: &str, zone: &str) -> String {
    format!("It is already {time} ({zone}), and time only goes forward.")
}

/// After `:as`.
#[must_use]
pub fn you_are(name: &str) -> String {
    format!("You are {name} now.")
}

/// After `:restart`.
#[must_use]
pub fn restarted(time: &str, zone: &str) -> String {
    format!("Closed and opened again. {}", now(time, zone))
}

/// After a file was written.
#[must_use]
pub fn saved(name: &str) -> String {
    format!("Saved as ./{name}, for you alone to read.")
}

/// Where a file could not be written.
#[must_use]
pub fn not_saved(name: &str, error: &std::io::Error) -> String {
    format!("Could not save {name} here ({error}); say /export again from a directory that can be written.")
}
