// Uploads that are killed, interrupted, cut off or throttled: on every store, through a proxy that records, delays and
// cuts requests.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer, request as ask } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { binary } from "../scripts/tools.mjs";
import { other } from "./clients/other.mjs";
import { embedded, folder, ours, random, sizes, stores, until } from "./harness.mjs";

const MIB = 1 << 20;
const KEY = "big +file.bin";
const PARTS = 12;

/** A body whose parts all differ. */
function body(change = 0) {
  const out = Buffer.alloc(PARTS * 5 * MIB - 17);
  for (let at = 0; at < out.length; at += 4096)
    out.writeUInt32LE((at * 2_654_435_761 + change) >>> 0, Math.min(at, out.length - 4));
  return out;
}

/** The number of the part that a request sends; `undefined` for other requests. */
function part(request) {
  if (request.method !== "PUT") return undefined;
  const query = new URL(request.url, "http://proxy").searchParams;
  if (query.has("partNumber")) return query.get("partNumber");
  return query.get("comp") === "block" ? query.get("blockid") : undefined;
}

/** Forwards requests unchanged, including Host. Its `rule` may answer a request itself, or cut its connection. */
async function proxy(t, store) {
  const to = new URL(store.endpoint);
  const own = { sent: [], open: 0, rule: () => undefined };
  const server = createServer((request, response) => {
    const number = part(request);
    const passed = () => {
      // Its client was killed while the rule held it.
      if (request.socket.destroyed && !request.complete) return;
      if (number !== undefined) own.sent.push(number);
      const on = ask({
        host: to.hostname,
        port: to.port,
        method: request.method,
        path: request.url,
        headers: request.headers,
        setHost: false,
      });
      own.open += 1;
      on.on("close", () => (own.open -= 1));
      on.on("response", (answer) => {
        response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
        answer.pipe(response);
      });
      on.on("error", () => response.destroy());
      request.on("close", () => request.complete || on.destroy());
      request.pipe(on);
    };
    const done = own.rule({ request, response, number, cut: () => request.socket.resetAndDestroy() });
    if (done === undefined) passed();
    else if (done instanceof Promise) done.then(passed);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  own.endpoint = store.endpoint.replace(to.host, `127.0.0.1:${server.address().port}`);
  return own;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

for (const start of stores) {
  test(`interrupted on ${start.name}`, async (t) => {
    const store = await start(t);
    if (store === null) {
      t.skip(`${start.name} is built with Go, which isn't installed`);
      return;
    }
    const dir = folder(t);
    const their = other(store);
    const whole = body();
    writeFileSync(join(dir, "big.bin"), whole);
    const between = await proxy(t, store);
    writeFileSync(join(dir, "store.env"), store.dotenv.replaceAll(store.endpoint, between.endpoint));
    const upload = (...more) => {
      const args = ["upload", "file", "big.bin", KEY, "--env-file", "store.env", "--json", ...more];
      const child = spawn(binary, args, {
        cwd: dir,
        env: { ...process.env, NO_COLOR: "1", XDG_STATE_HOME: join(dir, "state"), NO_PROXY: "*" },
      });
      const said = { out: "", err: "" };
      child.stdout.on("data", (chunk) => (said.out += chunk));
      child.stderr.on("data", (chunk) => (said.err += chunk));
      const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, ...said })));
      return { child, ended };
    };
    const slow = ({ number }) => (number === undefined ? undefined : pause(150));

    await t.test("killed and resumed: the same bytes, no part twice, nothing left", async () => {
      between.rule = slow;
      const killed = upload("--part-size", "5MiB", "--concurrency", "2", "--resume");
      await until("some parts", async () => (await their.parts(KEY)).length >= 4);
      killed.child.kill("SIGKILL");
      assert.equal((await killed.ended).signal, "SIGKILL");
      // Requests in flight at the proxy end.
      await pause(500);
      const journals = readdirSync(join(dir, "state", "langfuse-blob", "uploads"));
      assert.equal(journals.length, 1);
      assert.ok(
        !readFileSync(join(dir, "state", "langfuse-blob", "uploads", journals[0]), "utf8").includes(store.secret),
      );
      const there = (await their.parts(KEY)).length;
      assert.ok(there >= 4 && there < PARTS, `${there} parts`);
      Object.assign(between, { rule: () => undefined, sent: [] });
      const resumed = await upload("--resume").ended;
      assert.equal(resumed.code, 0, resumed.err);
      assert.equal(between.sent.length, PARTS - there, `sent again: ${between.sent}`);
      assert.equal(new Set(between.sent).size, between.sent.length);
      assert.ok((await their.get(KEY)).body.equals(whole));
      assert.deepEqual(await their.uploads(KEY), []);
      assert.match(resumed.out, new RegExp(`"resumed": ?${there}`));
      assert.deepEqual(readdirSync(join(dir, "state", "langfuse-blob", "uploads")), []);
    });

    await t.test("a changed file isn't resumed", async () => {
      between.rule = slow;
      const killed = upload("--part-size", "5MiB", "--concurrency", "2", "--resume");
      await until("some parts", async () => (await their.parts(KEY)).length >= 2);
      killed.child.kill("SIGKILL");
      await killed.ended;
      writeFileSync(join(dir, "big.bin"), body(1));
      const resumed = await upload("--resume").ended;
      assert.equal(resumed.code, 1);
      assert.match(resumed.err, /has changed since the upload started/);
      assert.ok((await their.get(KEY)).body.equals(whole));
      writeFileSync(join(dir, "big.bin"), whole);
    });

    for (const signal of ["SIGINT", "SIGTERM"])
      await t.test(`${signal} aborts the upload, and the next one starts fresh`, async () => {
        between.rule = slow;
        const fresh = `${signal}-${KEY}`;
        const before = readdirSync(join(dir, "state", "langfuse-blob", "uploads")).length;
        const args = [
          "upload",
          "file",
          "big.bin",
          fresh,
          "--env-file",
          "store.env",
          "--part-size",
          "5MiB",
          "--concurrency",
          "2",
        ];
        const child = spawn(binary, args, { cwd: dir, env: { ...process.env, XDG_STATE_HOME: join(dir, "state") } });
        let err = "";
        child.stderr.on("data", (chunk) => (err += chunk));
        const ended = new Promise((resolve) => child.once("close", resolve));
        await until("some parts", async () => (await their.parts(fresh)).length >= 2);
        child.kill(signal);
        assert.equal(await ended, 130, err);
        assert.match(err, /nothing of it is left/);
        await pause(300);
        assert.deepEqual(await their.uploads(fresh), []);
        assert.deepEqual(await their.list(fresh), []);
        assert.deepEqual(readdirSync(join(dir, "state", "langfuse-blob", "uploads")).length, before);
      });

    await t.test("a killed upload is named with the command that aborts it", async () => {
      between.rule = slow;
      const killed = upload("--part-size", "5MiB", "--concurrency", "2", "--use-case", "exports");
      await until("some parts", async () => (await their.parts(KEY)).length >= 2);
      killed.child.kill("SIGKILL");
      await killed.ended;
      await pause(500);
      between.rule = () => undefined;
      const next = await upload("--part-size", "5MiB", "--use-case", "exports").ended;
      assert.equal(next.code, 0, next.err);
      assert.match(
        next.err,
        /its parts stay at the store.*`langfuse-blob rm --uploads 'big \+file\.bin' --use-case exports --env-file store\.env`/,
      );
      const given = spawn(binary, ["rm", "--uploads", KEY, "--use-case", "exports", "--env-file", "store.env"], {
        cwd: dir,
      });
      assert.equal(await new Promise((resolve) => given.once("close", resolve)), 0);
      assert.deepEqual(await their.uploads(KEY), []);
    });

    await t.test("a file that changes meanwhile isn't uploaded", async () => {
      const fresh = `changed-${KEY}`;
      const send = (...more) => {
        const args = ["upload", "file", "changing.bin", fresh, "--env-file", "store.env", ...more];
        const child = spawn(binary, args, { cwd: dir, env: { ...process.env, XDG_STATE_HOME: join(dir, "state") } });
        let err = "";
        child.stderr.on("data", (chunk) => (err += chunk));
        return new Promise((resolve) => child.once("close", (code) => resolve({ code, err })));
      };
      const path = join(dir, "changing.bin");
      for (const [what, length, change] of [
        ["written into, in parts", 21 * MIB, () => writeSync(openSync(path, "r+"), "x", 100)],
        ["shorter, in parts", 21 * MIB, () => truncateSync(path, 6 * MIB)],
        ["longer, in parts", 21 * MIB, () => appendFileSync(path, "x")],
        ["written into, in one request", MIB, () => writeSync(openSync(path, "r+"), "x", 100)],
        ["shorter, in one request", MIB, () => truncateSync(path, MIB / 2)],
        [
          "written into after it was read",
          MIB,
          (request) => request.on("end", () => writeSync(openSync(path, "r+"), "x", 100)),
        ],
      ]) {
        writeFileSync(path, whole.subarray(0, length));
        let done = false;
        between.rule = ({ request, number }) => {
          if (done || request.method !== "PUT" || (length > MIB && number === undefined)) return undefined;
          done = true;
          change(request);
          return undefined;
        };
        const ended = await send("--part-size", "5MiB", "--concurrency", "1");
        assert.ok(done && ended.code === 1, `${what}: ${ended.code} ${ended.err}`);
        assert.match(ended.err, /it changed while it was sent/, what);
        if (what.endsWith("read")) assert.match(ended.err, /may mix old and new content/);
        if (length > MIB) {
          assert.match(ended.err, /nothing of it was kept/, what);
          assert.deepEqual([await their.uploads(fresh), await their.list(fresh)], [[], []], what);
        }
      }
    });

    await t.test("a media file is sent under the name of its content, or not at all", async () => {
      mkdirSync(join(dir, "m"));
      for (const name of ["a", "b"]) writeFileSync(join(dir, "m", name), Buffer.alloc(MIB, name));
      let done = false;
      between.rule = async ({ request }) => {
        if (done || request.method !== "PUT") return;
        done = true;
        // Both are hashed; the second one waits for the first.
        await pause(500);
        writeFileSync(join(dir, "m", "b"), "c");
      };
      const args = [
        "upload",
        "media",
        "m",
        "--project",
        "p",
        "--content-type",
        "application/octet-stream",
        "--concurrency",
        "1",
      ];
      const child = spawn(binary, [...args, "--env-file", "store.env"], { cwd: dir });
      const said = { out: "", err: "" };
      child.stdout.on("data", (chunk) => (said.out += chunk));
      child.stderr.on("data", (chunk) => (said.err += chunk));
      assert.equal(await new Promise((resolve) => child.once("close", resolve)), 1, said.err);
      assert.match(said.err, /m\/b: it changed while it was sent/);
      assert.equal(said.out.trim().split("\n").length, 1, said.out);
    });

    await t.test("cut connections and a busy store: retried until complete", async () => {
      let seen = 0;
      // A mock: no real server returns SlowDown on demand.
      between.rule = ({ request, response, number, cut }) => {
        if (number === undefined) return undefined;
        seen += 1;
        if (seen === 2) {
          request.once("data", cut);
          return null;
        }
        if (seen === 4) {
          request.resume();
          request.on("end", () => {
            response.writeHead(503, { "content-type": "application/xml" });
            response.end(
              '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
            );
          });
          return null;
        }
        return undefined;
      };
      const done = await upload("--part-size", "5MiB", "--concurrency", "3").ended;
      assert.equal(done.code, 0, done.err);
      assert.ok(JSON.parse(done.out).retried >= 2, done.out);
      assert.ok((await their.get(KEY)).body.equals(whole));
    });
  });
}

test(`killed ${sizes.kills} times at random moments, and resumed: the same bytes`, async (t) => {
  const store = await embedded(t);
  const their = other(store);
  const below = random(t);
  const dir = folder(t);
  const whole = body();
  writeFileSync(join(dir, "big.bin"), whole);
  const between = await proxy(t, store);
  between.rule = ({ number }) => (number === undefined ? undefined : pause(20));
  writeFileSync(join(dir, "store.env"), store.dotenv.replaceAll(store.endpoint, between.endpoint));
  writeFileSync(join(dir, "direct.env"), store.dotenv);
  /** Uploads, and kills the upload after some milliseconds; returns whether it was killed. */
  const upload = async (key, milliseconds) => {
    const args = ["upload", "file", "big.bin", key, "--env-file", "store.env", "--resume", "--part-size", "5MiB"];
    const child = spawn(binary, [...args, "--concurrency", "2"], {
      cwd: dir,
      env: { ...process.env, XDG_STATE_HOME: join(dir, "state"), NO_PROXY: "*" },
    });
    let err = "";
    child.stderr.on("data", (chunk) => (err += chunk));
    const late = milliseconds === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), milliseconds);
    const [code, signal] = await new Promise((resolve) => child.once("close", (...how) => resolve(how)));
    clearTimeout(late);
    if (signal === null) assert.equal(code, 0, err);
    // While the embedded store completes an upload, it has neither the upload nor the object.
    await until("the store's last response", () => between.open === 0);
    return signal !== null;
  };
  for (let [kills, objects] = [0, 0]; kills < sizes.kills; objects += 1) {
    const key = `${objects}-${KEY}`;
    while (await upload(key, kills < sizes.kills ? below(600) : undefined)) kills += 1;
    assert.ok((await their.get(key)).body.equals(whole), key);
    assert.deepEqual(readdirSync(join(dir, "state", "langfuse-blob", "uploads")), []);
    // Killed before it could write down its upload, it leaves one that only the store knows.
    assert.equal(ours(["rm", "--uploads", key, "--env-file", "direct.env"], { cwd: dir }).code, 0);
    assert.deepEqual(await their.uploads(key), []);
  }
});

test("Ctrl-C and SIGTERM end blocked verbs", async (t) => {
  const store = await embedded(t);
  const dir = folder(t);
  writeFileSync(join(dir, "store.env"), store.dotenv);
  const begin = (args, dotenv = "store.env") => {
    const child = spawn(binary, [...args, "--env-file", dotenv], { cwd: dir, env: { ...process.env, NO_COLOR: "1" } });
    const own = { child, out: "", err: "" };
    child.stdout.on("data", (chunk) => (own.out += chunk));
    child.stderr.on("data", (chunk) => (own.err += chunk));
    own.ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
    return own;
  };
  mkdirSync(join(dir, "many"));
  for (let n = 0; n < 1_000; n += 1) writeFileSync(join(dir, "many", `${n}-${"n".repeat(200)}`), "");
  assert.equal(await begin(["upload", "file", "many", "many"]).ended, 0);
  /** The exit code, or `undefined` if it keeps running. */
  const stopped = async (own, signal) => {
    own.child.kill(signal);
    const code = await Promise.race([own.ended, pause(5_000)]);
    if (code === undefined) own.child.kill("SIGKILL");
    return code;
  };

  for (const signal of ["SIGINT", "SIGTERM"]) {
    await t.test(`${signal}: standard input that doesn't end`, async () => {
      for (const args of [
        ["export", "--key", "exports/x", "--progress", "json"],
        ["upload", "file", "-", "k", "--progress", "json"],
      ]) {
        const waiting = begin(args);
        await until("the wait", () => waiting.err.includes("progress"));
        assert.equal(await stopped(waiting, signal), 130, waiting.err);
        assert.match(waiting.err, /interrupted; no incomplete upload is left/);
      }
      const removing = begin(["rm", "-"]);
      removing.child.stdin.write(Array.from({ length: 1_000 }, (_, n) => `gone/${n}\n`).join(""));
      await until("the first thousand", () => removing.out.split("\n").length > 1_000);
      assert.equal(await stopped(removing, signal), 130, removing.err);
      assert.match(removing.err, /interrupted; removed so far: 1000/);
    });
    await t.test(`${signal}: a reader that has stopped reading`, async () => {
      const listing = spawn(binary, ["ls", "many/", "--json", "--env-file", "store.env"], {
        cwd: dir,
        stdio: ["ignore", "pipe", "ignore"],
      });
      await pause(2_000);
      assert.equal(listing.exitCode, null, "more than a pipe holds");
      listing.kill(signal);
      const ended = await Promise.race([new Promise((resolve) => listing.once("exit", resolve)), pause(20_000)]);
      if (ended === undefined) listing.kill("SIGKILL");
      listing.stdout.destroy();
      assert.equal(ended, 130);
    });
    await t.test(`${signal}: get leaves no partial file`, async () => {
      const stalled = createServer((_, response) =>
        response.writeHead(200, { etag: '"e"', "content-length": "1000" }).write("half"),
      );
      await new Promise((resolve) => stalled.listen(0, "127.0.0.1", resolve));
      t.after(() => {
        stalled.closeAllConnections();
        stalled.close();
      });
      writeFileSync(
        join(dir, "stalled.env"),
        store.dotenv.replaceAll(store.endpoint, `http://127.0.0.1:${stalled.address().port}`),
      );
      const getting = begin(["get", "k", "kout"], "stalled.env");
      await until("its temporary file", () => readdirSync(dir).some((name) => name.startsWith(".langfuse-blob-")));
      await pause(300);
      assert.equal(await stopped(getting, signal), 130, getting.err);
      assert.deepEqual(readdirSync(dir).sort(), ["many", "stalled.env", "store.env"]);
    });
  }
});
