// What the scripts share: running commands, finding the binary, the Python environment of the tests.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";

/** Runs a command in the project's folder; a failure ends the script with its exit code. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (done.error?.code === "ENOENT") {
    console.error(`error: ${command} is not installed. ${hints[command] ?? ""}`);
    process.exit(2);
  }
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
  return done;
}

const hints = {
  cargo: "Rust comes from https://rustup.rs; the version is pinned in rust-toolchain.toml.",
  rustup: "Rust comes from https://rustup.rs.",
  python3: "The tests drive other S3 clients, which need Python 3.9 or newer.",
};

/** Where cargo puts its results. */
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/** The binary of the development build. */
export const binary = join(target, "debug", windows ? "langfuse-blob.exe" : "langfuse-blob");

/** Builds the binary; quiet where there is nothing to do. */
export function build() {
  run("cargo", ["build", "--quiet", "--locked"]);
}

/** The Python of the tests' own environment, made at the first call and when the pinned requirements change. */
export function python() {
  const home = join(root, ".cache", "python");
  const interpreter = join(home, windows ? "Scripts/python.exe" : "bin/python");
  const wanted = readFileSync(join(root, "tests", "clients", "requirements.txt"), "utf8");
  const stamp = join(home, "installed.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    mkdirSync(join(root, ".cache"), { recursive: true });
    run("python3", ["-m", "venv", home]);
    run(interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "tests/clients/requirements.txt"]);
    writeFileSync(stamp, wanted);
  }
  return interpreter;
}
