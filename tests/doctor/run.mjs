// What the tests of the doctor share: running it, reading its report, and what it may have left at a store.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../../scripts/tools.mjs";
import { other } from "../clients/other.mjs";
import { npmModule, ours } from "../harness.mjs";

/** All output of the doctor, to be searched for secrets at the end. */
export const said = [];
export const secrets = new Set();

/** Runs the doctor without blocking this process's servers. */
export function doctor(dir, dotenv, { args = [], env = {}, format = "json", signal } = {}) {
  mkdirSync(dir, { recursive: true });
  if (dotenv !== undefined) writeFileSync(join(dir, "doctor.env"), dotenv);
  const last = dotenv === undefined ? [] : ["--env-file", "doctor.env"];
  const child = spawn(binary, ["doctor", ...last, "--format", format, ...args], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, NO_COLOR: "1", AWS_EC2_METADATA_DISABLED: "true", ...env },
  });
  const out = { out: "", err: "", child };
  child.stdout.on("data", (chunk) => (out.out += chunk));
  child.stderr.on("data", (chunk) => (out.err += chunk));
  out.ended = new Promise((resolve) =>
    child.once("close", (code) => {
      said.push(out.out, out.err);
      out.code = code;
      if (format === "json" && out.out.startsWith("{")) out.report = JSON.parse(out.out);
      resolve(out);
    }),
  );
  return signal ? out : out.ended;
}

export const step = (done, useCase, name) =>
  done.report.useCases.find((c) => c.useCase === useCase).steps.find((s) => s.step === name);
export const steps = (done) => done.report.useCases.flatMap((c) => c.steps.map((s) => ({ ...s, useCase: c.useCase })));
export const rules = (done) => done.report.diagnostics.map((d) => d.rule);

/** Replaces or adds one variable of a .env. */
export function set(dotenv, changes) {
  for (const [name, value] of Object.entries(changes)) {
    const line = new RegExp(`^(LANGFUSE_S3_[A-Z_]+_)?${name}=.*$`, "gm");
    if (!line.test(dotenv)) dotenv += `${name}=${value}\n`;
    else dotenv = dotenv.replace(line, (old) => (value === null ? "" : `${old.slice(0, old.indexOf("="))}=${value}`));
  }
  return dotenv;
}

export const providers = {
  Azurite: "azure",
  SeaweedFS: "seaweedfs",
  "embedded store": "minio",
  MinIO: "minio",
  "Versity Gateway": "minio",
};

/** A .env that `generate` wrote for a store. */
export function generated(store, dir) {
  const provider = providers[store.name];
  // Langfuse's pages load media over plain http only from localhost.
  const endpoint = store.endpoint.replace("127.0.0.1", "localhost");
  const name = store.azure ? ["--account", store.keyId] : ["--access-key-id", store.keyId];
  const words = [
    "generate",
    "env",
    "--provider",
    provider,
    "--endpoint",
    endpoint,
    "--bucket",
    store.bucket,
    "--use-cases",
    "events,media,exports,core-data",
    ...name,
  ];
  if (!store.azure) words.push("--region", store.region);
  const done = ours(words, { cwd: dir, input: "", env: { LANGFUSE_BLOB_SECRET_ACCESS_KEY: store.secret } });
  assert.equal(done.code, 0, done.err);
  return `NEXTAUTH_URL=http://localhost:3000\n${done.out}`;
}

/** What the doctor may have left: objects, versions, uploads, blocks. `seen` are the requests, which name the uploads' keys. */
export async function left(store, seen = []) {
  const their = other(store);
  const objects = (await their.list()).filter((key) => key.includes("langfuse-doctor"));
  const keys = new Set([""]);
  for (const line of seen) {
    const url = new URL(line.split(" ")[1], "http://x");
    // MinIO lists uploads only if the prefix is a full key.
    if (url.searchParams.has("uploads")) keys.add(decodeURIComponent(url.pathname.split("/").slice(2).join("/")));
  }
  const uploads = [];
  for (const key of keys) uploads.push(...(await their.uploads(key)));
  return [...objects, ...uploads.filter((key) => key.includes("langfuse-doctor"))];
}

/** Temporary MinIO credentials with their own policy. */
export async function session(store, Policy) {
  const { fromTemporaryCredentials } = npmModule("@aws-sdk/credential-providers");
  return fromTemporaryCredentials({
    masterCredentials: { accessKeyId: store.keyId, secretAccessKey: store.secret },
    params: { RoleArn: "arn:aws:iam::123456789012:role/any", RoleSessionName: "doctor", DurationSeconds: 900, Policy },
    clientConfig: { endpoint: store.endpoint, region: store.region },
  })();
}

export const EVENT = (role) => `LANGFUSE_S3_EVENT_UPLOAD_${role}`;
export const MEDIA = (role) => `LANGFUSE_S3_MEDIA_UPLOAD_${role}`;
export const EXPORT = (role) => `LANGFUSE_S3_BATCH_EXPORT_${role}`;

/** A store's .env with other keys. */
export const as = (store, keys) => set(store.dotenv, { ACCESS_KEY_ID: keys.keyId, SECRET_ACCESS_KEY: keys.secret });

/** A store's .env with another endpoint. */
export const on = (store, endpoint) => store.dotenv.replaceAll(store.endpoint, endpoint);

/** Tests one fault: expects `rule`, with the variable and the words of its fix. */
export async function fault(
  t,
  dir,
  name,
  dotenv,
  rule,
  { variable, help, useCase, code = 1, message, ...options } = {},
) {
  await t.test(name, async (t) => {
    if (dotenv === null) {
      t.skip("what it needs is built with Go, which isn't installed");
      return;
    }
    const text = typeof dotenv === "function" ? await dotenv(t) : dotenv;
    const args = [...(options.args ?? []), ...(useCase ? ["--use-case", useCase] : [])];
    const done = await doctor(dir, text, { ...options, args });
    const found = (done.report?.diagnostics ?? []).find((d) => d.rule === rule);
    assert.ok(found, `${rule} is not among ${done.report ? rules(done) : done.err}\n${done.out}`);
    if (variable) {
      assert.equal(found.variable, variable);
      assert.ok(found.help.includes(help ?? variable), found.help);
    } else if (help) assert.ok(found.help.includes(help), found.help);
    if (message) assert.match(found.message, message);
    assert.equal(done.code, code, done.out + done.err);
    // Consequences of the fault aren't reported separately.
    const errors = done.report.diagnostics.filter(
      (d) => d.severity === "error" && d.useCases.includes(found.useCases[0]),
    );
    assert.ok(errors.length <= 1, errors.map((d) => `${d.rule}: ${d.message}`).join("\n"));
    const explained = ours(["explain", rule]);
    assert.equal(explained.code, 0);
    assert.match(explained.out, /Source/);
  });
}
