//! `demo`: the main commands end to end on a temporary store. Each step prints the command that it runs.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Done, Failure};
use crate::exit::Exit;
use crate::output::{eprint_line, print};
use crate::temporary;
use crate::transport::{Body, Options, Transport};

const KEY: &str = "events/demo/hello wörld.txt";

/// Runs the verb.
pub fn run() -> Done {
    let directory = temporary::directory("demo")
        .map_err(|e| Failure::failed(format!("can't create a temporary directory: {e}")))?;
    let program = std::env::current_exe()
        .map_err(|e| Failure::failed(format!("can't find the path of this program, which the demo has to run: {e}")))?;
    let demo = Demo { program, directory: directory.path() };
    title("1. Start an embedded S3 store, with a ready .env")?;
    let _store = demo.store()?;
    title("2. Check the configuration")?;
    demo.step(&["check", "store.env"], true)?;
    title("3. Upload a file, signed with SigV4")?;
    let text = "Hello from langfuse-blob: events, media and exports live in buckets like this one.\n";
    fs::write(directory.path().join("hello.txt"), text)?;
    demo.step(&["upload", "file", "hello.txt", KEY, "--content-type", "text/plain", "--env-file", "store.env"], true)?;
    title("4. Download it")?;
    let back = demo.step(&["get", KEY, "--env-file", "store.env"], true)?;
    same(&back, text)?;
    title("5. Create a presigned URL, and fetch it without credentials, as a browser does")?;
    let link = demo.step(&["presign", "get", KEY, "--expires", "300", "--env-file", "store.env"], true)?;
    let fetched = fetch(link.trim())?;
    same(&fetched, text)?;
    print(&format!("fetched: {fetched}"))?;
    title("6. Run the doctor: does everything work on the running store, as Langfuse uses it?")?;
    demo.step(&["doctor", "--env-file", "store.env"], true)?;
    title("7. Check the same configuration with four common mistakes")?;
    let right = fs::read_to_string(directory.path().join("store.env"))?;
    fs::write(directory.path().join("broken.env"), broken(&right))?;
    demo.step(&["check", "broken.env"], false)?;
    title("8. Generate configuration for another store, and check it")?;
    let written = demo.step(
        &["generate", "env", "--provider", "aws", "--region", "eu-west-1", "--bucket", "acme", "--use-cases", "events"],
        true,
    )?;
    fs::write(directory.path().join("aws.env"), written)?;
    demo.step(&["check", "aws.env"], true)?;
    title("Everything worked. Next steps")?;
    print(
        "  langfuse-blob check                 in the directory of your compose file, values.yaml or .env\n  \
           langfuse-blob check .env --fix      apply safe fixes\n  \
           langfuse-blob doctor                test the configuration against the real store\n  \
           langfuse-blob explain               list every rule and every variable\n  \
           langfuse-blob generate --help       .env, compose, Helm, Kubernetes, policies, Terraform\n  \
           langfuse-blob store > store.env     run the store of this demo\n\
         From a checkout, `npm start -- check /path/to/.env` runs any of these.\n",
    )?;
    Ok(Exit::Clean)
}

fn title(text: &str) -> std::io::Result<()> {
    print(&format!("\n## {text}\n"))
}

fn same(got: &str, wanted: &str) -> Result<(), Failure> {
    if got == wanted {
        Ok(())
    } else {
        Err(Failure::failed("the downloaded content differs from the uploaded content"))
    }
}

/// A copy of a .env with common mistakes.
fn broken(right: &str) -> String {
    let broken = right
        .replace("LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=http://", "LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=")
        .replace("LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true", "LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=True")
        .replace("LANGFUSE_S3_EVENT_UPLOAD_PREFIX", "LANGFUSE_S3_EVENTS_UPLOAD_PREFIX");
    broken + "LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=1_000_000_000\n"
}

struct Demo<'d> {
    program: std::path::PathBuf,
    directory: &'d Path,
}

impl Demo<'_> {
    /// Starts the store and waits until it has printed its .env.
    fn store(&self) -> Result<Running, Failure> {
        show(&["store", ">", "store.env"])?;
        let mut child = Command::new(&self.program)
            .args(["store", "--data", "data"])
            .current_dir(self.directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| Failure::failed(format!("can't start the store: {e}")))?;
        let out = child.stdout.take();
        let running = Running(child);
        let mut dotenv = String::new();
        for line in out.into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line?;
            let last = line.starts_with("LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE");
            dotenv.push_str(&line);
            dotenv.push('\n');
            if last {
                fs::write(self.directory.join("store.env"), &dotenv)?;
                let shown: Vec<&str> =
                    dotenv.lines().filter(|l| !l.contains("SECRET") && l.contains("EVENT")).collect();
                print(&format!("{}\n(and the same for media and exports, with a random secret)\n", shown.join("\n")))?;
                return Ok(running);
            }
        }
        Err(Failure::failed("the store exited before it was ready"))
    }

    /// Runs one command, prints it with its output, and returns its stdout. `clean`: expects exit code 0, else 1.
    fn step(&self, arguments: &[&str], clean: bool) -> Result<String, Failure> {
        show(arguments)?;
        let output = Command::new(&self.program)
            .args(arguments)
            .current_dir(self.directory)
            .env_remove("COMPOSE_FILE")
            .stdin(Stdio::null())
            .output()
            .map_err(|e| Failure::failed(format!("can't run the command: {e}")))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        print(&stdout)?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !stderr.trim().is_empty() {
            stderr.trim_end().lines().for_each(eprint_line);
        }
        let code = output.status.code();
        if code == Some(i32::from(!clean)) {
            return Ok(stdout);
        }
        Err(Failure::failed(format!("`langfuse-blob {}` exited with {code:?}", arguments.join(" "))))
    }
}

fn show(arguments: &[&str]) -> std::io::Result<()> {
    let quoted: Vec<String> =
        arguments.iter().map(|a| if a.contains(' ') { format!("'{a}'") } else { (*a).to_owned() }).collect();
    print(&format!("$ langfuse-blob {}\n", quoted.join(" ")))
}

/// A child process that is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Fetches a presigned URL with a client that has no credentials.
fn fetch(url: &str) -> Result<String, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::failed(format!("can't fetch the presigned URL: {e}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let transport = Transport::new(&Options::default()).map_err(|e| fail(&e))?;
    let request = http::Request::get(url).body(Body::empty()).map_err(|e| fail(&e))?;
    runtime.block_on(async {
        let answer = transport.send(request).await.map_err(|e| fail(&e))?;
        let status = answer.status();
        let body = answer.into_body().read(64 * 1024).await.map_err(|e| fail(&e))?;
        if status.is_success() {
            Ok(String::from_utf8_lossy(&body).into_owned())
        } else {
            Err(Failure::failed(format!("fetching the presigned URL failed with HTTP {status}")))
        }
    })
}
