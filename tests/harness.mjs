// What the end-to-end tests share: the binary, other clients, servers on free ports that are waited for and stopped.
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, root } from "../scripts/tools.mjs";

const python = process.env.TEST_PYTHON ?? join(root, ".cache", "python", "bin", "python");

/** Runs our binary; gives exit code, stdout and stderr. */
export function ours(args, { cwd = root, env = {}, input } = {}) {
  const done = spawnSync(binary, args, { cwd, env: { ...process.env, NO_COLOR: "1", ...env }, input, maxBuffer: 1 << 28 });
  return { code: done.status, out: done.stdout.toString(), raw: done.stdout, err: done.stderr.toString() };
}

/** One call through boto3. */
export function boto3(ask) {
  const done = spawnSync(python, [join(root, "tests", "clients", "s3.py")], { input: JSON.stringify(ask), maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return JSON.parse(done.stdout.toString());
}

/** A folder that goes with the test. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "langfuse-blob-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Ports that were free a moment ago, far enough from each other for servers that add to them. */
export async function ports(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
    })),
  );
  const found = servers.map((s) => s.address().port);
  await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))));
  return found;
}

/** A port whose neighbour 10,000 above is free too, for SeaweedFS's gRPC ports. */
async function pairedPort() {
  for (;;) {
    const [port] = await ports(1);
    const low = 20000 + (port % 20000);
    if ((await isFree(low)) && (await isFree(low + 10000))) return low;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function until(what, probe, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} was not ready after ${seconds} s`);
}

async function stop(child) {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(late);
}

function variables(endpoint, region, bucket, keyId, secret) {
  return ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"].map((block) => [
    `LANGFUSE_S3_${block}_BUCKET=${bucket}`, `LANGFUSE_S3_${block}_REGION=${region}`, `LANGFUSE_S3_${block}_ENDPOINT=${endpoint}`,
    `LANGFUSE_S3_${block}_ACCESS_KEY_ID=${keyId}`, `LANGFUSE_S3_${block}_SECRET_ACCESS_KEY=${secret}`,
    `LANGFUSE_S3_${block}_FORCE_PATH_STYLE=true`, "",
  ].join("\n")).join("");
}

/** The embedded store, as `langfuse-blob store`. */
export async function embedded(t) {
  const child = spawn(binary, ["store"], { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => stop(child));
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  await until("the embedded store", () => text.includes("BATCH_EXPORT_FORCE_PATH_STYLE"));
  const value = (name) => text.match(new RegExp(`^LANGFUSE_S3_EVENT_UPLOAD_${name}=(.*)$`, "m"))[1];
  return {
    name: "embedded store", checksRegion: true, missingBucket: /NoSuchBucket/, endpoint: value("ENDPOINT"), region: value("REGION"), bucket: value("BUCKET"),
    keyId: value("ACCESS_KEY_ID"), secret: value("SECRET_ACCESS_KEY"), dotenv: text,
  };
}

/** SeaweedFS, one process with master, volume, filer and S3 gateway. */
export async function seaweedfs(t) {
  const dir = mkdtempSync(join(tmpdir(), "langfuse-blob-weed-"));
  const [keyId, secret, bucket] = ["weedkeyidweedkeyid01", "weed-secret-weed-secret-weed-secret-4040", "langfuse"];
  // An identity with Admin makes missing buckets as it goes, so Langfuse's own has none.
  const admin = { keyId: "weedadminweedadmin01", secret: "weed-admin-weed-admin-weed-admin-weed-42" };
  const identity = (name, keys, actions) => ({ name, credentials: [{ accessKey: keys.keyId, secretKey: keys.secret }], actions });
  const identities = { identities: [
    identity("langfuse", { keyId, secret }, ["Read", "List", "Tagging", "Write"]),
    identity("admin", admin, ["Admin", "Read", "List", "Tagging", "Write"]),
  ] };
  writeFileSync(join(dir, "s3.json"), JSON.stringify(identities));
  const [master, volume, filer, s3] = [await pairedPort(), await pairedPort(), await pairedPort(), await pairedPort()];
  const weed = join(python, "..", "weed");
  const child = spawn(weed, [
    "server", "-ip", "127.0.0.1", "-ip.bind", "127.0.0.1", "-dir", dir, "-master.port", master, "-volume.port", volume, "-filer.port", filer,
    "-master.telemetry=false", "-s3", "-s3.port", s3, "-s3.port.iceberg", "0", "-s3.port.lance", "0", "-s3.config", join(dir, "s3.json"),
  ].map(String), { cwd: dir, stdio: "ignore" });
  t.after(async () => {
    await stop(child);
    rmSync(dir, { recursive: true, force: true });
  });
  const store = { name: "SeaweedFS", checksRegion: false,
    // It makes missing buckets for an identity with Admin and answers any other with AccessDenied.
    missingBucket: /AccessDenied/, endpoint: `http://127.0.0.1:${s3}`, region: "us-east-1", bucket, keyId, secret };
  await until("SeaweedFS", () => {
    if (child.exitCode !== null) throw new Error(`SeaweedFS ended with ${child.exitCode}`);
    try {
      boto3({ ...store, ...admin, op: "make" });
      boto3({ ...store, op: "put", key: "ready", body: "" });
      return true;
    } catch {
      return false;
    }
  });
  store.dotenv = variables(store.endpoint, store.region, bucket, keyId, secret);
  return store;
}
