//! `demo`: the main job end to end on a store of its own, each step shown as the command that does it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Done, Failure};
use crate::exit::Exit;
use crate::output::{print, say};
use crate::temporary::Folder;
use crate::transport::{Body, Options, Transport};

const KEY: &str = "events/demo/hello wörld.txt";

/// Runs the verb.
pub fn run() -> Done {
    let folder = Folder::new("demo").map_err(|e| Failure::failed(format!("no temporary folder: {e}")))?;
    let program = std::env::current_exe().map_err(|e| {
        Failure::failed(format!("the demo runs its own program, and the system does not say where that is: {e}"))
    })?;
    let demo = Demo { program, folder: folder.path() };
    title("1. An object store on this machine, with its own .env")?;
    let _store = demo.store()?;
    title("2. Is the configuration right?")?;
    demo.step(&["check", "store.env"], true)?;
    title("3. Put a file into the store, signed with SigV4")?;
    let text = "Hello from langfuse-blob: events, media and exports live in buckets like this one.\n";
    fs::write(folder.path().join("hello.txt"), text)?;
    demo.step(&["upload", "file", "hello.txt", KEY, "--content-type", "text/plain", "--env-file", "store.env"], true)?;
    title("4. Read it back")?;
    let back = demo.step(&["get", KEY, "--env-file", "store.env"], true)?;
    same(&back, text)?;
    title("5. A link that works without credentials, fetched as a browser would")?;
    let link = demo.step(&["presign", "get", KEY, "--expires", "300", "--env-file", "store.env"], true)?;
    let fetched = fetch(link.trim())?;
    same(&fetched, text)?;
    print(&format!("fetched: {fetched}"))?;
    title("6. Does all of it work on the real store, as Langfuse uses it?")?;
    demo.step(&["doctor", "--env-file", "store.env"], true)?;
    title("7. The same configuration with four common mistakes: what does check say?")?;
    let right = fs::read_to_string(folder.path().join("store.env"))?;
    fs::write(folder.path().join("broken.env"), broken(&right))?;
    demo.step(&["check", "broken.env"], false)?;
    title("8. Configuration for another store, right the first time")?;
    let written = demo.step(
        &["generate", "env", "--provider", "aws", "--region", "eu-west-1", "--bucket", "acme", "--use-cases", "events"],
        true,
    )?;
    fs::write(folder.path().join("aws.env"), written)?;
    demo.step(&["check", "aws.env"], true)?;
    title("All of it worked. Next")?;
    print(
        "  langfuse-blob check                 in the folder of your compose file, values.yaml or .env\n  \
           langfuse-blob check .env --fix      mends what is certain\n  \
           langfuse-blob doctor                tries it out on the real store\n  \
           langfuse-blob explain               every rule and every variable\n  \
           langfuse-blob generate --help       .env, compose, Helm, Kubernetes, policies, Terraform\n  \
           langfuse-blob store > store.env     the store of this demo, to keep\n\
         From a checkout, `npm start -- check /path/to/.env` runs any of these.\n",
    )?;
    Ok(Exit::Clean)
}

fn title(text: &str) -> std::io::Result<()> {
    print(&format!("\n## {text}\n"))
}

fn same(got: &str, wanted: &str) -> Result<(), Failure> {
    if got == wanted { Ok(()) } else { Err(Failure::failed("what came back is not what was sent")) }
}

/// The copy of a .env with mistakes that people make.
fn broken(right: &str) -> String {
    let broken = right
        .replace("LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://", "LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=")
        .replace("LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true", "LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=True")
        .replace("LANGFUSE_S3_EVENT_UPLOAD_PREFIX", "LANGFUSE_S3_EVENTS_UPLOAD_PREFIX");
    broken + "LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=1_000_000_000\n"
}

struct Demo<'f> {
    program: std::path::PathBuf,
    folder: &'f Path,
}

impl Demo<'_> {
    /// Starts the store and waits until it has printed its .env.
    fn store(&self) -> Result<Running, Failure> {
        show(&["store", ">", "store.env"])?;
        let mut child = Command::new(&self.program)
            .args(["store", "--data", "data"])
            .current_dir(self.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| Failure::failed(format!("the store cannot be started: {e}")))?;
        let out = child.stdout.take();
        let running = Running(child);
        let mut dotenv = String::new();
        for line in out.into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line?;
            let last = line.starts_with("LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE");
            dotenv.push_str(&line);
            dotenv.push('\n');
            if last {
                fs::write(self.folder.join("store.env"), &dotenv)?;
                let shown: Vec<&str> =
                    dotenv.lines().filter(|l| !l.contains("SECRET") && l.contains("EVENT")).collect();
                print(&format!("{}\n(and as much for media and exports, with a random secret)\n", shown.join("\n")))?;
                return Ok(running);
            }
        }
        Err(Failure::failed("the store ended before it was ready"))
    }

    /// Runs one command, shows it with what it prints, and gives its stdout. `clean`: exit code 0 is expected, else 1.
    fn step(&self, arguments: &[&str], clean: bool) -> Result<String, Failure> {
        show(arguments)?;
        let output = Command::new(&self.program)
            .args(arguments)
            .current_dir(self.folder)
            .env_remove("COMPOSE_FILE")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| Failure::failed(format!("the command cannot be run: {e}")))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        print(&stdout)?;
        let talk = String::from_utf8_lossy(&output.stderr);
        if !talk.trim().is_empty() {
            talk.trim_end().lines().for_each(say);
        }
        let code = output.status.code();
        if code == Some(i32::from(!clean)) {
            return Ok(stdout);
        }
        Err(Failure::failed(format!("`langfuse-blob {}` ended with {code:?}", arguments.join(" "))))
    }
}

fn show(arguments: &[&str]) -> std::io::Result<()> {
    let quoted: Vec<String> =
        arguments.iter().map(|a| if a.contains(' ') { format!("'{a}'") } else { (*a).to_owned() }).collect();
    print(&format!("$ langfuse-blob {}\n", quoted.join(" ")))
}

/// A child that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Fetches a link with a client that has no credentials.
fn fetch(url: &str) -> Result<String, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::failed(format!("the link cannot be fetched: {e}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let transport = Transport::new(&Options::default()).map_err(|e| fail(&e))?;
    let request = http::Request::get(url).body(Body::empty()).map_err(|e| fail(&e))?;
    runtime.block_on(async {
        let answer = transport.send(request).await.map_err(|e| fail(&e))?;
        let status = answer.status();
        let body = answer.into_body().read(64 * 1024).await.map_err(|e| fail(&e))?;
        if status.is_success() {
            Ok(String::from_utf8_lossy(&body.bytes).into_owned())
        } else {
            Err(Failure::failed(format!("the link was answered with HTTP {status}")))
        }
    })
}
