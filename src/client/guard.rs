//! No write through a published port before it's the right store's.

use langfuse_blob_core::storage::access::Place;
use langfuse_blob_core::storage::azure::list_blobs::ListBlobs;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::list_objects::ListObjects;
use langfuse_blob_core::storage::retry::Repeat;
use langfuse_blob_core::text::printable::escaped;

use super::Session;
use super::exchange::{About, Refused, of_s3};
use crate::failure::Failure;

impl Session {
    /// Whether writes may go through a port that was chosen without being asked for: another project may have published
    /// the same port. Asked once, before the first write; the answer holds for the run.
    ///
    /// A listing of one key, signed like every request, must succeed there. This proves that the server is a store that
    /// accepts the configured credentials and shows them the configured bucket (on Azure, the container may be missing if
    /// Langfuse creates it). It doesn't prove more: a project
    /// with the same credentials and bucket, such as a second copy of the official compose file with its defaults, can't be
    /// told apart through the store's API. Docker gives a port to one container at a time, so that one would have to run
    /// instead of this one.
    ///
    /// # Errors
    /// The listing failed: nothing was written.
    pub async fn guard(&self) -> Result<(), Failure> {
        let Some(route) = self.reached.route.as_ref().filter(|route| route.is_automatic()) else { return Ok(()) };
        let checked = self.guarded.get_or_init(|| async {
            // Boxed: sending a request asks the guard first.
            let listed = Box::pin(self.lists_bucket()).await.map_err(|refused| {
                let circumstance = Circumstance { action: Some(Action::List), presigned: false };
                self.failure(refused, circumstance, About::Bucket)
            });
            listed.map_err(|failure| {
                let (bucket, to) = (escaped(self.access.place.bucket()), escaped(&route.destination()));
                let message = format!(
                    "nothing was written: can't verify that {to} is this project's store with bucket `{bucket}`: {}",
                    failure.message
                );
                Failure { message, ..failure }.help(route.doubt())
            })
        });
        checked.await.clone()
    }

    async fn lists_bucket(&self) -> Result<(), Refused> {
        let prefix = self.access.prefix.as_str();
        match &self.access.place {
            Place::S3 { .. } => {
                let list = ListObjects { prefix, most: Some(1), ..ListObjects::default() };
                self.ask(Repeat::Harmless, of_s3(|t, s| list.request(t, s)), |h, b| list.read(h, b)).await.map(drop)
            }
            Place::Azure { creates_container, .. } => {
                let list = ListBlobs { prefix, max_results: Some(1), ..ListBlobs::default() };
                match self.blobs(&list).await {
                    Err(refused) if *creates_container && refused.code() == Some("ContainerNotFound") => Ok(()),
                    listed => listed.map(drop),
                }
            }
        }
    }
}
