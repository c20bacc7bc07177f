//! TypeScript's declarations of what the functions of [`api`](super) take and give: structures from their Rust types,
//! words from the tables. A test keeps `wasm/js/types.d.ts` fresh.

use std::fmt::Write as _;

use ts_rs::{Config, TS};

use super::{Code, EventsRequest, File, Format, Options, PresignRequest, SignRequest, object, presign::Op};
use crate::generate::{self, Choosable, FIELDS, Id, ProviderNeeds, Question};
use crate::object::export;
use crate::report::{Applicability, Diagnostic, Edit, Fix, Impact, Read, Related, Report, Severity, Summary};
use crate::rule;
use crate::source::{Dialect, Kind, Wrapper};
use crate::text::span::Location;
use crate::variable::{self, Presence, UseCase, Variable};

const HEAD: &str = "\
// Generated from the types and tables of core/. To renew: npm run docs

/** What a Standard Schema is, version 1: see standardschema.dev. */
export interface StandardSchema<In, Out> {
  readonly \"~standard\": {
    readonly version: 1;
    readonly vendor: \"langfuse-blob\";
    readonly validate: (value: unknown) => { readonly value: Out; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}
export interface Issue { readonly message: string; readonly path?: readonly string[] | undefined }

/** Set, to a value that is not known here. */
export interface Unknown { readonly unknown: true }
/** A key of a Kubernetes Secret, `name/key`. */
export interface SecretReference { readonly secret: string }
/** What a variable holds. */
export type Value = string | SecretReference | Unknown;
/** Variables as a program has them, `process.env` for one. */
export type Variables = { readonly [name: string]: Value | number | bigint | boolean | null | undefined };
/** What is read: variables, those of each container, a text, or files that belong together. */
export type Input = string | Variables | { readonly web?: Variables | string; readonly worker?: Variables | string } | { readonly files: readonly File[] };
/** What each container receives; null where a text is one that its own reader refuses. */
export interface Resolved { containers: { web?: Record<string, Value>; worker?: Record<string, Value> } | null; diagnostics: Diagnostic[] }
/** A file that was written. */
export interface Output { name: string; contents: string; notes: string[]; beside: { name: string; contents: string }[] }
/** A medium: its bytes, or their SHA-256 in base64. */
export type MediaRequest = ({ bytes: Uint8Array } | { sha256: string }) & { contentType: string; projectId: string; prefix?: string | null };
/** Which fixes are applied: the safe ones, or also the likely ones. */
export interface ApplyFixesOptions { unsafe?: boolean }
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

/// The answers of `generate`, a field each.
fn generate_options() -> String {
    let mut out = String::from(
        "\n/** The answers of `generate`: the command's flags in camel case. */\nexport interface GenerateOptions {\n",
    );
    for field in FIELDS {
        let words: Vec<String> = field.kind.choices().iter().map(|(word, _)| format!("{word:?}")).collect();
        let kind = match field.kind {
            generate::Kind::Provider => "ProviderId".to_owned(),
            generate::Kind::Flag => "boolean".to_owned(),
            generate::Kind::Number(..) => "number | string".to_owned(),
            generate::Kind::Choice(_) => words.join(" | "),
            generate::Kind::Several(_) => format!("readonly ({})[] | string", words.join(" | ")),
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

/// The variables as their types, and as they may be given.
fn environment() -> String {
    let mut out = String::from(
        "\n/** The storage variables as their types, Langfuse's defaults included. */\nexport interface StorageEnvironment {\n",
    );
    for variable in variable::storage() {
        let row = variable.row();
        let there = row.presence == Presence::Required || row.default.is_some_and(|d| !d.is_empty());
        let _ = writeln!(out, "  /** {} */\n  {}{}: {};", row.doc, row.name, if there { "" } else { "?" }, typed(row));
    }
    out.push_str("}\n\n/** The storage variables as an environment has them. */\nexport type StorageInput = { readonly [Name in keyof StorageEnvironment]?: string | number | boolean | undefined };\n");
    out
}

fn declarations() -> String {
    let mut out = String::from(HEAD);
    let kinds = [Kind::Dotenv, Kind::Compose, Kind::Helm, Kind::K8s, Kind::Json, Kind::Env];
    for (name, what, list) in [
        ("InputFormat", "What a text is.", kinds.map(Kind::name).to_vec()),
        (
            "ReadFormat",
            "What something was read as.",
            [&kinds[..], &[Kind::Process]].concat().into_iter().map(Kind::name).collect(),
        ),
        (
            "Dialect",
            "Which program reads a dotenv text.",
            [Dialect::Compose, Dialect::Docker, Dialect::Node].map(Dialect::name).to_vec(),
        ),
        (
            "Deployment",
            "What brings the variables to the containers.",
            [Wrapper::Raw, Wrapper::Compose, Wrapper::Helm, Wrapper::K8s].map(Wrapper::name).to_vec(),
        ),
        ("Container", "A container of Langfuse.", vec!["web", "worker"]),
        ("ReportFormat", "How a report is printed.", Format::ALL.map(|(name, _)| name).to_vec()),
        ("ExportFormat", "The format of an export file.", export::Format::ALL.map(export::Format::extension).to_vec()),
        ("GenerateFormat", "What `generate` writes.", generate::Format::ALL.map(generate::Format::name).to_vec()),
        ("ProviderId", "A store.", crate::provider::PROVIDERS.iter().map(|p| p.id).collect()),
        ("Rule", "A rule of `check`.", rule::all().map(|r| r.slug).collect()),
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
        declared::<Question>,
        declared::<Choosable>,
        declared::<ProviderNeeds>,
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
