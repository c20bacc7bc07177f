// Listings and the doctor at stores that lie, loop and never finish. Each run must end, and say what is wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SIDE_BY_SIDE, begin, run } from "./hostile/run.mjs";
import { blobs, hostile, page, uploads } from "./hostile/server.mjs";
import { folder, sizes, until } from "./harness.mjs";

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

test("a listing ends", SIDE_BY_SIDE, async (t) => {
  const cases = Object.entries(listings).map(([name, [answer, said, most]]) =>
    t.test(name, async (t) => {
      const store = await hostile(t, answer);
      const prefix = name.includes("prefix") ? ["p/"] : [];
      const done = await run(folder(t), store.endpoint, ["ls", ...prefix]);
      assert.equal(done.code, 1, `${done.signal} ${done.err}`);
      assert.match(done.err, said);
      assert.match(done.err, /bucket `langfuse`/);
      assert.ok(store.requests.length <= most, `${store.requests.length} requests`);
    }),
  );
  await Promise.all(cases);
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

test(`${sizes.keys.toLocaleString("en")} keys are counted in constant memory`, async (t) => {
  const pages = sizes.keys / 1_000;
  const names = Array.from({ length: 1_000 }, (_, n) => `/${String(n).padStart(3, "0")}`);
  let kilobytes = 0;
  const store = await hostile(
    t,
    listed(({ number }) => {
      const [, peak] = /VmHWM:\s+(\d+) kB/.exec(memory(command.child.pid)) ?? [];
      kilobytes = Number(peak ?? 0);
      const before = String(number).padStart(6, "0");
      return page(
        names.map((name) => before + name),
        number < pages ? `T${number}` : undefined,
      );
    }),
  );
  const command = begin(folder(t), store.endpoint, ["ls", "--summary"], { seconds: sizes.full ? 3_600 : undefined });
  const done = await command.ended;
  assert.equal(done.code, 0, done.err);
  assert.ok(done.out.includes(`${sizes.keys.toLocaleString("en")} objects`), done.out);
  assert.ok(kilobytes < 100_000, `${kilobytes} kB`);
});

/** What Linux says about a process's memory; nothing elsewhere. */
function memory(pid) {
  return process.platform === "linux" ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
}

test("the doctor ends within five seconds of a signal, at any step", SIDE_BY_SIDE, async (t) => {
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
  const cases = [];
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
      const interrupted = t.test(`${name}: ${signals.join(", ")}`, async (t) => {
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
      cases.push(interrupted);
    }
  }
  await Promise.all(cases);
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
