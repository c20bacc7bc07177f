//! `wizard`: the setup wizard in the browser, with the doctor behind it.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Done, Failure};
use crate::cli::Wizard as Arguments;
use crate::exit::Exit;
use crate::output::{deliver, eprint_line};
use crate::signals::stop;
use crate::temporary;
use crate::wizard::{Auth, is_built, serve};

/// Runs the verb.
pub fn run(args: &Arguments) -> Done {
    let failed = |e: std::io::Error| Failure::failed(e.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await.map_err(|e| {
            Failure::failed(format!("can't listen on 127.0.0.1:{}: {e}", args.port))
                .help("Choose another port with --port; 0 picks a free one.")
        })?;
        let port = listener.local_addr().map_err(failed)?.port();
        let auth =
            Auth::new(port).map_err(|e| Failure::failed(format!("can't get random numbers from the system: {e}")))?;
        let address = auth.address();
        let stop = stop().map_err(failed)?;
        if !deliver(&format!("{address}\n"))? && !args.open {
            // Nobody received the URL.
            return Ok(Exit::Clean);
        }
        if !is_built() {
            eprint_line(
                "warning: this langfuse-blob was built without the page. Run `npm run build:web`, then rebuild it.",
            );
        }
        eprint_line("Setup wizard for this machine's user only: open the URL above. Ctrl-C stops it.");
        let opened = if args.open { open(&address) } else { None };
        serve(auth, listener, stop).await;
        drop(opened);
        Ok(Exit::Clean)
    })
}

/// Opens the URL in the browser through a file that redirects to it, because every user of the machine can see command
/// arguments. The file has to exist as long as the server runs.
fn open(address: &str) -> Option<TempDir> {
    let opened = || -> std::io::Result<TempDir> {
        let directory = temporary::directory("wizard")?;
        let file = directory.path().join("open.html");
        std::fs::write(&file, format!("<!doctype html><meta http-equiv=\"refresh\" content=\"0; url={address}\">\n"))?;
        let program = if cfg!(target_os = "macos") {
            "open"
        } else if cfg!(windows) {
            "explorer"
        } else {
            "xdg-open"
        };
        Command::new(program).arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(directory)
    };
    match opened() {
        Ok(directory) => Some(directory),
        Err(error) => {
            eprint_line(format!("warning: can't open a browser ({error}): open the URL yourself"));
            None
        }
    }
}
