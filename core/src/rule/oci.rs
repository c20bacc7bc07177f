//! Oracle Object Storage: authentication, and which of its two APIs an endpoint belongs to.

use super::{Context, Finding, Findings, Rule, rule};
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::source::Wrapper;
use crate::text::mask::shown;
use crate::variable::{UseCase, Var, var};

pub(super) static RULES: &[&Rule] =
    &[&OCI_AUTH_TYPE_MISSING, &OCI_CONFIG_FILE_MISSING, &OCI_LINKS_NEED_PERMISSION, &OCI_ENDPOINT_NOT_S3];

const USE_OCI: Var = var("LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE");
const AUTH_TYPE: Var = var("LANGFUSE_OCI_AUTH_TYPE");
const CONFIG_FILE: Var = var("LANGFUSE_OCI_CONFIG_FILE");

rule! {
    /// The Oracle engine is on, but no authentication type is set.
    ///
    /// ## Why
    /// Langfuse has no default: the first request throws "OCI auth not configured: set LANGFUSE_OCI_AUTH_TYPE". The
    /// official compose file sets `workload_identity`, which works only on Oracle's Kubernetes.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=instance_principal
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Seen in
    /// `OCIObjectStorageService` in Langfuse's `packages/shared/src/server/services/StorageService.ts`;
    /// langfuse/langfuse#12379.
    OCI_AUTH_TYPE_MISSING = "oci-auth-type-missing", Error, Failure, oci_auth_type_missing
}

fn oci_auth_type_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Oci && !c.environment.open) {
        let Some(switch) = config.environment.get(USE_OCI) else { continue };
        if config.environment.set_value(AUTH_TYPE).is_some() {
            continue;
        }
        out.push(
            Finding::missing(config, AUTH_TYPE)
                .span(switch.span())
                .because(switch, "the Oracle engine is on")
                .message(format!("{} is not set, so the Oracle engine fails at its first use", AUTH_TYPE.name()))
                .help(format!(
                    "Set `{}=instance_principal` on a compute instance, `workload_identity` on Oracle's Kubernetes, \
                     `resource_principal` in a function, or `oci_profile` with a mounted configuration file.",
                    AUTH_TYPE.name()
                )),
        );
    }
}

rule! {
    /// Authentication reads an OCI configuration file, but none is set.
    ///
    /// ## Why
    /// With `oci_profile` and `session_token` the SDK reads a configuration file. Without LANGFUSE_OCI_CONFIG_FILE it
    /// looks for `~/.oci/config` in the container's home, which the images don't have, and says "Can't load the default
    /// config". Langfuse's own sample calls the variable OCI_CONFIG_FILE, which nothing reads.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=oci_profile
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=oci_profile
    /// LANGFUSE_OCI_CONFIG_FILE=/secrets/oci/config
    /// LANGFUSE_OCI_CONFIG_PROFILE=DEFAULT
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `.env.dev-oci.example`; `config-file-reader.js` of oci-common.
    OCI_CONFIG_FILE_MISSING = "oci-config-file-missing", Warning, Failure, oci_config_file_missing
}

fn oci_config_file_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Oci && !c.environment.open) {
        let environment = config.environment;
        let Some(auth) = environment.set_value(AUTH_TYPE) else { continue };
        if !matches!(auth.text(), Some("oci_profile" | "session_token")) || environment.set_value(CONFIG_FILE).is_some()
        {
            continue;
        }
        // The name rules report the file under the sample's variable name.
        if environment.by_name("OCI_CONFIG_FILE").is_some_and(crate::source::Setting::is_set) {
            continue;
        }
        out.push(
            Finding::missing(config, CONFIG_FILE)
                .span(auth.span())
                .because(auth, "this type reads a configuration file")
                .message(format!(
                    "{} is not set, so {} can only read `~/.oci/config` in the container",
                    CONFIG_FILE.name(),
                    shown(auth)
                ))
                .help(format!(
                    "Mount the file into web and worker and set `{}=/secrets/oci/config` and \
                     `LANGFUSE_OCI_CONFIG_PROFILE=DEFAULT`.",
                    CONFIG_FILE.name()
                )),
        );
    }
}

rule! {
    /// The Oracle engine's links are pre-authenticated requests, which the policy must allow.
    ///
    /// ## Why
    /// The native engine doesn't sign URLs: for each upload and each download, Langfuse creates a pre-authenticated
    /// request on the bucket. That needs the permission PAR_MANAGE in addition to those on objects. Without it, media
    /// and export links fail while events are stored as usual. Langfuse never deletes the requests.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=instance_principal
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-frankfurt-1
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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://acmetenancy.compat.objectstorage.eu-frankfurt-1.oraclecloud.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=1f2e3d4c5b6a79880716f5e4d3c2b1a098877665
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=cHE4UmsyTG1aeDdWdDRZYjlOdzNIczZKZDFGZzVLYzA=
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// `OCIObjectStorageService.getSignedUrl` in Langfuse's `packages/shared/src/server/services/StorageService.ts`;
    /// Oracle Cloud documentation, pre-authenticated requests.
    OCI_LINKS_NEED_PERMISSION = "oci-links-need-permission", Hint, Advice, oci_links_need_permission
}

fn oci_links_need_permission(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Oci) {
        let Some(switch) = config.environment.get(USE_OCI) else { continue };
        let linked = config.used().filter(|b| matches!(b.use_case, UseCase::Media | UseCase::Exports));
        let mut buckets: Vec<_> = linked.filter_map(|b| b.bucket).collect();
        buckets.dedup_by_key(|s| s.text().map(str::to_owned));
        if buckets.is_empty() {
            continue;
        }
        let names: Vec<String> = buckets.iter().map(|s| shown(s)).collect();
        let mut finding = Finding::at(config, switch);
        for bucket in buckets {
            finding = finding.looks_at(Some(bucket));
        }
        out.push(
            finding
                .message(format!(
                    "{} is `true`: every link to {} is a separate pre-authenticated request",
                    switch.name,
                    names.join(" and ")
                ))
                .help(
                    "Make sure that the policy grants PAR_MANAGE on these buckets in addition to the permissions on \
                     objects, and delete expired requests from time to time.",
                ),
        );
    }
}

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
    OCI_ENDPOINT_NOT_S3 = "oci-endpoint-not-s3", Warning, Failure, oci_endpoint_not_s3
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
