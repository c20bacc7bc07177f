//! `oci-config-file-missing`.

use super::AUTH_TYPE;
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Var, var};

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

const CONFIG_FILE: Var = var("LANGFUSE_OCI_CONFIG_FILE");

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
                    "{} is not set, so {} can only read `~/.oci/config` in the container, which may not exist",
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
