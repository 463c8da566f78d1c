//! A pipe that nobody reads, or a disk that is full, takes a line and not the work that it tells of.

use std::fs::File;
use std::process::{Command, Stdio};

#[test]
fn a_line_that_cannot_be_written_is_lost_and_nothing_else() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("Linux has a device that is full"));
    for (out, err) in [(full(), Stdio::null()), (Stdio::null(), full()), (full(), full())] {
        let run = Command::new(env!("CARGO_BIN_EXE_rekindle")).arg("check").stdout(out).stderr(err).status();
        assert_eq!(run.expect("it runs").code(), Some(0));
    }
}
