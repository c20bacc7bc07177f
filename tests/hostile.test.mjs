// Stores that lie, loop, flood and cut connections. Each run must end with the right exit code, say what is wrong, and
// leave nothing incomplete. Requests are counted; no test waits for a timeout (src/transport/tests.rs does).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
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
import { gzipSync } from "node:zlib";
import { binary } from "../scripts/tools.mjs";
import { blobs, chunked, honest, hostile, page, uploads } from "./hostile/server.mjs";
import { folder, until, variables } from "./harness.mjs";

const MIB = 1 << 20;
const keys = {
  bucket: "langfuse",
  keyId: "hostilehostilehostil",
  secret: Buffer.alloc(64, "hostile ").toString("base64"),
};

/** Starts a command against `endpoint`, in its own directory. */
function begin(dir, endpoint, args, { azure = false, input, env = {} } = {}) {
  writeFileSync(
    join(dir, "store.env"),
    variables({ ...keys, endpoint: azure ? `${endpoint}/${keys.keyId}` : endpoint, azure }),
  );
  const child = spawn(binary, [...args, "--env-file", "store.env"], {
    cwd: dir,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", NO_PROXY: "*", XDG_STATE_HOME: join(dir, "state"), ...env },
  });
  const own = { child, out: "", err: "" };
  child.stdin.end(input);
  const out = [];
  child.stdout.on("data", (chunk) => {
    out.push(chunk);
    own.out = Buffer.concat(out).toString();
  });
  child.stderr.on("data", (chunk) => (own.err += chunk));
  // A command that never ends fails its test.
  const late = setTimeout(() => child.kill("SIGKILL"), 100_000);
  own.ended = new Promise((resolve) =>
    child.once("close", (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal, out: own.out, err: own.err, raw: Buffer.concat(out) });
    }),
  );
  return own;
}

const run = (...args) => begin(...args).ended;

const A = Buffer.from(Array.from({ length: 200 }, (_, n) => 65 + (n % 26)));
const first = { etag: '"a"', "content-length": 200 };
/** The first hundred bytes, then nothing. */
const half = (reply, headers = first) => reply.send(200, headers, A.subarray(0, 100));
const rest = (from, to, more = {}) => ({ etag: '"a"', "content-range": `bytes ${from}-${to}/200`, ...more });
/** A first response that is cut off, then `answer` for the rest. */
const then = (answer) => (request, reply) => (request.headers.range ? answer(reply, request) : half(reply));
const crc = (bytes) => createHash("sha256").update(bytes).digest("base64");

const NAMED = /object `k` in bucket `langfuse`/;

// Responses that must not count as a complete object: the response, the expected message, and the maximum number of
// requests.
const downloads = {
  "the rest starts at 0": [then((r) => r.send(206, rest(0, 199), A)), /rest from byte 100.*bytes 0-199\/200/, 2],
  "the rest is another object's": [
    then((r) => r.send(206, rest(100, 199, { etag: '"b"' }), A.subarray(100))),
    /changed while it was read: its ETag/,
    2,
  ],
  "the rest has no ETag": [
    then((r) => r.send(206, { "content-range": "bytes 100-199/200", "x-amz-request-id": "R" }, A.subarray(100))),
    /no ETag/,
    2,
  ],
  "the same part of the rest repeated": [
    then((r) => r.send(206, rest(100, 149), A.subarray(100, 150))),
    /rest from byte 150/,
    3,
  ],
  "a rest without Content-Range": [then((r) => r.send(206, { etag: '"a"' }, A.subarray(100))), /no Content-Range/, 2],
  "a rest with another total": [
    then((r) => r.send(206, { etag: '"a"', "content-range": "bytes 100-299/300" }, Buffer.alloc(200))),
    /its length was 200 bytes and is now 300/,
    2,
  ],
  "a rest with an unknown total": [
    then((r) => r.send(206, { etag: '"a"', "content-range": "bytes 100-199/*" }, A.subarray(100))),
    /rest from byte 100/,
    2,
  ],
  "a rest in other units": [
    then((r) => r.send(206, { etag: '"a"', "content-range": "lines 100-199/200" }, A.subarray(100))),
    /rest from byte 100/,
    2,
  ],
  "a rest whose length differs from its range": [
    then((r) => r.send(206, rest(100, 149), A.subarray(100))),
    /rest from byte 100/,
    2,
  ],
  "a rest longer than its range": [
    then((r) => r.send(206, rest(100, 199, { "transfer-encoding": "chunked" }), chunked("x".repeat(101)))),
    /more than the announced 200 bytes/,
    2,
  ],
  "200 for the rest": [then((r) => r.send(200, first, A)), /doesn't send the rest \(HTTP 200\)/, 2],
  "416 for the rest": [then((r) => r.refuse(416, "InvalidRange")), /changed or was deleted while it was read/, 2],
  "412 for the rest": [then((r) => r.refuse(412, "PreconditionFailed")), /changed or was deleted while it was read/, 2],
  "404 for the rest": [
    then((r) => r.refuse(404, "NoSuchKey")),
    /changed or was deleted while it was read/,
    2,
    /object `k` not found in bucket `langfuse` \(NoSuchKey, HTTP 404, request ID HOSTILE1\)/,
  ],
  "one byte and close, forever": [
    (request, r) => {
      const at = Number(request.headers.range?.match(/\d+/)?.[0] ?? 0);
      r.send(at === 0 ? 200 : 206, at === 0 ? first : rest(at, 199, { "content-length": 200 - at }), "x");
    },
    /after 5 of 200 bytes \(5 attempts failed\)/,
    5,
  ],
  "a weak ETag can't be resumed": [(_, r) => half(r, { ...first, etag: 'W/"a"' }), /ETag is too weak/, 1],
  "a part that wasn't requested": [
    (_, r) => r.send(206, rest(0, 99), A.subarray(0, 100)),
    /didn't send the whole object \(HTTP 206\)/,
    1,
  ],
  "no length, and the connection closes": [
    (_, r) => r.send(200, { etag: '"a"', "x-no-length": 1 }, A.subarray(0, 100)),
    /no length or checksum/,
    1,
  ],
  204: [(_, r) => r.send(204, { etag: '"a"' }), /HTTP 204/, 1],
  201: [(_, r) => r.send(201, first, A), /HTTP 201/, 1],
  304: [(_, r) => r.send(304, { etag: '"a"', "content-length": 0 }), /HTTP 304/, 1],
  "Content-Length and chunks that disagree": [
    (request, r) =>
      r.send(
        request.headers.range ? 206 : 200,
        {
          ...first,
          ...(request.headers.range ? rest(100, 199, { "content-length": 100 }) : {}),
          "transfer-encoding": "chunked",
        },
        chunked("x".repeat(100), "y".repeat(101)),
      ),
    /more than the announced 200 bytes/,
    1,
  ],
  "two lengths": [
    (_, r) => r.send(200, { etag: '"a"', "content-length": [200, 100] }, A),
    /content-length|can't read/i,
    5,
  ],
  "a negative length": [(_, r) => r.send(200, { etag: '"a"', "content-length": -1 }, A), /can't read/, 5],
  "a length beyond 64 bits": [
    (_, r) => r.send(200, { etag: '"a"', "content-length": "99999999999999999999999" }, A),
    /can't read/,
    5,
  ],
  "a huge length": [
    (request, r) => {
      const total = 10 ** 15;
      const at = Number(request.headers.range?.match(/\d+/)?.[0] ?? 0);
      r.send(
        at === 0 ? 200 : 206,
        at === 0
          ? { etag: '"a"', "content-length": total }
          : { etag: '"a"', "content-range": `bytes ${at}-${total - 1}/${total}`, "content-length": total - at },
        "abcde",
      );
    },
    /after 25 of 1000000000000000 bytes/,
    5,
  ],
  "gzip as a transfer encoding": [
    (_, r) => r.send(200, { etag: '"a"', "transfer-encoding": "gzip, chunked" }, chunked("x")),
    /transfer encoding `gzip, chunked`/,
    1,
  ],
  "gzip that wasn't requested": [
    (_, r) =>
      r.send(
        200,
        {
          etag: '"a"',
          "content-encoding": "gzip",
          "x-amz-checksum-sha256": crc(A),
          "x-amz-checksum-type": "FULL_OBJECT",
        },
        gzipSync(A),
      ),
    /aren't the object's: its SHA256 is/,
    1,
  ],
  "another checksum than the object's": [
    (_, r) => r.send(200, { ...first, "x-amz-checksum-sha256": crc("other"), "x-amz-checksum-type": "FULL_OBJECT" }, A),
    /aren't the object's/,
    1,
  ],
  "another Content-MD5 than the object's": [
    (_, r) => r.send(200, { ...first, "content-md5": createHash("md5").digest("base64") }, A),
    /its MD5 is/,
    1,
  ],
  "another checksum, over two responses": [
    (request, r) =>
      request.headers.range
        ? r.send(206, rest(100, 199), A.subarray(0, 100))
        : half(r, { ...first, "x-amz-checksum-sha256": crc(A) }),
    /aren't the object's/,
    2,
  ],
  "a web page": [(_, r) => r.send(200, { "content-type": "text/html" }, "<!doctype html>Sign in"), /a web page/, 1],
  "200 with an error": [
    (_, r) => r.send(200, { "content-type": "application/xml" }, "<Error><Code>InternalError</Code></Error>"),
    /InternalError/,
    5,
  ],
  "a redirect to elsewhere": [
    (_, r) => r.send(307, { location: "http://127.0.0.1:1/stolen", "content-length": 0 }),
    /HTTP 307/,
    1,
  ],
  "an HTTP/0.9 response": [(_, r) => r.raw("<html>no head at all</html>\n"), /can't read/, 5],
  "a head that is cut off": [(_, r) => r.raw("HTTP/1.1 200 OK\r\ncontent-le", { then: "reset" }), /can't read/, 5],
  "a reset connection": [(_, r) => r.socket.resetAndDestroy(), /can't read/, 5],
  "half a body, and a reset": [
    then((r) => r.send(206, rest(100, 199, { "content-length": 100 }), "", { then: "reset" })),
    /5 attempts failed/,
    6,
  ],
  "endless headers": [
    (_, r) => {
      r.socket.write("HTTP/1.1 200 OK\r\n");
      r.forever(Buffer.from(`x-more: ${"m".repeat(8000)}\r\n`));
    },
    /can't read/,
    5,
  ],
  "a thousand headers": [
    (_, r) => r.raw(`HTTP/1.1 200 OK\r\n${"x-more: m\r\n".repeat(1000)}content-length: 0\r\n\r\n`),
    /can't read/,
    5,
  ],
  "an endless error": [
    (_, r) => {
      r.socket.write(
        "HTTP/1.1 403 Forbidden\r\nx-amz-request-id: HOSTILE1\r\n\r\n<Error><Code>AccessDenied</Code><Message>",
      );
      r.forever(Buffer.alloc(65536, "m"));
    },
    /AccessDenied \(HTTP 403\).*request ID HOSTILE1/,
    1,
  ],
  "Retry-After in thirty years": [
    (_, r) => r.send(503, { "retry-after": "1000000000", "content-length": 0 }),
    /HTTP 503/,
    1,
  ],
  "a protocol switch": [
    (_, r) => r.raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
    /can't read/,
    5,
  ],
  "a status that isn't one": [(_, r) => r.raw("HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"), /HTTP 999/, 1],
};

test("an incomplete object isn't saved", async (t) => {
  for (const [name, [answer, said, most, more = NAMED]] of Object.entries(downloads)) {
    await t.test(name, async (t) => {
      const store = await hostile(t, answer);
      const dir = folder(t);
      const done = await run(dir, store.endpoint, ["get", "k", "got"]);
      assert.equal(done.code, 1, `${done.signal} ${done.err}`);
      assert.match(done.err, said);
      assert.match(done.err, /object `k` (in|not found in) bucket `langfuse`/, done.err);
      assert.match(done.err, more);
      assert.ok(!done.err.includes(keys.secret) && !/\p{Cc}/u.test(done.err.replaceAll("\n", "")), done.err);
      assert.ok(store.requests.length <= most, `${store.requests.length} requests`);
      assert.deepEqual(readdirSync(dir).sort(), ["store.env"]);
    });
  }
  await t.test("nor reported as done on standard output", async (t) => {
    const store = await hostile(t, downloads["the rest starts at 0"][0]);
    const done = await run(folder(t), store.endpoint, ["get", "k"]);
    assert.deepEqual([done.code, done.raw.equals(A.subarray(0, 100))], [1, true], done.err);
  });
  await t.test("an existing file stays", async (t) => {
    const store = await hostile(t, downloads["the rest is another object's"][0]);
    const dir = folder(t);
    writeFileSync(join(dir, "got"), "old");
    assert.equal((await run(dir, store.endpoint, ["get", "k", "got"])).code, 1);
    assert.deepEqual([readFileSync(join(dir, "got"), "utf8"), readdirSync(dir).length], ["old", 2]);
  });
});

// Odd but correct responses: no false alarm.
const whole = {
  "the rest in pieces": [
    (request, r) => {
      const at = Number(request.headers.range?.match(/\d+/)?.[0] ?? 0);
      if (at === 0) return half(r);
      assert.equal(request.headers["if-match"], '"a"');
      r.send(206, rest(at, Math.min(at + 49, 199)), A.subarray(at, at + 50));
    },
    3,
  ],
  "chunks with a final chunk": [
    (_, r) => r.send(200, { etag: '"a"', "transfer-encoding": "chunked" }, chunked(A.toString())),
    1,
  ],
  "chunks and a length that agree": [
    (_, r) => r.send(200, { ...first, "transfer-encoding": "chunked" }, chunked(A.toString())),
    1,
  ],
  "no length, and a checksum": [
    (_, r) => r.send(200, { etag: '"a"', "x-no-length": 1, "x-amz-checksum-sha256": crc(A) }, A),
    1,
  ],
  "a checksum of parts": [
    (_, r) =>
      r.send(
        200,
        { etag: '"a-2"', "x-amz-checksum-sha256": `${crc("parts")}-2`, "x-amz-checksum-type": "COMPOSITE" },
        A,
      ),
    1,
  ],
  "half-closed: the response comes after our side is done": [(_, r) => setTimeout(() => r.send(200, first, A), 300), 1],
  "a hundred thousand Continue responses before the real one": [
    (_, r) => {
      r.socket.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000));
      r.send(200, first, A);
    },
    1,
  ],
  "nothing at first, then the whole object": [
    (request, r) => (request.number < 3 ? r.send(200, first, "") : r.send(200, first, A)),
    3,
  ],
};

test("a complete object is saved", async (t) => {
  for (const [name, [answer, most]] of Object.entries(whole)) {
    await t.test(name, async (t) => {
      const store = await hostile(t, answer);
      const dir = folder(t);
      const done = await run(dir, store.endpoint, ["get", "k", "got"]);
      assert.equal(done.code, 0, done.err);
      assert.ok(readFileSync(join(dir, "got")).equals(A));
      assert.equal(store.requests.length, most);
    });
  }
});

test("retries wait, and progress resets the count of attempts", async (t) => {
  const total = 12 * MIB;
  const times = [];
  const store = await hostile(t, (request, r) => {
    times.push(Date.now());
    const at = Number(request.headers.range?.match(/\d+/)?.[0] ?? 0);
    const headers = {
      etag: '"a"',
      "content-length": total - at,
      ...(at ? { "content-range": `bytes ${at}-${total - 1}/${total}` } : {}),
    };
    r.send(at ? 206 : 200, headers, Buffer.alloc(Math.min(MIB, total - at), 7));
  });
  const dir = folder(t);
  const done = await run(dir, store.endpoint, ["get", "k", "got"]);
  assert.equal(done.code, 0, done.err);
  assert.deepEqual([statSync(join(dir, "got")).size, store.requests.length], [total, 12]);
});

const listed = (answer) => (request, r) => r.xml(200, answer(request, r));
const tokenOf = (request) => request.query.get("continuation-token");

// Invalid or endless listings: the response, the expected message, and the maximum number of requests.
const listings = {
  "two alternating tokens": [
    listed((q) => page([`k${q.number}`], `T${q.number % 2}`)),
    /repeats a continuation token.*\(page \d+\)/,
    8,
  ],
  "five alternating tokens": [
    listed((q) => page([`k${q.number}`], `T${q.number % 5}`)),
    /repeats a continuation token/,
    30,
  ],
  "the same token": [listed((q) => page([`k${q.number}`], "T")), /doesn't say where it continues/, 6],
  "the same page under new tokens": [listed((q) => page(["a", "b"], `T${q.number}`)), /lists `a` a second time/, 3],
  "empty pages forever": [listed((q) => page([], `T${q.number}`)), /1000 pages in a row are empty/, 1_000],
  "truncated without a token": [listed(() => page(["a"], "")), /doesn't say where it continues/, 5],
  "keys outside the prefix": [listed(() => page(["p/a", "q/a"])), /lists `q\/a`, which doesn't have that prefix/, 1],
  "a negative size": [listed(() => page(["p/a"], undefined, { size: -1 })), /without its key or size/, 5],
  "a size beyond 64 bits": [
    listed(() => page(["p/a"], undefined, { size: "9".repeat(30) })),
    /without its key or size/,
    5,
  ],
  "a size in words": [listed(() => page(["p/a"], undefined, { size: "many" })), /without its key or size/, 5],
  "a custom entity": [listed(() => `<!DOCTYPE l [<!ENTITY a "ha">]>${page(["p/&a;"])}`), /malformed XML/, 5],
  "another document": [listed(() => "<ListAllMyBucketsResult/>"), /unexpected document type/, 5],
  "half a document": [listed(() => page(["p/a"]).slice(0, -30)), /malformed XML/, 5],
  "an error under a 200": [listed(() => "<Error><Code>InternalError</Code></Error>"), /InternalError/, 5],
  "an empty 200": [(_, r) => r.send(200), /empty/, 5],
  204: [(_, r) => r.send(204, {}), /empty/, 5],
  304: [(_, r) => r.send(304, { "content-length": 0 }), /HTTP 304/, 1],
  "larger than any page": [
    (_, r) => {
      r.socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\nconnection: close\r\n\r\n<ListBucketResult>");
      r.forever(Buffer.alloc(65536, " "));
    },
    /response is too large/,
    1,
  ],
  "not UTF-8": [
    (_, r) => r.send(200, {}, Buffer.from("<ListBucketResult>\xff</ListBucketResult>", "latin1")),
    /UTF-8/,
    5,
  ],
};

test("a listing ends", async (t) => {
  for (const [name, [answer, said, most]] of Object.entries(listings)) {
    await t.test(name, async (t) => {
      const store = await hostile(t, answer);
      const prefix = name.includes("prefix") ? ["p/"] : [];
      const done = await run(folder(t), store.endpoint, ["ls", ...prefix]);
      assert.equal(done.code, 1, `${done.signal} ${done.err}`);
      assert.match(done.err, said);
      assert.match(done.err, /bucket `langfuse`/);
      assert.ok(store.requests.length <= most, `${store.requests.length} requests`);
    });
  }
  for (const verb of [
    ["ls", "--uploads"],
    ["rm", "--uploads", ""],
  ]) {
    const text = verb.join(" ");
    await t.test(`${text}: two alternating markers`, async (t) => {
      const store = await hostile(t, (q, r) =>
        q.method === "DELETE" ? r.send(204, {}) : r.xml(200, uploads([`k${q.number}`], `M${q.number % 2}`)),
      );
      const done = await run(folder(t), store.endpoint, verb);
      assert.equal(done.code, 1, done.err);
      assert.match(done.err, /repeats a continuation token/);
      assert.match(done.err, /bucket `langfuse`/);
      assert.ok(store.requests.length <= 16, `${store.requests.length} requests`);
      // The keys of the pages before it were printed as they arrived.
      assert.match(done.out, /k1\n/);
    });
    await t.test(`${text}: the same page under new markers`, async (t) => {
      const store = await hostile(t, (q, r) =>
        q.method === "DELETE" ? r.send(204, {}) : r.xml(200, uploads(["a", "b"], `M${q.number}`)),
      );
      const done = await run(folder(t), store.endpoint, verb);
      assert.deepEqual([done.code, /lists `a` a second time/.test(done.err)], [1, true], done.err);
    });
  }
  await t.test("rm --uploads aborts nothing outside its prefix", async (t) => {
    const store = await hostile(t, (q, r) =>
      q.method === "DELETE" ? r.send(204, {}) : r.xml(200, uploads(["p/a", "q/a"])),
    );
    const done = await run(folder(t), store.endpoint, ["rm", "--uploads", "p/"]);
    assert.equal(done.code, 1, done.err);
    assert.match(done.err, /lists `q\/a`, which doesn't have that prefix/);
    assert.ok(store.requests.every((q) => q.method === "GET"));
  });
  for (const [name, answer, said, most] of [
    ["two alternating markers", (q) => blobs([`k${q.number}`], `M${q.number % 2}`), /repeats a continuation token/, 8],
    ["empty pages forever", (q) => blobs([], `M${q.number}`), /1000 pages in a row are empty/, 1_000],
    ["the same page under new markers", (q) => blobs(["a"], `M${q.number}`), /lists `a` a second time/, 3],
  ]) {
    for (const verb of [["ls"], ["ls", "--uploads"]]) {
      await t.test(`Azure, ${verb.join(" ")}: ${name}`, async (t) => {
        const store = await hostile(t, listed(answer));
        const done = await run(folder(t), store.endpoint, verb, { azure: true });
        assert.deepEqual(
          [done.code, said.test(done.err), /bucket `langfuse`/.test(done.err)],
          [1, true, true],
          done.err,
        );
        assert.ok(store.requests.length <= most, `${store.requests.length} requests`);
      });
    }
  }
  await t.test("some empty pages are accepted", async (t) => {
    const store = await hostile(
      t,
      listed((q) => page(q.number % 2 ? [] : [`k${q.number}`], q.number < 40 ? `T${q.number}` : undefined)),
    );
    const done = await run(folder(t), store.endpoint, ["ls"]);
    assert.deepEqual([done.code, done.out.trim().split("\n").length], [0, 20], done.err);
    assert.deepEqual(store.requests.map(tokenOf).slice(0, 3), [null, "T1", "T2"]);
  });
  await t.test(
    "directory order, a date from the future, another namespace and keys with control characters are listed",
    async (t) => {
      const body = page(["a/1", "a-1", "a&#27;[1m", "B"], undefined, { modified: "9999-12-31T23:59:59.000Z" });
      const store = await hostile(
        t,
        listed(() => body.replace("http://s3.amazonaws.com/doc/2006-03-01/", "urn:another")),
      );
      const done = await run(folder(t), store.endpoint, ["ls", "--json"]);
      assert.equal(done.code, 0, done.err);
      const keysOf = done.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).key);
      assert.deepEqual(keysOf, ["a/1", "a-1", "a\u001b[1m", "B"]);
    },
  );
});

test("the doctor ends within five seconds of a signal, at any step", async (t) => {
  /** A body that never ends, with a byte now and then. */
  const drip = (reply, head = 'HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\netag: "e"\r\n\r\n') => {
    reply.socket.write(head);
    const timer = setInterval(() => (reply.socket.destroyed ? clearInterval(timer) : reply.socket.write(" ")), 200);
    reply.socket.on("close", () => clearInterval(timer));
  };
  const silent = () => {};
  const working = (request, reply) => {
    if (request.method === "PUT") return reply.send(200, { etag: '"e"' });
    if (request.query.has("list-type")) return reply.xml(200, page([]));
    return reply.refuse(404, "NoSuchKey");
  };
  for (const [name, answer] of [
    ["while every response drips", (_, reply) => drip(reply)],
    ["while there is no response", silent],
    [
      "while deletions drip",
      (request, reply) =>
        request.method === "DELETE" || request.query.has("delete") ? drip(reply) : working(request, reply),
    ],
    [
      "while deletions are silent",
      (request, reply) =>
        request.method === "DELETE" || request.query.has("delete") ? silent() : working(request, reply),
    ],
    ["while errors drip", (_, reply) => drip(reply, "HTTP/1.1 403 Forbidden\r\n\r\n<Error>")],
  ]) {
    for (const signals of [["SIGTERM"], ["SIGINT", "SIGINT"]]) {
      await t.test(`${name}: ${signals.join(", ")}`, async (t) => {
        const store = await hostile(t, answer);
        const doctor = begin(folder(t), store.endpoint, ["doctor", "--use-case", "events"]);
        const deleting = name.includes("deletions");
        await until("the question", () =>
          store.requests.some((q) => !deleting || q.method === "DELETE" || q.query.has("delete")),
        );
        await new Promise((resolve) => setTimeout(resolve, 200));
        const begun = Date.now();
        for (const signal of signals) {
          doctor.child.kill(signal);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        const done = await doctor.ended;
        assert.equal(done.code, 130, `${done.signal} ${done.err}`);
        assert.ok(Date.now() - begun < (signals.length > 1 ? 2_000 : 5_500), `${Date.now() - begun} ms`);
        // If something it created remains, it names it.
        if (deleting)
          assert.match(
            done.out + done.err,
            /may be left at the store: object .*langfuse-doctor|could not be removed|left/,
          );
      });
    }
  }
  await t.test("it deletes no version that isn't its own", async (t) => {
    const store = await hostile(t, (request, reply) => {
      if (request.query.has("versioning"))
        return reply.xml(200, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
      if (request.query.has("versions")) {
        return reply.xml(
          200,
          "<ListVersionsResult><Version><Key>precious</Key><VersionId>v1</VersionId></Version></ListVersionsResult>",
        );
      }
      return working(request, reply);
    });
    await run(folder(t), store.endpoint, ["doctor", "--use-case", "events"]);
    assert.ok(
      store.requests.some((q) => q.query.has("versions")),
      "it was asked",
    );
    assert.ok(!store.requests.some((q) => q.method === "DELETE" && q.path.endsWith("precious")));
  });
});

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
