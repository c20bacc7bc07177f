//! Container image names: which Langfuse container an image is, and which release.

use crate::variable::{Containers, Version};

/// The Langfuse container that `image` runs, wherever it's mirrored; `None` if its name doesn't say.
pub(super) fn containers(image: &str) -> Option<Containers> {
    let name = name(image);
    if name.ends_with("langfuse-worker") {
        return Some(Containers::WORKER);
    }
    matches!(name, "langfuse" | "langfuse-web" | "langfuse-ee").then_some(Containers::WEB)
}

/// The last part of the repository: `registry:5000/mirror/langfuse:4@sha256:…` → `langfuse`.
pub(super) fn name(image: &str) -> &str {
    let whole = image.split('@').next().unwrap_or("");
    let last = whole.rsplit('/').next().unwrap_or("");
    last.split(':').next().unwrap_or("")
}

/// The release in the tag of `image`.
pub(super) fn version(image: &str) -> Option<Version> {
    let tag = image.split('@').next()?.rsplit_once(':').map(|(_, t)| t).filter(|t| !t.contains('/'))?;
    Version::parse(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_changes_nothing() {
        for (image, is) in [
            ("langfuse/langfuse:4", Some(Containers::WEB)),
            ("langfuse", Some(Containers::WEB)),
            ("registry.acme.com:5000/mirror/langfuse", Some(Containers::WEB)),
            ("docker.io/langfuse/langfuse-worker:4@sha256:00", Some(Containers::WORKER)),
            ("acme/our-langfuse-worker", Some(Containers::WORKER)),
            ("postgres:17", None),
            ("acme/langfuse-db", None),
            ("", None),
        ] {
            assert_eq!(containers(image), is, "{image}");
        }
        assert_eq!(version("registry:5000/langfuse"), None);
        assert_eq!(version("langfuse/langfuse:3.95.1@sha256:00"), Some(Version { major: 3, minor: 95, patch: 1 }));
    }
}
