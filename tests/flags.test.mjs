// Flags that people expect of every program: reports in files, fixes as a diff, directories, quiet, colors.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { folder, ours } from "./harness.mjs";

const SECRET = "9f8e7d6c5b4a392817069f8e7d6c5b4a39281706";
const AWS = (region) =>
  [
    "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events",
    `LANGFUSE_S3_EVENT_UPLOAD_REGION=${region}`,
    "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQWERTYUIOPASDFGH",
    `LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=${SECRET}`,
    "",
  ].join("\n");

/** A directory with these files. */
function directory(t, files) {
  const dir = folder(t);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

test("--output replaces a file, and keeps it if there's no report", (t) => {
  const dir = directory(t, { ".env": AWS("eu-west-1a"), "report.json": "old" });
  const done = ours(["check", ".env", "--json", "-o", "report.json"], { cwd: dir });
  assert.deepEqual([done.code, done.out, done.err], [1, "", "wrote report.json\n"]);
  assert.equal(JSON.parse(readFileSync(join(dir, "report.json"), "utf8")).summary.errors, 1);
  writeFileSync(join(dir, "report.json"), "old");
  const refused = ours(["check", "nowhere.env", "--json", "-o", "report.json"], { cwd: dir });
  assert.deepEqual([refused.code, readFileSync(join(dir, "report.json"), "utf8")], [2, "old"]);
  const unwritable = ours(["show", ".env", "-o", "no/such/file"], { cwd: dir });
  assert.deepEqual([unwritable.code, /no\/such\/file can't be written/.test(unwritable.err)], [2, true]);
  const shown = ours(["--color", "always", "-q", "check", ".env", "-o", "colored"], { cwd: dir });
  assert.equal(shown.err, "");
  assert.ok(readFileSync(join(dir, "colored"), "utf8").includes("\u001b["));
  assert.deepEqual(readdirSync(dir).sort(), [".env", "colored", "report.json"]);
});

test("--fix --diff prints a patch without secrets and writes nothing", (t) => {
  const text = AWS("eu-west-1a");
  const dir = directory(t, { ".env": text });
  const done = ours(["check", ".env", "--fix", "--diff"], { cwd: dir });
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^--- a\/\.env\n\+\+\+ b\/\.env\n@@ -1,4 \+1,4 @@\n/);
  assert.match(done.out, /^-LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1a\n\+LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1$/m);
  assert.match(done.out, /SECRET_ACCESS_KEY=\*\*\*/);
  assert.ok(!(done.out + done.err).includes(SECRET));
  assert.equal(readFileSync(join(dir, ".env"), "utf8"), text);
  assert.equal(ours(["check", ".env", "--diff"], { cwd: dir }).code, 2);
  assert.equal(ours(["check", "-", "--fix", "--diff"], { cwd: dir, input: text }).code, 2);
});

test("--fix says when it changed nothing", (t) => {
  const dir = directory(t, { "one.env": AWS("eu-west-1").replace("acme-events", "b") });
  const done = ours(["check", "one.env", "--fix"], { cwd: dir });
  assert.deepEqual([done.code, done.err], [1, "note: nothing was fixed: no finding has a safe fix\n"]);
  assert.equal(ours(["check", "one.env", "--fix", "-q"], { cwd: dir }).err, "");
});

test("--select reports only that rule", (t) => {
  const dir = directory(t, { ".env": AWS("eu-west-1a").replace("acme-events", "b") });
  const rules = (args) => JSON.parse(ours(["check", ".env", "--json", ...args], { cwd: dir }).out).diagnostics;
  assert.ok(rules([]).length > 1);
  const only = rules(["--select", "region-is-availability-zone"]);
  assert.deepEqual(
    only.map((d) => d.rule),
    ["region-is-availability-zone"],
  );
  assert.match(ours(["check", ".env", "--select", "region-mising"], { cwd: dir }).err, /Did you mean `region-missing`/);
});

test("a directory: what configures storage is read, the rest is skipped", (t) => {
  const dir = directory(t, {
    "deploy/prod.env": AWS("eu-west-1a"),
    "deploy/.env.example": AWS("CHANGEME"),
    "deploy/config.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: langfuse}\ndata:\n  LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1b\n",
    "deploy/README.md": "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=x\n",
    "deploy/package.json": '{"name":"langfuse-app"}',
    "deploy/node_modules/x/.env": AWS("nowhere"),
    "deploy/.git/config": "[core]\n",
    "empty/README.md": "nothing\n",
  });
  if (process.platform !== "win32") {
    writeFileSync(join(dir, "outside.env"), AWS("us-west-1z"));
    symlinkSync(join(dir, "outside.env"), join(dir, "deploy", "link.env"));
  }
  const done = ours(["check", "deploy", "--json"], { cwd: dir });
  const report = JSON.parse(done.out);
  assert.deepEqual(report.read.map((r) => r.file).sort(), ["deploy/config.yaml", "deploy/prod.env"]);
  assert.equal(done.code, 1);
  assert.match(done.err, /note: skipped \d files? that don't configure Langfuse's storage in deploy/);
  assert.ok(report.summary.errors >= 1);
  const text = ours(["check", "deploy/"], { cwd: dir });
  assert.match(text.out, /deploy\/prod\.env:2:/);
  const none = ours(["check", "empty"], { cwd: dir });
  assert.deepEqual([none.code, none.out], [2, ""]);
  assert.match(none.err, /no file in empty configures Langfuse's storage/);
  const diff = ours(["check", "deploy", "--fix", "--diff"], { cwd: dir });
  assert.match(diff.out, /^\+\+\+ b\/deploy\/prod\.env$/m);
});

test("version, and how completions are installed", () => {
  const said = ours(["--version"]).out;
  assert.match(said, /^langfuse-blob \d/);
  for (const args of [["version"], ["-V"]]) assert.equal(ours(args).out, said);
  assert.match(ours(["completions", "--help"]).out, /fish +langfuse-blob completions fish > /);
});

test("--quiet leaves out what isn't a result, --color overrides the terminal", (t) => {
  const dir = directory(t, { ".env": AWS("eu-west-1a") });
  const colored = ours(["check", ".env", "--color", "always"], { cwd: dir });
  assert.ok(colored.out.includes("\u001b["));
  assert.ok(!ours(["check", ".env", "--color", "never"], { cwd: dir }).out.includes("\u001b["));
  assert.equal(ours(["-q", "check", ".env", "--fix"], { cwd: dir }).err, "");
  assert.equal(ours(["-q", "-v", "check", ".env"], { cwd: dir }).code, 2);
});
