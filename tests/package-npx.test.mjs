// `npx langfuse-blob` compared with the binary: the same output, exit codes and flags.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { binary, root } from "../scripts/tools.mjs";
import { installed } from "./package.mjs";

const VERBS = ["check", "show", "explain", "generate", "schema"];

/** The command lines of a .trycmd file that `npx` has the verb for. */
function commands(file) {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^\$ langfuse-blob (.*)$/gm)]
    .map((m) => m[1])
    .filter((line) => VERBS.includes(line.split(" ")[0]) && !line.includes("|"));
}

/** The words of a command line, without quotes. */
const words = (line) => [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]);

const [major, minor] = process.versions.node.split(".").map(Number);
/** Whether Node itself reads `--env-file` after the script's name: npx refuses the flag then. */
const nodeReadsEnvFile = major < 22 || (major === 22 && minor < 15);

const env = { PATH: process.env.PATH, HOME: tmpdir(), NO_COLOR: "1" };

/** Runs a command in its own directory, so that one `--fix` doesn't affect the other program. */
function run(program, first, args, { cwd, input, more = {} }) {
  const folder = mkdtempSync(join(tmpdir(), "langfuse-blob-npx-"));
  try {
    if (cwd !== undefined && existsSync(cwd)) cpSync(cwd, folder, { recursive: true });
    const ended = spawnSync(program, [...first, ...args], {
      cwd: folder,
      env: { ...env, ...more },
      input: input ?? "",
    });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
    const after = files.map((f) => [
      join(f.parentPath, f.name).slice(folder.length),
      readFileSync(join(f.parentPath, f.name), "latin1"),
    ]);
    return { code: ended.status, out: ended.stdout.toString(), err: ended.stderr.toString(), after };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a usage error the first line, which names the flag: suggestions and usage below it are the binary's own. */
const compared = ({ err, ...ended }) => ({
  ...ended,
  err: err.startsWith("error: ") && err.endsWith("\nFor more information, try '--help'.\n") ? err.split("\n")[0] : err,
});

test("npx prints what the binary prints", (t) => {
  const cli = join(installed(t).package, "cli.mjs");
  let count = 0;
  const logs = [];
  const same = (args, how = {}) => {
    const [ours, theirs] = [run(process.execPath, [cli], args, how), run(binary, [], args, how)];
    assert.deepEqual(compared(ours), compared(theirs), args.join(" "));
    count += 1;
    return theirs;
  };
  const folder = join(root, "tests", "cmd");
  for (const file of readdirSync(folder).filter((f) => f.endsWith(".trycmd"))) {
    const cwd = join(folder, file.replace(/\.trycmd$/, ".in"));
    for (const line of commands(join(folder, file))) {
      const args = words(line);
      if (nodeReadsEnvFile && args.includes("--env-file")) continue;
      if (args[0] === "explain" && args[1] !== undefined && existsSync(join(cwd, args[1]))) logs.push([args, cwd]);
      else same(args, { cwd });
    }
  }
  // The texts of messages would double in the module: logs are the binary's.
  assert.ok(logs.length > 0);
  for (const [args, cwd] of logs) {
    const ended = run(process.execPath, [cli], args, { cwd });
    assert.deepEqual([ended.code, ended.out], [2, ""]);
    assert.match(ended.err, /^error: npx langfuse-blob doesn't explain logs\nhelp: Use the langfuse-blob binary/);
  }
  assert.ok(count > 40, `only ${count} commands`);
  const cwd = join(folder, "region-auto.in");
  for (const args of [
    ["check", ".env", "--format", "json"],
    ["check", ".env", "--format=sarif"],
    ["check", ".env", "--format", "github"],
    ["check", "--strict", ".env"],
    ["check", ".env", "--fix"],
    ["check", ".env", "--fix", "--unsafe-fixes"],
    ["check", "web=.env"],
    ["check", "--process-env"],
    ["check"],
    ["show", ".env", "--reveal"],
    ["show", ".env", "--format", "json"],
    ["explain"],
    ["explain", "rotate"],
    ["explain", "region-missing"],
    ["explain", "langfuse_s3_event_upload_bucket"],
    ["explain", "Error: AccessDenied: ##[x] \u001b[31m"],
    ["explain", "region-mising"],
    ["explain", "zzz ##[x] \u3164\u001b"],
    ["explain", "--", "-x"],
    ["check", "--ignore", "region-auto-without-endpoint,media-bucket-missing", ".env"],
    ["check", "--", ".env"],
    ["check", ".env", "--langfuse-version", "3.1"],
    ["generate", "env", "--provider", "aws", "--region", "eu-west-1", "--bucket", "acme"],
    ["generate", "env", "--provider", "aws"],
    ["schema"],
    [
      "generate",
      "env",
      "--provider",
      "r2",
      "--account",
      "0123456789abcdef0123456789abcdef",
      "--bucket",
      "acme",
      "--use-cases",
      "events",
      "--access-key-id",
      "5f4dcc3b5aa765d61d8327deb882cf99",
      "--secret-access-key",
      "-",
    ],
  ])
    same(args, { cwd, input: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n" });
  // Only the binary looks into directories.
  const directory = run(process.execPath, [cli], ["check", "."], { cwd });
  assert.deepEqual([directory.code, directory.out], [2, ""]);
  assert.match(directory.err, /^error: \. is a directory; name a file in it/);
  const text = readFileSync(join(cwd, ".env"), "utf8");
  for (const args of [
    ["check", "-"],
    ["check", "-", "--fix"],
    ["check", "-", "--fix", "--unsafe-fixes", "--format", "json"],
    ["show", "-"],
  ])
    same(args, { input: text });
  same(["check", "-"], { input: Buffer.from([0xff, 0xfe, 0x41, 0]) });
  same(["check", "-"], { input: "A=\0" });
  same(
    [
      "generate",
      "env",
      "--provider",
      "aws",
      "--region",
      "eu-west-1",
      "--bucket",
      "acme",
      "--access-key-id",
      "5f4dcc3b5aa765d61d83",
    ],
    {
      more: { LANGFUSE_BLOB_SECRET_ACCESS_KEY: "2c26b46b68ffc68ff99b453c1d30413413422d70" },
    },
  );
});

test("npx accepts and rejects the same flags", (t) => {
  const cli = join(installed(t).package, "cli.mjs");
  const wrong = [];
  const same = (args) => {
    const [ours, theirs] = [run(process.execPath, [cli], args, {}), run(binary, [], args, {})];
    if (!isDeepStrictEqual(compared(ours), compared(theirs))) wrong.push({ args, ours, theirs });
  };
  for (const verb of VERBS) for (const flag of ["-h", "--help"]) same([verb, flag]);
  for (const args of [
    [],
    ["-h"],
    ["--help"],
    ["--version"],
    ["-V"],
    ["help"],
    ["help", "check"],
    ["chekc"],
    ["toString"],
    ["__proto__"],
    ["help", "zzz"],
    ["--frobnicate"],
    ["check", "--frobnicate"],
    ["check", "-x"],
    ["explain", "a", "b"],
    ["check", "--format"],
    ["check", "--format", "xml"],
    ["check", "--format=xml", "f"],
    ["check", "--fix=yes"],
    ["check", "--unsafe-fixes"],
    ["check", ".env", "--unsafe-fixes", "--strict"],
    ["check", "--fix", "--fix"],
    ["check", "--format", "json", "--format", "json"],
    ["generate"],
    ["generate", "envv"],
    ["generate", "env", "--provider", "aws3"],
    ["generate", "env", "--use-cases", "events,medai"],
    ["generate", "env", "--region"],
    ["check", "--container", "both"],
    ["show", "--format", "sarif"],
    ["schema", "x"],
    ["check", "--formt", "json"],
    ["check", "--strict", "--frob"],
    ["generate", "env", "--host-port", "x"],
    ["show", "--input", "yaml"],
    ["check", "--process-env=1"],
  ])
    same(args);
  assert.deepEqual(wrong, []);
  for (const verb of ["upload", "presign", "ls", "get", "rm", "export", "store", "demo", "completions", "man"]) {
    const ended = run(process.execPath, [cli], [verb], {});
    assert.equal(ended.code, 2);
    assert.match(ended.err, /binary/);
  }
});

test("which flags require or exclude others comes from cli.json", (t) => {
  // Usage errors end the run before the module is loaded, so these two files are enough.
  const directory = mkdtempSync(join(tmpdir(), "langfuse-blob-npx-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const source = join(root, "wasm", "js");
  const cli = join(directory, "cli.mjs");
  copyFileSync(join(source, "cli.mjs"), cli);
  const table = JSON.parse(readFileSync(join(source, "cli.json"), "utf8"));
  const flag = (verb, name) => table.verbs[verb].flags.find((f) => f.name === name);
  assert.deepEqual(flag("check", "unsafe-fixes").requires, ["fix"]);
  flag("check", "strict").requires = ["ignore"];
  flag("generate", "region").requires = ["bucket"];
  flag("check", "fix").conflicts = ["format", "strict"];
  writeFileSync(join(directory, "cli.json"), JSON.stringify(table));
  const errors = (...args) => {
    const ended = run(process.execPath, [cli], args, {});
    assert.deepEqual([ended.code, ended.out], [2, ""], args.join(" "));
    return ended.err;
  };
  const required = "error: the following required arguments were not provided:\n  ";
  for (const [args, message] of [
    [["check", "--unsafe-fixes"], `${required}--fix\n`],
    [["check", "--strict"], `${required}--ignore <RULE>\n`],
    [["generate", "--region", "x"], `${required}--bucket <TEXT>\n  <FORMAT>\n`],
    [["check", "--format", "json", "--fix"], "error: the argument '--format <FORMAT>' cannot be used with '--fix'\n"],
    [["check", "--strict", "--fix"], "error: the argument '--fix' cannot be used with '--strict'\n"],
  ]) {
    const said = errors(...args);
    assert.ok(said.startsWith(message), said);
    assert.match(said, new RegExp(`\n\nUsage: langfuse-blob ${args[0]} `));
  }
});

test("--env-file works as in the binary, or is refused if Node reads it itself", (t) => {
  const cli = join(installed(t).package, "cli.mjs");
  const cwd = join(root, "tests", "cmd", "region-auto.in");
  const args = ["check", "--env-file", ".env", "--container", "worker"];
  const [ours, theirs] = [run(process.execPath, [cli], args, { cwd }), run(binary, [], args, { cwd })];
  if (!nodeReadsEnvFile) return assert.deepEqual(ours, theirs);
  assert.equal(ours.code, 2);
  assert.match(ours.err, /reads --env-file itself/);
  assert.equal(ours.out, "");
});

test("an endless device is refused", { skip: !existsSync("/dev/zero") }, (t) => {
  const ended = run(process.execPath, [join(installed(t).package, "cli.mjs")], ["check", "/dev/zero"], {});
  assert.deepEqual(ended, run(binary, [], ["check", "/dev/zero"], {}));
  assert.equal(ended.code, 2);
});

test("npx opens the files that the binary opens, and no others", { skip: process.platform === "win32" }, (t) => {
  const cli = join(installed(t).package, "cli.mjs");
  const secret = "private-line-of-another-tree";
  const outside = mkdtempSync(join(tmpdir(), "langfuse-blob-outside-"));
  const cwd = mkdtempSync(join(tmpdir(), "langfuse-blob-inside-"));
  t.after(() => [outside, cwd].forEach((dir) => rmSync(dir, { recursive: true, force: true })));
  writeFileSync(join(outside, "secret.env"), `LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${secret}\n`);
  symlinkSync(join(outside, "secret.env"), join(cwd, "link.env"));
  symlinkSync(join(outside, "secret.env"), join(cwd, ".env"));
  spawnSync("mkfifo", [join(cwd, "pipe.env")]);
  mkdirSync(join(cwd, "checkout", ".git"), { recursive: true });
  symlinkSync(join(outside, "secret.env"), join(cwd, "checkout", "named.env"));
  const here = { cwd, env, input: "" };
  const both = (args) => {
    const [ours, theirs] = [spawnSync(process.execPath, [cli, ...args], here), spawnSync(binary, args, here)];
    const shape = (done) => [done.status, done.stdout.toString(), done.stderr.toString()];
    assert.deepEqual(shape(ours), shape(theirs), args.join(" "));
    return shape(theirs).join("\n");
  };
  for (const file of [join(outside, "secret.env"), "link.env", "pipe.env", "/dev/zero", "~/secret.env", "../x.env"]) {
    writeFileSync(
      join(cwd, "docker-compose.yml"),
      `services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n    env_file: ${file}\n`,
    );
    for (const args of [["check"], ["check", "--format", "json"], ["show", "--reveal"]]) {
      assert.equal(both(args).includes(secret), false, file);
    }
  }
  assert.equal(both(["check", "checkout/named.env"]).includes(secret), false);
  assert.ok(both(["show", "checkout/named.env", "--trust-config"]).includes(secret));
});

test("a closed standard output ends quietly", (t) => {
  const cli = join(installed(t).package, "cli.mjs");
  const ended = spawnSync("sh", ["-c", `'${process.execPath}' '${cli}' explain | head -1`], { env });
  assert.equal(ended.stdout.toString().split("\n").length, 2);
  assert.equal(ended.stderr.toString(), "");
});

test("npm's own npx finds it", (t) => {
  const { home } = installed(t);
  writeFileSync(join(home, "x.env"), "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_REGION=auto\n");
  const ended = spawnSync("npx", ["--offline", "langfuse-blob", "check", "x.env"], {
    cwd: home,
    env: { ...process.env, NO_COLOR: "1" },
  });
  assert.equal(ended.status, 1, ended.stderr.toString());
  assert.match(ended.stdout.toString(), /^error\[region-auto-without-endpoint\]/);
});
