//! The state of steps that make several requests. It's below `Case`, so that a step's file imports
//! the case, and the case no step.

use crate::storage::azure::UploadId;
use crate::storage::{Fault, Part, StoreError, Target};

use super::artifact::Artifact;
use super::result::StepResult;

/// The progress of one use case's steps.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub server: Server,
    pub put: Put,
    pub multipart: Multipart,
    pub delete: Delete,
    pub cleanup: Cleanup,
}

/// The step `server`.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// Ways to sign the first request that are still untried, last one first.
    pub untried: Vec<Variant>,
    /// The one that waits for a response.
    pub trying: Option<Variant>,
    /// The first request's failure, while we find out whether the port speaks TLS.
    pub disconnected: Option<(Fault, String)>,
}

/// Another way to sign the same request, to find out what a proxy changes.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub target: Target,
    /// The cause, if the store accepts it.
    pub slug: &'static str,
    pub detail: String,
}

/// The step `put`.
#[derive(Debug, Default)]
pub(super) struct Put {
    /// The result of the write with encryption, while one without it is tried.
    pub encrypted: Option<Box<StepResult>>,
}

/// The steps `parts` and `abort`.
#[derive(Debug, Default)]
pub(super) struct Multipart {
    /// The upload to complete.
    pub id: Option<String>,
    pub parts: Vec<Part>,
    /// The upload to abort.
    pub to_abort: Option<String>,
    /// The same on Azure.
    pub blocks: Option<UploadId>,
    /// The result to return once the upload is aborted.
    pub after_abort: Option<Box<StepResult>>,
}

/// The step `delete`.
#[derive(Debug, Default)]
pub(super) struct Delete {
    /// The store's response to Langfuse's own checksum, while MD5 is tried.
    pub rejected: Option<StoreError>,
}

/// The step `cleanup`.
#[derive(Debug, Default)]
pub(super) struct Cleanup {
    /// What is left to do, last one first.
    pub jobs: Vec<Job>,
    /// The one that waits for a response.
    pub current: Option<Job>,
    /// How often that was attempted.
    pub attempts: u32,
    pub deleted: usize,
    /// What couldn't be deleted, and why.
    pub not_deleted: Vec<(Artifact, String)>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub(super) enum Job {
    Delete(Artifact),
    /// Find the ID of an upload whose response was lost.
    FindUploads(String),
    FindVersions,
    /// Replace uncommitted blocks with an empty blob.
    ReplaceBlocks(String),
}
