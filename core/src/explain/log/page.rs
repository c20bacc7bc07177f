//! The page on one of Langfuse's log messages.

use std::fmt::Write as _;

use super::{Message, Part};
use crate::storage::cause;

/// The page on `message` for the terminal.
#[must_use]
pub fn message_page(message: &Message) -> String {
    let mut out = format!("{}\n\nLangfuse logs\n", message.slug);
    for text in message.texts {
        let _ = writeln!(out, "  {}", text.replace("{}", "…"));
    }
    let _ = writeln!(out, "\nMeaning\n{}", message.means);
    if !message.likely.is_empty() && message.part != Part::Preface {
        out.push_str("\nUsual causes, the likeliest first\n");
        for cause in message.likely.iter().filter_map(|slug| cause::by_slug(slug)) {
            let said = cause.codes.first().unwrap_or(&"");
            match message.use_case {
                Some(u) => {
                    let _ = writeln!(
                        out,
                        "  {} ({said})\n    {}\n    {}",
                        cause.slug,
                        cause.cause_for(u),
                        cause.remedy_for(u)
                    );
                }
                None => {
                    let _ = writeln!(out, "  {} ({said})\n    {}\n    {}", cause.slug, cause.cause, cause.remedy);
                }
            }
        }
    }
    match (message.help, message.part) {
        ("", Part::Other) => {}
        ("", _) => {
            let which = message.use_case.map(|u| format!(" --use-case {}", u.name())).unwrap_or_default();
            let _ = writeln!(
                out,
                "\nTo find which\nRun `langfuse-blob doctor{which}`, or `langfuse-blob explain FILE` with the whole log."
            );
        }
        (help, _) => {
            let _ = writeln!(out, "\nFix\n{help}");
        }
    }
    let _ = writeln!(out, "\nSource\nLangfuse v4.16.0, {}", message.source);
    out
}
