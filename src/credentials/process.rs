//! Credentials that a program prints (`credential_process`).

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::answer;
use super::outcome::{Found, Reason, now};

/// The program's timeout. The SDK waits forever; a program that prompts would block every verb.
const PATIENCE: Duration = Duration::from_mins(1);

/// Maximum number of bytes that it may print. Source: `maxBuffer` of Node's `child_process.exec`, which the SDK calls.
const LARGEST: u64 = 1024 * 1024;

/// Runs `command` as the SDK does, through the system's shell. Its output is never shown: it may contain secrets.
pub(super) async fn find(command: &str) -> Found {
    let run = tokio::time::timeout(PATIENCE, run(command)).await;
    let (status, printed) = run.map_err(|_| {
        Reason::next(format!("its credential_process was stopped: it took longer than {} s", PATIENCE.as_secs()))
    })??;
    if !status.success() {
        return Err(Reason::next(format!("its credential_process failed ({status}); run it to see why")));
    }
    let (credentials, expires) = answer::read(&printed, answer::Kind::Program)
        .map_err(|e| Reason::next(format!("its credential_process didn't print valid credentials: {e}")))?;
    if expires.is_some_and(|end| end < now()) {
        return Err(Reason::next("its credential_process printed credentials that have expired"));
    }
    Ok((credentials, expires))
}

/// Its exit status and output. If dropped early, the program is killed.
async fn run(command: &str) -> Result<(ExitStatus, Vec<u8>), Reason> {
    let cannot = |e: io::Error| Reason::next(format!("its credential_process can't be run: {}", e.kind()));
    let mut shell = shell(command);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = shell.spawn().map_err(cannot)?;
    let mut printed = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(LARGEST.saturating_add(1)).read_to_end(&mut printed).await.map_err(cannot)?;
    }
    if u64::try_from(printed.len()).is_ok_and(|n| n > LARGEST) {
        return Err(Reason::next("its credential_process was stopped: it printed more than 1 MiB"));
    }
    Ok((child.wait().await.map_err(cannot)?, printed))
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    // Not `args`: cmd.exe parses quotes differently.
    shell.args(["/d", "/s", "/c"]).raw_arg(format!("\"{command}\""));
    shell
}
