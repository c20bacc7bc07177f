//! Problems that only the file shows: rejected and unread files, duplicates, quotes, comments, `$`, empty values.

use std::collections::BTreeMap;

use super::finding::{DraftFix, delete, trim_value};
use super::value::counts;
use super::{Context, Finding, Findings, Rule, name, rule};
use crate::config::Config;
use crate::report::Severity;
use crate::source::{Deployment, Dialect, Duplicate, Line, Refusal, Setting, Unopened, Wrapper};
use crate::text::mask::{escaped, hides, is_unprintable, quoted, shown};
use crate::text::span::Span;
use crate::variable::{Containers, Kind, Presence};

pub(super) static RULES: &[&Rule] = &[
    &FILE_REFUSED_BY_READER,
    &FILE_OUTSIDE_NOT_READ,
    &VARIABLE_SET_TWICE,
    &FILE_READ_DIFFERENTLY,
    &VALUE_IN_QUOTES,
    &COMMENT_IN_VALUE,
    &VARIABLE_NOT_EXPANDED,
    &DOLLAR_IN_SECRET,
    &VALUE_EMPTY,
    &DOTENV_NOT_READ,
];

rule! {
    /// The program that reads this file rejects it, so none of it reaches Langfuse.
    ///
    /// ## Why
    /// Docker Compose, `docker run --env-file`, Helm and Kubernetes read a file completely or not at all. One line that
    /// they can't parse stops the start, and every other value in the file is lost with it. No other rule checks such a
    /// deployment, because what the containers would receive is unknown.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// The programs themselves: compose-go, docker's env-file parser, Helm.
    FILE_REFUSED_BY_READER = "file-refused-by-reader", Error, Failure, file_refused_by_reader
}

fn file_refused_by_reader(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    /// Of what else is wrong at one place.
    const MOST: usize = 16;
    let refusals = &cx.deployment.refusals;
    // Findings at one location are merged, so any further error there becomes related.
    let mut places: BTreeMap<Option<Span>, Vec<&Refusal>> = BTreeMap::new();
    for refusal in refusals {
        places.entry(refusal.span).or_default().push(refusal);
    }
    for refusal in refusals {
        let Some(all) = places.remove(&refusal.span) else { continue };
        let mut finding = Finding::text(containers_of(cx.deployment, refusal.span))
            .keeps_severity()
            .span(refusal.span)
            .message(refusal.message.trim_end_matches('.'))
            .help(refusal.help.clone());
        for other in all.into_iter().skip(1).take(MOST) {
            finding = finding.related(other.span, other.message.clone());
        }
        out.push(finding);
    }
}

fn containers_of(deployment: &Deployment, span: Option<Span>) -> Containers {
    span.and_then(|s| deployment.texts.get(s.file)).map_or(Containers::BOTH, |t| t.containers)
}

rule! {
    /// A file names another file outside its own directory tree, and that file wasn't opened.
    ///
    /// ## Why
    /// Examined files are data: they may come from a pull request, a ticket or a stranger, and what they name would be
    /// printed where others can read it. So a file that another one names (`env_file`, `include`, `extends`, the `.env`
    /// next to a compose file) is opened only if it is a regular file of 64 MiB or less whose real path is below the
    /// directory of the file on the command line, or below the root of the git work tree around it. Absolute paths,
    /// home directories, symlinks out of the tree, devices and pipes aren't opened. What such a file sets is unknown,
    /// so rules about missing variables stay silent.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     env_file: /home/ops/langfuse.env
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     env_file: langfuse.env
    /// ```
    /// ```dotenv file=langfuse.env beside=unasked
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// An attack test on this tool: `env_file: /home/…` in a pull request put lines of a private file into a public
    /// log.
    FILE_OUTSIDE_NOT_READ = "file-outside-not-read", Warning, Unread, file_outside_not_read
}

fn file_outside_not_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for file in &cx.deployment.unopened {
        let help = match file.reason {
            Unopened::Outside | Unopened::Special => {
                "If you trust these files, add --trust-config; otherwise move the file into the tree, or pass it on \
                 the command line."
            }
            Unopened::TooLarge => "Name the file that holds the variables; no configuration is that large.",
        };
        out.push(
            Finding::text(containers_of(cx.deployment, file.span))
                .keeps_severity()
                .span(file.span)
                .message(file.message())
                .help(help),
        );
    }
}

rule! {
    /// A variable is set twice in one file, and only the last one counts.
    ///
    /// ## Why
    /// Docker Compose, docker and npm dotenv keep the last assignment and silently drop the others. It usually happens
    /// when a block from the documentation is pasted below an older one. With the same value in both places it is only
    /// untidy; with two values, somebody will edit the line that has no effect.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-test
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// The programs themselves: compose-go, docker's env-file parser and npm dotenv.
    VARIABLE_SET_TWICE = "variable-set-twice", Warning, Ignored, variable_set_twice
}

fn variable_set_twice(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    /// Duplicates that are reported individually; a file with more of them needs these fixed first.
    const MOST: usize = 500;
    let Some(config) = cx.configs.first() else { return };
    let mut all = cx.deployment.duplicates.iter().filter(|d| Duplicate::matters(&d.kept));
    for duplicate in all.by_ref().take(MOST) {
        let Duplicate { lost, kept } = duplicate;
        // If the name itself is the mistake, another rule reports it.
        if name::misplaced(cx, duplicate).is_some() {
            continue;
        }
        let same = lost.value == kept.value;
        let readers = kept.var.map_or(Containers::BOTH, |v| v.row().readers);
        let containers = containers_of(cx.deployment, lost.span()).and(readers);
        let values = if same {
            "twice with the same value".to_owned()
        } else if hides(lost) || hides(kept) {
            "twice with different values, and the last one counts".to_owned()
        } else {
            format!("twice, and this value, {}, is overridden by {}", shown(lost), shown(kept))
        };
        let fix = delete(lost).filter(|_| cx.stands_alone(lost)).map(|edits| {
            let title = "delete the line that has no effect";
            if same { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) }
        });
        out.push(
            Finding::at(config, lost)
                .containers(if containers.is_empty() { config.containers } else { containers })
                .because(kept, "this one counts")
                .severity(if same { Severity::Hint } else { Severity::Warning })
                .message(format!("{} is set {values}", escaped(&kept.name)))
                .help("Keep one of the two lines and delete the other.")
                .fix(fix),
        );
    }
    let left = all.count().saturating_add(cx.deployment.duplicates_left);
    out.push_rest(left, "variables are set more than once");
}

rule! {
    /// Another program would read this file differently.
    ///
    /// ## Why
    /// `.env` isn't a standardized format. Docker Compose strips quotes, drops a comment after a space and expands
    /// `$NAME`; `docker run --env-file` does none of this and passes quotes and comments on as part of the value; npm
    /// dotenv doesn't expand `$`. This check follows one of them (Docker Compose by default), and its findings hold for
    /// that one. If `--deployment` shows that the other one is used, this is a warning.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1 # Ireland
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// # Ireland
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Seen in
    /// docker/cli#3630, docker/cli#4665, docker/compose#8388
    FILE_READ_DIFFERENTLY = "file-read-differently", Hint, Risk, file_read_differently
}

fn file_read_differently(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let deployment = cx.deployment;
    for (span, other) in &deployment.disagreements {
        let line = deployment.lines.iter().find(|l| l.raw == *span);
        let what = match line {
            Some(line) => {
                format!("{} reads {} differently: {}", program(*other), line.name, difference(cx, line, *other))
            }
            None => format!("{} rejects this file here", program(*other)),
        };
        let in_use = deployment.read_by == Some(*other);
        out.push(
            Finding::text(containers_of(deployment, Some(*span)))
                .keeps_severity()
                .span(Some(*span))
                .severity(if in_use { Severity::Warning } else { Severity::Hint })
                .message(format!("{what}; this check reads it as {} does", program(deployment.dialect)))
                .help(match (in_use, deployment.dialect_known) {
                    (true, _) => format!(
                        "Write `NAME=value` without quotes, comment, spaces or `$`, and check again with `--dialect \
                         {}`.",
                        other.name()
                    ),
                    (false, true) => {
                        "Write `NAME=value` without quotes, comment, spaces or `$`: every program reads that alike."
                            .to_owned()
                    }
                    (false, false) => {
                        "Write `NAME=value` without quotes, comment, spaces or `$`, or use `--dialect` to name the \
                                       program that reads the file."
                            .to_owned()
                    }
                }),
        );
    }
}

fn program(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Compose => "docker compose",
        Dialect::Docker => "docker run --env-file",
        Dialect::Node => "npm dotenv",
    }
}

/// What `other` does with a line that the active dialect reads differently.
fn difference(cx: &Context<'_>, line: &Line, other: Dialect) -> &'static str {
    let raw = cx.deployment.slice(line.raw);
    let own = cx.deployment.dialect;
    let quoted = raw.trim_start().starts_with(['"', '\'', '`']);
    let docker = other == Dialect::Docker;
    if quoted && docker {
        "the quotes become part of the value"
    } else if raw.contains('#') && docker {
        "the comment becomes part of the value"
    } else if raw.contains('$') && own == Dialect::Compose {
        "`$` is not expanded"
    } else if raw.contains('$') && other == Dialect::Compose {
        "`$` starts a variable"
    } else if own == Dialect::Docker && quoted {
        "the quotes are stripped"
    } else if raw.contains('#') {
        "the comment starts elsewhere"
    } else if raw.contains('\\') {
        "`\\` means something else"
    } else {
        "spaces or the separator are handled differently"
    }
}

rule! {
    /// The quotes around a value are part of it.
    ///
    /// ## Why
    /// `docker run --env-file`, systemd, JSON and most web forms pass quotes on. Langfuse trims nothing: an endpoint in
    /// quotes is an "Invalid URL", the bucket becomes `%22langfuse%22`, a region fails with "Region not accepted", and
    /// a key in quotes is a different key.
    ///
    /// ## Example
    /// ```dotenv dialect=docker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv dialect=docker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// docker/cli#3630, docker/cli#4665, docker/compose#8388
    VALUE_IN_QUOTES = "value-in-quotes", Warning, Failure, value_in_quotes
}

fn value_in_quotes(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for setting in config.environment.iter() {
            let Some(inner) = setting.odd_text().and_then(in_quotes) else { continue };
            let Some(kind) = text_kind(config, setting).filter(|k| *k != Kind::JsonOrPath) else { continue };
            // Inside other quotes, or if the rest would need quotes, removing two bytes isn't safe.
            let bare = !inner.is_empty() && inner.bytes().all(is_bare);
            let fix = bare.then(|| trim_value(setting, 1, 1)).flatten();
            let severity = if kind == Kind::Region { Severity::Error } else { Severity::Warning };
            out.push(
                Finding::at(config, setting)
                    .severity(severity)
                    .message(if inner.is_empty() {
                        format!("{} isn't empty: its value is a pair of quotes", setting.name)
                    } else {
                        format!("{} is {}, and the quotes are part of the value", setting.name, shown(setting))
                    })
                    .help(if inner.is_empty() {
                        "Delete the line: an empty value counts as unset.".to_owned()
                    } else {
                        format!("Write the value of {} without the quotes around it.", setting.name)
                    })
                    .fix(fix.map(|edits| DraftFix::safe("remove the quotes", edits))),
            );
        }
    }
}

/// The text between two equal quotes.
pub(super) fn in_quotes(text: &str) -> Option<&str> {
    let first = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text.strip_prefix(first)?.strip_suffix(first)
}

/// The kind of `setting`, if Langfuse accepts any text for it and reads it in `config`.
fn text_kind(config: &Config<'_>, setting: &Setting) -> Option<Kind> {
    let kind = setting.var?.row().kind;
    let checked = matches!(kind, Kind::Boolean | Kind::Number(_) | Kind::Choice(_));
    (!checked && counts(config, setting)).then_some(kind)
}

/// A byte that is literal in every format.
fn is_bare(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':' | b'+' | b'=' | b'%' | b',')
}

rule! {
    /// A comment is part of the value.
    ///
    /// ## Why
    /// Docker Compose drops a comment only if there is a space before the `#` and the value isn't in quotes. `docker
    /// run --env-file` and systemd drop none, so the bucket's name is `langfuse # container`. The documentation's Azure
    /// example has comments after its values.
    ///
    /// ## Example
    /// ```dotenv dialect=docker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events # production
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv dialect=docker
    /// # production
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Docker documentation, "Set environment variables within your container's environment", syntax of env files.
    COMMENT_IN_VALUE = "comment-in-value", Warning, Failure, comment_in_value
}

fn comment_in_value(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for setting in config.environment.iter() {
            let Some(text) = setting.odd_text().filter(|t| t.contains('#')) else { continue };
            let Some(kind) = text_kind(config, setting) else { continue };
            let Some(comment) = comment_at(kind, text) else { continue };
            let bare = text.get(..comment).unwrap_or("").trim_end();
            let unquoted = in_quotes(bare).unwrap_or(bare);
            let head = usize::from(unquoted.len() < bare.len());
            let tail = text.len().saturating_sub(unquoted.len()).saturating_sub(head);
            let spaced = text.get(comment..).is_some_and(|c| c.starts_with("# "));
            let certain = spaced && comment > bare.len() && !hides(setting);
            let usable = !unquoted.is_empty() && unquoted.bytes().all(is_bare);
            let fix = usable.then(|| trim_value(setting, head, tail)).flatten().map(|edits| {
                let title = "remove the comment";
                if certain { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) }
            });
            out.push(
                Finding::at(config, setting)
                    .severity(if kind == Kind::Region { Severity::Error } else { Severity::Warning })
                    .message(format!(
                        "{} is {}: everything from the `#` on is part of the value",
                        setting.name,
                        shown(setting)
                    ))
                    .help(if bare.is_empty() {
                        format!("Put the comment on its own line, and give {} a value or remove it.", setting.name)
                    } else {
                        "Put the comment on its own line, above the variable.".to_owned()
                    })
                    .fix(fix),
            );
        }
    }
}

/// Where a comment begins in a value of `kind`. A `#` without a space before it is a comment only if the kind allows no
/// `#`.
pub(super) fn comment_at(kind: Kind, text: &str) -> Option<usize> {
    if kind == Kind::JsonOrPath {
        return None;
    }
    let glued = matches!(kind, Kind::Bucket | Kind::Region);
    let at_start = text.starts_with("# ") || (text.starts_with('#') && kind != Kind::Secret && kind != Kind::Prefix);
    if at_start {
        return Some(0);
    }
    text.char_indices().filter(|(_, c)| *c == '#').map(|(i, _)| i).find(|i| {
        let before = text.get(..*i).unwrap_or("");
        glued || before.ends_with([' ', '\t'])
    })
}

rule! {
    /// A value refers to a variable that was never filled in.
    ///
    /// ## Why
    /// Only Docker Compose expands `${NAME}` in an env file, and not inside single quotes; a variable without a value
    /// becomes nothing. `docker run --env-file`, Helm values and Kubernetes manifests expand none. The documentation's
    /// line for Cloudflare R2, copied as is, gives the host `.r2.cloudflarestorage.com` or one with braces; both fail
    /// with "Invalid URL" or `getaddrinfo ENOTFOUND`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://${ACCOUNT_ID}.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse documentation's example for Cloudflare R2; Docker documentation, interpolation.
    VARIABLE_NOT_EXPANDED = "variable-not-expanded", Error, Failure, variable_not_expanded
}

fn variable_not_expanded(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for line in &cx.deployment.lines {
            if !line.unset.is_empty() {
                expanded_to_nothing(cx, config, line, out);
            }
        }
        for setting in config.environment.iter() {
            let Some(text) = setting.odd_text().filter(|t| t.contains('$')) else { continue };
            let Some(kind) = text_kind(config, setting) else { continue };
            // A comment was never meant to be expanded.
            let value = comment_at(kind, text).and_then(|at| text.get(..at)).unwrap_or(text);
            let Some(reference) = reference_in(kind, value) else { continue };
            let named = if hides(setting) { "a variable".to_owned() } else { format!("`{}`", escaped(reference)) };
            let single = setting.place.is_some_and(|p| p.quote == Some('\''));
            let help = match cx.deployment.wrapper {
                Wrapper::Raw | Wrapper::Compose if single => {
                    "Nothing is expanded inside single quotes: use double quotes, or write the value itself."
                }
                Wrapper::Helm | Wrapper::K8s => "Nothing expands `$` here: write the value itself.",
                _ if cx.deployment.dialect == Dialect::Docker => {
                    "docker run --env-file expands nothing: write the value itself."
                }
                _ => "Write the value itself; only docker compose expands `$` in an env file.",
            };
            let severity = if kind == Kind::Prefix { Severity::Warning } else { Severity::Error };
            out.push(
                Finding::at(config, setting)
                    .severity(severity)
                    .message(format!("{} is {}: {named} was not expanded", setting.name, shown(setting)))
                    .help(help),
            );
        }
    }
}

fn expanded_to_nothing<'d>(cx: &Context<'d>, config: &Config<'d>, line: &Line, out: &mut Findings<'_, '_>) {
    let Some(setting) = setting_of(config, line) else { return };
    let Some(row) = setting.var.map(crate::variable::Var::row) else { return };
    let checked = matches!(row.kind, Kind::Boolean | Kind::Number(_) | Kind::Choice(_));
    // An empty value may itself be what disables the use case.
    let matters = row.use_case.is_some() && !setting.is_set() || counts(config, setting);
    let whole = is_whole_reference(cx.deployment.slice(line.place.value));
    if checked || !matters || (row.kind == Kind::Secret && !whole) {
        return;
    }
    let names: Vec<String> = line.unset.iter().map(|n| format!("`{}`", escaped(n))).collect();
    let (verb, pronoun) = if names.len() > 1 { ("have", "them") } else { ("has", "it") };
    let left = if setting.is_set() {
        if row.secret { "part of the value is missing".to_owned() } else { format!("the value is {}", shown(setting)) }
    } else {
        "the variable counts as unset".to_owned()
    };
    out.push(
        Finding::at(config, setting)
            .keeps_severity()
            .message(format!("{} uses {}, which {verb} no value here: {left}", row.name, names.join(", ")))
            .help(format!("Write the value itself, or set {pronoun} in the shell or earlier in the file.")),
    );
}

/// The setting from `line`, unless a later line replaced it.
fn setting_of<'d>(config: &Config<'d>, line: &Line) -> Option<&'d Setting> {
    let setting = config.environment.get(crate::variable::find(&line.name)?)?;
    setting.place.is_some_and(|p| p.name == line.place.name).then_some(setting)
}

/// Whether `text` is a single reference and nothing else.
fn is_whole_reference(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else { return false };
    let name = rest.strip_prefix('{').and_then(|r| r.strip_suffix('}')).unwrap_or(rest);
    !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A reference to a variable that is still in `text`. If a `$` may belong to the value, only a form that is unlikely to
/// be chance counts.
fn reference_in(kind: Kind, text: &str) -> Option<&str> {
    if kind == Kind::Secret {
        return is_whole_reference(text).then_some(text);
    }
    let strict = matches!(kind, Kind::Bucket | Kind::Region | Kind::Endpoint | Kind::KeyId | Kind::KmsKey);
    text.char_indices().filter(|(_, c)| *c == '$').find_map(|(i, _)| {
        let from = text.get(i..)?;
        let after = from.get(1..)?;
        if let Some(inner) = after.strip_prefix('{') {
            let close = inner.find('}')?;
            let begins = inner.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
            return begins.then(|| from.get(..close.saturating_add(3))).flatten();
        }
        let begins = after
            .starts_with(|c: char| c == '_' || if strict { c.is_ascii_alphabetic() } else { c.is_ascii_uppercase() });
        let length = after.bytes().position(|b| !(b == b'_' || b.is_ascii_alphanumeric())).unwrap_or(after.len());
        begins.then(|| from.get(..length.saturating_add(1))).flatten()
    })
}

rule! {
    /// A `$` in a secret is read as the start of a variable.
    ///
    /// ## Why
    /// Docker Compose expands `$name` and `${name}` in an env file, even in double quotes. A secret such as `pa$sword`
    /// loses everything from the `$` to the end of the name, and the store answers `SignatureDoesNotMatch`. Compose
    /// prints "The … variable is not set. Defaulting to a blank string" once and starts.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c$b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY='9f8e7d6c$b4a39281706'
    /// ```
    ///
    /// ## Seen in
    /// Docker documentation, "Set, use, and manage variables in a Compose file with interpolation".
    DOLLAR_IN_SECRET = "dollar-in-secret", Warning, Failure, dollar_in_secret
}

fn dollar_in_secret(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for line in cx.deployment.lines.iter().filter(|l| !l.unset.is_empty()) {
        for config in cx.configs {
            let Some(setting) = setting_of(config, line) else { continue };
            let secret = setting.var.is_some_and(|v| v.row().kind == Kind::Secret);
            if !secret || is_whole_reference(cx.deployment.slice(line.place.value)) {
                continue;
            }
            if setting.is_set() && !counts(config, setting) {
                continue;
            }
            out.push(
                Finding::at(config, setting)
                    .keeps_severity()
                    .message(format!(
                        "{} contains a `$` that docker compose reads as a variable: part of the secret is lost",
                        setting.name
                    ))
                    .help("Put the secret in single quotes, or write `$$` for each `$`.")
                    .fix(in_single_quotes(cx, line)),
            );
        }
    }
}

/// Puts single quotes around the value of `line` without repeating it.
fn in_single_quotes(cx: &Context<'_>, line: &Line) -> Option<DraftFix> {
    let value = line.place.value;
    let text = cx.deployment.slice(value);
    if text.is_empty() || text.contains(|c: char| matches!(c, '\'' | '\\') || is_unprintable(c)) {
        return None;
    }
    let (start, end) = match line.place.quote {
        None => (Span::at(value.file, value.start), Span::at(value.file, value.end)),
        Some('"') => (
            Span::new(value.file, value.start.saturating_sub(1), value.start),
            Span::new(value.file, value.end, value.end.saturating_add(1)),
        ),
        Some(_) => return None,
    };
    // Only the author knows whether the variable was intended.
    Some(DraftFix::risky("put the secret in single quotes", vec![(start, "'".into()), (end, "'".into())]))
}

rule! {
    /// A variable is set but empty.
    ///
    /// ## Why
    /// Langfuse drops empty variables before it reads them: `X=` is the same as no line at all. Under Docker Compose it
    /// isn't even that: the official file forwards `${X:-default}`, which replaces an empty value with the MinIO
    /// default, so nothing can be disabled that way.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `removeEmptyEnvVariables` in Langfuse; Langfuse's `docker-compose.yml`.
    VALUE_EMPTY = "value-empty", Hint, Ignored, value_empty
}

fn value_empty(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for setting in config.environment.iter() {
            if setting.is_set() || setting.from_wrapper() {
                continue;
            }
            let Some(row) = setting.var.map(crate::variable::Var::row) else { continue };
            // Required: the startup rule reports it. Default empty: no difference. Expanded to nothing: reported above.
            let said = row.context || row.presence == Presence::Required || row.default == Some("");
            // An empty value that replaces the compose file's default has the intended effect.
            let meant = !cx.deployment.is_default(config.containers, setting);
            if said || meant || !row.readers.meets(config.containers) || expands(cx, setting) {
                continue;
            }
            let default = row.default.map_or(String::new(), |d| format!(": the default `{d}` applies"));
            out.push(
                Finding::at(config, setting)
                    .message(format!("{} is empty, which counts as unset{default}", row.name))
                    .help(format!("Give {} a value, or delete the line.", row.name))
                    .fix(deletion(cx, setting)),
            );
        }
    }
    if cx.deployment.wrapper == Wrapper::Compose {
        for line in cx.deployment.lines.iter().filter(|l| l.value.as_deref() == Some("") && l.unset.is_empty()) {
            replaced_by_default(cx, line, out);
        }
    }
}

/// An empty line in a `.env` that the compose file replaces with a default.
fn replaced_by_default(cx: &Context<'_>, line: &Line, out: &mut Findings<'_, '_>) {
    let Some(var) = crate::variable::find(&line.name).filter(|v| !v.row().context) else { return };
    // An emptied prefix has its own rule, which says what happens to the keys.
    if var.row().role == Some(crate::variable::Role::Prefix) {
        return;
    }
    for config in cx.configs {
        let Some(setting) = config.environment.set_value(var).filter(|s| s.from_wrapper()) else { continue };
        out.push(
            Finding::at(config, setting)
                .span(Some(line.place.name))
                .related(setting.span(), "this default is used instead")
                .message(format!(
                    "{} is empty in the env file, and the compose file replaces it with {}",
                    var.name(),
                    shown(setting)
                ))
                .help(format!(
                    "Give {} a value, or set it to what you want in the compose file: `:-` replaces an empty value.",
                    var.name()
                )),
        );
    }
}

fn expands(cx: &Context<'_>, setting: &Setting) -> bool {
    let name = setting.place.map(|p| p.name);
    cx.deployment.lines.iter().any(|l| Some(l.place.name) == name && !l.unset.is_empty())
}

/// Deletes an empty setting, if that uncovers no other value.
fn deletion(cx: &Context<'_>, setting: &Setting) -> Option<DraftFix> {
    let covers = cx.deployment.texts.len() > 1 || cx.deployment.duplicates.iter().any(|d| d.kept.name == setting.name);
    let edits = delete(setting).filter(|_| !covers && cx.stands_alone(setting))?;
    Some(DraftFix::safe("delete the empty line", edits))
}

rule! {
    /// A dotenv file is next to the compose file, but nothing reads it.
    ///
    /// ## Why
    /// `docker compose` reads `.env` automatically, a file of another name with `--env-file`, and the files that a
    /// service lists in `env_file`. It silently ignores any other file, and every `${X:-default}` keeps its default.
    ///
    /// ## Example
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment:
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${BUCKET:-acme-events}
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    /// ```
    /// ```dotenv file=prod.env beside=unasked
    /// BUCKET=acme-prod-events
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     environment:
    ///       LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${BUCKET:-acme-events}
    ///       LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1
    /// ```
    /// ```dotenv file=.env beside=unasked
    /// BUCKET=acme-prod-events
    /// ```
    ///
    /// ## Seen in
    /// Docker Compose documentation, "Ways to set environment variables".
    DOTENV_NOT_READ = "dotenv-not-read", Warning, Ignored, dotenv_not_read
}

fn dotenv_not_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for name in &cx.deployment.unread {
        let shown = quoted(name);
        out.push(
            Finding::text(Containers::BOTH)
                .keeps_severity()
                .message(format!("nothing reads {shown}: docker compose reads `.env` and the files in `env_file`"))
                .help(format!(
                    "Rename it to `.env`, list it in the services' `env_file`, or start with `docker compose \
                     --env-file {}`.",
                    escaped(name)
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguishes_references_from_chance() {
        for (kind, text, found) in [
            (Kind::Endpoint, "https://${A}.r2.example", Some("${A}")),
            (Kind::Endpoint, "https://$account.r2.example", Some("$account")),
            (Kind::Endpoint, "https://h/?x=$1", None),
            (Kind::Secret, "pa$sword", None),
            (Kind::Secret, "${MINIO_PASSWORD}", Some("${MINIO_PASSWORD}")),
            (Kind::Secret, "$ecret", None),
            (Kind::Prefix, "a$b/", None),
            (Kind::Prefix, "${STAGE}/", Some("${STAGE}")),
            (Kind::Bucket, "${", None),
            (Kind::Bucket, "x$", None),
        ] {
            assert_eq!(reference_in(kind, text), found, "{text}");
        }
    }

    #[test]
    fn finds_where_a_comment_begins() {
        for (kind, text, at) in [
            (Kind::Bucket, "a # b", Some(2)),
            (Kind::Bucket, "a#b", Some(1)),
            (Kind::Endpoint, "http://h/#b", None),
            (Kind::Endpoint, "http://h\t# b", Some(9)),
            (Kind::Secret, "a#b", None),
            (Kind::Secret, "#ab", None),
            (Kind::Secret, "ab # c", Some(3)),
            (Kind::KeyId, "# c", Some(0)),
        ] {
            assert_eq!(comment_at(kind, text), at, "{text}");
        }
    }
}
