//! Credentials that a program prints (`credential_process`).

use std::process::Stdio;

use tokio::process::Command;

use super::{Found, Reason, answer, now};

/// Runs `command` as the SDK does, through the system's shell. What it prints is shown nowhere: it may be secrets.
pub(super) async fn find(command: &str) -> Found {
    let output = shell(command).stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(|e| Reason::next(format!("its credential_process can't be run: {}", e.kind())))?;
    if !output.status.success() {
        return Err(Reason::next(format!("its credential_process failed ({}); run it to see why", output.status)));
    }
    let (credentials, expires) = answer::read(&output.stdout, answer::Kind::Program)
        .map_err(|e| Reason::next(format!("its credential_process printed something else than credentials: {e}")))?;
    if expires.is_some_and(|end| end < now()) {
        return Err(Reason::next("its credential_process printed credentials that have expired"));
    }
    Ok((credentials, expires))
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
    // Not `args`: its quoting is not the one that cmd.exe reads.
    shell.args(["/d", "/s", "/c"]).raw_arg(format!("\"{command}\""));
    shell
}
