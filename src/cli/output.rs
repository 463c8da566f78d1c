//! Lines for the operator. `println!` panics where a pipe is closed or a disk is full; here the line is lost and the work
//! that it tells of goes on.

/// Writes a line to standard output.
macro_rules! out {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        // The reader has closed the pipe, or the disk is full: the error has nowhere to go.
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// Writes a line to standard error.
macro_rules! err {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        // As above.
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

pub(crate) use {err, out};
