//! One renderer per format of a report.

pub mod format;
pub mod github;
pub mod json;
pub mod sarif;
pub mod text;

pub use format::ReportFormat;
