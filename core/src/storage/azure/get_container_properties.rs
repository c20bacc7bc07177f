//! Checks whether a container exists.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/get-container-properties>

use http::{Method, Request};

use super::{Signer, Target, container};
use crate::storage::RequestError;

/// A request for the container's properties. `ContainerNotFound` if there is none.
#[derive(Clone, Copy, Default, Debug)]
pub struct GetContainerProperties;

impl GetContainerProperties {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] if the URL is too long.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        container(Method::GET, target, &[("restype", "container")], &[], signer)
    }
}
