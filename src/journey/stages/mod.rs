//! One file a stage: its state, what it answers, what arrives by itself. A stage reports an
//! [`Outcome`](super::outcome::Outcome); the parent alone decides what opens next.

pub mod advice;
pub mod cooloff;
pub mod reasons;
pub mod set_up;
pub mod urge;
