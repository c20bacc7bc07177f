//! `demo`
use super::{Done, Failure};
pub fn run() -> Done {
    Err(Failure::failed("not wired"))
}
