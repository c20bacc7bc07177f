// What the scripts share: running commands, finding the binary, the Python environment of the tests.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";

/** The user's environment: tests change theirs, and the build tools keep their caches in the user's home. */
const environment = { ...process.env };

/** Runs a command in the project's directory; a failure ends the script with its exit code. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: "inherit", env: environment, ...options });
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

/** Builds the binary, with cargo's progress unless `quiet`. */
export function build({ quiet = true } = {}) {
  run("cargo", ["build", "--locked", ...(quiet ? ["--quiet"] : [])]);
}

/** Installs what rust-toolchain.toml names: rustup does so only when it installs the toolchain. */
export function toolchain() {
  run("rustup", ["target", "add", "wasm32-unknown-unknown"], { stdio: ["ignore", "ignore", "inherit"] });
  run("rustup", ["component", "add", "clippy", "rustfmt"], { stdio: ["ignore", "ignore", "inherit"] });
}

/** The Python of the tests' own environment. */
export function python() {
  return venv("python", "tests/clients/requirements.txt");
}

/** The Python of the tools that ours is measured against. */
export function benchPython() {
  return venv("bench-python", "tests/bench/requirements.txt");
}

/** The Python with the linker of the static binaries. */
export function staticPython() {
  return venv("static-python", "scripts/static-requirements.txt");
}

/** A Python environment, created at the first call and when its pinned requirements change. */
function venv(name, requirements) {
  const home = join(root, ".cache", name);
  const interpreter = join(home, windows ? "Scripts/python.exe" : "bin/python");
  const wanted = readFileSync(join(root, requirements), "utf8");
  const stamp = join(home, "installed.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    mkdirSync(join(root, ".cache"), { recursive: true });
    run("python3", ["-m", "venv", home]);
    run(interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
    writeFileSync(stamp, wanted);
  }
  return interpreter;
}

/** Other people's clients and servers from npm. */
export function npmClients() {
  return npmInstalled(join(root, "tests", "clients"));
}

/** Formatters and linters from npm. */
export function npmLint() {
  return npmInstalled(join(root, "scripts", "lint"));
}

/** The Python with the formatter and linter of Python. */
export function lintPython() {
  return venv("lint-python", "scripts/lint/requirements.txt");
}

/** What the npm package is built with. */
export function npmTools() {
  return npmInstalled(join(root, "wasm", "tools"));
}

/** What the npm package is tested with. */
export function npmPeers() {
  return npmInstalled(join(root, "tests", "package"));
}

/** What the wizard's page is built from. */
export function npmWeb() {
  return npmInstalled(join(root, "web"));
}

/** A browser, its driver, and the tool that checks accessibility. */
export function npmBrowser() {
  return npmInstalled(join(root, "tests", "browser"));
}

/** Installs the packages of a directory's lock file, again when it changes. */
function npmInstalled(home) {
  const wanted = readFileSync(join(home, "package-lock.json"), "utf8");
  const stamp = join(home, "node_modules", ".installed.json");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    run("npm", ["ci", "--silent", "--no-audit", "--no-fund"], { cwd: home, shell: windows });
    writeFileSync(stamp, wanted);
  }
  return home;
}

/** Servers that exist only as Go modules, with their versions. Built ones are kept by version. */
export const goServers = {
  minio: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
  versitygw: "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
  // No store: it breaks the connections to one.
  toxiproxy: "github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0",
};

/** Where a Go server's program is, or would be. */
export function goServer(name) {
  const [module, version] = goServers[name].split("@");
  return join(root, ".cache", "servers", `${name}-${version}`, module.split("/").at(-1) + (windows ? ".exe" : ""));
}

/** Builds the Go servers that are missing; without Go, the tests name the ones that they skip. */
export function buildGoServers() {
  if (spawnSync("go", ["version"]).error) {
    console.log("go is not installed: tests on " + Object.keys(goServers).join(", ") + " will be skipped by name");
    return;
  }
  for (const [name, module] of Object.entries(goServers)) {
    const program = goServer(name);
    if (existsSync(program)) continue;
    console.log(`building ${module}`);
    const env = { ...environment, GOBIN: dirname(program), GOFLAGS: "-mod=mod", CGO_ENABLED: "0" };
    run("go", ["install", module], { env });
  }
  const reader = composeReader();
  if (!existsSync(reader)) {
    console.log("building the reader of compose files");
    run("go", ["build", "-o", reader, "."], {
      cwd: join(root, "tests", "readers", "compose"),
      env: { ...environment, CGO_ENABLED: "0" },
    });
  }
}

/** Where the program is, or would be, that reads compose files with Docker's own library. */
export function composeReader() {
  const home = join(root, "tests", "readers", "compose");
  const source = ["go.mod", "go.sum", "main.go"].map((file) => readFileSync(join(home, file)));
  const version = createHash("sha256").update(Buffer.concat(source)).digest("hex").slice(0, 12);
  return join(root, ".cache", "servers", `compose-reader-${version}`, windows ? "compose.exe" : "compose");
}

/** helm, built if it is missing; only the test with the official chart needs it. */
export function helm() {
  const program = join(root, ".cache", "servers", "helm-v3.22.0", windows ? "helm.exe" : "helm");
  if (!existsSync(program) && !spawnSync("go", ["version"]).error) {
    const env = { ...environment, GOBIN: dirname(program), GOFLAGS: "-mod=mod", CGO_ENABLED: "0" };
    run("go", ["install", "helm.sh/helm/v3/cmd/helm@v3.22.0"], { env });
  }
  return program;
}
