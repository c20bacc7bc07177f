//! What a configuration may decide about this machine. Examined files are data: unless trusted, they open no files, run
//! no programs, and don't decide where credentials are sent.

use std::path::PathBuf;

use langfuse_blob_core::source::Environment;
use langfuse_blob_core::storage::access::Place;

use crate::credentials::{self, Chain, Trust, Variables};
use crate::transport::{Transport, TransportError};

const EXTRA_CA: &str = "NODE_EXTRA_CA_CERTS";

/// The variables of one container, with where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Configured<'d> {
    environment: Option<&'d Environment>,
    trusted: bool,
}

impl<'d> Configured<'d> {
    /// `trusted` is `--trust-config`: the files are the user's own.
    pub fn new(environment: Option<&'d Environment>, trusted: bool) -> Self {
        Self { environment, trusted }
    }

    /// The value of `name`, from a file or from this process.
    pub fn text(&self, name: &str) -> Option<String> {
        self.environment.and_then(|e| e.by_name(name)?.text()).map(str::to_owned)
    }

    fn of_file(&self, name: &str) -> Option<String> {
        let setting = self.environment.and_then(|e| e.by_name(name)).filter(|s| !s.from_process())?;
        setting.text().map(str::to_owned)
    }

    /// The file with additional CA certificates, and a note if it isn't opened.
    pub fn extra_ca(&self) -> (Option<PathBuf>, Option<String>) {
        let by_process = process(EXTRA_CA);
        match self.of_file(EXTRA_CA) {
            Some(path) if self.trusted => (Some(path.into()), None),
            Some(path) if by_process.as_ref() != Some(&path) => {
                let note = format!(
                    "note: {EXTRA_CA} of an examined file is a path inside the container and isn't opened here; set it in \
                     the shell, or add --trust-config if the file is yours"
                );
                (by_process.map(Into::into), Some(note))
            }
            _ => (by_process.map(Into::into), None),
        }
    }

    /// What a file sets that describes the container, so that it isn't tested here; `None` where it sets nothing of the
    /// kind, or the files are trusted.
    pub fn untested(&self) -> Option<String> {
        const OTHERS: [&str; 3] = ["SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY"];
        let differs = |name: &&str| self.of_file(name).is_some_and(|value| process(name) != Some(value));
        let names: Vec<&str> = OTHERS.into_iter().chain(credentials::process_only()).filter(differs).collect();
        if names.is_empty() || self.trusted {
            return None;
        }
        Some(format!(
            "note: not tested: {}, because they describe the container; set them in the shell, or add --trust-config if the \
             file is yours",
            names.join(", ")
        ))
    }

    /// The default credential chain for requests to `place`.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn chain(&self, place: &Place, transport: &Transport) -> Result<Chain, TransportError> {
        let trust = if self.trusted {
            Trust::Full
        } else if place.takes_machine_credentials() {
            Trust::Data
        } else {
            Trust::OwnKeys
        };
        let region = match place {
            Place::S3 { target, .. } => Some(target.region.as_str()),
            Place::Azure { .. } => None,
        };
        Chain::new(&Variables { file: &|name| self.of_file(name), process: &process, trust }, region, transport)
    }
}

/// A variable of this process's own environment.
pub fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
