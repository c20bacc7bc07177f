//! Text in commands that people paste. It may come from an examined file.

/// `text` quoted for a POSIX shell.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/:@+=-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell;

    #[test]
    fn commands_have_no_other_commands_in_them() {
        for (text, written) in [
            ("https://s3.example.com:9000/x", "https://s3.example.com:9000/x"),
            ("https://s3.example.com/;reboot", "'https://s3.example.com/;reboot'"),
            ("http://h/`id`", "'http://h/`id`'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(shell(text), written);
        }
    }
}
