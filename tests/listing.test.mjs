// What people type at a store by hand: `ls` one level at a time, `get` into directories, `rm -R`, and what they say when
// there is nothing. The same on every store.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { binary } from "../scripts/tools.mjs";
import { azurite, client, embedded, folder, ours, seaweedfs } from "./harness.mjs";
import { SIDE_BY_SIDE, run as runAt } from "./hostile/run.mjs";
import { hostile, page } from "./hostile/server.mjs";

const windows = process.platform === "win32";

/** Files below a directory, by their paths in it. */
function tree(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8")])
      .sort(),
  );
}

for (const start of [embedded, seaweedfs, azurite]) {
  test(`by hand: ${start.name}`, async (t) => {
    const store = await start(t);
    if (store === null) return t.skip(`${start.name} isn't available here`);
    const dir = folder(t);
    const prefixed = store.dotenv
      .split("\n")
      .filter((line) => !/_PREFIX=/.test(line))
      .concat("LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/", "");
    writeFileSync(join(dir, "store.env"), prefixed.join("\n"));
    const run = (args, options) => {
      const done = ours([...args, "--env-file", "store.env"], { cwd: dir, ...options });
      return { ...done, err: done.err.replace(/^read store\.env .*\n/, "") };
    };
    const good = (args, options) => {
      const done = run(args, options);
      assert.equal(done.code, 0, `${args.join(" ")}\n${done.out}${done.err}`);
      return done;
    };
    const lines = (done) => done.out.split("\n").filter((line) => line !== "");
    const contents = {
      "events/p1/trace/1.json": "one",
      "events/p1/trace/2.json": "two",
      "events/p1/top.json": "top",
      "events/p10/a b.json": "ten",
      "media/p1/日本.png": "image",
    };
    for (const [key, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(dir, "up", key)), { recursive: true });
      writeFileSync(join(dir, "up", key), text);
    }
    // The harness may have written an object to see whether the store is ready.
    run(["rm", "-", "--null"], { input: good(["ls", "", "--null"]).out });
    good(["upload", "file", "up", ""]);

    await t.test("ls lists one level, and -R every key", () => {
      assert.deepEqual(lines(good(["ls"])), ["events/p1/", "events/p10/"]);
      assert.deepEqual(lines(good(["ls", ""])), ["events/", "media/"]);
      assert.deepEqual(lines(good(["ls", "events/p1/"])), ["events/p1/top.json", "events/p1/trace/"]);
      assert.deepEqual(lines(good(["ls", "events/p1"])), ["events/p1/", "events/p10/"]);
      assert.deepEqual(lines(good(["ls", "-R", ""])).sort(), Object.keys(contents).sort());
      for (const flags of [["--null"], ["--since", "1d"], ["--until", "2999-01-01"], ["--summary"]])
        assert.match(good(["ls", ...flags]).out, flags[0] === "--summary" ? /4 objects/ : /p1\/trace\/2\.json/);
      assert.match(good(["ls", "-Rl", "--human"]).out, /^ +3 B {2}20\d\d-\S+Z {2}events\/p1\/top\.json$/m);
      const documents = lines(good(["ls", "events/p1/", "--json"])).map((line) => JSON.parse(line));
      assert.equal(documents[0].key, "events/p1/top.json");
      assert.deepEqual(documents[1], { prefix: "events/p1/trace/" });
      const limited = good(["ls", "-R", "--limit", "2"]);
      assert.equal(lines(limited).length, 2);
      assert.match(limited.err, /there is more; --limit 2/);
      assert.equal(good(["ls", "--limit", "2"]).err, "");
    });

    await t.test("an empty list says where keys are", () => {
      const wrong = good(["ls", "p1/"]);
      assert.deepEqual([wrong.out, wrong.err], ["", "no key begins with p1/; keys here begin with events/\n"]);
      const pattern = good(["ls", "events/p1/*"]);
      assert.match(pattern.err, /no key begins with events\/p1\/\*; keys here begin with events\/p1\//);
      assert.match(pattern.err, /`\*` and `\?` are literal.*langfuse-blob ls events\/p1\//);
      assert.match(good(["ls", "--until", "2001-01-01"]).err, /no object was modified in that range of time/);
      assert.equal(good(["-q", "ls", "p1/"]).err, "");
    });

    await t.test("get writes into directories", () => {
      assert.match(good(["get", "events/p1/top.json", "."]).err, /wrote 3 bytes to \.\/top\.json/);
      good(["get", "events/p1/top.json", "new/"]);
      assert.deepEqual(tree(join(dir, "new")), { "top.json": "top" });
      const all = good(["get", "-R", "", "all", "--json"]);
      const { written, failed, skipped, bytes } = JSON.parse(all.out);
      assert.deepEqual([written, failed, skipped, bytes], [5, 0, 0, 17]);
      assert.deepEqual(tree(join(dir, "all")), contents);
      const again = JSON.parse(good(["get", "-R", "", "all", "--json", "--skip-existing"]).out);
      assert.deepEqual([again.written, again.skipped], [0, 5]);
      const below = good(["get", "-R", "events/p1/", "below"]);
      assert.deepEqual(lines(below).sort(), ["below/top.json", "below/trace/1.json", "below/trace/2.json"]);
      assert.match(below.err, /wrote 3 objects \(9 B\)/);
      const one = JSON.parse(good(["get", "events/p1/top.json", "one", "--json"]).out);
      assert.deepEqual([one.key, one.path, one.bytes], ["events/p1/top.json", "one", 3]);
      const none = run(["get", "-R", "p1/", "none"]);
      assert.deepEqual([none.code, none.err], [1, "error: no key begins with p1/; keys here begin with events/\n"]);
    });

    await t.test("a backup goes back to its keys, and a doubled prefix is a warning", () => {
      const doubled = good(["upload", "file", "all", "--dry-run"]);
      assert.match(doubled.err, /warning: all has a directory events\/, so keys begin with events\/events\//);
      assert.match(doubled.err, /help: .*`langfuse-blob upload file all ''`/);
      const whole = good(["upload", "file", "all", "", "--dry-run"]);
      assert.doesNotMatch(whole.err, /warning/);
      assert.deepEqual(lines(whole).sort(), Object.keys(contents).sort());
    });

    await t.test("a missing key is named, with the way to the right one", () => {
      const wrong = run(["get", "p1/top.json"]);
      assert.equal(wrong.code, 1);
      const said =
        /^error: (\S+)\/p1\/top\.json doesn't exist \((NoSuchKey|BlobNotFound), HTTP 404, request ID [^)]+\)$/m;
      assert.match(wrong.err, said);
      assert.match(wrong.err, /^help: Keys are given whole and begin with events\/ here\..*ls events\/p1\//m);
      assert.doesNotMatch(wrong.err, /lifecycle/);
      for (const more of [[], ["--dry-run"]]) {
        const removed = good(["rm", "nosuch", ...more]);
        assert.deepEqual([removed.out, /warning: nosuch: not found/.test(removed.err)], ["", true]);
      }
    });

    await t.test("rm -R counts, asks, and deletes what it counted", () => {
      const dry = good(["rm", "-R", "events/p1", "--dry-run"]);
      assert.equal(lines(dry).length, 4);
      const unasked = run(["rm", "-R", "events/p1"]);
      assert.deepEqual([unasked.code, unasked.out], [2, ""]);
      assert.match(unasked.err, /4 objects.*begin with events\/p1 .*1 of them beside.*events\/p10\/a b\.json/);
      assert.match(unasked.err, /nothing was deleted\nhelp: Add --yes/);
      for (const yes of [[], ["--yes"], ["--yes=4"]]) {
        const whole = run(["rm", "-R", "", ...yes]);
        assert.notEqual(whole.code, 0);
        assert.match(whole.err, /5 objects.*the whole bucket.*nothing was deleted/);
      }
      assert.equal(lines(good(["ls", "-R", ""])).length, 5);
      const removed = JSON.parse(good(["rm", "-R", "events/p1/", "--yes", "--json"]).out);
      assert.deepEqual([removed.removed, removed.failed], [3, 0]);
      assert.deepEqual(lines(good(["ls", "-R", ""])), ["events/p10/a b.json", "media/p1/日本.png"]);
      good(["rm", "-R", "", "--yes=2"]);
      const none = run(["rm", "-R", "events/", "--yes"]);
      assert.deepEqual([none.code, /no key begins with events\//.test(none.err)], [1, true]);
    });

    await t.test("--verbose names requests, and no secret", () => {
      const done = good(["-v", "ls"]);
      assert.match(done.err, /^GET \S+:\d+ \/\S*\?\S*prefix=events%2F\S* 200 \d+ ms$/m);
      assert.doesNotMatch(done.err, /Signature|sig=|Credential/i);
      assert.ok(!done.err.includes(store.secret));
    });

    await t.test("presign --json has what the request needs", () => {
      const put = JSON.parse(good(["presign", "put", "k", "--content-type", "a/b", "--expires", "2h", "--json"]).out);
      assert.deepEqual([put.method, put.key, /^http/.test(put.url)], ["PUT", "k", true]);
      assert.ok(store.azure ? put.headers["x-ms-blob-type"] : put.headers["content-type"]);
    });
  });
}

test("keys beside and below each other, on a store that holds both", async (t) => {
  const store = await embedded(t);
  const dir = folder(t);
  writeFileSync(join(dir, "store.env"), store.dotenv);
  const run = (args) => ours([...args, "--env-file", "store.env"], { cwd: dir });
  writeFileSync(join(dir, "f"), "x");
  for (const key of ["t/n", "t/n-1", "t/n/m", "t/ok", "t/a//b", "t/dir/"])
    assert.equal(run(["upload", "file", "f", key]).code, 0, key);
  const done = run(["get", "-R", "t/", "out"]);
  assert.equal(done.code, 1);
  assert.match(done.err, /error: t\/n\/m: `t\/n` is a key as well, and a file can't also be a directory/);
  assert.match(done.err, /error: t\/a\/\/b: .*empty segment/);
  assert.match(done.err, /error: t\/dir\/: .*empty segment/);
  assert.match(done.err, /wrote 3 objects \(3 B\), 3 failed/);
  assert.deepEqual(tree(join(dir, "out")), { n: "x", "n-1": "x", ok: "x" });
});

test("rm -R asks on a terminal", { skip: windows }, async (t) => {
  const store = await embedded(t);
  const dir = folder(t);
  writeFileSync(join(dir, "store.env"), store.dotenv);
  const flags = ["--env-file", join(dir, "store.env")];
  const typed = (prefix, answer) => {
    const done = client("terminal.py", { command: [binary, "rm", "-R", prefix, ...flags], answers: [answer] });
    return [done.code, done.out, done.screen];
  };
  for (const key of ["tmp/a", "tmp/b", "keep"]) ours(["upload", "file", "-", key, ...flags], { input: "x" });
  for (const answer of ["", "n", "no"]) {
    const [code, out, screen] = typed("tmp/", answer);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(
      screen,
      /Delete 2 objects \(2 B\) whose keys begin with tmp\/ in bucket `langfuse`\?[\s\S]*nothing was deleted/,
    );
  }
  assert.deepEqual(typed("tmp/", "y").slice(0, 2), [0, "tmp/a\ntmp/b\n"]);
  assert.equal(typed("", "y")[0], 1);
  assert.deepEqual(typed("", "1").slice(0, 2), [0, "keep\n"]);
});

test("no key of a store leaves the directory", { ...SIDE_BY_SIDE, skip: windows }, async (t) => {
  const dir = folder(t);
  const outside = folder(t);
  const names = [
    "../escaped",
    "/absolute",
    "a/../../escaped",
    "link/x",
    "file-link",
    `${"n".repeat(256)}`,
    "fine",
    "a/./b",
    "esc\u001b[1m",
  ];
  const store = await hostile(t, (request, reply) => {
    if (request.query.has("list-type")) {
      const keys = names.map((name) => `p/${name}`.replaceAll("\u001b", "&#27;"));
      return reply.xml(200, page(keys, undefined, { size: 1 }));
    }
    return reply.send(200, { etag: '"a"', "content-length": 1 }, "x");
  });
  const out = join(dir, "out");
  mkdirSync(out);
  symlinkSync(outside, join(out, "link"));
  symlinkSync(join(outside, "file"), join(out, "file-link"));
  const done = await runAt(dir, store.endpoint, ["get", "-R", "p/", "out", "--json"]);
  assert.equal(done.code, 1, done.err);
  const { written, failed } = JSON.parse(done.out);
  assert.deepEqual([written, failed], [2, 7], done.err);
  assert.deepEqual(readdirSync(outside), []);
  assert.deepEqual(Object.keys(tree(out)), ["esc\u001b[1m", "fine"]);
  assert.ok(!existsSync(join(dir, "escaped")) && !done.err.includes("\u001b"));
  for (const name of ["../escaped", "/absolute", "a/../../escaped", "link/x", "file-link", "a/./b"])
    assert.ok(done.err.includes(`error: p/${name}: `), `${name}\n${done.err}`);
});
