//! `file-outside-not-read`.

use super::containers_of;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Unopened;

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
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
    ///     env_file: /home/ops/langfuse.env
    /// ```
    ///
    /// ## Use instead
    /// ```compose
    /// services:
    ///   langfuse-web:
    ///     image: langfuse/langfuse:4
    ///     env_file: langfuse.env
    ///   langfuse-worker:
    ///     image: langfuse/langfuse-worker:4
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
