//! Named points at which a test can stop this process dead.
//!
//! The store and the shell call [`point`] where a kill would hurt most. In a debug build with the environment variable
//! `REKINDLE_HALT_AT` set to that name, the thread prints `halted at <name>` to stderr and stays there for ever, so
//! that a recovery test can send SIGKILL at exactly that place; `<name>:3` halts at the third time. In a release build
//! nothing of this exists.
//!
//! | point | where |
//! | --- | --- |
//! | `before-commit` | the writer thread, before the COMMIT of a group of jobs that changed something |
//! | `after-commit` | the writer thread, after that COMMIT and before anybody is told |

/// Halts here if the environment says so.
#[cfg(debug_assertions)]
pub fn point(name: &'static str) {
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static WANTED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static SEEN: AtomicU32 = AtomicU32::new(0);

    let wanted = WANTED.get_or_init(|| std::env::var("REKINDLE_HALT_AT").ok().map(|text| parse(&text)));
    let Some((wanted, time)) = wanted else { return };
    if wanted != name || SEEN.fetch_add(1, Ordering::SeqCst) + 1 != *time {
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
