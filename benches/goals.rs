//! The rows of the table in their order: what is measured, by which group, and what is wanted of it. A row that was not
//! measured is shown all the same, so that none is missed.

/// What is wanted of a figure.
#[derive(Clone, Copy)]
pub enum Goal {
    /// At most so many times its floor.
    AtMost(f64),
    /// At least so many times its floor.
    AtLeast(f64),
    /// As it is said; whether it is met says who measures it.
    Said(&'static str),
    /// Nothing: it is told because it is good to know.
    Nothing,
}

/// One row.
pub struct Wanted {
    pub group: &'static str,
    pub what: &'static str,
    pub goal: Goal,
}

const fn row(group: &'static str, what: &'static str, goal: Goal) -> Wanted {
    Wanted { group, what, goal }
}

pub const READ_P50: &str = "answer to a command that only reads, one at a time, p50";
pub const READ_P99: &str = "the same, p99";
pub const READ_RATE: &str = "the same, 64 at once, answers per second";
pub const PRESS: &str = "answer to a press that commits, one at a time, p50";
pub const COMMITS: &str = "commits, 64 people at once, durable";
pub const FIRST: &str = "1,000 reminders due in the same second, no limit: first after due";
pub const LAST: &str = "the same: last after due";
pub const PACED: &str = "10,000 due, 50 requests/s enforced, 200 ms latency";
pub const MEANWHILE: &str = "a DM asked for meanwhile is at Discord after";
pub const SECOND_DM: &str = "requests for a person's second DM, also after a restart";
pub const PENDING_10_5: &str = "fire and claim the next 50 with 10⁵ pending";
pub const PENDING_10_6: &str = "fire and claim the next 50 with 10⁶ pending";
pub const MEMORY_IDLE: &str = "memory with 10⁶ people and 10⁶ pending, idle";
pub const MEMORY_ACTED: &str = "the same after 10⁵ interactions, half of which commit";
pub const READY: &str = "start → READY with 10⁶ people";
pub const BYTES: &str = "bytes on disk a person, without free texts";
pub const IDLE: &str = "idle for a minute with 10⁶ pending, nothing due: wake-ups (voluntary context switches)";
pub const SIZE: &str = "stripped release binary";
pub const BUILD_DEBUG: &str = "clean build of the binary, debug";
pub const BUILD_RELEASE: &str = "clean build of the binary, release";

/// Every row.
pub const ROWS: &[Wanted] = &[
    row("answers", READ_P50, Goal::AtMost(1.5)),
    row("answers", READ_P99, Goal::AtMost(1.5)),
    row("answers", READ_RATE, Goal::AtLeast(0.6)),
    row("answers", PRESS, Goal::AtMost(1.25)),
    row("commits", COMMITS, Goal::AtLeast(12.0)),
    row("reminders", FIRST, Goal::Said("≤ 50 ms")),
    row("reminders", LAST, Goal::Said("≤ 700 ms")),
    row("limits", PACED, Goal::Said("≥ 49/s, no 429")),
    row("limits", MEANWHILE, Goal::Said("≤ 100 ms plus latency")),
    row("limits", SECOND_DM, Goal::Said("1")),
    row("pending", PENDING_10_5, Goal::AtMost(2.0)),
    row("pending", PENDING_10_6, Goal::AtMost(2.0)),
    row("million", MEMORY_IDLE, Goal::AtMost(2.5)),
    row("million", MEMORY_ACTED, Goal::AtMost(4.0)),
    row("million", READY, Goal::AtMost(1.2)),
    row("million", BYTES, Goal::Said("≤ 1,500 sealed")),
    row("idle", IDLE, Goal::Said("no wake-up of ours")),
    row("size", SIZE, Goal::Said("≤ 18 MB")),
    row("build", BUILD_DEBUG, Goal::Nothing),
    row("build", BUILD_RELEASE, Goal::Nothing),
];

/// The groups in the order in which they are measured.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = ROWS.iter().map(|row| row.group).collect();
    groups.dedup();
    groups
}
