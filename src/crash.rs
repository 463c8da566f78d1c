//! Named points at which a test can stop this process dead.
//!
//! The store and the shell call [`point`] where a kill would hurt most. In a debug build with the environment variable
//! `REKINDLE_HALT_AT` set to that name, the thread prints `halted at <name>` to stderr and stays there for ever, so
//! that a recovery test can send SIGKILL at exactly that place; `<name>:3` halts at the third time. In a release build
//! nothing of this exists.
//!
//! `REKINDLE_PANIC_AT` makes the same place panic, once, for what has to live through that. `REKINDLE_WAITS` changes how long
//! something is waited for: see [`wait`].
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
//! | `backup-copying` | making a copy, or putting one back: before each piece of a file |
//! | `backup-between`, `backup-keys-placed` | the data is copied and the keys are not; the copy of the keys has its name and that of the data has not |
//! | `restore-set-aside`, `restore-data-in` | a file that was there has a second name; the data is in its place and the keys are not |
//! | `before-request` | before a request that says something (POST, PATCH) leaves |
//! | `before-read`, `after-read` | when the head of its response is there; when the rest is read, too |
//! | `before-settle`, `after-settle` | around the note that a delivery was seen |

#[cfg(debug_assertions)]
use std::collections::HashMap;
use std::time::Duration;

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

/// How long to wait: `usual`, or the milliseconds that `REKINDLE_WAITS` has for the name (`callback=60000 identify=0`). With
/// waits that are longer than any machine takes, a test does not depend on the speed of this one.
///
/// | name | waits |
/// | --- | --- |
/// | `defer`, `callback` | for the work on an interaction, until Discord is told to wait; for Discord to take the first answer |
/// | `dm-result` | for what becomes of a direct message, before the line in a server says that it is under way |
/// | `request` | for the answer to an HTTP request |
/// | `slot` | for the same, until the request no longer counts against the limit of a second |
/// | `hello`, `identify` | for HELLO; between two IDENTIFYs |
#[cfg(debug_assertions)]
pub fn wait(name: &str, usual: Duration) -> Duration {
    static WAITS: std::sync::OnceLock<HashMap<String, Duration>> = std::sync::OnceLock::new();
    let waits = WAITS.get_or_init(|| std::env::var("REKINDLE_WAITS").map(|text| waits(&text)).unwrap_or_default());
    waits.get(name).copied().unwrap_or(usual)
}

/// Compiled to `usual`.
#[cfg(not(debug_assertions))]
#[inline]
pub const fn wait(_name: &str, usual: Duration) -> Duration {
    usual
}

/// Reads `name=milliseconds`, with spaces between. What cannot be read is left out.
#[cfg(debug_assertions)]
fn waits(text: &str) -> HashMap<String, Duration> {
    let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(name, time)| Some((name.to_owned(), Duration::from_millis(time.parse().ok()?)))).collect()
}

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
    use super::*;

    #[test]
    fn a_point_is_named_alone_or_with_its_turn() {
        assert_eq!(parse("before-commit"), ("before-commit".to_owned(), 1));
        assert_eq!(parse("before-commit:3"), ("before-commit".to_owned(), 3));
        assert_eq!(parse("odd:name"), ("odd:name".to_owned(), 1));
    }

    #[test]
    fn a_wait_is_the_usual_one_unless_it_is_named() {
        let waits = waits("identify=0  callback=60000 odd=x odd");
        assert_eq!(waits.len(), 2);
        assert_eq!((waits["identify"], waits["callback"]), (Duration::ZERO, Duration::from_mins(1)));
        assert_eq!(wait("no such name", Duration::from_secs(3)), Duration::from_secs(3));
    }
}
