// Shared by the end-to-end tests: the binary, other clients, and servers on free ports, started and stopped.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { binary, goServer, root } from "../scripts/tools.mjs";
import { shared } from "./home.mjs";

const python = process.env.TEST_PYTHON ?? join(root, ".cache", "python", "bin", "python");

/**
 * How much of what can be repeated at will: a little in `npm test`, which runs every kind of test, and more in
 * `npm run test:full`, which sets TEST_FULL.
 */
export const sizes = process.env.TEST_FULL
  ? { full: true, kills: 200, keys: 10_000_000 }
  : { full: false, kills: 20, keys: 1_000_000 };

/** Random numbers below a bound. The seed is printed; TEST_SEED repeats a run. */
export function random(t) {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`TEST_SEED=${seed}`);
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

/** Runs our binary; returns exit code, stdout and stderr. */
export function ours(args, { cwd = root, env = {}, input } = {}) {
  const done = spawnSync(binary, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    input,
    maxBuffer: 1 << 28,
  });
  return { code: done.status, out: done.stdout.toString(), raw: done.stdout, err: done.stderr.toString() };
}

/** Runs one of our examples, built by `cargo test`; returns its output. */
export function example(name, args = [], input = undefined) {
  const program = join(dirname(binary), "examples", process.platform === "win32" ? `${name}.exe` : name);
  const done = spawnSync(program, args, { input, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${name}: ${done.error ?? done.stderr}`);
  return done.stdout.toString();
}

/** Runs one of the programs in tests/clients, with JSON in and out. */
export function client(program, ask) {
  const done = spawnSync(python, [join(root, "tests", "clients", program)], {
    input: JSON.stringify(ask),
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return JSON.parse(done.stdout.toString());
}

/** One call through boto3. */
export function boto3(ask) {
  return client("s3.py", ask);
}

/** A directory that is deleted after the test. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "langfuse-blob-test-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * Ports for servers that can't choose one. They are below the range that the system assigns, so that no connection uses one
 * meanwhile, and each is reserved by a file until this process ends: test files run side by side.
 */
export async function ports(count) {
  const found = [];
  while (found.length < count) {
    const port = LOWEST + Math.floor(Math.random() * PORTS);
    if (reserve(port) && (await isFree(port))) found.push(port);
  }
  return found;
}

/** A port for which port + 10,000 is also free, for SeaweedFS's gRPC ports. */
async function pairedPort() {
  for (;;) {
    const [low] = await ports(1);
    if (low + 10_000 < LOWEST + PORTS && reserve(low + 10_000) && (await isFree(low + 10_000))) return low;
  }
}

const LOWEST = 12_000;
const PORTS = 20_000;
const reserved = [];

/** Reserves a port for this process, if it is free. Takes over reservations of killed processes. */
function reserve(port) {
  const dir = join(shared, "langfuse-blob-ports");
  const file = join(dir, String(port));
  mkdirSync(dir, { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      if (reserved.push(file) === 1)
        process.once("exit", () => reserved.forEach((one) => rmSync(one, { force: true })));
      return true;
    } catch (error) {
      if (error.code !== "EEXIST" || isRunning(file)) return false;
      rmSync(file, { force: true });
    }
  }
}

/** Whether the process that wrote its ID to a file is still running. */
function isRunning(file) {
  try {
    process.kill(Number(readFileSync(file, "utf8")) || 0, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Polls until it is true. */
export async function until(what, probe, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} was not ready after ${seconds} s`);
}

async function stop(child, signal = "SIGTERM") {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(late);
}

/** A .env for all three use cases on one bucket. */
export function variables({ endpoint, region = "us-east-1", bucket, keyId, secret, azure = false }) {
  const blocks = ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"].map((block) =>
    [
      `LANGFUSE_S3_${block}_BUCKET=${bucket}`,
      `LANGFUSE_S3_${block}_REGION=${region}`,
      `LANGFUSE_S3_${block}_ENDPOINT=${endpoint}`,
      `LANGFUSE_S3_${block}_ACCESS_KEY_ID=${keyId}`,
      `LANGFUSE_S3_${block}_SECRET_ACCESS_KEY=${secret}`,
      `LANGFUSE_S3_${block}_FORCE_PATH_STYLE=true`,
      "",
    ].join("\n"),
  );
  return (azure ? "LANGFUSE_USE_AZURE_BLOB=true\n" : "") + blocks.join("") + "LANGFUSE_S3_BATCH_EXPORT_ENABLED=true\n";
}

/** A module from the tests' own npm packages. */
export const npmModule = createRequire(join(root, "tests", "clients", "package.json"));

/** A server that exists only as a Go module; `null` without Go to build it. */
function goProgram(name) {
  const program = goServer(name);
  return existsSync(program) ? program : null;
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
    name: "embedded store",
    checksRegion: true,
    missingBucket: /NoSuchBucket/,
    endpoint: value("ENDPOINT"),
    region: value("REGION"),
    bucket: value("BUCKET"),
    keyId: value("ACCESS_KEY_ID"),
    secret: value("SECRET_ACCESS_KEY"),
    dotenv: text,
    prefixes: { events: "events/", media: "media/", exports: "exports/" },
  };
}

/** SeaweedFS, one process with master, volume, filer and S3 gateway; `keys` are those of Langfuse's identity. */
export async function seaweedfs(t, keys = {}) {
  const dir = mkdtempSync(join(tmpdir(), "langfuse-blob-weed-"));
  const bucket = "langfuse";
  const { keyId = "weedkeyidweedkeyid01", secret = "weed-secret-weed-secret-weed-secret-4040" } = keys;
  // An identity with Admin creates missing buckets implicitly, so Langfuse's identity doesn't have it.
  const admin = { keyId: "weedadminweedadmin01", secret: "weed-admin-weed-admin-weed-admin-weed-42" };
  const limited = {
    reader: {
      keyId: "weedreaderweedread01",
      secret: "weed-reader-weed-reader-weed-reader-w-40",
      actions: ["Read", "List"],
    },
    listless: {
      keyId: "weedlistlessweedli01",
      secret: "weed-listless-weed-listless-weed-list-40",
      actions: ["Read", "Write"],
    },
    // The generated policy in the store's own format: only this bucket.
    least: {
      keyId: "weedleastweedleast01",
      secret: "weed-least-weed-least-weed-least-weed-40",
      actions: [`Read:${bucket}`, `Write:${bucket}`, `List:${bucket}`],
    },
  };
  const identity = (name, keys, actions) => ({
    name,
    credentials: [{ accessKey: keys.keyId, secretKey: keys.secret }],
    actions,
  });
  const identities = {
    identities: [
      identity("langfuse", { keyId, secret }, ["Read", "List", "Tagging", "Write"]),
      identity("admin", admin, ["Admin", "Read", "List", "Tagging", "Write"]),
      ...Object.entries(limited).map(([name, { actions, ...keys }]) => identity(name, keys, actions)),
    ],
  };
  writeFileSync(join(dir, "s3.json"), JSON.stringify(identities));
  const [master, volume, filer, s3] = [await pairedPort(), await pairedPort(), await pairedPort(), await pairedPort()];
  const weed = join(python, "..", "weed");
  const child = spawn(
    weed,
    [
      "server",
      "-ip",
      "127.0.0.1",
      "-ip.bind",
      "127.0.0.1",
      "-dir",
      dir,
      "-master.port",
      master,
      "-volume.port",
      volume,
      "-filer.port",
      filer,
      "-master.telemetry=false",
      "-s3",
      "-s3.port",
      s3,
      "-s3.port.iceberg",
      "0",
      "-s3.port.lance",
      "0",
      "-s3.config",
      join(dir, "s3.json"),
    ].map(String),
    { cwd: dir, stdio: "ignore" },
  );
  t.after(async () => {
    // Asked to end, it takes longer than ten seconds; nothing of it is kept.
    await stop(child, "SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  });
  const store = {
    name: "SeaweedFS",
    checksRegion: false,
    // It creates missing buckets for an identity with Admin, and returns AccessDenied to others.
    missingBucket: /AccessDenied/,
    pid: child.pid,
    endpoint: `http://127.0.0.1:${s3}`,
    region: "us-east-1",
    bucket,
    keyId,
    secret,
    limited,
  };
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
  store.dotenv = variables(store);
  return store;
}

/** An S3 store, with a bucket created through boto3 once it responds. */
async function ready(child, store) {
  await until(store.name, () => {
    if (child.exitCode !== null) throw new Error(`${store.name} ended with ${child.exitCode}`);
    try {
      boto3({ ...store, op: "make" });
      return true;
    } catch {
      return false;
    }
  });
  store.dotenv = variables(store);
  return store;
}

/** MinIO with its console; `null` without Go. */
export async function minio(t) {
  const program = goProgram("minio");
  if (program === null) return null;
  const dir = mkdtempSync(join(tmpdir(), "langfuse-blob-minio-"));
  const [port, console_] = await ports(2);
  const [keyId, secret] = ["minioadminminioadmin", "minio-secret-minio-secret-minio-secret-1"];
  const child = spawn(
    program,
    ["server", dir, "--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${console_}`, "--quiet"],
    {
      cwd: dir,
      stdio: "ignore",
      env: {
        ...process.env,
        HOME: dir,
        MINIO_ROOT_USER: keyId,
        MINIO_ROOT_PASSWORD: secret,
        MINIO_SITE_REGION: "us-east-1",
        MINIO_UPDATE: "off",
      },
    },
  );
  t.after(async () => {
    await stop(child);
    rmSync(dir, { recursive: true, force: true });
  });
  return ready(child, {
    name: "MinIO",
    checksRegion: true,
    missingBucket: /NoSuchBucket/,
    endpoint: `http://127.0.0.1:${port}`,
    console: `http://127.0.0.1:${console_}`,
    region: "us-east-1",
    bucket: "langfuse",
    keyId,
    secret,
  });
}

/** Versity Gateway over a directory; `null` without Go. */
export async function versity(t) {
  const program = goProgram("versitygw");
  if (program === null) return null;
  const dir = mkdtempSync(join(tmpdir(), "langfuse-blob-versity-"));
  mkdirSync(join(dir, "data"));
  mkdirSync(join(dir, "iam"));
  const [port] = await ports(1);
  const [keyId, secret] = ["versityversityversit", "versity-secret-versity-secret-versity-40"];
  const child = spawn(
    program,
    ["--port", `127.0.0.1:${port}`, "--region", "us-east-1", "--iam-dir", join(dir, "iam"), "posix", join(dir, "data")],
    {
      cwd: dir,
      stdio: "ignore",
      env: { ...process.env, ROOT_ACCESS_KEY: keyId, ROOT_SECRET_KEY: secret },
    },
  );
  t.after(async () => {
    await stop(child);
    rmSync(dir, { recursive: true, force: true });
  });
  return ready(child, {
    name: "Versity Gateway",
    checksRegion: true,
    missingBucket: /NoSuchBucket/,
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    bucket: "langfuse",
    keyId,
    secret,
    program,
    dir,
  });
}

/** Azurite: Azure Blob on this machine, with its default account, but another key than the published one. */
export async function azurite(t) {
  const [port] = await ports(1);
  const [keyId, secret] = ["devstoreaccount1", Buffer.alloc(64, "azurite of the tests ").toString("base64")];
  const program = join(root, "tests", "clients", "node_modules", "azurite", "dist", "src", "blob", "main.js");
  const child = spawn(
    process.execPath,
    [program, "--silent", "--blobPort", String(port), "--inMemoryPersistence", "--disableTelemetry"],
    {
      stdio: "ignore",
      env: { ...process.env, AZURITE_ACCOUNTS: `${keyId}:${secret}` },
    },
  );
  t.after(() => stop(child));
  const store = {
    name: "Azurite",
    azure: true,
    checksRegion: false,
    missingBucket: /ContainerNotFound/,
    endpoint: `http://127.0.0.1:${port}/${keyId}`,
    bucket: "langfuse",
    keyId,
    secret,
  };
  const { BlobServiceClient, StorageSharedKeyCredential } = npmModule("@azure/storage-blob");
  const service = new BlobServiceClient(store.endpoint, new StorageSharedKeyCredential(keyId, secret));
  store.container = service.getContainerClient(store.bucket);
  await until("Azurite", async () => {
    if (child.exitCode !== null) throw new Error(`Azurite ended with ${child.exitCode}`);
    try {
      await store.container.createIfNotExists();
      return true;
    } catch {
      return false;
    }
  });
  store.dotenv = variables(store);
  return store;
}

/** Toxiproxy; `null` without Go. `between(endpoint, toxic)` is an endpoint with the toxic in between. */
export async function toxiproxy(t) {
  const program = goProgram("toxiproxy");
  if (program === null) return null;
  const [port] = await ports(1);
  const child = spawn(program, ["-host", "127.0.0.1", "-port", String(port)], { stdio: "ignore" });
  t.after(() => stop(child));
  const api = `http://127.0.0.1:${port}`;
  await until("Toxiproxy", () =>
    fetch(`${api}/version`).then(
      (a) => a.ok,
      () => false,
    ),
  );
  const post = async (path, body) => {
    const answer = await fetch(api + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "user-agent": "langfuse-blob" },
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    async between(endpoint, toxic) {
      const [listen] = await ports(1);
      const name = `p${listen}`;
      await post("/proxies", {
        name,
        listen: `127.0.0.1:${listen}`,
        upstream: new URL(endpoint).host.replace("localhost", "127.0.0.1"),
        enabled: true,
      });
      await post(`/proxies/${name}/toxics`, toxic);
      return `http://127.0.0.1:${listen}`;
    },
  };
}

/** Every store of the conformance suite. */
export const stores = [embedded, seaweedfs, minio, versity, azurite];
