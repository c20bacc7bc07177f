//! Detects a file's type from its name and content.

use super::excerpt::Language;
use super::kind::Kind;

/// The type of the file called `name`; `None` if it's none that is read.
#[must_use]
pub fn kind(name: &str, text: &str) -> Option<Kind> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let is_data = is_dotenv_name(&base) || base.ends_with(".json");
    if !is_data && let Some(language) = Language::of_file(name, text).or_else(|| Language::of_text(text)) {
        return Some(Kind::Excerpt(language));
    }
    (!is_foreign(&base, text)).then(|| whole(&base, text))
}

/// Whether `base` is the name of a dotenv file.
fn is_dotenv_name(base: &str) -> bool {
    base.ends_with(".env") || base.starts_with(".env.")
}

/// Whether a file is of no kind that is read: by the ending of its name, or because no line of it sets anything.
fn is_foreign(base: &str, text: &str) -> bool {
    const ENDINGS: [&str; 36] = [
        "toml",
        "md",
        "rst",
        "adoc",
        "html",
        "htm",
        "xml",
        "svg",
        "css",
        "scss",
        "rs",
        "rb",
        "php",
        "c",
        "h",
        "cpp",
        "swift",
        "scala",
        "lua",
        "ps1",
        "bat",
        "sql",
        "ini",
        "properties",
        "csv",
        "lock",
        "mk",
        "erb",
        "hbs",
        "ejs",
        "vue",
        "svelte",
        "ipynb",
        "gradle",
        "proto",
        "graphql",
    ];
    const NAMES: [&str; 7] = ["makefile", "justfile", "jenkinsfile", "vagrantfile", "procfile", "gemfile", "rakefile"];
    if is_dotenv_name(base) {
        return false;
    }
    if NAMES.contains(&base) {
        return true;
    }
    if base.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending)) {
        return true;
    }
    let mut lines =
        text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.clone().next().is_some()
        && (text.trim_start().starts_with('<') || !lines.any(|line| line.contains(['=', ':'])))
}

/// The type of a file that describes a whole environment.
fn whole(base: &str, text: &str) -> Kind {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let yaml_name = base.ends_with(".yaml") || base.ends_with(".yml");
    if base.ends_with(".json") || (start.starts_with('{') && !yaml_name) {
        return if has_key(text, "kind") && has_key(text, "apiVersion") { Kind::K8s } else { Kind::Json };
    }
    if is_dotenv_name(base) {
        return Kind::Dotenv;
    }
    if (base.contains("compose") && yaml_name) || has_top(text, "services") {
        return Kind::Compose;
    }
    if has_top(text, "apiVersion") || has_top(text, "kind") {
        return Kind::K8s;
    }
    let helm_top = ["langfuse", "s3", "postgresql", "clickhouse", "redis"].into_iter().any(|k| has_top(text, k));
    if (base.contains("values") && yaml_name) || helm_top {
        return Kind::Helm;
    }
    if yaml_name {
        return if has_top(text, "version") { Kind::Compose } else { Kind::Helm };
    }
    Kind::Dotenv
}

/// Whether a line begins with `key:`, as a top-level key of a YAML document does.
fn has_top(text: &str, key: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().any(|l| {
        l.strip_prefix(key).is_some_and(|rest| rest.starts_with(':') && !rest.starts_with(":/")) && !l.contains('=')
    })
}

/// Whether `"key"` appears before a colon in JSON.
fn has_key(text: &str, key: &str) -> bool {
    let quoted = format!("\"{key}\"");
    text.find(&quoted)
        .and_then(|at| text.get(at.saturating_add(quoted.len())..))
        .is_some_and(|rest| rest.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (name, text, expected) in [
            (".env", "A=1", Kind::Dotenv),
            ("prod.env", "services: 1", Kind::Dotenv),
            (".env.production", "", Kind::Dotenv),
            ("-", "A=1\n", Kind::Dotenv),
            ("-", "services:\n  a: {}\n", Kind::Compose),
            ("-", "---\napiVersion: v1\nkind: Secret\n", Kind::K8s),
            ("-", "# c\ns3:\n  bucket: x\n", Kind::Helm),
            ("-", "{\"A\": \"1\"}", Kind::Json),
            ("-", "{\"apiVersion\": \"v1\", \"kind\": \"List\"}", Kind::K8s),
            ("docker-compose.prod.yml", "x: 1", Kind::Compose),
            ("my-values.yaml", "", Kind::Helm),
            ("LANGFUSE: x=1", "LANGFUSE_S3: a=b", Kind::Dotenv),
        ] {
            assert_eq!(kind(name, text), Some(expected), "{name}: {text:?}");
        }
    }
}
