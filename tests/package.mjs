// What the tests of the npm package share: the package as npm installs it, a browser, and the calls of the parity tests.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { root } from "../scripts/tools.mjs";
import { launch } from "./browser.mjs";
import "./home.mjs";

/** Runs a program; returns its output, or fails with it. */
export function done(command, args, options = {}) {
  const ended = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (ended.error) throw ended.error;
  if (ended.status !== 0) throw new Error(`${command} ${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

/** Modules that the package is tested with. */
export const peersHome = join(root, "tests", "package", "node_modules");

/** A directory with only the package installed, as npm packs it for publishing. */
export function installed(t) {
  const home = mkdtempSync(join(tmpdir(), "langfuse-blob-package-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const [{ filename, files, unpackedSize }] = JSON.parse(
    done("npm", ["pack", "--json", "--pack-destination", home], { cwd: join(root, "wasm", "pkg") }),
  );
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  done("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", join(home, filename)], { cwd: home });
  return { home, files: files.map((f) => f.path), unpackedSize, package: join(home, "node_modules", "langfuse-blob") };
}

/** Lines of a file of JSON documents. */
export const lines = (...path) =>
  readFileSync(join(root, "tests", "fixtures", ...path), "utf8")
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l));

const TYPES = {
  ".html": "text/html",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Serves a directory on loopback; returns its address. */
export async function served(t, folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/\/$/, "/index.html");
    const file = join(folder, path);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
      .end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

/** A browser; `null` if none starts here. */
export async function chromium(t) {
  try {
    const browser = await launch();
    t.after(() => browser.close());
    return browser;
  } catch (error) {
    console.log(`no Chromium starts here: ${error.message.split("\n")[0]}`);
    return null;
  }
}

/** Every call of the parity tests, with the module's arguments. */
export function calls() {
  const all = [];
  const json = JSON.stringify;
  const texts = [];
  const cmd = join(root, "tests", "cmd");
  for (const folder of readdirSync(cmd, { recursive: true, withFileTypes: true }).filter(
    (f) => f.isFile() && f.parentPath.includes(".in"),
  )) {
    const bytes = readFileSync(join(folder.parentPath, folder.name));
    const text = bytes.toString("utf8");
    if (Buffer.from(text).equals(bytes)) texts.push([folder.name, text]);
  }
  for (const name of ["official.yml"])
    texts.push([`docker-compose-${name}`, readFileSync(join(root, "tests", "fixtures", "compose", name), "utf8")]);
  texts.push(["clean.env", readFileSync(join(root, "tests", "fixtures", "bench", "clean.env"), "utf8")]);
  for (const [file, text] of texts) {
    all.push(["checkText", text, json({ file })], ["resolve", json({ text }), json({ file })]);
    for (const deployment of ["raw", "compose"]) all.push(["checkText", text, json({ file, deployment })]);
    all.push(["fileName", text], ["connections", json({ text }), json({ file })]);
    all.push(["check", json({ files: [{ file, text }] }), ""]);
  }
  for (const { env } of lines("conformance", "startup.jsonl")) {
    all.push(["check", json({ variables: env }), ""], ["storageEnvironment", json({ variables: env })]);
    all.push(["connections", json({ variables: env }), ""]);
    const names = Object.keys(env);
    const flat = `${names.join("\0")}\0${Object.values(env).join("\0")}\0`;
    all.push(["checkVariables", names.length === 0 ? "" : flat, String(names.length), ""]);
    for (const [name, text] of Object.entries(env).slice(0, 2)) {
      if (name.startsWith("LANGFUSE_S3_EVENT")) all.push(["storageVariable", name, text]);
    }
  }
  for (const { url, id, ...request } of lines("conformance", "presign-s3.jsonl")) {
    all.push(["presign", json(request)]);
    all.push(["sign", json({ ...request, method: request.op, url, payloadSha256: "UNSIGNED-PAYLOAD" })]);
  }
  for (const c of lines("conformance", "objects.jsonl")) {
    if (c.what === "events") all.push(["eventObjects", json(c.events), json(c)]);
    if (c.what === "media") all.push(["mediaObject", json(c)]);
    if (c.what === "export")
      for (const format of ["csv", "json", "jsonl"]) all.push(["exportFile", json(c.rows), format]);
  }
  for (const c of lines("conformance", "sources.jsonl")) {
    if (c.what === "dotenv")
      for (const dialect of ["compose", "docker", "node"])
        all.push(
          ["resolve", json({ text: c.text }), json({ format: "dotenv", dialect })],
          ["checkText", c.text, json({ format: "dotenv", dialect })],
        );
    if (c.what === "compose") {
      const files = Object.entries(c.files).map(([file, text]) => ({ file, text }));
      all.push(["resolve", json({ files }), json({ env: c.env })], ["check", json({ files }), json({ env: c.env })]);
    }
    if (c.what === "helm")
      all.push(
        ["resolve", json({ text: c.text }), json({ format: "helm", release: "rel" })],
        ["checkText", c.text, json({ format: "helm" })],
      );
  }
  return all;
}

/** The calls of the functions whose results are data of the package, with topics that it has to find in other ways than by name. */
export function dataCalls(list) {
  const topics = list
    .split("\n")
    .flatMap((line) => line.match(/^ {2}(?:(?:error|warning|hint) +)?([\w-]+) *(.*)/)?.slice(1) ?? [])
    .flatMap((words) => words.split(", "));
  const odd = [
    "REGION-MISSING",
    "langfuse_s3_event_upload_bucket",
    " nosuchkey\n",
    "Error: AccessDenied: Access Denied at line 3",
    "\tError: ACCESSDENIED ##[x] \u{1b}[31m\u3164\n",
    `${"x".repeat(90)} AccessDenied ${"y".repeat(90)}`,
    "getaddrinfo ENOTFOUND minio",
    "AccessDeniedException",
    "éAccessDenied",
    "S3 API request made to console port.",
    "502",
    "status code: 502",
    "http502",
    "HTTP/1.1 503 Service Unavailable",
    "HTTP/2.0 -- 301",
    "xhttp 503",
    "port 9000 took 412 ms",
    "rotat",
    "region-mising",
    "LANGFUSE_S3_EVENT_UPLOAD_BUCKETT",
    "zzzzzzzzzzzz",
    "",
    " ",
    '"\\\u0000\u0301',
    "__proto__",
    "toString",
  ];
  return [["explain"], ["schema"], ["providers"], ...[...new Set(topics), ...odd].map((topic) => ["explain", topic])];
}

/** What hangs on the answers of the first calls: printed reports, mended files, generated configuration. */
export function furtherCalls(providers, reports) {
  const json = JSON.stringify;
  const all = [];
  const answers = {
    region: "eu-west-1",
    bucket: "acme-langfuse",
    account: "acmelangfuse",
    endpoint: "https://store.example.com",
    storePublicUrl: "https://store.example.com",
    publicUrl: "https://langfuse.example.com",
    accessKeyId: "5f4dcc3b5aa765d61d8327deb882cf99",
    secretAccessKey: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    retentionDays: 30,
  };
  for (const { id } of providers) {
    for (const format of [
      "env",
      "compose",
      "helm",
      "k8s",
      "json",
      "ecs",
      "iam-policy",
      "cors",
      "lifecycle",
      "docker-run",
      "terraform",
    ]) {
      all.push(["generate", format, json({ provider: id, ...answers })], ["questions", format, json({ provider: id })]);
      all.push(["generateFiles", format, json({ provider: id, ...answers, endpoint: "http://store:9000" })]);
      all.push(["questions", format, json({ provider: id, ...answers, bucket: "a b", sse: "aws:kms", nothing: 1 })]);
    }
  }
  for (const [text, options, report] of reports) {
    for (const format of ["text", "json", "sarif", "github"])
      all.push(["render", report, format, json({ text }), options]);
    const { file } = JSON.parse(options);
    for (const unsafe of ["false", "true"]) all.push(["applyFixes", json([{ file, text }]), report, unsafe]);
  }
  return all;
}
