//! store
use super::{Done, Failure};
use crate::cli::Store;
pub fn run(_args: &Store) -> Done {
    Err(Failure::failed("not wired"))
}
