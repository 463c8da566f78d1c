//! Named points at which a test can stop this process dead.
//!
//! The store and the shell call [`point`] where a kill would hurt most. In a debug build with the environment variable
//! `REKINDLE_HALT_AT` set to that name, the thread prints `halted at <name>` to stderr and stays there for ever, so
//! that a recovery test can send SIGKILL at exactly that place; `<name>:3` halts at the third time. In a release build
//! nothing of this exists.
//!
//! `REKINDLE_PANIC_AT` makes the same place panic, once, for what has to live through that.
//!
//! | point | where |
//! | --- | --- |
//! | `answering` | the service, before it deals with what a person did |
//! | `job` | the writer thread, in the job of what a person did, before it changes anything |
//! | `before-commit` | the writer thread, before the COMMIT of a group of jobs that changed something |
//! | `after-commit` | the writer thread, after that COMMIT and before anybody is told |
//! | `before-callback`, `after-callback` | around the answer to an interaction |
//! | `before-fire`, `after-fire` | the scheduler, around a batch of due timers |
//! | `before-claim` | the writer thread, with deliveries claimed and the COMMIT of that still to come |
//! | `after-claim` | the dispatcher, with a claim stored and nothing of it begun |
//! | `before-send`, `after-send` | around the send of a delivery |
//! | `rotation-key-written` | changing the operator's key: the new one is in its file |
//! | `rotation-before-commit`, `rotation-after-commit` | around the one transaction that wraps anew |
//! | `rotation-wiped`, `rotation-former-kept` | before the former key is kept, and before the new one takes its place |
//! | `before-request` | before a request that says something (POST, PATCH) leaves |
//! | `before-read`, `after-read` | when the head of its response is there; when the rest is read, too |
//! | `before-settle`, `after-settle` | around the note that a delivery was seen |

/// Halts here if the environment says so.
///
/// # Panics
/// Where the environment asks for that.
#[cfg(debug_assertions)]
pub fn point(name: &'static str) {
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static HALT: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static PANIC: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static HALTS_SEEN: AtomicU32 = AtomicU32::new(0);
    static PANICS_SEEN: AtomicU32 = AtomicU32::new(0);

    let reached = |wanted: &OnceLock<Option<(String, u32)>>, variable: &str, seen: &AtomicU32| {
        let wanted = wanted.get_or_init(|| std::env::var(variable).ok().map(|text| parse(&text)));
        wanted.as_ref().is_some_and(|(wanted, time)| wanted == name && seen.fetch_add(1, Ordering::SeqCst) + 1 == *time)
    };
    assert!(!reached(&PANIC, "REKINDLE_PANIC_AT", &PANICS_SEEN), "asked to panic at {name}");
    if !reached(&HALT, "REKINDLE_HALT_AT", &HALTS_SEEN) {
        return;
    }
    let mut stderr = std::io::stderr().lock();
    // A closed stderr must not turn the halt into a panic: the test would then see the process go on.
    drop(writeln!(stderr, "halted at {name}").and_then(|()| stderr.flush()));
    drop(stderr);
    loop {
        std::thread::park();
    }
}

/// Compiled to nothing.
#[cfg(not(debug_assertions))]
#[inline]
pub const fn point(_name: &'static str) {}

/// Splits `name:N`; without a readable `:N` it is the first time.
#[cfg(debug_assertions)]
fn parse(text: &str) -> (String, u32) {
    match text.rsplit_once(':').map(|(name, time)| (name, time.parse())) {
        Some((name, Ok(time))) => (name.to_owned(), time),
        _ => (text.to_owned(), 1),
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::parse;

    #[test]
    fn a_point_is_named_alone_or_with_its_turn() {
        assert_eq!(parse("before-commit"), ("before-commit".to_owned(), 1));
        assert_eq!(parse("before-commit:3"), ("before-commit".to_owned(), 3));
        assert_eq!(parse("odd:name"), ("odd:name".to_owned(), 1));
    }
}
