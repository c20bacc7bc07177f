//! All files of a format, for a form: what takes two of them when one can't express the answers, and which belong
//! together.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Answers, Error, Id, Output, OutputFormat, Wrong, generate};
use crate::source::Wrapper;
use crate::text::secret::Secret;

/// A format with what a form shows about it.
#[derive(Clone, Debug, serde::Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "FormatInfo"))]
#[serde(rename_all = "camelCase")]
pub struct FormatFacts {
    /// Its name.
    #[cfg_attr(test, ts(type = "GenerateFormat"))]
    pub format: OutputFormat,
    /// The name of its file.
    pub file: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Whether it configures Langfuse, rather than the store.
    pub configures_langfuse: bool,
}

/// The formats for a deployment method: those that configure Langfuse, the main one first, then those for the store.
#[must_use]
pub fn formats(deployment: Wrapper) -> Vec<FormatFacts> {
    let facts = |format: OutputFormat| FormatFacts {
        format,
        file: format.file(),
        about: format.about(),
        configures_langfuse: format.configures_langfuse(),
    };
    OutputFormat::for_deployment(deployment).into_iter().map(facts).collect()
}

/// All files of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFiles {
    /// Names and contents; the main file first. They may contain the credentials that were given.
    pub files: Vec<(&'static str, Secret)>,
    /// What to do with them, and what they don't cover: one sentence each, without secrets.
    pub notes: Vec<String>,
    /// The files that configure Langfuse, in groups that `check` reads together.
    pub checked: Vec<Vec<&'static str>>,
    /// The answers that were generated because they were left out. To get the same files again, answer with them.
    pub generated: Vec<(Id, Secret)>,
}

/// Writes all files of `format`: one .env for each container if one for both can't express the answers.
///
/// # Errors
/// As [`generate`].
pub fn generate_files(format: OutputFormat, answers: &Answers, random: &[u8]) -> Result<GeneratedFiles, Error> {
    let output = match generate(format, answers, random) {
        Ok(output) => output,
        // Answers that don't fit together, unlike a missing or an invalid one, may fit into two files.
        Err(error @ Error::Wrong(Wrong { field: None, .. })) => {
            return per_container(format, answers, random).ok_or(error);
        }
        Err(error) => return Err(error),
    };
    let companions = output.beside.iter().map(|b| b.name);
    let main = std::iter::once(output.name);
    let checked = match format {
        OutputFormat::Compose => vec![main.chain(companions).collect()],
        _ if format.configures_langfuse() => vec![main.collect()],
        _ => Vec::new(),
    };
    Ok(GeneratedFiles::new(output, checked, generated(format, answers, random)))
}

fn generated(format: OutputFormat, answers: &Answers, random: &[u8]) -> Vec<(Id, Secret)> {
    let made = answers.draft(format, random).generated();
    made.into_iter().map(|(id, text)| (id, Secret::new(text))).collect()
}

/// A .env for each container, if that can express what one for both can't.
fn per_container(format: OutputFormat, answers: &Answers, random: &[u8]) -> Option<GeneratedFiles> {
    if format != OutputFormat::Env || answers.get(Id::Container).is_some() {
        return None;
    }
    let only = |container| {
        let mut answers = answers.clone();
        answers.set(Id::Container, container).ok()?;
        generate(format, &answers, random).ok()
    };
    let (web, worker) = (only("web")?, only("worker")?);
    let checked = vec![vec![web.name], vec![worker.name]];
    let mut all = GeneratedFiles::new(web, checked, generated(format, answers, random));
    all.files.push((worker.name, worker.text));
    Some(all)
}

impl GeneratedFiles {
    fn new(output: Output, checked: Vec<Vec<&'static str>>, generated: Vec<(Id, Secret)>) -> Self {
        let mut files = vec![(output.name, output.text)];
        files.extend(output.beside.into_iter().map(|b| (b.name, b.text)));
        Self { files, notes: output.notes, checked, generated }
    }
}

/// `{ file, text }`, as `check` takes files.
struct NamedText<'f>(&'static str, &'f Secret);

impl Serialize for NamedText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("File", 2)?;
        out.serialize_field("file", self.0)?;
        out.serialize_field("text", self.1.expose())?;
        out.end()
    }
}

/// `{ files: [{ file, text }], notes, checked, generated }`, for APIs. Contains the secrets.
impl Serialize for GeneratedFiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let files: Vec<_> = self.files.iter().map(|(name, text)| NamedText(name, text)).collect();
        let generated = self.generated.iter().map(|(id, text)| (id.option(), text.expose().into()));
        let generated: serde_json::Map<String, serde_json::Value> = crate::order::filled(generated);
        let mut out = serializer.serialize_struct("GeneratedFiles", 4)?;
        out.serialize_field("files", &files)?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("checked", &self.checked)?;
        out.serialize_field("generated", &generated)?;
        out.end()
    }
}
