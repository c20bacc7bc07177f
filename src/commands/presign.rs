//! presign
use super::{Done, Failure};
use crate::cli::PresignGet;
pub fn run(_args: &PresignGet) -> Done {
    Err(Failure::failed("not wired"))
}
