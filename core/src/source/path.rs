//! Paths as text, the same on every system.

/// The last part of a path.
#[must_use]
pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Everything before the last slash; empty for a bare name.
#[must_use]
pub fn dir_name(path: &str) -> &str {
    path.rfind(['/', '\\']).and_then(|at| path.get(..at)).unwrap_or("")
}

/// `path` relative to `directory`, with `./` and `x/../` removed.
#[must_use]
pub fn join(directory: &str, path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let joined =
        if directory.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    if !path.contains("./") {
        return joined;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether `written` doesn't depend on the directory: it begins with a root, a home directory or a drive.
pub(super) fn is_absolute(written: &str) -> bool {
    let drive = |t: &str| t.as_bytes().get(1) == Some(&b':') && t.starts_with(|c: char| c.is_ascii_alphabetic());
    written.starts_with(['/', '\\', '~']) || drive(written)
}
