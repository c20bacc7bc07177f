//! The binary among strangers' files: how much it takes of the machine, and that no name commands a terminal or a runner.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::print_stdout,
    missing_docs
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use langfuse_blob_core::text::printable::{is_command, is_unprintable};

fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn langfuse_blob(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_langfuse-blob"));
    command.env_clear().current_dir(directory).stdin(Stdio::null());
    command
}

/// Seconds and the largest resident size, in kilobytes, of `check` on `text`.
fn weighed(directory: &Path, name: &str, text: &str) -> (f64, u64) {
    fs::write(directory.join(name), text).unwrap();
    let begun = Instant::now();
    let mut child =
        langfuse_blob(directory).args(["check", name]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        // It only grows; what is missed is what came in the last milliseconds.
        let seen = fs::read_to_string(&status).unwrap_or_default();
        let line = seen.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        peak = line.and_then(|l| l.trim_end_matches("kB").trim().parse().ok()).unwrap_or(0).max(peak);
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    assert_eq!(code, Some(1), "{name} was not checked");
    (begun.elapsed().as_secs_f64(), peak)
}

#[test]
fn memory_and_time_go_by_the_size_of_the_text() {
    const MB: usize = 1_000_000;
    let directory = directory("size");
    let (short, _) = weighed(&directory, "1.env", &"A=b\n".repeat(MB / 4));
    let (long, peak) = weighed(&directory, "20.env", &"A=b\n".repeat(20 * MB / 4));
    println!("20 MB of `A=b`: {} MB, {long:.2} s, {:.1} times as long as 1 MB", peak / 1000, long / short);
    assert!(peak < 1_000_000, "{peak} kB");
    let distinct: String = (0..200_000).map(|i| format!("NAME_{i}=b\n")).collect();
    let secrets: String = (0..50_000).map(|i| format!("MY_SECRET_{i}=value-{i}\n")).collect();
    let list: String = (0..150_000).map(|i| format!("      - NAME_{i}=b\n")).collect();
    let list = format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n{list}");
    // What the program itself weighs, whatever it reads.
    let (_, own) = weighed(&directory, "0.env", "A=b\n");
    for (name, text) in [("distinct.env", &distinct), ("secrets.env", &secrets), ("list.yml", &list)] {
        let (seconds, peak) = weighed(&directory, name, text);
        let times = (peak - own) * 1000 / u64::try_from(text.len()).unwrap();
        println!(
            "{name}: {} kB of text, {} MB, {times} times the text, {seconds:.2} s",
            text.len() / 1000,
            peak / 1000
        );
        assert!(times <= 40, "{name}: {times} times");
    }
}

const NAMES: [&str; 6] = [
    "\u{1b}[31mred\u{1b}]0;title\u{7}.env",
    "a\n::error::forged",
    "::stop-commands::forged",
    "##[add-mask]forged",
    "\u{202e}gnp\u{9b}31m\u{7f}",
    "a\u{2028}::error::b\u{61c}",
];

/// What standard output and standard error hold that a terminal, a log or a runner would obey.
fn obeyed(output: &Output) -> Option<String> {
    let all = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    all.lines().find(|l| is_command(l) || l.chars().any(is_unprintable)).map(str::to_owned)
}

#[test]
fn no_name_commands_a_terminal_or_a_runner() {
    let directory = directory("names");
    let store = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=b\nLANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1\n\
        LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://127.0.0.1:9\nLANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=minio\n\
        LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=miniosecret\nLANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true\n";
    fs::write(directory.join("store.env"), store).unwrap();
    let mut bad = Vec::new();
    for name in NAMES {
        let own = serde_json::to_string(name).unwrap();
        let large = fs::File::create(directory.join(format!("large{name}"))).unwrap();
        large.set_len(65 << 20).unwrap();
        fs::write(directory.join(format!("nul{name}")), b"A=\0").unwrap();
        fs::write(
            directory.join(format!("twice{name}")),
            "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=B_\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=B_\n",
        )
        .unwrap();
        fs::create_dir_all(directory.join(format!("loop{name}"))).unwrap();
        let _ = std::os::unix::fs::symlink("..", directory.join(format!("loop{name}/up")));
        fs::write(
            directory.join("events.json"),
            format!("[{{\"type\":{own},\"id\":\"1\",\"body\":{{\"id\":\"x\"}}}},{{\"type\":\"trace-create\",\"timestamp\":{own},\"id\":\"2\",\"body\":{{\"id\":\"y\",\"timestamp\":{own}}}}}]"),
        )
        .unwrap();
        let with = |prefix: &str| format!("{prefix}{name}");
        let file = |verb: &[&str], name: String| -> Vec<String> {
            verb.iter().map(|word| (*word).to_owned()).chain([name]).collect()
        };
        let commands = [
            file(&["check"], with("missing")),
            file(&["check"], with("large")),
            file(&["check"], with("nul")),
            file(&["check"], with("loop")),
            file(&["check", "--fix", "--unsafe-fixes"], with("twice")),
            file(&["check", "--format", "json"], with("twice")),
            file(&["check", "--format", "sarif"], with("twice")),
            file(&["show"], with("twice")),
            file(&["show", "--json"], with("twice")),
            file(&["explain"], name.to_owned()),
            file(&[], name.to_owned()),
            file(&["check", "--input"], name.to_owned()),
            file(&["upload", "events", "events.json", "--dry-run", "--env-file", "store.env", "--project"], "p".into()),
            file(&["upload", "file", "--env-file", "store.env"], with("missing")),
            file(&["upload", "media", "--dry-run", "--env-file", "store.env", "--project", "p"], with("loop")),
        ];
        for arguments in commands {
            let output = langfuse_blob(&directory).args(&arguments).output().unwrap();
            if let Some(line) = obeyed(&output) {
                bad.push(format!("{arguments:?}: {line:?}"));
            }
        }
    }
    assert!(bad.is_empty(), "{}\n{}", bad.len(), bad.join("\n"));
}
