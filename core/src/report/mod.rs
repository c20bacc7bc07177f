//! The report: diagnostics as data, one renderer per format.

pub mod diagnostic;
pub mod fix;
pub mod format;
pub mod github;
pub mod json;
pub mod sarif;
pub mod text;

pub use diagnostic::{Applicability, Diagnostic, Edit, Fix, Impact, Read, Related, Report, Severity, Summary};
pub use format::ReportFormat;
