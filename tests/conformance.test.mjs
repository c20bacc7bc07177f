// One suite for all stores: every verb that uses a store, with the same assertions. What a store doesn't support is
// listed with the reason in `DEVIATIONS`, and those tests are skipped by name.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { other } from "./clients/other.mjs";
import { example, folder, ours, stores } from "./harness.mjs";

const MIB = 1 << 20;

const KEYS = [
  "plain.json",
  "with space.txt",
  "a+b",
  "a%2Fb",
  "100%",
  'it\'s "quoted".txt',
  "emoji-😀.bin",
  "日本語/ファイル.txt",
  "é-and-é",
  "~.-_*!()@:,$=;&?#",
  "deep/" + "x".repeat(200) + "/" + "y".repeat(200),
];

/** store -> test -> why it is skipped */
const DEVIATIONS = {
  Azurite: {
    "a link with another body's checksum is rejected":
      "a SAS restricts neither length nor checksum (Azure has no signed headers)",
  },
};

/** The settings of a new bucket. */
const PLAIN = {
  versioning: "Off",
  lifecycle: "[]",
  encryption: "None",
  "public access block": "None",
  "is public": false,
  "object lock": "ObjectLock { enabled: false, default: None }",
  cors: "[]",
};

/** store -> request -> the error of a store that doesn't support it */
const NOT_MADE = /^NotImplemented$/;
const UNANSWERED = {
  // It has no bucket settings, and doesn't pretend to.
  "embedded store": Object.fromEntries(Object.keys(PLAIN).map((question) => [question, NOT_MADE])),
  MinIO: { "public access block": NOT_MADE },
  "Versity Gateway": { "public access block": NOT_MADE, encryption: NOT_MADE, lifecycle: NOT_MADE },
  // It requires an Admin, and Langfuse's identity isn't one.
  SeaweedFS: Object.fromEntries(
    ["encryption", "object lock", "public access block"].map((question) => [question, /^AccessDenied$/]),
  ),
};

function noise(length, seed = 1) {
  const out = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i += 1) {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    out[i] = state & 255;
  }
  return out;
}

const sha256 = (body) => createHash("sha256").update(body).digest();

for (const start of stores) {
  test(`on ${start.name}`, async (t) => {
    const store = await start(t);
    if (store === null) {
      t.skip(`${start.name} is built with Go, which isn't installed`);
      return;
    }
    const dir = folder(t);
    const file = (name, body) => {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), body);
      return name;
    };
    file("store.env", store.dotenv);
    const their = other(store);
    const prefix = store.prefixes ?? { events: "", media: "", exports: "" };
    const said = [];
    const run = (args, options = {}) => {
      const done = ours([...args, "--env-file", options.config ?? "store.env"], { cwd: dir, ...options });
      said.push(done.raw.length < MIB ? done.out : "", done.err);
      return done;
    };
    const good = (args, options) => {
      const done = run(args, options);
      assert.equal(done.code, 0, `${args.join(" ")}\n${done.out}${done.err}`);
      return done;
    };
    const lines = (done) => done.out.split("\n").filter((l) => l !== "");
    const each = (name, work) => {
      const why = DEVIATIONS[store.name]?.[name];
      return t.test(name, why === undefined ? {} : { skip: `${store.name}: ${why}` }, work);
    };
    const body = noise(70_001);
    file("body.bin", body);

    await each("odd keys: boto3 reads what we write", async () => {
      for (const key of KEYS) {
        assert.equal(
          good(["upload", "file", "body.bin", `odd/${key}`, "--content-type", "image/png"]).out,
          `odd/${key}\n`,
        );
        const read = await their.get(`odd/${key}`);
        assert.ok(read.body.equals(body), key);
        assert.equal(read.type, "image/png");
        assert.ok(good(["get", `odd/${key}`]).raw.equals(body), key);
      }
      const wanted = KEYS.map((key) => `odd/${key}`).sort();
      assert.deepEqual((await their.list("odd/")).sort(), wanted);
      assert.deepEqual(lines(good(["ls", "-R", "odd/"])).sort(), wanted);
    });
    await each("odd keys: we read and list what boto3 writes", async () => {
      for (const key of KEYS) {
        await their.put(`back/${key}`, body, "text/plain");
        good(["get", `back/${key}`, "read.bin"]);
        assert.ok(readFileSync(join(dir, "read.bin")).equals(body), key);
      }
      assert.deepEqual(lines(good(["ls", "-R", "back/"])).sort(), KEYS.map((key) => `back/${key}`).sort());
    });
    await each("objects of zero and one byte", async () => {
      for (const [key, content] of [
        ["small/empty", ""],
        ["small/one", "x"],
      ]) {
        good(["upload", "file", file("small", content), key]);
        assert.equal((await their.get(key)).body.toString(), content);
        good(["upload", "file", "-", key], { input: content });
        assert.equal(good(["get", key]).out, content);
      }
    });
    await each("multipart upload from disk", async () => {
      const big = noise(11 * MIB + 3, 7);
      file("big.bin", big);
      const done = JSON.parse(
        good(["upload", "file", "big.bin", "parts/disk +1.bin", "--part-size", "5MiB", "--json"]).out,
      );
      assert.deepEqual([done.sent, done.failed, done.bytes], [1, 0, big.length]);
      assert.ok((await their.get("parts/disk +1.bin")).body.equals(big));
      assert.ok(good(["get", "parts/disk +1.bin"]).raw.equals(big));
      assert.deepEqual(await their.uploads("parts/disk +1.bin"), []);
    });
    await each("multipart upload from standard input", async () => {
      for (const length of [5 * MIB, 5 * MIB + 1, 12 * MIB]) {
        const big = noise(length, length);
        good(["upload", "file", "-", "parts/stdin.bin", "--part-size", "5MiB"], { input: big });
        assert.ok((await their.get("parts/stdin.bin")).body.equals(big), `${length}`);
      }
    });
    await each("a directory, and again skipping existing objects", async () => {
      const wanted = [];
      for (let at = 0; at < 30; at += 1)
        wanted.push(file(`tree/d${at % 3}/f ${at}.txt`, `content ${at}`).replace("tree/", "up/"));
      const first = JSON.parse(good(["upload", "file", "tree", "up/", "--json"]).out);
      assert.deepEqual([first.sent, first.skipped, first.failed], [30, 0, 0]);
      assert.deepEqual((await their.list("up/")).sort(), wanted.sort());
      assert.equal((await their.get("up/d1/f 1.txt")).type, "text/plain");
      const second = JSON.parse(good(["upload", "file", "tree", "up/", "--json", "--skip-existing"]).out);
      assert.deepEqual([second.sent, second.skipped, second.failed], [0, 30, 0]);
      const dry = JSON.parse(good(["upload", "file", "tree", "dry/", "--json", "--dry-run"]).out);
      assert.equal(dry.sent, 0);
      assert.deepEqual(await their.list("dry/"), []);
    });
    await each("more than one page: list, summarize, delete", async () => {
      for (let at = 0; at < 1_234; at += 1) file(`many/${at}`, String(at));
      good(["upload", "file", "many", "many/"]);
      assert.equal(lines(good(["ls", "many/"])).length, 1_234);
      const long = good(["ls", "many/77", "--long"]).out;
      assert.match(long, /^ *2 +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +many\/77\n/);
      const documents = lines(good(["ls", "many/7", "--json"])).map((l) => JSON.parse(l));
      assert.ok(documents.every((d) => d.key.startsWith("many/7") && d.bytes === d.key.length - 5 && d.etag));
      assert.match(good(["ls", "--summary", "many/"]).out, /1,234 objects/);
      assert.equal(good(["ls", "many/", "--since", "2999-01-01T00:00:00Z"]).out, "");
      assert.equal(lines(good(["ls", "many/", "--until", "2999-01-01T00:00:00Z"])).length, 1_234);
      const dry = good(["rm", "-", "--dry-run"], { input: "many/1\n" });
      assert.match(dry.out, /many\/1/);
      const removed = JSON.parse(good(["rm", "-", "--json"], { input: good(["ls", "many/"]).out }).out);
      assert.deepEqual([removed.removed, removed.failed], [1_234, 0]);
      assert.deepEqual(await their.list("many/"), []);
    });
    await each("delete an existing object and a missing one", async () => {
      good(["upload", "file", "body.bin", "rm/a b"]);
      good(["rm", "rm/a b", "rm/never"]);
      assert.deepEqual(await their.list("rm/"), []);
    });
    await each("incomplete uploads are listed and aborted", async () => {
      for (const key of ["left/one.bin", "left/two +.bin"]) await their.begin(key);
      // MinIO lists uploads only if the prefix is a full key.
      for (const key of ["left/one.bin", "left/two +.bin"]) {
        assert.ok(good(["ls", key, "--uploads"]).out.includes(key));
        good(["rm", "--uploads", key]);
        assert.deepEqual(await their.uploads(key), []);
      }
    });
    await each("a download link works without credentials", async () => {
      good(["upload", "file", "body.bin", "link/日本 +.bin", "--content-type", "image/png"]);
      const link = good(["presign", "get", "link/日本 +.bin", "--expires", "60"]).out.trim();
      const answer = await fetch(link);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("content-type"), "image/png");
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(body));
      const named = await fetch(good(["presign", "get", "link/日本 +.bin", "--attachment=report.bin"]).out.trim());
      assert.match(named.headers.get("content-disposition"), /attachment; ?filename="?report\.bin/);
      const past = await fetch(
        good(["presign", "get", "link/日本 +.bin", "--expires", "60", "--date", "2026-01-01T00:00:00Z"]).out.trim(),
      );
      assert.equal(past.status, 403);
    });
    await each("an upload link works without credentials", async () => {
      const digest = sha256(body).toString("base64");
      const link = good([
        "presign",
        "put",
        "link/put.bin",
        "--content-type",
        "image/png",
        "--content-length",
        String(body.length),
        "--sha256",
        digest,
      ]).out.trim();
      const headers = { "content-type": "image/png", "x-amz-checksum-sha256": digest, "x-ms-blob-type": "BlockBlob" };
      const answer = await fetch(link, { method: "PUT", body, headers });
      assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
      const read = await their.get("link/put.bin");
      assert.ok(read.body.equals(body));
    });
    await each("a link with another body's checksum is rejected", async () => {
      const digest = sha256(body).toString("base64");
      const link = good([
        "presign",
        "put",
        "link/never.bin",
        "--content-type",
        "image/png",
        "--sha256",
        digest,
      ]).out.trim();
      const answer = await fetch(link, {
        method: "PUT",
        body: noise(70_001, 5),
        headers: { "content-type": "image/png", "x-amz-checksum-sha256": digest },
      });
      assert.ok(!answer.ok);
      assert.deepEqual(await their.list("link/never.bin"), []);
    });
    await each("media under Langfuse's names", async () => {
      file("media/cat.png", body);
      file("media/sub/note.txt", "text");
      file("media/odd.xyz", "what");
      const id = sha256(body).toString("base64").replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
      const first = run(["upload", "media", "media", "--project", "proj", "--json"]);
      assert.equal(first.code, 1, first.err);
      const done = JSON.parse(first.out);
      assert.deepEqual([done.sent, done.failed], [2, 1]);
      assert.match(first.err, /odd\.xyz.*content type/);
      assert.match(first.err, /database/);
      const read = await their.get(`${prefix.media}proj/${id}.png`);
      assert.ok(read.body.equals(body));
      assert.equal(read.type, "image/png");
      const again = JSON.parse(good(["upload", "media", "media/cat.png", "--project", "proj", "--json"]).out);
      assert.deepEqual([again.sent, again.skipped], [0, 1]);
    });
    await each("events under Langfuse's names, with a replay list", async () => {
      const events = [
        { id: "e1", type: "trace-create", timestamp: "2026-01-01T00:00:00.000Z", body: { id: "t1", name: "é" } },
        { id: "e2", type: "trace-create", timestamp: "2026-01-01T00:00:01.000Z", body: { id: "t1", name: "later" } },
        { id: "e3", type: "span-create", timestamp: "2026-01-01T00:00:00.000Z", body: { id: "s1" } },
        { id: "e4", type: "sdk-log", timestamp: "2026-01-01T00:00:00.000Z", body: {} },
      ];
      file("events.jsonl", events.map((e) => JSON.stringify(e)).join("\n"));
      const done = good([
        "upload",
        "events",
        "events.jsonl",
        "--project",
        "proj",
        "--replay-list",
        "replay.json",
        "--json",
      ]);
      const summary = JSON.parse(done.out);
      assert.deepEqual([summary.sent, summary.skippedEvents], [2, 1]);
      assert.match(done.err, /ingestion-replay/);
      assert.match(done.err, /LANGFUSE_MIGRATION_V4_WRITE_MODE is events_only/);
      assert.deepEqual(JSON.parse((await their.get(`${prefix.events}proj/trace/t1/e1.json`)).body), events.slice(0, 2));
      assert.equal((await their.get(`${prefix.events}proj/observation/s1/e3.json`)).type, "application/json");
      assert.deepEqual(JSON.parse(readFileSync(join(dir, "replay.json"))).keys.sort(), [
        "proj/observation/s1/e3.json",
        "proj/trace/t1/e1.json",
      ]);
    });
    await each("an export with its link", async () => {
      const rows = Array.from({ length: 2_000 }, (_, n) => ({ id: `r${n}`, value: n / 3, text: 'a "quote", 日本' }));
      file("rows.jsonl", rows.map((r) => JSON.stringify(r)).join("\n"));
      const done = JSON.parse(
        good(["export", "rows.jsonl", "--project", "proj", "--table", "traces", "--format", "csv", "--json"]).out,
      );
      assert.match(done.key, new RegExp(`^${prefix.exports}\\d{13}-lf-traces-export-proj\\.csv$`));
      const answer = await fetch(done.url);
      const text = await answer.text();
      assert.equal(text.split("\n").length, 2_002);
      assert.ok(text.startsWith('"id","value","text"\n"r0","0","a ""quote"", 日本"\n'));
      assert.match(answer.headers.get("content-type"), /^text\/csv/);
      assert.equal((await their.get(done.key)).body.toString(), text);
    });
    await each("copies and bucket settings", async () => {
      const [from, to] = ['copy/a b+c%2F/é "1".bin', "copy/to/日本 +.bin"];
      good(["upload", "file", "body.bin", from, "--content-type", "image/png"]);
      const found = JSON.parse(example("operations", [join(dir, "store.env"), from, to]));
      const refused = (name) => found[name].refused;
      assert.match(found.copy.etag ?? "", /./, JSON.stringify(found));
      assert.match(found["copy of a copy with its ETag"].etag ?? "", /./, JSON.stringify(found));
      assert.match(
        refused("copy with another ETag"),
        /^(PreconditionFailed|ConditionNotMet|SourceConditionNotMet|412)$/,
      );
      assert.match(refused("copy of nothing"), /^(NoSuchKey|BlobNotFound|CannotVerifyCopySource)$/);
      for (const key of [to, `${to}.2`]) {
        const read = await their.get(key);
        assert.ok(read.body.equals(body), key);
        assert.equal(read.type, "image/png");
      }
      assert.deepEqual(await their.list(`${to}.3`), []);
      assert.equal(refused("head"), undefined);
      if (store.azure) {
        assert.ok(found.copy.done);
        assert.equal(refused("copy over a copy"), "BlobAlreadyExists");
        assert.equal(refused("create"), "ContainerAlreadyExists");
        file("missing.env", store.dotenv.replaceAll(`BUCKET=${store.bucket}`, "BUCKET=not-there-yet"));
        const missing = JSON.parse(example("operations", [join(dir, "missing.env"), from, to]));
        assert.deepEqual(
          [missing.head, missing.create, missing["head after"]],
          [{ refused: "ContainerNotFound" }, {}, {}],
        );
        return;
      }
      assert.equal(found.location, "us-east-1");
      for (const [question, plain] of Object.entries(PLAIN)) {
        const answer = found[question];
        const unknown = UNANSWERED[store.name]?.[question];
        if (unknown === undefined) assert.deepEqual(answer, plain, `${question}: ${JSON.stringify(answer)}`);
        else assert.match(answer.refused ?? "", unknown, `${question}: ${JSON.stringify(answer)}`);
      }
    });
    await each("errors: one sentence, exit code 1", () => {
      const refused = (args, expected, config = "store.env") => {
        const done = run(args, { config });
        assert.equal(done.code, 1, done.out + done.err);
        assert.match(done.err, expected);
        assert.ok(done.err.trim().split("\n").length <= 4, done.err);
      };
      refused(["get", "not/there"], /NoSuchKey|BlobNotFound/);
      const change = (name, from, to) => file(name, store.dotenv.replaceAll(from, to));
      change("bucket.env", `BUCKET=${store.bucket}`, "BUCKET=not-there-at-all");
      refused(["upload", "file", "body.bin", "k"], store.missingBucket, "bucket.env");
      change(
        "secret.env",
        store.secret,
        store.azure
          ? "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw=="
          : "0123456789012345678901234567890123456789",
      );
      for (const args of [["ls"], ["upload", "file", "body.bin", "k"], ["rm", "k"], ["get", "k"]])
        refused(args, /SignatureDoesNotMatch|AuthenticationFailed|AuthorizationFailure/, "secret.env");
      refused(["upload", "file", "body.bin", "a/../b"], /\.\./);
    });
    await t.test("no output contains the secret", () => {
      assert.ok(said.length > 50 && said.every((text) => !text.includes(store.secret)));
    });
  });
}
