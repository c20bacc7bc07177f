//! The page's files, as they were built into the binary.

/// Path and bytes; empty where the page was not built before the binary.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Where the page itself says what belongs to one answer.
const NONCE: &str = "<meta name=\"style-nonce\" content=\"\">";
const DOCTOR: &str = "<meta name=\"doctor\" content=\"\">";

/// Whether there is a page.
#[must_use]
pub fn is_built() -> bool {
    !FILES.is_empty()
}

/// What is at `path`, and of which type. Nothing but whole, known paths leads anywhere.
pub(super) fn file(path: &str) -> Option<(&'static [u8], &'static str)> {
    let path = if path == "/" { "/index.html" } else { path };
    let (name, bytes) = FILES.iter().find(|(name, _)| *name == path)?;
    Some((bytes, content_type(name)))
}

/// The page, told the nonce of its styles and that the doctor is here.
pub(super) fn told(html: &[u8], nonce: &str) -> Vec<u8> {
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
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_what_belongs_to_one_answer() {
        let html = include_str!("../../web/index.html");
        let told = String::from_utf8(told(html.as_bytes(), "n0nce")).unwrap();
        assert!(told.contains("content=\"n0nce\"") && told.contains("content=\"here\""), "{told}");
        assert!(!told.contains(NONCE) && !told.contains(DOCTOR));
    }

    #[test]
    fn only_known_paths_lead_anywhere() {
        for path in ["/../Cargo.toml", "/assets/../index.html", "//index.html", "/index.html/", "", "/.gitignore"] {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
