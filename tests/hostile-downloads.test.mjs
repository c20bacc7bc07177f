// Downloads from stores that lie, flood and cut connections. Each must end with the right exit code, say what is wrong, and
// save nothing incomplete. Requests are counted; no test waits for a timeout (src/transport/tests.rs does).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { MIB, NAMED, SIDE_BY_SIDE, keys, run } from "./hostile/run.mjs";
import { chunked, hostile } from "./hostile/server.mjs";
import { folder } from "./harness.mjs";

const A = Buffer.from(Array.from({ length: 200 }, (_, n) => 65 + (n % 26)));
const first = { etag: '"a"', "content-length": 200 };
/** The first hundred bytes, then nothing. */
const half = (reply, headers = first) => reply.send(200, headers, A.subarray(0, 100));
const rest = (from, to, more = {}) => ({ etag: '"a"', "content-range": `bytes ${from}-${to}/200`, ...more });
/** A first response that is cut off, then `answer` for the rest. */
const then = (answer) => (request, reply) => (request.headers.range ? answer(reply, request) : half(reply));
const crc = (bytes) => createHash("sha256").update(bytes).digest("base64");

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

test("an incomplete object isn't saved", SIDE_BY_SIDE, async (t) => {
  const cases = Object.entries(downloads).map(([name, [answer, said, most, more = NAMED]]) =>
    t.test(name, async (t) => {
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
    }),
  );
  await Promise.all(cases);
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

test("a complete object is saved", SIDE_BY_SIDE, async (t) => {
  const cases = Object.entries(whole).map(([name, [answer, most]]) =>
    t.test(name, async (t) => {
      const store = await hostile(t, answer);
      const dir = folder(t);
      const done = await run(dir, store.endpoint, ["get", "k", "got"]);
      assert.equal(done.code, 0, done.err);
      assert.ok(readFileSync(join(dir, "got")).equals(A));
      assert.equal(store.requests.length, most);
    }),
  );
  await Promise.all(cases);
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
