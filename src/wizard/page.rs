//! The page's files, embedded in the binary.

/// Path and bytes; empty if the page wasn't built before the binary.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Placeholders in the page, filled in for each response.
const NONCE: &str = "<meta name=\"style-nonce\" content=\"\">";
const DOCTOR: &str = "<meta name=\"doctor\" content=\"\">";

/// Whether the page is embedded.
#[must_use]
pub fn is_built() -> bool {
    !FILES.is_empty()
}

/// The file at `path` and its content type. Only exact, known paths match, so there's no path traversal.
pub(super) fn file(path: &str) -> Option<(&'static [u8], &'static str)> {
    let path = if path == "/" { "/index.html" } else { path };
    let (name, bytes) = FILES.iter().find(|(name, _)| *name == path)?;
    Some((bytes, content_type(name)))
}

/// The page with the nonce for its styles filled in, and with the doctor enabled.
pub(super) fn filled_in(html: &[u8], nonce: &str) -> Vec<u8> {
    String::from_utf8_lossy(html)
        .replace(NONCE, &format!("<meta name=\"style-nonce\" content=\"{nonce}\">"))
        .replace(DOCTOR, "<meta name=\"doctor\" content=\"here\">")
        .into_bytes()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholders_are_filled_in() {
        let html = include_str!("../../web/index.html");
        let page = String::from_utf8(filled_in(html.as_bytes(), "n0nce")).unwrap();
        assert!(page.contains("content=\"n0nce\"") && page.contains("content=\"here\""), "{page}");
        assert!(!page.contains(NONCE) && !page.contains(DOCTOR));
    }

    #[test]
    fn only_known_paths_match() {
        for path in ["/../Cargo.toml", "/assets/../index.html", "//index.html", "/index.html/", "", "/.gitignore"] {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
