//! Values of the Langfuse chart.
use super::Environment;
use super::read::{Decoded, Reader};
use crate::variable::Containers;
pub(super) fn read(_r: &mut Reader<'_>, _d: &[&Decoded<'_>]) -> Vec<(Containers, Environment)> {
    Vec::new()
}
