// Uploads to stores that lie and flood, and uploads resumed from state that can't be right. Each must end with the right
// exit code, say what is wrong, and leave nothing incomplete.
import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MIB, NAMED, begin, run } from "./hostile/run.mjs";
import { hostile, honest } from "./hostile/server.mjs";
import { folder, until } from "./harness.mjs";

test("responses to uploads", async (t) => {
  const small = ["upload", "file", "-", "k"];
  for (const [name, answer, said, most] of [
    ["no ETag", (_, r) => r.send(200, {}), /no ETag/, 5],
    ["another checksum", (_, r) => r.send(200, { etag: '"e"', "x-amz-checksum-crc32c": "AAAAAA==" }), null, 1],
    ["a web page", (_, r) => r.send(200, { "content-type": "text/html" }, "<html>hi</html>"), /web page/, 1],
    [
      "an endless error",
      (_, r) => {
        r.socket.write(
          "HTTP/1.1 403 Forbidden\r\nx-amz-request-id: HOSTILE1\r\n\r\n<Error><Code>AccessDenied</Code><Message>",
        );
        r.forever(Buffer.alloc(65536, "m"));
      },
      /object `k` in bucket `langfuse`.*AccessDenied \(HTTP 403\).*request ID HOSTILE1/,
      1,
    ],
    [
      "an endless success",
      (_, r) => {
        r.socket.write('HTTP/1.1 200 OK\r\netag: "e"\r\n\r\n');
        r.forever(Buffer.alloc(65536, " "));
      },
      /response is too large/,
      1,
    ],
    ["503 forever", (_, r) => r.refuse(503, "SlowDown"), /SlowDown/, 5],
  ]) {
    await t.test(name, async (t) => {
      const store = await hostile(t, answer);
      const done = await run(folder(t), store.endpoint, small, { input: "hello" });
      assert.equal(done.code, said === null ? 0 : 1, done.err);
      if (said !== null) assert.match(done.err, said);
      assert.ok(store.requests.length <= most, `${store.requests.length} requests`);
    });
  }
  const large = async (t, lie, more = []) => {
    const store = await hostile(t, honest(lie).answer);
    const dir = folder(t);
    writeFileSync(join(dir, "big"), Buffer.alloc(11 * MIB, 1));
    return {
      store,
      done: await run(dir, store.endpoint, ["upload", "file", "big", "k", "--part-size", "5MiB", ...more]),
    };
  };
  await t.test("a completion that fails late, under a 200", async (t) => {
    const { done } = await large(t, ({ method, query }, r) => {
      if (method !== "POST" || !query.has("uploadId")) return false;
      r.socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n<?xml version="1.0"?>\n');
      setTimeout(() => r.raw("   <Error><Code>InternalError</Code><Message>late</Message></Error>"), 300);
      return true;
    });
    assert.equal(done.code, 1, done.err);
    assert.match(done.err, /InternalError/);
    assert.match(done.err, /rm --uploads k/);
  });
  await t.test("a completion that names another object is not noticed by its ETag alone", async (t) => {
    const { done } = await large(t, () => false);
    assert.equal(done.code, 0, done.err);
  });
});

test("resuming with an invalid store response or resume state", async (t) => {
  const env = (dir) => join(dir, "state", "langfuse-blob", "uploads");
  const upload = (...more) => ["upload", "file", "big", "k", "--json", ...more];
  /** An upload of three parts whose completion fails, so that its parts and its resume state stay. */
  const stuck = async (t, lie = () => false) => {
    const dir = folder(t);
    let fails = true;
    const fake = honest((request, reply, state) => {
      if (fails && request.method === "POST" && request.query.has("uploadId")) {
        reply.refuse(400, "InvalidRequest");
        return true;
      }
      return !fails && lie(request, reply, state);
    });
    const store = await hostile(t, fake.answer);
    writeFileSync(join(dir, "big"), Buffer.alloc(11 * MIB, 1));
    const done = await run(dir, store.endpoint, upload("--part-size", "5MiB", "--resume"));
    assert.equal(done.code, 1, done.err);
    assert.equal(readdirSync(env(dir)).length, 1);
    fails = false;
    store.requests.length = 0;
    const journal = join(env(dir), readdirSync(env(dir))[0]);
    const edit = (change) => {
      const [head, ...rest] = readFileSync(journal, "utf8").split("\n");
      writeFileSync(journal, [JSON.stringify(change(JSON.parse(head))), ...rest].join("\n"));
    };
    return {
      dir,
      store,
      edit,
      failing: (now) => (fails = now),
      journal,
      resume: (...more) => run(dir, store.endpoint, upload(...more)),
    };
  };
  const sent = (store) => store.requests.filter((q) => q.method === "PUT");

  await t.test("without errors, no part is sent twice", async (t) => {
    const { store, resume, dir } = await stuck(t);
    const done = await resume("--resume");
    assert.equal(done.code, 0, done.err);
    const { parts, resumed } = JSON.parse(done.out);
    assert.deepEqual([parts, resumed, sent(store).length, readdirSync(env(dir))], [3, 3, 0, []]);
  });
  for (const [name, length] of [
    ["below one part", MIB],
    ["to almost nothing", 10],
    ["to nothing", 0],
  ]) {
    await t.test(`a file that shrank ${name} has changed`, async (t) => {
      const { dir, store, resume, journal } = await stuck(t);
      truncateSync(join(dir, "big"), length);
      const done = await resume("--resume");
      assert.equal(done.code, 1, done.out);
      assert.match(done.err, /has changed since the upload started/);
      assert.match(done.err, /rm --uploads k/);
      assert.deepEqual([sent(store).length, existsSync(journal)], [0, true]);
    });
  }
  await t.test("a file in a directory that shrank has changed", async (t) => {
    const { dir, store, failing } = await stuck(t);
    failing(true);
    mkdirSync(join(dir, "f"));
    writeFileSync(join(dir, "f", "big"), Buffer.alloc(11 * MIB, 1));
    const args = ["upload", "file", "f", "f", "--resume", "--part-size", "5MiB"];
    assert.equal((await run(dir, store.endpoint, args)).code, 1);
    failing(false);
    truncateSync(join(dir, "f", "big"), 10);
    store.requests.length = 0;
    const done = await run(dir, store.endpoint, args);
    assert.equal(done.code, 1, done.out);
    assert.match(done.err, /has changed since the upload started/);
    assert.equal(sent(store).length, 0);
  });
  await t.test(
    "without --part-size, an upload in parts is resumed even if the file now fits one request",
    async (t) => {
      const { store, resume } = await stuck(t);
      const done = await resume("--resume");
      assert.deepEqual([done.code, JSON.parse(done.out).resumed, sent(store).length], [0, 3, 0], done.err);
    },
  );
  await t.test("killed after the completion: counts its parts as resumed", async (t) => {
    const dir = folder(t);
    let completing = false;
    const plain = honest();
    const store = await hostile(t, (request, reply) => {
      if (request.method === "POST" && request.query.has("uploadId")) {
        completing = true;
        plain.answer(request, { xml() {} });
        return;
      }
      plain.answer(request, reply);
    });
    writeFileSync(join(dir, "big"), Buffer.alloc(33 * MIB, 1));
    const first = begin(dir, store.endpoint, upload("--part-size", "5MiB", "--resume"));
    await until("the completion", () => completing);
    first.child.kill("SIGKILL");
    await first.ended;
    const done = await run(dir, store.endpoint, upload("--resume"));
    assert.equal(done.code, 0, done.err);
    const { parts, resumed } = JSON.parse(done.out);
    assert.deepEqual([parts, resumed], [7, 7]);
  });
  for (const [name, change, said] of [
    ["no part size", (head) => ({ ...head, partSize: 0 }), /parts of 0 bytes/],
    ["a part size of 1", (head) => ({ ...head, partSize: 1 }), /parts of 1 bytes/],
    ["a part size beyond the store's", (head) => ({ ...head, partSize: 2 ** 50 }), /parts of \d+ bytes/],
    ["another key", (head) => ({ ...head, key: "other" }), /another key/],
    ["another bucket", (head) => ({ ...head, bucket: "other" }), /another bucket/],
    ["another store", (head) => ({ ...head, origin: "https://elsewhere.example" }), /another store/],
    ["another file", (head) => ({ ...head, file: { ...head.file, path: "/etc/passwd" } }), /another file/],
  ]) {
    await t.test(`resume state with ${name}`, async (t) => {
      const { store, resume, edit } = await stuck(t);
      edit(change);
      const refused = await resume("--resume");
      assert.equal(refused.code, 1, refused.out);
      assert.match(refused.err, said);
      assert.equal(store.requests.length, 0);
      const anew = await resume("--part-size", "5MiB");
      assert.equal(anew.code, 0, anew.err);
      assert.match(anew.err, /it is ignored/);
      assert.equal(sent(store).length, 3);
    });
  }
  await t.test("resume state with a part that the file doesn't have", async (t) => {
    const { resume, journal } = await stuck(t);
    writeFileSync(journal, `${readFileSync(journal, "utf8")}{"part":9999,"etag":"e","sha256":"00"}\n`);
    const done = await resume("--resume");
    assert.deepEqual([done.code, /no part 9999/.test(done.err)], [1, true], done.err);
  });

  const parts = (inside, more = "false") =>
    `<ListPartsResult><IsTruncated>${more}</IsTruncated>${inside}</ListPartsResult>`;
  const part = (number, etag, size = 5 * MIB) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag><Size>${size}</Size></Part>`;
  const isList = ({ method, query }) => method === "GET" && query.has("uploadId");
  for (const [name, body, said] of [
    ["a part twice", () => parts(part(1, "a") + part(1, "b")), /a part twice/],
    [
      "parts of an earlier page",
      (q) =>
        parts(
          part(1, "a") +
            `<NextPartNumberMarker>${Number(q.query.get("part-number-marker") ?? 0) + 1}</NextPartNumberMarker>`,
          "true",
        ),
      /a part twice/,
    ],
    [
      "a marker past the last possible part",
      () => parts("<NextPartNumberMarker>10001</NextPartNumberMarker>", "true"),
      /doesn't say where it continues/,
    ],
    [
      "a marker that doesn't change",
      (_q) => parts("<NextPartNumberMarker>1</NextPartNumberMarker>", "true"),
      /doesn't say where it continues/,
    ],
    ["a negative size", () => parts(part(1, "a", -1)), /without its number/],
  ]) {
    await t.test(`a list of parts with ${name}`, async (t) => {
      const { store, resume } = await stuck(
        t,
        (request, reply) => isList(request) && (reply.xml(200, body(request)), true),
      );
      const done = await resume("--resume");
      assert.deepEqual([done.code, said.test(done.err)], [1, true], done.err);
      assert.match(done.err, NAMED);
      assert.ok(store.requests.length <= 12, `${store.requests.length} requests`);
    });
  }
  await t.test("parts replaced by others are sent again", async (t) => {
    const { store, resume } = await stuck(t, (request, reply, state) => {
      if (!isList(request)) return false;
      const listed = [...state.parts].map(([n, p]) =>
        part(n, n === 2 ? '"0123456789abcdef0123456789abcdef"' : p.etag, p.size),
      );
      reply.xml(200, parts(listed.join("")));
      return true;
    });
    const done = await resume("--resume");
    assert.equal(done.code, 0, done.err);
    assert.deepEqual(
      sent(store).map((q) => q.query.get("partNumber")),
      ["2"],
    );
  });
  await t.test("parts of the wrong length are sent again", async (t) => {
    const { store, resume } = await stuck(t, (request, reply, state) => {
      if (!isList(request)) return false;
      reply.xml(200, parts([...state.parts].map(([n, p]) => part(n, p.etag, p.size - 1)).join("")));
      return true;
    });
    const done = await resume("--resume");
    assert.deepEqual([done.code, sent(store).length], [0, 3], done.err);
  });
});

test("a file changed with its modification time reset isn't uploaded", {
  skip: process.platform === "win32",
}, async (t) => {
  for (const [name, length, args] of [
    ["in parts", 11 * MIB, ["--part-size", "5MiB", "--concurrency", "1"]],
    ["in one request", MIB, []],
  ]) {
    await t.test(name, async (t) => {
      const dir = folder(t);
      const path = join(dir, "big");
      let done = false;
      const store = await hostile(
        t,
        honest((request) => {
          if (done || request.method !== "PUT") return false;
          done = true;
          const { atime, mtime } = statSync(path);
          const bytes = readFileSync(path);
          bytes[bytes.length - 1] ^= 1;
          writeFileSync(path, bytes);
          utimesSync(path, atime, mtime);
          return false;
        }).answer,
      );
      writeFileSync(path, Buffer.alloc(length, 1));
      // A time that can be restored exactly, in whole milliseconds.
      utimesSync(path, 1_700_000_000, 1_700_000_000);
      const ended = await run(dir, store.endpoint, ["upload", "file", "big", "k", ...args]);
      assert.equal(ended.code, 1, ended.out);
      assert.match(ended.err, /it changed while it was sent/);
    });
  }
});
