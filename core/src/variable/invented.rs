//! Names that people, guides and other programs invent for Langfuse's storage, by family: what each family stands for,
//! and the real variables.

use super::row::{Role, UseCase};
use super::slot;

/// What a family of names stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// A field of every use case's block.
    Field,
    /// A field on Azure's engine.
    Azure,
    /// A field on Google's engine.
    Google,
    /// A field on Oracle's engine.
    Oracle,
}

/// A family of invented names.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// What its names begin with.
    pub prefix: &'static str,
    /// What they stand for.
    pub stands: Stands,
}

const fn family(prefix: &'static str, stands: Stands) -> Family {
    Family { prefix, stands }
}

/// Every family seen in the wild; the longer of two prefixes comes first.
pub static FAMILIES: [Family; 23] = [
    family("LANGFUSE_S3_UPLOAD_", Stands::Field),
    family("LANGFUSE_S3_STORAGE_", Stands::Field),
    family("LANGFUSE_S3_", Stands::Field),
    family("LANGFUSE_BLOB_STORAGE_S3_", Stands::Field),
    family("LANGFUSE_BLOB_STORAGE_AZURE_", Stands::Azure),
    family("LANGFUSE_BLOB_STORAGE_GCS_", Stands::Google),
    family("LANGFUSE_BLOB_STORAGE_", Stands::Field),
    family("LANGFUSE_BLOB_", Stands::Field),
    family("LANGFUSE_OBJECT_STORAGE_", Stands::Field),
    family("LANGFUSE_OBJECT_STORE_", Stands::Field),
    family("LANGFUSE_STORAGE_", Stands::Field),
    family("LANGFUSE_MINIO_", Stands::Field),
    family("LANGFUSE_R2_", Stands::Field),
    family("LANGFUSE_AWS_S3_", Stands::Field),
    family("LANGFUSE_AZURE_BLOB_", Stands::Azure),
    family("LANGFUSE_AZURE_STORAGE_", Stands::Azure),
    family("LANGFUSE_AZURE_", Stands::Azure),
    family("LANGFUSE_GCS_", Stands::Google),
    family("LANGFUSE_GCP_", Stands::Google),
    family("LANGFUSE_GOOGLE_CLOUD_STORAGE_", Stands::Google),
    family("LANGFUSE_GOOGLE_CLOUD_", Stands::Google),
    family("LANGFUSE_OCI_", Stands::Oracle),
    family("LANGFUSE_ORACLE_", Stands::Oracle),
];

/// Prefixes of other programs' names that stand for `LANGFUSE_`.
pub static FORKS: [&str; 5] = ["LITEFUSE_", "LANGFUSE_WEB_", "LANGFUSE_WORKER_", "NEXT_PUBLIC_LANGFUSE_", "LF_"];

/// The real variables for an invented name, as a sentence; `role_of` reads the name's end.
pub(crate) fn advice(name: &str, role_of: &dyn Fn(&str) -> Option<Role>) -> Option<String> {
    const AZURE: &str = "On Azure, set the use case's own variables: the account is LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID, its key LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY, the container LANGFUSE_S3_EVENT_UPLOAD_BUCKET, the URL LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT; likewise for media and exports.";
    let family = FAMILIES.iter().find(|f| name.starts_with(f.prefix))?;
    let rest = name.get(family.prefix.len()..)?;
    if matches!(rest, "PROVIDER" | "TYPE" | "BACKEND" | "DRIVER" | "ENGINE" | "KIND") {
        return Some(
            "S3 is the engine unless a switch is on: `LANGFUSE_USE_AZURE_BLOB=true`, \
             `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true` or `LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true`."
                .into(),
        );
    }
    match family.stands {
        Stands::Azure => {
            let words = ["ACCOUNT", "KEY", "CONNECTION", "CONTAINER_NAME", "ENDPOINT", "BLOB", "STORAGE", "SAS"];
            (words.iter().any(|w| name.contains(w)) || role_of(rest).is_some()).then(|| AZURE.into())
        }
        Stands::Field => Some(format!(
            "No variable covers all use cases: set one each for events, media and exports, {}.",
            each(role_of(rest)?)?
        )),
        Stands::Google if rest.starts_with("PROJECT") => Some(
            "Langfuse needs no project: it's part of the service account in \
             LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS, or of the ambient identity."
                .into(),
        ),
        Stands::Google => match role_of(rest)? {
            role @ (Role::Bucket | Role::Prefix) => Some(format!(
                "Set `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true`, and one each for events, media and exports: {}.",
                each(role)?
            )),
            _ => Some(
                "Google's engine reads no such setting: it needs `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true`, \
                 LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS, and a bucket each, such as LANGFUSE_S3_EVENT_UPLOAD_BUCKET."
                    .into(),
            ),
        },
        Stands::Oracle => match role_of(rest) {
            Some(role @ (Role::Bucket | Role::Prefix | Role::Region | Role::Endpoint)) => Some(format!(
                "Set `LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true`, and one each for events, media and exports: {}.",
                each(role)?
            )),
            _ => matches!(rest, "NAMESPACE" | "COMPARTMENT" | "COMPARTMENT_ID").then(|| {
                "Langfuse gets the namespace from Oracle, for the identity that LANGFUSE_OCI_AUTH_TYPE selects.".into()
            }),
        },
    }
}

/// The variables of `role` for events, media and exports, as a list.
fn each(role: Role) -> Option<String> {
    let names: Vec<&str> = [UseCase::Events, UseCase::Media, UseCase::Exports]
        .into_iter()
        .filter_map(|u| slot(u, role).map(super::Var::name))
        .collect();
    let (last, rest) = names.split_last()?;
    Some(if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) })
}
