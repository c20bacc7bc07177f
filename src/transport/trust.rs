//! The CA certificates that TLS trusts.

use std::path::Path;
use std::sync::Arc;

use langfuse_blob_core::storage::Fault;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::error::TransportError;
use crate::local_file;

/// Which CA certificates are trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trust {
    /// How many the system has.
    pub system: usize,
    /// How many came from the extra file.
    pub extra: usize,
    /// Why the extra file was ignored: one sentence without its full stop.
    pub extra_problem: Option<String>,
    /// Whether Mozilla's built-in ones are used, because the system has none.
    pub built_in: bool,
}

/// TLS 1.2 and 1.3 for a client, with HTTP/2 if the server supports it.
pub(super) fn configure(extra_ca: Option<&Path>) -> Result<(ClientConfig, Trust), TransportError> {
    let system = rustls_native_certs::load_native_certs();
    configure_with(system.certs, extra_ca)
}

pub(super) fn configure_with(
    system: Vec<CertificateDer<'static>>,
    extra_ca: Option<&Path>,
) -> Result<(ClientConfig, Trust), TransportError> {
    let mut roots = RootCertStore::empty();
    // Some systems hold certificates that can't be parsed; they don't invalidate the others.
    let (system, _) = roots.add_parsable_certificates(system);
    let mut trust = Trust { system, extra: 0, extra_problem: None, built_in: system == 0 };
    if trust.built_in {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(path) = extra_ca {
        match read(path) {
            Ok(extra) => (trust.extra, _) = roots.add_parsable_certificates(extra),
            Err(problem) => trust.extra_problem = Some(problem),
        }
        if trust.extra == 0 && trust.extra_problem.is_none() {
            trust.extra_problem = Some(format!("{} doesn't contain a certificate", path.display()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| TransportError { fault: Fault::Opaque, detail: e.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((config, trust))
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let problem = |why: String| format!("{} can't be read: {why}", path.display());
    let bytes = local_file::read_small(path, local_file::SMALL).map_err(|e| problem(e.to_string()))?;
    CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().map_err(|e| problem(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_system_falls_back_to_the_built_in_roots() {
        let (_, trust) = configure_with(Vec::new(), None).unwrap();
        assert_eq!(trust, Trust { system: 0, extra: 0, extra_problem: None, built_in: true });
    }

    #[test]
    fn a_bad_extra_file_is_ignored_and_named() {
        let folder = std::env::temp_dir().join(format!("langfuse-blob-trust-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("ca.pem");
        std::fs::write(&file, "nothing of the kind").unwrap();
        for path in [file.as_path(), &folder.join("missing.pem")] {
            let (_, trust) = configure_with(Vec::new(), Some(path)).unwrap();
            assert!(trust.extra_problem.unwrap().contains(&path.display().to_string()));
            assert_eq!(trust.extra, 0);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
