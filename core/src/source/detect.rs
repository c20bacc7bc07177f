//! Detects a file's type from its name and content.

use super::excerpt::language::{Language, runs_container};
use super::helm::template::is_template;
use super::kind::Kind;
use super::wrapper::is_umbrella;

/// The type of the file called `name`; `None` if it's none that is read.
#[must_use]
pub fn kind(name: &str, text: &str) -> Option<Kind> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let start = text.trim_start_matches('\u{feff}').trim_start();
    // A template keeps its own ending, even if it's a template of a document known below. helmfile's has another one.
    let by_content = base.starts_with("helmfile") || [".yaml", ".yml", ".json"].iter().any(|e| base.ends_with(e));
    let of_name = Language::of_file(name, text).filter(|_| !by_content);
    if of_name.is_some() && is_template(&base) && ["s3", "langfuse"].iter().any(|key| has_top(text, key)) {
        return Some(Kind::Helm);
    }
    if let Some(language) = of_name.filter(|_| !is_dotenv_name(&base)) {
        return Some(Kind::Excerpt(language));
    }
    if let Some(kind) = platform_or_wrapper(&base, text, start).filter(|_| !is_dotenv_name(&base)) {
        return Some(kind);
    }
    let is_data = is_dotenv_name(&base) || base.ends_with(".json");
    if !is_data && let Some(language) = Language::of_file(name, text).or_else(|| Language::of_text(text)) {
        return Some(Kind::Excerpt(language));
    }
    (!is_foreign(&base, text)).then(|| whole(&base, text))
}

/// Whether `base` is the name of a dotenv file.
fn is_dotenv_name(base: &str) -> bool {
    let is_template = [".j2", ".jinja", ".jinja2", ".tftpl"].into_iter().any(|ending| base.ends_with(ending));
    (base.ends_with(".env") || base.starts_with(".env.")) && !is_template
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
    if base.ends_with(".json") {
        let is_nested = || text.contains(": {") || text.contains(":{") || text.contains('[');
        return whole(base, text) == Kind::Json && !has_variable(text) && is_nested();
    }
    if NAMES.contains(&base) {
        return true;
    }
    if base.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending)) {
        return true;
    }
    // A list isn't read, nor are services in a list; a section is one of an INI file.
    let first = content(text).next().unwrap_or("");
    let is_section = first.starts_with('[') && first.trim_end().ends_with(']') && !first.contains(['"', ',']);
    if first.starts_with("- ") || is_section || is_list(text, "services") {
        return true;
    }
    let mut lines =
        text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.clone().next().is_some()
        && (text.trim_start().starts_with('<') || !lines.any(|line| line.contains(['=', ':'])))
}

/// The lines of a text that aren't empty, a comment, or the beginning of a YAML document.
fn content(text: &str) -> impl Iterator<Item = &str> {
    let is_content = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && line != "---"
    };
    text.trim_start_matches('\u{feff}').lines().filter(is_content)
}

/// Whether a list is under a top-level key of YAML.
fn is_list(text: &str, key: &str) -> bool {
    let mut lines = content(text).skip_while(|line| line.strip_prefix(key).map(str::trim_end) != Some(":"));
    lines.nth(1).is_some_and(|line| line.trim_start().starts_with("- "))
}

/// Whether a key of JSON may be the name of a variable, or of a container with variables.
fn has_variable(text: &str) -> bool {
    let mut parts = text.split('"').peekable();
    while let Some(part) = parts.next() {
        let is_key = parts.peek().is_some_and(|next| next.trim_start().starts_with(':'));
        let is_name = part.bytes().all(|b| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit());
        if is_key && !part.is_empty() && (is_name || matches!(part, "web" | "worker") || part.starts_with("langfuse")) {
            return true;
        }
    }
    false
}

/// The type of a file that describes a whole environment.
fn whole(base: &str, text: &str) -> Kind {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let yaml_name = base.ends_with(".yaml") || base.ends_with(".yml");
    if base.ends_with(".json") || (start.starts_with('{') && !yaml_name) {
        let has = |keys: [&str; 2]| keys.into_iter().all(|key| has_key(text, key));
        return match () {
            () if has(["kind", "apiVersion"]) => Kind::K8s,
            // As `docker compose config --format json` and `helm get values -o json` print them.
            () if has(["services", "image"]) => Kind::Compose,
            () if has(["langfuse", "s3"]) => Kind::Helm,
            () => Kind::Json,
        };
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
        return if is_umbrella(text) { Kind::UmbrellaValues } else { Kind::Helm };
    }
    if yaml_name {
        return match () {
            () if is_umbrella(text) => Kind::UmbrellaValues,
            // Variables of Ansible.
            () if text.contains("{{") && text.contains("LANGFUSE_") => Kind::Excerpt(Language::Jinja),
            () => Kind::Helm,
        };
    }
    Kind::Dotenv
}

/// Documents of platforms, and documents around another: each by what it always has.
fn platform_or_wrapper(base: &str, text: &str, start: &str) -> Option<Kind> {
    let is_json = start.starts_with(['{', '[']);
    let json = |keys: &[&str]| is_json && keys.iter().all(|key| has_key(text, key));
    let top = |keys: &[&str]| !is_json && keys.iter().all(|key| has_top(text, key));
    let object = |api: &str, kinds: &[&str]| {
        text.contains(api)
            && has(text, "apiVersion", &|v| v.starts_with(api))
            && has(text, "kind", &|v| kinds.contains(&v))
    };
    let langfuse = || text.to_ascii_lowercase().contains("langfuse");
    let unit = |section: &str| start.lines().any(|l| l.trim_end() == section);
    let table: [(Kind, &dyn Fn() -> bool); 17] = [
        (Kind::ArgoCd, &|| object("argoproj.io/", &["Application", "ApplicationSet"]) && langfuse()),
        (Kind::Flux, &|| object("helm.toolkit.fluxcd.io/", &["HelmRelease"]) && langfuse()),
        (Kind::K3s, &|| object("helm.cattle.io/", &["HelmChart", "HelmChartConfig"]) && langfuse()),
        (Kind::CloudRun, &|| object("serving.knative.dev/", &["Service"]) || object("run.googleapis.com/", &["Job"])),
        (Kind::Kustomize, &|| {
            base.starts_with("kustomization") || object("kustomize.config.k8s.io/", &["Kustomization", "Component"])
        }),
        (Kind::SecretTemplate, &|| {
            let made = ["ExternalSecret", "SealedSecret", "VaultStaticSecret", "VaultDynamicSecret"];
            has(text, "kind", &|v| made.contains(&v)) && !has(text, "kind", &|v| !made.contains(&v))
        }),
        (Kind::Ecs, &|| {
            json(&["containerDefinitions"])
                || (json(&["image", "environment", "name"])
                    && ["services", "format_version"].into_iter().all(|key| !has_key(text, key)))
                || top(&["containerDefinitions"])
                || (top(&["taskDefinition"]) && text.contains("containerDefinitions:"))
        }),
        (Kind::DockerInspect, &|| {
            let list = start.strip_prefix('[').is_some_and(|s| s.trim_start().starts_with('"')) && text.contains('=');
            json(&["Config", "Env", "Image"]) || json(&["ContainerSpec", "Env"]) || list
        }),
        (Kind::ContainerApps, &|| {
            json(&["properties", "template", "containers"])
                || (top(&["properties"]) && ["template:", "containers:"].iter().all(|k| text.contains(k)))
        }),
        (Kind::TerraformJson, &|| json(&["format_version", "terraform_version"])),
        (Kind::Nomad, &|| json(&["TaskGroups"])),
        (Kind::CloudFormation, &|| (json(&["Resources", "Type"]) || top(&["Resources"])) && text.contains("AWS::")),
        (Kind::Render, &|| top(&["services"]) && text.contains("envVars:") && !has_top(text, "apiVersion")),
        (Kind::HelmGet, &|| {
            let title = |line: &str| matches!(line.trim_end(), "USER-SUPPLIED VALUES:" | "COMPUTED VALUES:");
            let metadata = start.starts_with("NAME: ") && start.lines().any(|line| line.starts_with("CHART: "));
            start.lines().next().is_some_and(title) || (metadata && start.lines().any(title))
        }),
        (Kind::Helmfile, &|| base.starts_with("helmfile") || (top(&["releases"]) && text.contains("chart:"))),
        (Kind::Quadlet, &|| base.ends_with(".container") || unit("[Container]")),
        (Kind::Systemd, &|| base.ends_with(".service") || unit("[Service]") && !runs_container(text)),
    ];
    table.iter().find(|(_, is)| is()).map(|(kind, _)| *kind)
}

/// Whether a line holds `key` with such a value, at the top of a YAML document or anywhere in JSON.
fn has(text: &str, key: &str, is: &dyn Fn(&str) -> bool) -> bool {
    let clean = |value: &str| {
        let value = value.split(" #").next().unwrap_or("");
        value.trim().trim_matches(['"', '\'', ',', '}']).trim_end_matches(['"', '\'']).to_owned()
    };
    let listed = text.contains("items:");
    text.lines().any(|line| {
        let line = line.trim_start_matches('\u{feff}');
        let yaml = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(':'));
        let json =
            || line.trim_start_matches([' ', '\t', '{']).strip_prefix('"')?.strip_prefix(key)?.strip_prefix("\":");
        // The objects of a list.
        let item = || line.trim_start_matches([' ', '-']).strip_prefix(key)?.strip_prefix(':');
        let item = if listed && line.starts_with([' ', '-']) { item() } else { None };
        yaml.or_else(json).or(item).is_some_and(|value| is(&clean(value)))
    })
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
            ("values.yaml.tpl", "s3:\n  bucket: \"${bucket}\"\n", Kind::Helm),
            ("values.yaml.tpl", "image: x\n", Kind::Excerpt(Language::TerraformTemplate)),
            ("-", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nx: langfuse\n", Kind::ArgoCd),
            ("-", "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nx: langfuse\n", Kind::Flux),
            ("-", "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nx: langfuse\n", Kind::K3s),
            ("-", "apiVersion: serving.knative.dev/v1\nkind: Service\n", Kind::CloudRun),
            ("-", "{\"family\": \"x\", \"containerDefinitions\": []}", Kind::Ecs),
            ("-", "[{\"Image\": \"x\", \"Config\": {\"Env\": []}}]", Kind::DockerInspect),
            ("-", "properties:\n  template:\n    containers: []\n", Kind::ContainerApps),
            ("x.container", "", Kind::Quadlet),
            ("-", "[Unit]\n[Service]\n", Kind::Systemd),
            ("-", "USER-SUPPLIED VALUES:\ns3: {}\n", Kind::HelmGet),
            ("-", "NAME: lf\nCHART: langfuse\nVERSION: 1.5.9\nUSER-SUPPLIED VALUES:\ns3: {}\n", Kind::HelmGet),
            ("values.yaml", "lf:\n  langfuse: {}\n  s3: {}\n", Kind::UmbrellaValues),
            ("render.yaml", "services:\n- envVars: []\n", Kind::Render),
            ("-", "services:\n  a:\n    image: b\n", Kind::Compose),
            ("LANGFUSE: x=1", "LANGFUSE_S3: a=b", Kind::Dotenv),
            (".envrc", "export A=1\n", Kind::Excerpt(Language::Shell)),
            ("helmfile.yaml.gotmpl", "releases: []\n", Kind::Helmfile),
            ("main.yml", "- name: x\n  ansible.builtin.copy:\n    dest: x\n", Kind::Excerpt(Language::Jinja)),
            ("x.json", "{\"services\": {\"a\": {\"image\": \"b\"}}}", Kind::Compose),
            ("x.json", "{\"langfuse\": {}, \"s3\": {}}", Kind::Helm),
            ("x.json", "{\"web\": {\"A\": \"b\"}}", Kind::Json),
            (".env.j2", "A={{ b }}\n", Kind::Excerpt(Language::Jinja)),
            ("-", "kind: VirtualService\nspec:\n  hosts:\n    - x\n", Kind::K8s),
            ("x.yaml", "apiVersion: v1\nspec:\n  hosts:\n    - x\n", Kind::K8s),
        ] {
            assert_eq!(kind(name, text), Some(expected), "{name}: {text:?}");
        }
    }

    #[test]
    fn other_documents() {
        for (name, text) in [
            ("app.toml", "A_B = 1\n"),
            ("railway.json", "{\"build\": {\"builder\": \"NIXPACKS\"}}"),
            ("spec.yaml", "name: x\nservices:\n  # one\n- name: web\n  envs: []\n"),
            ("list.yaml", "---\n- name: A_B\n  value: c\n"),
            ("supervisord.conf", "[program:x]\nenvironment=A_B=1\n"),
        ] {
            assert_eq!(kind(name, text), None, "{name}: {text:?}");
        }
    }
}
