//! One file a stage: its state, what it answers, what arrives by itself. A stage reports an
//! [`Outcome`](super::outcome::Outcome); the parent alone decides what opens next.

pub mod advice;
pub mod cooloff;
pub mod draft;
pub mod outcome;
pub mod plan;
pub mod points;
pub mod reachout;
pub mod reasons;
pub mod reflect;
pub mod set_up;
pub mod urge;
pub mod wait;
pub mod writing;
