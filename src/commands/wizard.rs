//! `wizard`: the setup wizard in the browser, with the doctor behind it.

use std::process::{Command, Stdio};

use super::{Done, Failure};
use crate::cli::Wizard as Arguments;
use crate::exit::Exit;
use crate::output::{deliver, say};
use crate::signals::stop;
use crate::temporary::Folder;
use crate::wizard::{Gate, is_built, serve};

/// Runs the verb.
pub fn run(args: &Arguments) -> Done {
    let failed = |e: std::io::Error| Failure::failed(e.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await.map_err(|e| {
            Failure::failed(format!("port {} on 127.0.0.1 cannot be used: {e}", args.port))
                .help("Choose another with --port, or 0 for a free one.")
        })?;
        let port = listener.local_addr().map_err(failed)?.port();
        let gate = Gate::new(port).map_err(|e| Failure::failed(format!("no random numbers from the system: {e}")))?;
        let address = gate.address();
        let stop = stop().map_err(failed)?;
        if !deliver(&format!("{address}\n"))? && !args.open {
            // Nobody has the address.
            return Ok(Exit::Clean);
        }
        if !is_built() {
            say("This langfuse-blob was built without the page: `npm run build:web`, then build it again.");
        }
        say("Setup wizard for this machine's user alone; the address above lets in. Ctrl-C ends it.");
        let opened = if args.open { open(&address) } else { None };
        serve(gate, listener, stop).await;
        drop(opened);
        Ok(Exit::Clean)
    })
}

/// Opens the address in the browser, by a file that leads there: everybody on the machine sees the arguments of commands.
/// The file has to stay as long as the server.
fn open(address: &str) -> Option<Folder> {
    let opened = || -> std::io::Result<Folder> {
        let folder = Folder::new("wizard")?;
        let file = folder.path().join("open.html");
        std::fs::write(&file, format!("<!doctype html><meta http-equiv=\"refresh\" content=\"0; url={address}\">\n"))?;
        let program = if cfg!(target_os = "macos") {
            "open"
        } else if cfg!(windows) {
            "explorer"
        } else {
            "xdg-open"
        };
        Command::new(program).arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        Ok(folder)
    };
    match opened() {
        Ok(folder) => Some(folder),
        Err(error) => {
            say(format!("warning: no browser could be opened ({error}): open the address yourself"));
            None
        }
    }
}
