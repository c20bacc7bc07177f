//! `cors`: which pages may upload attachments from the browser. Langfuse's viewer shows media in `img`, `video` and
//! `audio` elements and needs no CORS; dataset attachments are uploaded by a script. Source:
//! `useDatasetItemMediaUpload` and `getItemMediaUploadHeaders` of Langfuse v4.16.0.

use serde_json::json;

use super::json::pretty;
use super::plan::ConfigPlan;
use super::shell::shell;
use super::{Error, Id, Output, OutputFormat};
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::provider::Addressing;
use crate::provider::setup::Place;
use crate::variable::UseCase;

/// The methods that the page's scripts use.
pub(super) const METHODS: [&str; 3] = ["GET", "PUT", "HEAD"];

/// How long a browser may cache the response, in seconds.
pub(super) const MAX_AGE: u32 = 3600;

/// The request headers that uploads send.
pub(super) fn headers(plan: &ConfigPlan) -> &'static [&'static str] {
    match plan.engine {
        Engine::Azure => &["content-type", "x-amz-checksum-sha256", "x-ms-blob-type", "x-ms-version"],
        // The script omits Amazon's header for Google's host.
        Engine::Gcs => &["content-type"],
        Engine::S3 | Engine::Oci => &["content-type", "x-amz-checksum-sha256"],
    }
}

/// The origin of Langfuse's pages.
pub(super) fn origin(plan: &ConfigPlan) -> Option<String> {
    Some(Endpoint::parse(plan.langfuse.as_deref()?).ok()?.origin())
}

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let Some(media) = plan.bucket(UseCase::Media) else {
        return Err(Error::wrong(
            Id::UseCases,
            "without media, browsers upload nothing",
            "Add `media`, or leave out the CORS rules.",
        ));
    };
    let Some(origin) = origin(plan) else { return Err(Error::Missing(vec![Id::PublicUrl])) };
    let headers = headers(plan);
    let name = &media.name;
    if plan.provider.id == "minio" {
        // A server setting, for all its buckets; the community edition rejects PutBucketCors.
        return Ok(Output::new(OutputFormat::Cors, format!("MINIO_API_CORS_ALLOW_ORIGIN={origin}\n"))
            .called("minio-cors.env")
            .note("MinIO's community edition has no CORS rules per bucket: this is a variable of the server. Without it, every origin is allowed."));
    }
    Ok(match plan.engine {
        Engine::Azure => {
            let rules = json!({ "properties": { "cors": { "corsRules": [{
                "allowedOrigins": [origin],
                "allowedMethods": METHODS,
                "allowedHeaders": headers,
                "exposedHeaders": [],
                "maxAgeInSeconds": MAX_AGE,
            }] } } });
            Output::new(OutputFormat::Cors, pretty(&rules)).note(format!(
                "CORS rules belong to the storage account and apply to all its containers. Save it as cors.json: `az rest --method patch --url \"$(az storage account show --name {} --query id --output tsv)/blobServices/default?api-version=2023-05-01\" --body @cors.json`.",
                plan.account.as_deref().unwrap_or("ACCOUNT")
            ))
        }
        _ if plan.provider.id == "gcs" => {
            let rules =
                json!([{ "origin": [origin], "method": METHODS, "responseHeader": headers, "maxAgeSeconds": MAX_AGE }]);
            Output::new(OutputFormat::Cors, pretty(&rules)).note(format!(
                "Save it as cors.json: `gcloud storage buckets update gs://{name} --cors-file=cors.json`."
            ))
        }
        _ => {
            let rules = json!({ "CORSRules": [{
                "AllowedOrigins": [origin],
                "AllowedMethods": METHODS,
                "AllowedHeaders": headers,
                "MaxAgeSeconds": MAX_AGE,
            }] });
            let output = Output::new(OutputFormat::Cors, pretty(&rules)).note(format!(
                "Save it as cors.json: `aws s3api put-bucket-cors --bucket {name} --cors-configuration file://cors.json{}`.",
                store_flags(plan)
            ));
            if plan.provider.addressing == Addressing::VirtualOnly { output.note(VIRTUAL) } else { output }
        }
    })
}

/// What the aws command needs to know about a store without path style.
pub(super) const VIRTUAL: &str =
    "The store requires the bucket in the host name: run `aws configure set s3.addressing_style virtual` first.";

/// The flags that point the aws command to the store. What isn't known is in capitals.
pub(super) fn store_flags(plan: &ConfigPlan) -> String {
    let url = match (plan.links(), plan.setup.place) {
        (Some(url), _) => url.to_owned(),
        (None, Place::Amazon) => return String::new(),
        (None, Place::Hosted(template)) => {
            let account = plan.account.as_deref().unwrap_or("ACCOUNT");
            template.replace("{account}", account).replace("{region}", plan.region.as_deref().unwrap_or("REGION"))
        }
        (None, Place::Own) => "STORE_URL".to_owned(),
    };
    let region = plan.region.as_ref().map_or(String::new(), |region| format!(" --region {region}"));
    format!(" --endpoint-url {}{region}", shell(&url))
}
