//! upload
use super::{Done, Failure};
use crate::cli::UploadFile;
pub fn run(_args: &UploadFile) -> Done {
    Err(Failure::failed("not wired"))
}
