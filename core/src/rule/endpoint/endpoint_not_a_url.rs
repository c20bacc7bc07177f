//! `endpoint-not-a-url`.

use super::{broken, is_explained_elsewhere, s3_blocks};
use crate::config::endpoint::EndpointError;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::{escaped, quoted};
use crate::text::suggest::nearest;
use crate::variable::Role;

rule! {
    /// The endpoint is not an http or https URL.
    ///
    /// ## Why
    /// The AWS SDK parses the endpoint on the first request and fails with "Invalid URL" or "was not a valid URI".
    /// Langfuse doesn't check it at startup. `s3://bucket` is how tools name a bucket; an endpoint names the server.
    /// `https://https://…`, from a form that adds the scheme itself, is a valid URL for a host called `https`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=s3://acme-events
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Both error messages, from the SDK version Langfuse pins.
    ENDPOINT_NOT_A_URL = "endpoint-not-a-url", Error, Failure, endpoint_not_a_url
}

fn endpoint_not_a_url(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, error) in broken(block) {
            let text = setting.text().unwrap_or("").trim();
            let after = text.split_once("://").map_or("", |(_, rest)| rest);
            // An empty account before `.blob…` is an unfilled placeholder; `https:///host` works.
            let elsewhere = is_explained_elsewhere(text)
                || error == EndpointError::NoHost
                    && (after.starts_with('.') || after.len() > 1 && after.starts_with('/'));
            if error == EndpointError::NoScheme || elsewhere {
                continue;
            }
            if error == EndpointError::TwoSchemes {
                let first = text.split("://").next().unwrap_or("");
                let edits = replace_value(setting, after);
                out.push(
                    Finding::at(config, setting)
                        .for_block(block)
                        .message(format!(
                            "{} is {}, with two schemes: the SDK connects to a host named {}",
                            setting.name,
                            shown(setting),
                            quoted(after.split("://").next().unwrap_or(""))
                        ))
                        .help(format!("Remove the leading `{}://`.", escaped(first)))
                        .fix(edits.map(|e| DraftFix::safe("remove the first scheme", e))),
                );
                continue;
            }
            let generic = "Set the store's URL, such as `https://s3.example.com` or `http://minio:9000`.";
            let (wrong, help) = match error {
                EndpointError::WrongScheme => {
                    let scheme = text.split("://").next().unwrap_or("");
                    let help = match nearest(scheme, ["https", "http"]) {
                        Some(meant) if !scheme.eq_ignore_ascii_case("s3") => format!("Did you mean `{meant}://`?"),
                        _ => format!(
                            "The bucket goes in {} only. Leave {} unset for Amazon S3; otherwise set the store's URL, \
                             such as `https://s3.example.com`.",
                            block.name(Role::Bucket),
                            setting.name
                        ),
                    };
                    ("not an http or https URL", help)
                }
                EndpointError::NoHost => ("a URL without a host", generic.into()),
                EndpointError::BadPort => (
                    "a URL with an invalid port",
                    "Set a port from 1 to 65535, or omit it for the scheme's default.".into(),
                ),
                _ => ("a URL with an invalid character in its host", generic.into()),
            };
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}, {wrong}; the SDK rejects it", setting.name, shown(setting)))
                    .help(help),
            );
        }
    }
}
