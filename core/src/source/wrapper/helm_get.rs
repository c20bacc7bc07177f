//! What `helm get values` prints: values after a line that says whose they are, or after what `helm get metadata` prints.

use super::{Layer, Release, text};
use crate::source::yaml::Yaml;

/// The release. The title is a key without a value, so the text is one mapping; so are the lines of the metadata.
pub(super) fn releases(yaml: &Yaml) -> Vec<Release> {
    let Some(root) = yaml.documents.first().copied().filter(|root| yaml.is_map(*root)) else { return Vec::new() };
    let of_metadata = |key| text(yaml, root, &[key]);
    vec![Release {
        chart: of_metadata("CHART"),
        version: of_metadata("VERSION"),
        name: of_metadata("NAME"),
        layers: vec![Layer::Node(root)],
        ..Release::default()
    }]
}
