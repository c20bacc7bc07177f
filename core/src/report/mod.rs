//! The report: diagnostics as data, and their fixes applied.

pub mod diagnostic;
pub mod fix;

pub use diagnostic::{Applicability, Diagnostic, Edit, Fix, Impact, Read, Related, Report, Severity, Summary};
