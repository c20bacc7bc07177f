//! Compose files.
use super::Environment;
use super::read::{Decoded, Reader, Stop};
use crate::variable::Containers;
pub(super) fn read(_r: &mut Reader<'_>, _d: &[Decoded<'_>]) -> Result<Vec<(Containers, Environment)>, Stop> {
    Ok(Vec::new())
}
pub(super) fn beside(_r: &mut Reader<'_>, _d: &[Decoded<'_>]) -> Result<Option<Vec<(Containers, Environment)>>, Stop> {
    Ok(None)
}
