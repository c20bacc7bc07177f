//! TypeScript declarations for the functions of [`api`](super): structures from their Rust types, words from the
//! tables. A test keeps `wasm/js/types.d.ts` up to date.

use std::fmt::Write as _;

use ts_rs::{Config, TS};

use super::{
    Code, Connection, Connections, EventsRequest, File, Options, PresignRequest, Questions, Rejected, SignRequest,
    Unconnected, Unsignable, object, presign::Op,
};
use crate::generate::{self, Choosable, FIELDS, FieldFacts, FormatFacts, Id, ProviderNeeds, Question};
use crate::object::export;
use crate::probe::report::{
    ConnectedTo, IdleUseCase, Leftover, ProbeReport, PublishedAt, StepCounts, StepReport, UseCaseReport,
};
use crate::probe::{self, Event};
use crate::render::ReportFormat;
use crate::report::{Applicability, Diagnostic, Edit, Fix, Impact, Read, Related, Report, Severity, Summary};
use crate::rule;
use crate::source::{Dialect, Kind, Wrapper};
use crate::storage::cause::CAUSES;
use crate::text::span::Location;
use crate::variable::{self, Presence, UseCase, Variable};

const HEAD: &str = "\
// Generated from the types and tables of core/. To update: npm run docs

/** A Standard Schema, version 1: see standardschema.dev. */
export interface StandardSchema<In, Out> {
  readonly \"~standard\": {
    readonly version: 1;
    readonly vendor: \"langfuse-blob\";
    readonly validate: (value: unknown) => { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}
export interface Issue { readonly message: string; readonly path?: readonly string[] | undefined }

/** Set, but the value is unknown here. */
export interface Unknown { readonly unknown: true }
/** A key of a Kubernetes Secret, `name/key`. */
export interface SecretReference { readonly secret: string }
/** The value of a variable. */
export type Value = string | SecretReference | Unknown;
/** Variables as a program has them, such as `process.env`. */
export type Variables = { readonly [name: string]: Value | number | bigint | boolean | null | undefined };
/** The input: variables, variables per container, the contents of a file, or files that belong together. */
export type Input = string | Variables | { readonly web?: Variables | string; readonly worker?: Variables | string } | { readonly files: readonly File[] };
/** What each container receives; null if the program that reads a file rejects it. */
export interface Resolved { containers: { web?: Record<string, Value>; worker?: Record<string, Value> } | null; diagnostics: Diagnostic[] }
/** A generated file. */
export interface Output { name: string; contents: string; notes: string[]; beside: { name: string; contents: string }[] }
/** All files of a format. `checked`: the files that configure Langfuse, in groups that `check` reads together. `generated`: the answers that were left out and generated; to get the same files again, answer with them. */
export interface GeneratedFiles { files: File[]; notes: string[]; checked: string[][]; generated: Record<string, string> }
/** A media file: its bytes, or their SHA-256 in base64. */
export type MediaRequest = ({ bytes: Uint8Array } | { sha256: string }) & { contentType: string; projectId: string; prefix?: string | null };
/** Which fixes to apply: the safe ones, or also the unsafe ones. */
export interface ApplyFixesOptions { unsafe?: boolean }
/** A finding of the doctor. */
export type DoctorDiagnostic = Omit<Diagnostic, \"rule\"> & { rule: Cause };
";

fn words<'w>(name: &str, what: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|w| format!("{w:?}")).collect();
    format!("\n/** {what} */\nexport type {name} = {};\n", words.join(" | "))
}

fn declared<T: TS>(out: &mut String) {
    let config = Config::new().with_large_int("number");
    let text = T::decl(&config);
    let docs = T::docs().map_or_else(String::new, |docs| format!("{}\n", docs.trim_end()));
    let _ = write!(out, "\n{docs}export {text}\n");
}

/// The answers of `generate`, one field each.
fn generate_options() -> String {
    let mut out = String::from(
        "\n/** The answers for `generate`: the command's flags in camel case. */\nexport interface GenerateOptions {\n",
    );
    for field in FIELDS {
        let words: Vec<String> = field.kind.choices().iter().map(|(word, _)| format!("{word:?}")).collect();
        let kind = match field.kind {
            generate::AnswerKind::Provider => "ProviderId".to_owned(),
            generate::AnswerKind::Flag => "boolean".to_owned(),
            generate::AnswerKind::Number(..) => "number | string".to_owned(),
            generate::AnswerKind::Choice(_) => words.join(" | "),
            generate::AnswerKind::Several(_) => format!("readonly ({})[] | string", words.join(" | ")),
            _ => "string".to_owned(),
        };
        let _ = writeln!(out, "  /** {} */\n  {}?: {kind} | null;", field.help, Id::option(field.id));
    }
    out.push_str("}\n");
    out
}

fn typed(row: &Variable) -> String {
    match row.kind {
        variable::Kind::Boolean => "boolean".into(),
        variable::Kind::Number(_) => "number".into(),
        variable::Kind::Choice(list) => list.iter().map(|w| format!("{w:?}")).collect::<Vec<_>>().join(" | "),
        _ => "string".into(),
    }
}

/// The variables with their types, and in the forms in which they may be given.
fn environment() -> String {
    let mut out = String::from(
        "\n/** The storage variables as typed values, including Langfuse's defaults. */\nexport interface StorageEnvironment {\n",
    );
    for variable in variable::storage() {
        let row = variable.row();
        let there = row.presence == Presence::Required || row.default.is_some_and(|d| !d.is_empty());
        let _ = writeln!(out, "  /** {} */\n  {}{}: {};", row.doc, row.name, if there { "" } else { "?" }, typed(row));
    }
    out.push_str("}\n\n/** The storage variables of an environment. */\nexport type StorageInput = { readonly [Name in keyof StorageEnvironment]?: string | number | boolean | undefined };\n");
    out
}

fn declarations() -> String {
    let mut out = String::from(HEAD);
    let kinds = Kind::OF_FILES;
    for (name, what, list) in [
        ("InputFormat", "A file type.", kinds.map(Kind::name).to_vec()),
        (
            "ReadFormat",
            "What an input was read as.",
            [&kinds[..], &[Kind::Process]].concat().into_iter().map(Kind::name).collect(),
        ),
        (
            "Dialect",
            "Which program reads a dotenv file.",
            [Dialect::Compose, Dialect::Docker, Dialect::Node].map(Dialect::name).to_vec(),
        ),
        (
            "Deployment",
            "A deployment method.",
            [Wrapper::Raw, Wrapper::Compose, Wrapper::Helm, Wrapper::K8s].map(Wrapper::name).to_vec(),
        ),
        ("Container", "A Langfuse container.", vec!["web", "worker"]),
        ("ReportFormat", "A report format.", ReportFormat::ALL.map(ReportFormat::name).to_vec()),
        ("ExportFormat", "The format of an export file.", export::Format::ALL.map(export::Format::extension).to_vec()),
        (
            "GenerateFormat",
            "A format of `generate`.",
            generate::OutputFormat::ALL.map(generate::OutputFormat::name).to_vec(),
        ),
        ("ProviderId", "A storage provider.", crate::provider::PROVIDERS.iter().map(|p| p.id).collect()),
        ("Rule", "A rule of `check`.", rule::all().map(|r| r.slug).collect()),
        ("Cause", "A cause that the doctor finds; `explain` prints it.", CAUSES.iter().map(|c| c.slug).collect()),
    ] {
        out.push_str(&words(name, what, list));
    }
    for declare in [
        declared::<Report>,
        declared::<Read>,
        declared::<Diagnostic>,
        declared::<Severity>,
        declared::<Impact>,
        declared::<UseCase>,
        declared::<Location>,
        declared::<Related>,
        declared::<Fix>,
        declared::<Applicability>,
        declared::<Edit>,
        declared::<Summary>,
        declared::<File>,
        declared::<Options>,
        declared::<Code>,
        declared::<PresignRequest>,
        declared::<Op>,
        declared::<SignRequest>,
        declared::<EventsRequest>,
        declared::<object::EventObjects>,
        declared::<object::EventObject>,
        declared::<object::SkippedEvent>,
        declared::<object::MediaObject>,
        declared::<Connections>,
        declared::<Connection>,
        declared::<Unconnected>,
        declared::<Unsignable>,
        declared::<FormatFacts>,
        declared::<Questions>,
        declared::<Question>,
        declared::<Choosable>,
        declared::<Rejected>,
        declared::<FieldFacts>,
        declared::<ProviderNeeds>,
        declared::<ProbeReport>,
        declared::<UseCaseReport>,
        declared::<ConnectedTo>,
        declared::<PublishedAt>,
        declared::<StepReport>,
        declared::<probe::Step>,
        declared::<probe::Outcome>,
        declared::<IdleUseCase>,
        declared::<StepCounts>,
        declared::<Leftover>,
        declared::<Event>,
    ] {
        declare(&mut out);
    }
    out.push_str(&generate_options());
    out.push_str(&environment());
    out
}

#[test]
fn declarations_are_fresh() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/js/types.d.ts");
    let text = declarations();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(std::fs::read_to_string(&path).is_ok_and(|old| old == text), "wasm/js/types.d.ts is stale: npm run docs");
}
