//! The languages of excerpts as data: names, comments, strings, assignments.

use super::super::yaml::Yaml;
use super::token::{Escape, Quote, Syntax};

/// A language in which people set Langfuse's variables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Language {
    /// HCL: Terraform, OpenTofu, Nomad jobs.
    Terraform,
    /// Azure's Bicep.
    Bicep,
    /// Nix.
    Nix,
    /// JavaScript and TypeScript: CDK, Pulumi, SST.
    JavaScript,
    /// Python.
    Python,
    /// Go.
    Go,
    /// C#.
    CSharp,
    /// Java and Kotlin.
    Java,
    /// Scripts of a POSIX shell.
    Shell,
    /// A Dockerfile.
    Dockerfile,
    /// A workflow of GitHub Actions.
    GithubWorkflow,
    /// A template of a Helm chart, not yet rendered.
    HelmTemplate,
    /// A Jinja template, as Ansible renders them.
    Jinja,
    /// A file that Terraform's `templatefile` renders.
    TerraformTemplate,
}

/// How a language is read.
pub(super) enum Grammar {
    /// Token by token.
    Code(&'static Syntax),
    /// Line by line.
    Lines(&'static Lines),
}

/// What differs between formats that are read line by line.
pub(super) struct Lines {
    /// A shell script: values end with their word.
    pub(super) script: bool,
    /// Only lines of `ENV` count.
    pub(super) dockerfile: bool,
    /// Comments of the template language.
    pub(super) comments: &'static [(&'static str, &'static str)],
    /// What lines begin with that belong to the template language alone.
    pub(super) control: &'static [&'static str],
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 14] = [
        Self::Terraform,
        Self::Bicep,
        Self::Nix,
        Self::JavaScript,
        Self::Python,
        Self::Go,
        Self::CSharp,
        Self::Java,
        Self::Shell,
        Self::Dockerfile,
        Self::GithubWorkflow,
        Self::HelmTemplate,
        Self::Jinja,
        Self::TerraformTemplate,
    ];

    /// As `--input` and the report write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The language of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.words().1
    }

    /// A usual name for such a file, by which it's detected.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        self.words().2
    }

    /// How to get at the whole environment, as an infinitive clause's object: a command, or what to do.
    #[must_use]
    pub fn whole(self) -> &'static str {
        self.words().3
    }

    fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        const CONTAINER: &str = "`env | langfuse-blob check -` in the container";
        const CDK: &str = "`cdk synth` or `aws ecs describe-task-definition --task-definition NAME`, piped to `langfuse-blob check -`";
        match self {
            Self::Terraform => ("terraform", "Terraform", "main.tf", "`terraform show -json | langfuse-blob check -`"),
            Self::Bicep => {
                ("bicep", "Bicep", "main.bicep", "`az containerapp show -n NAME -g GROUP | langfuse-blob check -`")
            }
            Self::Nix => ("nix", "Nix", "langfuse.nix", CONTAINER),
            Self::JavaScript => ("javascript", "TypeScript or JavaScript", "stack.ts", CDK),
            Self::Python => ("python", "Python", "stack.py", CDK),
            Self::Go => ("go", "Go", "main.go", CDK),
            Self::CSharp => ("csharp", "C#", "Stack.cs", CDK),
            Self::Java => ("java", "Java or Kotlin", "Stack.java", CDK),
            Self::Shell => ("shell", "a shell script", "langfuse.sh", CONTAINER),
            Self::Dockerfile => ("dockerfile", "a Dockerfile", "Dockerfile", CONTAINER),
            Self::GithubWorkflow => {
                ("github-workflow", "a GitHub Actions workflow", ".github/workflows/deploy.yml", CONTAINER)
            }
            Self::HelmTemplate => (
                "helm-template",
                "a Helm chart template",
                "templates/langfuse.yaml",
                "`helm template RELEASE CHART -f values.yaml | langfuse-blob check -`",
            ),
            Self::Jinja => ("jinja", "a Jinja template", "langfuse.env.j2", CONTAINER),
            Self::TerraformTemplate => (
                "terraform-template",
                "a Terraform template",
                "langfuse.env.tftpl",
                "`terraform show -json | langfuse-blob check -`",
            ),
        }
    }

    pub(super) fn grammar(self) -> Grammar {
        match self {
            Self::Terraform => Grammar::Code(&TERRAFORM),
            Self::Bicep => Grammar::Code(&BICEP),
            Self::Nix => Grammar::Code(&NIX),
            Self::JavaScript => Grammar::Code(&JAVASCRIPT),
            Self::Python => Grammar::Code(&PYTHON),
            Self::Go => Grammar::Code(&GO),
            Self::CSharp => Grammar::Code(&CSHARP),
            Self::Java => Grammar::Code(&JAVA),
            Self::Shell => Grammar::Lines(&SHELL),
            Self::Dockerfile => Grammar::Lines(&DOCKERFILE),
            Self::HelmTemplate => Grammar::Lines(&HELM_TEMPLATE),
            Self::Jinja => Grammar::Lines(&JINJA),
            Self::GithubWorkflow | Self::TerraformTemplate => Grammar::Lines(&PLAIN),
        }
    }

    /// The language of the file at `path`, whose name decides, with this content where two share an ending.
    #[must_use]
    pub fn of_file(path: &str, text: &str) -> Option<Self> {
        let path = path.replace('\\', "/").to_ascii_lowercase();
        let base = path.rsplit('/').next().unwrap_or(&path);
        if base == "dockerfile" || base == "containerfile" || base.starts_with("dockerfile.") {
            return Some(Self::Dockerfile);
        }
        if base.starts_with(".envrc") {
            return Some(Self::Shell);
        }
        let is_yaml = base.ends_with(".yaml") || base.ends_with(".yml");
        if is_yaml {
            if path.contains(".github/workflows/") || path.contains(".gitea/workflows/") {
                return Some(Self::GithubWorkflow);
            }
            return Self::of_yaml(text);
        }
        let (_, ending) = base.rsplit_once('.')?;
        Some(match ending {
            "tf" | "hcl" | "tfvars" | "tofu" => Self::Terraform,
            "bicep" | "bicepparam" => Self::Bicep,
            "nix" => Self::Nix,
            "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => Self::JavaScript,
            "py" => Self::Python,
            "go" => Self::Go,
            "cs" => Self::CSharp,
            "java" | "kt" | "kts" => Self::Java,
            "sh" | "bash" | "zsh" | "ksh" => Self::Shell,
            "dockerfile" => Self::Dockerfile,
            "tpl" | "tmpl" if text.contains("{{") => Self::HelmTemplate,
            "gotmpl" => Self::HelmTemplate,
            "tpl" | "tmpl" | "tftpl" => Self::TerraformTemplate,
            "j2" | "jinja" | "jinja2" => Self::Jinja,
            // A unit that runs a container sets the variables in a command.
            "service" if runs_container(text) => Self::Shell,
            _ => return None,
        })
    }

    /// The template language of a YAML text, if it has to be rendered first.
    fn of_yaml(text: &str) -> Option<Self> {
        let is_list = || text.lines().any(|l| l.starts_with("- "));
        let is_play = || is_list() && text.lines().any(|l| l.starts_with("- hosts:") || l.starts_with("  hosts:"));
        if let Some(language) = template(text) {
            return Some(language);
        }
        (is_play() || is_tasks(text)).then_some(Self::Jinja)
    }

    /// The language of a text without a telling name.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or("");
        if let Some(program) = first.strip_prefix("#!") {
            return match program.trim_end() {
                p if p.contains("python") => Some(Self::Python),
                p if p.contains("node") || p.contains("deno") || p.contains("bun") => Some(Self::JavaScript),
                p if p.ends_with("sh") || p.contains("sh ") => Some(Self::Shell),
                _ => None,
            };
        }
        // JSON has a quoted key there.
        let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let head = text.lines().find(|line| !is_comment(line)).and_then(|line| text.find(line)).unwrap_or(0);
        let inner = text.get(head..).and_then(|t| t.trim_start().strip_prefix('{')).map(str::trim_start);
        if inner.is_some_and(|t| t.starts_with(|c: char| c.is_ascii_alphabetic())) && text.contains("}:") {
            return Some(Self::Nix);
        }
        if is_yaml_like(text)
            && let Some(language) = Self::of_yaml(text)
        {
            return Some(language);
        }
        if text.lines().any(|line| line.trim_end() == "[Service]") && runs_container(text) {
            return Some(Self::Shell);
        }
        let code = text.lines().map(str::trim_end).filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#'));
        let (mut on, mut jobs, mut from) = (false, false, false);
        for (number, line) in code.enumerate() {
            let heads = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
            if number == 0 {
                if heads(&["package "]) && !line.ends_with(';') && !line.contains('=') {
                    return Some(if line.contains('.') { Self::Java } else { Self::Go });
                }
                if heads(&["using '"]) {
                    return Some(Self::Bicep);
                }
            }
            from |= heads(&["FROM "]);
            if heads(&[
                "resource \"",
                "data \"",
                "variable \"",
                "module \"",
                "provider \"",
                "job \"",
                "terraform {",
                "locals {",
            ]) {
                return Some(Self::Terraform);
            }
            if heads(&["resource ", "param "]) && line.contains('\'') && line.contains('=') {
                return Some(Self::Bicep);
            }
            if heads(&["import ", "export ", "const "]) && (line.contains(" from '") || line.contains(" from \"")) {
                return Some(Self::JavaScript);
            }
            if heads(&["const "]) && line.contains('=') || heads(&["export const ", "export class ", "export default "])
            {
                return Some(Self::JavaScript);
            }
            if heads(&["using ", "namespace "]) && line.ends_with(';') {
                return Some(Self::CSharp);
            }
            if heads(&["package ", "import "]) && line.ends_with(';') && !line.contains(['"', '\'', '=']) {
                return Some(Self::Java);
            }
            if heads(&["from "]) && line.contains(" import ") || heads(&["def ", "class "]) && line.ends_with(':') {
                return Some(Self::Python);
            }
            let module = line.strip_prefix("import ").unwrap_or("=");
            if module.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' ' | ',')) {
                return Some(Self::Python);
            }
            if from && heads(&["ENV ", "RUN ", "COPY "]) {
                return Some(Self::Dockerfile);
            }
            on |= heads(&["on:"]);
            jobs |= heads(&["jobs:"]);
            if on && jobs {
                return Some(Self::GithubWorkflow);
            }
            if line.starts_with("{%") && line.contains("%}") {
                return Some(Self::Jinja);
            }
        }
        None
    }
}

/// Whether a systemd unit's command runs a container with variables of Langfuse.
pub(in crate::source) fn runs_container(text: &str) -> bool {
    let sets = |line: &str| {
        let name = line.find("LANGFUSE_").and_then(|at| line.get(at..)?.split([' ', '"', '\'']).next());
        !line.trim_start().starts_with("Environment") && name.is_some_and(|word| word.contains('='))
    };
    ["docker run", "podman run"].into_iter().any(|command| text.contains(command)) && text.lines().any(sets)
}

/// Whether a text is a list of Ansible's tasks: each has a name, and a module with its arguments below.
fn is_tasks(text: &str) -> bool {
    let is_module = |line: &str| {
        let key = line.strip_prefix("  ").and_then(|l| l.trim_end().strip_suffix(':'));
        key.is_some_and(|k| !k.is_empty() && k.bytes().all(|b| matches!(b, b'.' | b'_') || b.is_ascii_lowercase()))
    };
    text.lines().any(|line| line.starts_with("- name:")) && text.lines().any(is_module)
}

/// The template language of a text that isn't YAML before it's rendered. In YAML itself, `{{ … }}` is in strings, for
/// programs that get them later; but an object with `.Values` in its strings is a template all the same.
fn template(text: &str) -> Option<Language> {
    if !text.contains("{{") && !text.contains("{%") {
        return None;
    }
    if Yaml::parse_helm(text).is_ok_and(|yaml| !yaml.has_collection_as_key()) {
        let is_object = || text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("kind:"));
        return (text.contains(".Values.") && is_object()).then_some(Language::HelmTemplate);
    }
    let lines = || text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    if lines().any(|line| line.starts_with("{%")) {
        return Some(Language::Jinja);
    }
    if lines().any(|line| line.starts_with("{{")) || text.contains(".Values.") {
        return Some(Language::HelmTemplate);
    }
    let (_, expression) = lines().find_map(|line| line.split_once(": {{"))?;
    let expression = expression.trim_start_matches(['-', ' ']);
    let go = ["include ", "template ", "toYaml ", "default ", "printf ", "quote "];
    let is_go = expression.starts_with(['.', '$', '(']) || go.iter().any(|f| expression.starts_with(f));
    Some(if is_go { Language::HelmTemplate } else { Language::Jinja })
}

/// Whether a text has a key of YAML at the beginning of a line, or template code.
fn is_yaml_like(text: &str) -> bool {
    let key = |line: &str| {
        line.starts_with("{{")
            || line.starts_with("- ")
            || line.split_once(':').is_some_and(|(key, _)| {
                !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            })
    };
    text.lines().any(key)
}

const fn quote(open: &'static str, close: &'static str, escape: Escape) -> Quote {
    Quote { open, close, escape, interpolates: &[], multiline: false }
}

const DOUBLE: Quote = quote("\"", "\"", Escape::Backslash);
const SINGLE: Quote = quote("'", "'", Escape::Backslash);
const C_COMMENT: &[(&str, &str)] = &[("/*", "*/")];

static TERRAFORM: Syntax = Syntax {
    line_comments: &["#", "//"],
    block_comments: C_COMMENT,
    quotes: &[Quote { interpolates: &["${", "%{"], ..DOUBLE }],
    heredocs: true,
    assigns: &["=", ":"],
    words_are_values: true,
    joins_strings: false,
};

static BICEP: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: C_COMMENT,
    quotes: &[
        Quote { multiline: true, ..quote("'''", "'''", Escape::None) },
        Quote { interpolates: &["${"], ..SINGLE },
    ],
    heredocs: false,
    assigns: &[":", "="],
    words_are_values: true,
    joins_strings: false,
};

static NIX: Syntax = Syntax {
    line_comments: &["#"],
    block_comments: C_COMMENT,
    quotes: &[
        Quote { interpolates: &["${"], multiline: true, ..quote("''", "''", Escape::Nix) },
        Quote { interpolates: &["${"], multiline: true, ..DOUBLE },
    ],
    heredocs: false,
    assigns: &["="],
    words_are_values: false,
    joins_strings: false,
};

static JAVASCRIPT: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: C_COMMENT,
    quotes: &[DOUBLE, SINGLE, Quote { interpolates: &["${"], multiline: true, ..quote("`", "`", Escape::Backslash) }],
    heredocs: false,
    assigns: &[":", "=", "??=", "||="],
    words_are_values: false,
    joins_strings: false,
};

/// The quotes of Python after one prefix.
macro_rules! python {
    ($($prefix:literal, $escape:ident, $interpolates:expr;)+) => {
        [$(
            Quote { interpolates: $interpolates, multiline: true, ..quote(concat!($prefix, "\"\"\""), "\"\"\"", Escape::$escape) },
            Quote { interpolates: $interpolates, multiline: true, ..quote(concat!($prefix, "'''"), "'''", Escape::$escape) },
            Quote { interpolates: $interpolates, ..quote(concat!($prefix, "\""), "\"", Escape::$escape) },
            Quote { interpolates: $interpolates, ..quote(concat!($prefix, "'"), "'", Escape::$escape) },
        )+]
    };
}

static PYTHON_QUOTES: [Quote; 44] = python! {
    "", Backslash, &[];
    "f", Backslash, &["{"];
    "F", Backslash, &["{"];
    "r", Raw, &[];
    "R", Raw, &[];
    "u", Backslash, &[];
    "U", Backslash, &[];
    "b", Backslash, &[];
    "B", Backslash, &[];
    "rf", Raw, &["{"];
    "fr", Raw, &["{"];
};

static PYTHON: Syntax = Syntax {
    line_comments: &["#"],
    block_comments: &[],
    quotes: &PYTHON_QUOTES,
    heredocs: false,
    assigns: &["=", ":"],
    words_are_values: false,
    joins_strings: true,
};

static GO: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: C_COMMENT,
    quotes: &[DOUBLE, Quote { multiline: true, ..quote("`", "`", Escape::None) }, SINGLE],
    heredocs: false,
    assigns: &[":", "=", ":="],
    words_are_values: false,
    joins_strings: false,
};

static CSHARP: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: C_COMMENT,
    quotes: &[
        Quote { interpolates: &["{"], multiline: true, ..quote("$\"\"\"", "\"\"\"", Escape::None) },
        Quote { multiline: true, ..quote("\"\"\"", "\"\"\"", Escape::None) },
        Quote { interpolates: &["{"], multiline: true, ..quote("$@\"", "\"", Escape::Doubled) },
        Quote { interpolates: &["{"], multiline: true, ..quote("@$\"", "\"", Escape::Doubled) },
        Quote { interpolates: &["{"], ..quote("$\"", "\"", Escape::Backslash) },
        Quote { multiline: true, ..quote("@\"", "\"", Escape::Doubled) },
        DOUBLE,
        SINGLE,
    ],
    heredocs: false,
    assigns: &["=", ":"],
    words_are_values: false,
    joins_strings: false,
};

static JAVA: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: C_COMMENT,
    quotes: &[
        Quote { interpolates: &["${"], multiline: true, ..quote("\"\"\"", "\"\"\"", Escape::Backslash) },
        Quote { interpolates: &["$"], ..DOUBLE },
        SINGLE,
    ],
    heredocs: false,
    assigns: &["=", "to"],
    words_are_values: false,
    joins_strings: false,
};

static SHELL: Lines = Lines { script: true, dockerfile: false, comments: &[], control: &[] };
static DOCKERFILE: Lines = Lines { script: true, dockerfile: true, comments: &[], control: &[] };
pub(super) static PLAIN: Lines = Lines { script: false, dockerfile: false, comments: &[], control: &["%{"] };
static HELM_TEMPLATE: Lines = Lines {
    script: false,
    dockerfile: false,
    comments: &[("{{/*", "*/"), ("{{- /*", "*/"), ("{{-/*", "*/")],
    control: &["{{"],
};
static JINJA: Lines = Lines { script: false, dockerfile: false, comments: &[("{#", "#}")], control: &["{%"] };
