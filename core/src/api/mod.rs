//! The core for programs in other languages. Arguments are JSON, results are JSON or plain text, and every failure is
//! an [`Error`] with a code.
//!
//! Bindings only call these functions. They exchange text, because one string each way is the cheapest thing to pass
//! between languages. The TypeScript declarations are generated from these types and the tables: see `typescript`, a
//! test.

mod connection;
mod environment;
mod error;
mod generate;
mod object;
mod options;
mod presign;
mod sign;
mod subject;
#[cfg(test)]
mod typescript;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use connection::{Connection, Connections, Unconnected, Unsignable, connections};
pub use environment::{storage_environment, storage_variable};
pub use error::{Code, Error};
pub use generate::{Questions, Rejected, formats, generate, generate_files, password, questions, recall};
pub use object::{EventsRequest, MediaRequest, event_objects, export_file, media_object};
pub use options::Options;
pub use presign::{PresignRequest, presign};
pub use sign::{SignRequest, sign};
pub use subject::{File, Subject, file_name};

use crate::check;
use crate::order;
use crate::render::{ReportFormat, text};
use crate::report::{Diagnostic, Report, fix};
use crate::resolve;
use crate::rule;
use crate::source::{Deployment, Wrapper};
use crate::text::suggest::nearest;
use crate::variable::Containers;

/// What a container receives, for programs.
#[derive(Debug, Serialize)]
pub struct Resolved {
    /// By container: name and value of each storage-related variable. `None`: the program that reads a file rejects it,
    /// so nothing reaches a container.
    pub containers: Option<Map<String, Value>>,
    /// Why, and other findings about reading the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// The report format of that name.
///
/// # Errors
/// The format is unknown.
pub fn report_format(name: &str) -> Result<ReportFormat, Error> {
    ReportFormat::by_name(name).ok_or_else(|| {
        let names = ReportFormat::ALL.map(ReportFormat::name);
        let help = nearest(name, names)
            .map_or_else(|| format!("Use one of {}.", names.join(", ")), |m| format!("Did you mean `{m}`?"));
        Error::new(Code::InvalidOption, format!("unknown report format {name:?}")).help(help)
    })
}

/// Reads and checks `subject`.
///
/// # Errors
/// An option is invalid, or a file isn't text.
pub fn check(subject: &Subject, options: &Options) -> Result<Report, Error> {
    examine(subject, options).map(|(_, report)| report)
}

/// Like [`check`], for variables in the form that [`Subject::variables`] reads.
///
/// # Errors
/// As [`check`], or a variable holds a NUL.
pub fn check_variables(flat: &[u8], count: usize, options: &Options) -> Result<Report, Error> {
    let deployment = Subject::variables(flat, count, options)?;
    // Without a file, there are no fixes to verify.
    Ok(check::check(&deployment, &options.rules()?))
}

/// Reads and checks `subject`. Also returns what was read.
///
/// # Errors
/// As [`check`].
pub fn examine(subject: &Subject, options: &Options) -> Result<(Deployment, Report), Error> {
    subject.as_read(&[]).examine(options)
}

/// Reads `subject` without judging it.
///
/// # Errors
/// As [`check`].
pub fn read(subject: &Subject, options: &Options) -> Result<Deployment, Error> {
    subject.as_read(&[]).read(options)
}

/// What each container receives.
///
/// # Errors
/// As [`check`].
pub fn resolve(subject: &Subject, options: &Options) -> Result<Resolved, Error> {
    /// Rules about reading the files rather than about values.
    const READING: [&str; 3] = ["file-refused-by-reader", "chart-refuses-values", "chart-version-not-known"];
    let deployment = read(subject, options)?;
    let rules = check::Options { select: &READING, ..options.rules()? };
    let report = check::check(&deployment, &rules);
    let diagnostics = report.diagnostics.into_iter().filter(|d| READING.contains(&d.rule.as_ref())).collect();
    let wanted = options.container.map_or(Containers::BOTH, |c| c.0);
    let containers = (!deployment.is_refused()).then(|| {
        let both = [(Containers::WEB, "web"), (Containers::WORKER, "worker")];
        order::filled(both.into_iter().filter(|(container, _)| container.meets(wanted)).filter_map(
            |(container, name)| {
                let environment = deployment.environment(container)?;
                Some((name.to_owned(), Value::Object(resolve::values(environment))))
            },
        ))
    });
    Ok(Resolved { containers, diagnostics })
}

/// Formats `report` (JSON) as `format`. Quotes the lines of `subject`, if given.
///
/// # Errors
/// The report is invalid, or the format is unknown.
pub fn render(report: &str, format: &str, subject: Option<&Subject>, options: &Options) -> Result<String, Error> {
    let format = report_format(format)?;
    let report = read_report(report)?;
    let deployment = match subject {
        Some(subject) => subject.as_read(&report.read).read(options)?,
        None => Deployment::new(Wrapper::Raw),
    };
    Ok(format.render(&report, &deployment, text::Style::default()))
}

/// Applies the fixes of `report` (JSON). Returns all files, changed or not.
///
/// # Errors
/// The report is invalid.
pub fn apply_fixes(files: Vec<File>, report: &str, include_unsafe: bool) -> Result<Vec<File>, Error> {
    let report = read_report(report)?;
    let texts = files.iter().map(|f| (f.file.as_str(), f.text.as_str()));
    let mut changed: BTreeMap<String, String> = fix::apply(texts, &report, include_unsafe);
    Ok(files
        .into_iter()
        .map(|File { file, text }| {
            let text = changed.remove(&file).unwrap_or(text);
            File { file, text }
        })
        .collect())
}

fn read_report(report: &str) -> Result<Report, Error> {
    let invalid = |e: &serde_json::Error| Error::json(Code::InvalidInput, "invalid report", e);
    let report: Report = serde_json::from_str(report).map_err(|e| invalid(&e))?;
    match report.diagnostics.iter().find(|d| rule::by_slug(&d.rule).is_none()) {
        Some(d) => Err(invalid(&serde::de::Error::custom(format_args!("unknown rule {:?}", d.rule)))),
        None => Ok(report),
    }
}

/// The page on `topic`: a rule, variable, error code or guide.
///
/// # Errors
/// The topic is unknown.
#[cfg(feature = "pages")]
pub fn explain(topic: &str) -> Result<String, Error> {
    crate::explain::topic(topic).map_err(|nearest| unknown_topic(topic, nearest))
}

/// The error for a topic that doesn't exist; `nearest` is the one that may be meant.
#[must_use]
pub fn unknown_topic(topic: &str, nearest: Option<&str>) -> Error {
    let help = nearest.map_or_else(
        || "Call `explain` without an argument to list all topics.".to_owned(),
        |name| format!("Did you mean `{name}`?"),
    );
    Error::new(Code::UnknownTopic, format!("unknown topic {topic:?}")).help(help)
}

/// A value as compact JSON. Values here contain only strings, numbers and lists, so serializing never fails.
#[must_use]
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Parses what a program passed.
///
/// # Errors
/// The JSON isn't a valid `T`.
pub fn from_json<'t, T: Deserialize<'t>>(code: Code, what: &str, text: &'t str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|e| Error::json(code, what, &e))
}
