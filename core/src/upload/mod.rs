//! What an upload has to decide and to remember, without doing it: how a body is cut into parts, and the journal that a
//! later process goes on from.

pub mod journal;
pub mod plan;

pub use journal::Journal;
pub use plan::{Limits, Plan, PlanError};
