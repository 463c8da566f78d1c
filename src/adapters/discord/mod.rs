//! Discord: so far the slash commands as Discord takes them, so that `rekindle check` refuses a command that would not
//! register. The gateway and the direct messages find their place here.

mod register;

pub use register::{payload, problems};
