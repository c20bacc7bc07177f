//! Creates a container, closed to the public.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/create-container>

use http::{Method, Request};

use super::{Signer, Target, container};
use crate::storage::{RequestError, StoreError};

/// A creation.
#[derive(Clone, Copy, Default, Debug)]
pub struct CreateContainer;

impl CreateContainer {
    /// The whole request.
    ///
    /// # Errors
    /// [`RequestError`] if the URL is too long.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        container(Method::PUT, target, &[("restype", "container")], &[("content-length", "0")], signer)
    }
}

/// Whether the error means that the container already exists.
#[must_use]
pub fn was_there(error: &StoreError) -> bool {
    error.code.as_deref() == Some("ContainerAlreadyExists")
}
