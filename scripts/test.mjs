// `npm test`: everything that must hold before a change lands. `npm run test:full` is the same with full counts (`sizes` in
// tests/harness.mjs, PROPTEST_CASES). What doesn't need each other runs at the same time, cheapest first.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { python, root, toolchain } from "./tools.mjs";

const full = process.argv.includes("--full");
const env = full
  ? { ...process.env, TEST_FULL: "1", PROPTEST_CASES: process.env.PROPTEST_CASES ?? "5000" }
  : process.env;

const phases = [];
const begun = Date.now();

/** Runs a command; rejects with its output if it fails. `quiet` output is printed at the end, so that steps at the same time don't mix. */
function step(name, command, args, { quiet = true } = {}) {
  const started = Date.now();
  if (!quiet) console.log(`\n== ${name}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    running.add(child);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      running.delete(child);
      const seconds = Math.round((Date.now() - started) / 1000);
      phases.push([name, seconds]);
      if (code === 0) {
        console.log(`== ${name}: ${seconds} s${output === "" ? "" : `\n${output.trimEnd()}`}`);
        resolve();
      } else reject(new Error(`== ${name} failed (${signal ?? code})\n${output}`));
    });
  });
}

const running = new Set();
const script = (name) => [process.execPath, [join(root, "scripts", name)]];

/** The end-to-end files, two at a time. */
async function endToEnd() {
  env.TEST_PYTHON = python();
  const files = readdirSync(join(root, "tests")).filter((name) => name.endsWith(".test.mjs"));
  await step(
    "end to end, with other clients and real servers",
    process.execPath,
    ["--test", "--test-concurrency=2", ...files.map((file) => join("tests", file))],
    { quiet: false },
  );
}

let failed = null;
try {
  toolchain();
  await step("formatting", "cargo", ["fmt", "--all", "--", "--check"]);
  await step("formatting and lints of everything else", ...script("lint.mjs"));
  const cargo = (verb, ...more) => ["cargo", [verb, "--workspace", "--locked", "--quiet", ...more]];
  const rust = async () => {
    await Promise.all([
      step("lints", ...cargo("clippy", "--all-targets", "--", "-D", "warnings")),
      // The page is built around the package, and the binary takes the page in. Linking the package's module takes one core.
      step("the npm package", ...script("build-wasm.mjs")).then(() =>
        step("the page of the wizard", ...script("build-web.mjs")),
      ),
    ]);
    // Builds the binary too, with the features that the tests have: `cargo build` would compile the core a second time.
    await step("Rust builds", ...cargo("test", "--no-run"));
    await step("Rust tests", ...cargo("test"), { quiet: false });
  };
  await Promise.all([rust(), step("other people's clients and servers", ...script("peers.mjs"))]);
  await endToEnd();
} catch (error) {
  failed = error;
  for (const child of running) child.kill();
}

console.log("\nPhases, in seconds (some run at the same time):");
for (const [name, seconds] of phases) console.log(`${String(seconds).padStart(6)}  ${name}`);
console.log(`${String(Math.round((Date.now() - begun) / 1000)).padStart(6)}  in all`);
if (failed !== null) console.error(`\n${failed.message}`);
// What a stopped step started may still run, and isn't waited for.
process.exit(failed === null ? 0 : 1);
