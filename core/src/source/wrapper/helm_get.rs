//! What `helm get values` prints: values after a line that says whose they are.

use super::{Layer, Release};
use crate::source::yaml::Yaml;

/// The release. The title is a key without a value, so the text is one mapping.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let layers = yaml.documents.first().copied().filter(|root| yaml.is_map(*root)).map(Layer::Node);
    vec![Release { layers: layers.into_iter().collect(), ..Release::default() }]
}
