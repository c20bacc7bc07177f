//! Why files can't be read or judged.

use std::fmt;

use crate::text::printable::escaped;

/// Why a deployment can't be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadError {
    /// A file isn't text.
    Undecodable {
        /// Its name.
        file: String,
        /// One sentence: why, and what to do.
        message: String,
    },
    /// A file is of a kind that isn't read.
    Foreign {
        /// Its name.
        file: String,
    },
    /// Nothing in a file is for Langfuse.
    Unsuited {
        /// Its name.
        file: String,
        /// One sentence: what it lacks.
        message: String,
        /// What to do.
        help: String,
    },
    /// A file can't be opened, although it may be.
    Unopenable {
        /// Its name.
        file: String,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable { file, message } => write!(f, "{file}: {message}"),
            Self::Foreign { file } => f.write_str(&foreign(file)),
            Self::Unsuited { file, message, .. } => write!(f, "{}: {message}", escaped(file)),
            Self::Unopenable { file, reason } => write!(f, "can't open {file}: {reason}"),
        }
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    /// What to do about it, if the message doesn't say so.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Unsuited { help, .. } => Some(help),
            _ => None,
        }
    }
}

/// What is said about a file of a kind that isn't read.
fn foreign(file: &str) -> String {
    const FORMS: &str = "it reads dotenv files, compose files, values of the Langfuse chart, Kubernetes manifests, \
                         JSON, the output of `env`, and excerpts of code such as Terraform (--input names the kind)";
    format!("{}: not a format langfuse-blob reads; {FORMS}", escaped(file))
}
