//! The pure part of uploading: how a body is split into parts, and the journal from which a later process
//! resumes.

pub mod journal;
pub mod plan;

pub use journal::Journal;
pub use plan::{Limits, Plan, PlanError};
