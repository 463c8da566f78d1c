//! What the tests share: one bot in each of the three ways in which a test can have it.
//!
//! | module | is |
//! | --- | --- |
//! | `bot` | store, service, scheduler and dispatcher in this process, over a way out that fails on demand |
//! | `console` | the terminal: in this process for what is said, as a process of its own for what lies on the disk |
//! | `process` | `rekindle run` as a process of its own |
//! | `town` | the same with the fake Discord (`tests/fake-discord`), and the people there |

pub mod bot;
pub mod case;
pub mod console;
pub mod process;
pub mod town;

use std::time::Duration;

/// A folder for one test: in memory where the system has a place for that, since a disk would be waited for.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Longer than anything takes on the busiest machine; a test that waits so long fails. No test that passes waits it out.
pub const LONG: Duration = Duration::from_mins(2);
