//! Lines for the operator. `println!` panics where a pipe is closed or a disk is full; here the line is lost and the work
//! that it tells of goes on.

/// Writes a line to standard output.
macro_rules! out {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        // Nobody reads any more: there is nobody to tell.
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// Writes a line to standard error.
macro_rules! err {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

pub(crate) use {err, out};
