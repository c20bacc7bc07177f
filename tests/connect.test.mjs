// Reaching the store of a compose project from the host that runs Docker: the published port is used as it is, requests stay
// those that Langfuse sends, and nothing is written to another project's store.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { binary, root } from "../scripts/tools.mjs";
import { folder, seaweedfs } from "./harness.mjs";

const official = readFileSync(join(root, "tests", "fixtures", "compose", "official.yml"), "utf8");
const keys = { keyId: "minio", secret: "miniosecret" };

/** Runs the binary without blocking this process's servers. */
function run(args, { cwd, env = {}, input } = {}) {
  const { HOME, PATH } = process.env;
  const child = spawn(binary, args, { cwd, env: { HOME, PATH, NO_COLOR: "1", ...env } });
  const done = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (done.out += chunk));
  child.stderr.on("data", (chunk) => (done.err += chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve({ ...done, code })));
}

/** A port that passes everything on to `to`, and records what clients send. */
async function recorder(t, to) {
  const sent = [];
  const server = createServer((client) => {
    const at = sent.push("") - 1;
    const store = connect(to, "127.0.0.1");
    client.on("data", (chunk) => (sent[at] += chunk.toString("latin1")));
    client.pipe(store).pipe(client);
    for (const socket of [client, store]) socket.on("error", () => [client, store].forEach((s) => s.destroy()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const heads = () =>
    sent.flatMap((text) => text.match(/^[A-Z]+ [^\r\n]* HTTP\/1\.1\r\n[\s\S]*?\r\n\r\n/gm) ?? []).map(head);
  return { port: server.address().port, heads, clear: () => sent.splice(0) };
}

/** A request's head: method, path with query, headers by lowercase name. */
function head(text) {
  const [first, ...lines] = text.trimEnd().split("\r\n");
  const [method, target] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((l) => [l.slice(0, l.indexOf(":")).toLowerCase(), l.slice(l.indexOf(":") + 1).trim()]),
  );
  return { method, target, headers };
}

/** The Authorization header that a client inside the project's network sends for the same request: SigV4 with this host. */
function signedInside({ method, target, headers }, host) {
  const [path, query = ""] = target.split("?");
  const names = headers.authorization.match(/SignedHeaders=([^,]*)/)[1].split(";");
  const scope = headers.authorization.match(/Credential=[^/]*\/([^,]*)/)[1];
  const value = (name) => (name === "host" ? host : headers[name].replace(/ +/g, " "));
  const canonical = [
    method,
    path,
    query
      .split("&")
      .sort()
      .map((p) => (p.includes("=") || p === "" ? p : `${p}=`))
      .join("&"),
    ...names.map((name) => `${name}:${value(name)}`),
    "",
    names.join(";"),
    headers["x-amz-content-sha256"],
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const key = scope.split("/").reduce(hmac, `AWS4${keys.secret}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${headers["x-amz-date"]}\n${scope}\n${hash}`).toString("hex");
  return `AWS4-HMAC-SHA256 Credential=${keys.keyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
}

const writes = (store) => store.heads().filter(({ method }) => !["GET", "HEAD"].includes(method));

test("the store of a compose project is reached through its published port", { timeout: 180_000 }, async (t) => {
  const weed = await seaweedfs(t, keys);
  const store = await recorder(t, Number(new URL(weed.endpoint).port));
  const line = `minio:9000 via 127.0.0.1:${store.port}, published in docker-compose.yml:64`;
  const project = (text = official.replaceAll("9090", String(store.port))) => {
    const dir = folder(t);
    writeFileSync(join(dir, "docker-compose.yml"), text);
    writeFileSync(join(dir, "hello.txt"), "hello");
    return dir;
  };
  const dir = project();
  const here = (args, options) => run(args, { cwd: dir, ...options });

  await t.test("every verb works as typed, and says so", async () => {
    for (const [args, expected] of [
      [["upload", "file", "hello.txt", "events/hello.txt"], /hello\.txt|uploaded/],
      [["ls"], /^events\/hello\.txt$/m],
      [["get", "events/hello.txt"], /^hello$/],
      [
        ["export", "-", "--key", "exports/t.jsonl", "--format", "jsonl"],
        new RegExp(`http://localhost:${store.port}/langfuse/exports/t\\.jsonl\\?`),
      ],
      [["rm", "events/hello.txt"], /events\/hello\.txt/],
    ]) {
      const done = await here(args, { input: '{"a":1}\n' });
      assert.equal(done.code, 0, `${args}: ${done.err}`);
      assert.match(done.out === "" ? done.err : done.out, expected);
      assert.equal(done.err.split("\n").filter((l) => l === line).length, 1, done.err);
    }
    const link = await here(["presign", "get", "events/hello.txt"]);
    assert.match(link.out, /^http:\/\/minio:9000\/langfuse\/events\/hello\.txt\?/);
    assert.ok(!link.err.includes("via"), link.err);
  });

  await t.test("requests are those that Langfuse sends", async () => {
    const heads = store.heads();
    assert.ok(heads.length >= 6, String(heads.length));
    for (const request of heads) {
      assert.equal(request.headers.host, "minio:9000");
      assert.ok(request.target.startsWith("/langfuse"), request.target);
      assert.equal(request.headers.authorization, signedInside(request, "minio:9000"), request.target);
    }
    const methods = heads.map(({ method }) => method);
    assert.equal(methods[0], "GET", "the bucket is looked at before the first write");
    assert.ok(methods.includes("PUT") && methods.some((m) => m === "DELETE" || m === "POST"), String(methods));
  });

  await t.test("the doctor tests all steps of the store", async () => {
    const done = await here(["doctor", "--json"]);
    const report = JSON.parse(done.out);
    assert.ok(done.err.includes(line), done.err);
    assert.deepEqual(report.untested, []);
    for (const { useCase, connectedTo, steps } of report.useCases) {
      assert.deepEqual(connectedTo, {
        host: "minio:9000",
        address: `127.0.0.1:${store.port}`,
        published: { file: "docker-compose.yml", line: 64 },
      });
      for (const name of ["resolve", "connect", "server", "identity", "bucket", "put"]) {
        assert.equal(steps.find((s) => s.step === name).outcome, "pass", `${useCase} ${name}`);
      }
    }
    const text = await here(["doctor", "--use-case", "events"]);
    assert.ok(text.out.includes(`\n  ${line}\n`), text.out);
  });

  await t.test("localhost set in the shell is this machine", async () => {
    const env = { LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: `http://localhost:${store.port}` };
    const done = await here(["doctor", "--use-case", "events", "--json"], { env });
    const { untested, useCases } = JSON.parse(done.out);
    assert.deepEqual([untested, useCases[0].connectedTo], [[], null]);
    assert.equal(useCases[0].steps.find((s) => s.step === "put").outcome, "pass");
  });

  await t.test("--connect-to is the way where nothing is automatic", async () => {
    const rule = `minio:9000:127.0.0.1:${store.port}`;
    const env = { DOCKER_HOST: "ssh://me@vm.example" };
    const refused = await here(["ls"], { env });
    assert.equal(refused.code, 1);
    assert.match(refused.err, new RegExp(`--connect-to minio:9000:vm\\.example:${store.port}`));
    assert.equal((await here(["ls", "--connect-to", rule], { env })).code, 0);
    const unpublished = project(official.replace("      - 9090:9000\n", ""));
    const help = await run(["get", "x"], { cwd: unpublished });
    assert.match(help.err, /publishes no fixed port for port 9000 of `minio`.*--connect-to minio:9000:ADDR:9000/);
    const put = ["upload", "file", "hello.txt", "events/by-flag.txt", "--connect-to", rule];
    assert.equal((await run(put, { cwd: unpublished })).code, 0);
    const report = JSON.parse((await run(["doctor", "--json", "--connect-to", rule], { cwd: unpublished })).out);
    assert.equal(report.useCases[0].connectedTo.published, null);
    assert.equal((await here(["rm", "events/by-flag.txt"])).code, 0);
  });

  await t.test("--env-file replaces the project's .env", async () => {
    writeFileSync(join(dir, "base.env"), "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=other\n");
    writeFileSync(join(dir, "new.env"), "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse\n");
    const done = await here(["ls", "--env-file", "base.env", "--env-file", "new.env"]);
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, /^read docker-compose\.yml \(compose\), base\.env \(dotenv\), new\.env \(dotenv\)$/m);
    assert.ok(done.err.includes(line), done.err);
  });

  await t.test("nothing is written to another project's store", async () => {
    for (const [what, dotenv] of [
      ["keys", "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=of-this-project\n"],
      ["bucket", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=of-this-project\n"],
    ]) {
      const foreign = project();
      writeFileSync(join(foreign, ".env"), dotenv);
      store.clear();
      for (const args of [
        ["upload", "file", "hello.txt", "events/foreign.txt"],
        ["rm", "events/hello.txt"],
        ["upload", "events", "-", "--project", "p"],
      ]) {
        const event = { id: "e", type: "trace-create", timestamp: "2026-01-31T00:00:00Z", body: { id: "t" } };
        const done = await run(args, { cwd: foreign, input: JSON.stringify([event]) });
        assert.equal(done.code, 1, `${what}: ${done.out}${done.err}`);
        assert.match(done.err, /nothing was written: can't verify that 127\.0\.0\.1:\d+ is this project's store/);
        assert.match(done.err, /--connect-to minio:9000:ADDR:PORT/);
      }
      const doctor = await run(["doctor", "--use-case", "events", "--json"], { cwd: foreign });
      assert.equal(doctor.code, 1, doctor.out);
      assert.match(JSON.parse(doctor.out).diagnostics[0].help, /no other one has that port/);
      assert.deepEqual(writes(store), [], what);
    }
  });
});
