//! `oci-endpoint-not-s3`.

use super::USE_OCI;
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;

rule! {
    /// The endpoint is Oracle's native API, but the S3 engine is active.
    ///
    /// ## Why
    /// `objectstorage.<region>.oraclecloud.com` speaks Oracle's own protocol. The S3-compatible API has another host,
    /// `<namespace>.compat.objectstorage.<region>.oraclecloud.com`, needs path style, and uses customer secret keys. On
    /// the wrong host every S3 request fails. Langfuse's OCI sample has the native host, which works only with the
    /// native engine.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://objectstorage.eu-frankfurt-1.oraclecloud.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=1f2e3d4c5b6a79880716f5e4d3c2b1a098877665
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=cHE4UmsyTG1aeDdWdDRZYjlOdzNIczZKZDFGZzVLYzA=
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmetenancy.compat.objectstorage.eu-frankfurt-1.oraclecloud.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=1f2e3d4c5b6a79880716f5e4d3c2b1a098877665
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=cHE4UmsyTG1aeDdWdDRZYjlOdzNIczZKZDFGZzVLYzA=
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4555; Langfuse's `.env.dev-oci.example`; Oracle Cloud documentation, Amazon S3 Compatibility
    /// API.
    OCI_ENDPOINT_NOT_S3 = "oci-endpoint-not-s3", Error, Failure, oci_endpoint_not_s3
}

/// Whether the host is Oracle's native API, with or without a leading namespace.
fn is_native(url: &Endpoint<'_>) -> bool {
    let oracle = url.is_under("oraclecloud.com") || url.is_under("oci.customer-oci.com");
    let label = |name: &str| url.host.split('.').any(|l| l.eq_ignore_ascii_case(name));
    oracle && label("objectstorage") && !label("compat") && !label("vhcompat")
}

fn oci_endpoint_not_s3(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        for block in config.used() {
            let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
            if !is_native(url) {
                continue;
            }
            let written = config.environment.set_value(USE_OCI);
            // A rejected or hidden switch may be meant as `true`.
            if written.is_some_and(|s| s.text() != Some("false")) || written.is_none() && config.environment.open {
                continue;
            }
            let at = url.host.split('.').position(|l| l.eq_ignore_ascii_case("objectstorage")).unwrap_or(0);
            let (namespace, rest): (Vec<&str>, Vec<&str>) =
                (url.host.split('.').take(at).collect(), url.host.split('.').skip(at).collect());
            let namespace = if namespace.is_empty() { "<namespace>".to_owned() } else { namespace.join(".") };
            let mut finding = Finding::at(config, endpoint);
            if let Some(written) = written {
                finding = finding.because(written, "the native engine is off");
            }
            let native = match cx.deployment.wrapper {
                Wrapper::Helm => "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE in `langfuse.additionalEnv`",
                _ => "`LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true` with LANGFUSE_OCI_AUTH_TYPE",
            };
            out.push(
                finding
                    .message(format!(
                        "{} is {}, Oracle's native API, but the active engine is S3",
                        endpoint.name,
                        shown(endpoint)
                    ))
                    .help(format!(
                        "Write `{}=https://{namespace}.compat.{}` with path style and customer secret keys, or use the \
                         native engine: {native}.",
                        endpoint.name,
                        rest.join(".")
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguishes_the_two_apis() {
        for (host, native) in [
            ("objectstorage.eu-frankfurt-1.oraclecloud.com", true),
            ("ns.objectstorage.eu-frankfurt-1.oci.customer-oci.com", true),
            ("ns.compat.objectstorage.eu-frankfurt-1.oraclecloud.com", false),
            ("ns.compat.objectstorage.eu-frankfurt-1.oci.customer-oci.com", false),
            ("vhcompat.objectstorage.eu-frankfurt-1.oci.customer-oci.com", false),
            ("objectstorage.example.com", false),
        ] {
            let url = format!("https://{host}");
            assert_eq!(Endpoint::parse(&url).is_ok_and(|u| is_native(&u)), native, "{host}");
        }
    }
}
