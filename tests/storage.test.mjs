// Signed uploads on two stores: boto3 reads what we write, and errors are one sentence.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { binary } from "../scripts/tools.mjs";
import { boto3, embedded, folder, ours, ports, seaweedfs } from "./harness.mjs";

const KEYS = [
  "events/plain.json",
  "with space.txt",
  "a+b",
  "a%2Fb",
  "100%",
  'it\'s "quoted".txt',
  "emoji-😀.bin",
  "日本語/ファイル.txt",
  "é-and-é",
  "~.-_*!()@:,$=;&?#",
  "n",
  "x".repeat(200) + "/" + "y".repeat(200),
];

for (const start of [embedded, seaweedfs]) {
  test(`upload file on ${start.name}`, async (t) => {
    const store = await start(t);
    const dir = folder(t);
    const dotenv = join(dir, "store.env");
    writeFileSync(dotenv, store.dotenv);
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    writeFileSync(join(dir, "body.bin"), body);
    const up = (key, ...more) =>
      ours(["upload", "file", "body.bin", key, "--env-file", "store.env", ...more], { cwd: dir });

    for (const key of KEYS) {
      await t.test(`key ${key.slice(0, 40)}`, () => {
        const put = up(key, "--content-type", "image/png");
        assert.deepEqual([put.code, put.out], [0, `${key}\n`], put.err);
        const read = boto3({ ...store, op: "get", key });
        assert.equal(read.type, "image/png");
        assert.ok(Buffer.from(read.body, "base64").equals(body));
        assert.ok(ours(["get", key, "--env-file", "store.env"], { cwd: dir }).raw.equals(body));
        const link = ours(["presign", "get", key, "--env-file", "store.env"], { cwd: dir });
        assert.equal(link.code, 0, link.err);
      });
    }
    await t.test("a link works without credentials", async () => {
      const link = ours(["presign", "get", "日本語/ファイル.txt", "--env-file", "store.env", "--attachment=名前.txt"], {
        cwd: dir,
      }).out.trim();
      const answer = await fetch(link);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("content-disposition"), /attachment/);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(body));
    });
    await t.test("we read what boto3 writes", () => {
      boto3({ ...store, op: "put", key: "from/boto3 +.txt", body: body.toString("base64") });
      const read = ours(["get", "from/boto3 +.txt", "read.bin", "--env-file", "store.env"], { cwd: dir });
      assert.equal(read.code, 0, read.err);
    });
    await t.test("an empty file and standard input", () => {
      const put = ours(["upload", "file", "-", "empty", "--env-file", "store.env", "--json"], { cwd: dir, input: "" });
      assert.equal(put.code, 0, put.err);
      assert.equal(JSON.parse(put.out).bytes, 0);
      assert.equal(boto3({ ...store, op: "get", key: "empty" }).body, "");
    });

    const change = (from, to) => writeFileSync(join(dir, "wrong.env"), store.dotenv.replaceAll(from, to));
    const refused = (expected) => {
      const put = ours(["upload", "file", "body.bin", "k", "--env-file", "wrong.env"], { cwd: dir });
      assert.equal(put.code, 1, put.out + put.err);
      assert.match(put.err, expected);
      assert.equal(put.out, "");
      assert.ok(!put.err.includes(store.secret) && put.err.trim().split("\n").length <= 3, put.err);
    };
    await t.test("a wrong secret", () => {
      change(store.secret, "0123456789012345678901234567890123456789");
      refused(/SignatureDoesNotMatch/);
    });
    await t.test("an unknown key ID", () => {
      change(store.keyId, "NOBODYNOBODYNOBODY00");
      refused(/InvalidAccessKeyId/);
    });
    await t.test("a bucket that doesn't exist", () => {
      change(`BUCKET=${store.bucket}`, "BUCKET=not-there-at-all");
      refused(store.missingBucket);
    });
    await t.test(
      "a wrong region",
      { skip: store.checksRegion ? false : `${store.name} doesn't check the region` },
      () => {
        change(`REGION=${store.region}`, "REGION=eu-central-1");
        refused(/AuthorizationHeaderMalformed.*us-east-1/s);
      },
    );
    await t.test("a closed port", async () => {
      const [closed] = await ports(1);
      change(store.endpoint, `http://127.0.0.1:${closed}`);
      refused(/refused|no program listens/i);
    });
    await t.test("a host that doesn't exist", () => {
      change(store.endpoint, "http://no-such-host.invalid:9000");
      refused(/no-such-host\.invalid/);
    });
    await t.test("a key with .. is rejected before anything is sent", () => {
      writeFileSync(join(dir, "wrong.env"), store.dotenv);
      const put = ours(["upload", "file", "body.bin", "a/../b", "--env-file", "wrong.env"], { cwd: dir });
      assert.equal(put.code, 1);
      assert.match(put.err, /\.\./);
    });
  });
}

const windows = process.platform === "win32";

test("edge cases of files, keys and lists", async (t) => {
  const store = await embedded(t);
  const dir = folder(t);
  writeFileSync(join(dir, "store.env"), store.dotenv);
  const run = (args, options = {}) => ours([...args, "--env-file", "store.env"], { cwd: dir, ...options });
  const shell = (command, env = {}) => {
    const done = spawnSync("bash", ["-c", command, binary], {
      cwd: dir,
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    return { code: done.status, out: done.stdout.toString(), err: done.stderr.toString() };
  };
  const has = (key) => run(["get", key]).code === 0;
  const put = (key, text = "x") => {
    const done = run(["upload", "file", "-", key], { input: text });
    assert.equal(done.code, 0, done.err);
  };

  await t.test("a named pipe is sent to its end", { skip: windows }, () => {
    const small = shell(`"$0" upload file <(printf 'from a pipe') dumps/pipe.sql --env-file store.env`);
    assert.equal(small.code, 0, small.err);
    assert.equal(run(["get", "dumps/pipe.sql"]).out, "from a pipe");
    const large = shell(
      `head -c 20000000 /dev/zero | "$0" upload file /dev/stdin dumps/large --env-file store.env --json`,
    );
    assert.equal(large.code, 0, large.err);
    assert.equal(JSON.parse(large.out).bytes, 20_000_000);
    const resumed = shell(`"$0" upload file <(true) k --resume --env-file store.env`);
    assert.deepEqual(
      [resumed.code, /a pipe, which can't be read a second time/.test(resumed.err)],
      [2, true],
      resumed.err,
    );
  });
  await t.test("in a directory, special files are named, and regular files arrive", { skip: windows }, () => {
    mkdirSync(join(dir, "mixed"));
    spawnSync("mkfifo", [join(dir, "mixed", "pipe")]);
    writeFileSync(join(dir, "mixed", "file"), "here");
    const done = run(["upload", "file", "mixed", "mixed"]);
    assert.deepEqual([done.code, done.out], [1, "mixed/file\n"], done.err);
    assert.match(done.err, /mixed\/pipe: skipped: it is a pipe, not a regular file/);
    const media = shell(`"$0" upload media mixed/pipe --project p --env-file store.env`);
    assert.deepEqual([media.code, /it is a pipe/.test(media.err)], [1, true], media.err);
  });
  await t.test(
    "a file that reports a wrong length doesn't become an empty object",
    { skip: process.platform !== "linux" },
    () => {
      const done = run(["upload", "file", "/proc/cpuinfo", "cpuinfo"]);
      assert.equal(done.code, 1, done.out);
      assert.match(done.err, /it changed while it was sent/);
      assert.match(done.err, /standard input/);
      assert.ok(!has("cpuinfo"));
    },
  );
  await t.test("unreadable files don't stop the others", { skip: windows }, () => {
    mkdirSync(join(dir, "locked"));
    for (let n = 0; n < 12; n += 1) spawnSync("mkfifo", [join(dir, "locked", `a${n}`)]);
    writeFileSync(join(dir, "locked", "z"), "sent");
    const done = run(["upload", "file", "locked", "locked", "--concurrency", "1"]);
    assert.deepEqual([done.code, done.out], [1, "locked/z\n"], done.err);
    assert.match(done.err, /12 failed/);
  });
  await t.test("a dry run rejects what the run would", () => {
    for (const key of ["a/../b", "k".repeat(1025)])
      assert.equal(run(["upload", "file", "store.env", key, "--dry-run"]).code, 1, key);
    mkdirSync(join(dir, "dry"));
    writeFileSync(join(dir, "dry", "f"), "x");
    const done = run(["upload", "file", "dry", "a/../b", "--dry-run"]);
    assert.equal(done.code, 1);
    assert.match(done.err, /0 objects/);
    assert.equal(run(["upload", "file", "store.env", "k", "--part-size", "1"]).code, 2);
    assert.equal(ours(["store", "--bucket", "Bad_Bucket"]).code, 2);
  });

  await t.test("rm deletes exactly what ls prints into a pipe", () => {
    const odd = ["t/a\nb", "t/a\\nb", "t/zwj\u200dx", "t/cr\r", "t/cr", " t/space ", "t/\u001b[1m"];
    odd.forEach((key) => put(key));
    const lines = run(["ls", "t/"]);
    assert.equal(lines.code, 1, "two of them can't be printed on a line");
    assert.deepEqual(
      lines.out.split("\n").filter(Boolean).sort(),
      ["t/a\\nb", "t/cr", "t/zwj\u200dx", "t/\u001b[1m"].sort(),
    );
    assert.match(lines.err, /not listed.*\$'t\/a\\nb'/);
    assert.match(lines.err, /--null/);
    const removed = run(["rm", "-"], { input: "t/a\\nb\nt/zwj\u200dx\n t/space \n" });
    assert.equal(removed.code, 0, removed.err);
    assert.ok(!has("t/a\\nb") && has("t/a\nb") && !has("t/zwj\u200dx"));
    assert.ok(!has(" t/space "));
    const windowsText = run(["rm", "-"], { input: "t/cr\r\n" });
    assert.equal(windowsText.code, 1, windowsText.err);
    assert.match(windowsText.err, /carriage return/);
    assert.ok(has("t/cr") && has("t/cr\r"));
    const all = run(["ls", "t/", "--null"]);
    assert.deepEqual([all.code, all.out.split("\0").filter(Boolean).length], [0, 4], all.err);
    const rest = run(["rm", "--null", "-"], { input: all.out });
    assert.equal(rest.code, 0, rest.err);
    assert.equal(run(["ls", "t/", "--null"]).out, "");
  });
  await t.test("rm doesn't expand a prefix or a pattern, and says so", () => {
    put("m2/a");
    for (const key of ["m2/", "m2/*"]) {
      const done = run(["rm", key]);
      assert.deepEqual([done.code, done.out], [1, ""], done.err);
      assert.match(done.err, /prefixes and patterns aren't expanded/);
      assert.match(done.err, /ls --null m2\/ \| langfuse-blob rm --null -/);
    }
    put("m2/");
    put("m2/*");
    assert.equal(run(["rm", "m2/", "m2/*", "never"]).code, 0);
    assert.ok(has("m2/a") && !has("m2/*"));
  });

  await t.test("get doesn't save a web page as an object", async () => {
    const page = createServer((_, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>"),
    );
    await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
    t.after(() => page.close());
    writeFileSync(
      join(dir, "page.env"),
      store.dotenv.replaceAll(store.endpoint, `http://127.0.0.1:${page.address().port}`),
    );
    for (const path of ["-", "got"]) {
      const child = spawn(binary, ["get", "k", path, "--env-file", "page.env"], { cwd: dir });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk) => (out += chunk));
      child.stderr.on("data", (chunk) => (err += chunk));
      assert.equal(await new Promise((resolve) => child.once("close", resolve)), 1, err);
      assert.match(err, /a web page instead of a store's response/);
      assert.equal(out, "");
    }
    assert.ok(!readdirSync(dir).some((name) => name === "got" || name.startsWith(".langfuse-blob")));
  });

  await t.test("a large file needs no home directory, but --resume does", { skip: windows }, () => {
    writeFileSync(join(dir, "big"), Buffer.alloc(17 << 20, 7));
    const env = { HOME: "/proc/nope", XDG_STATE_HOME: "" };
    const done = run(["upload", "file", "big", "homeless"], { env });
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, /warning: the resume state .* can't be used/);
    const resumed = run(["upload", "file", "big", "homeless", "--resume"], { env });
    assert.deepEqual([resumed.code, /the resume state .* can't be used/.test(resumed.err)], [1, true], resumed.err);
    assert.equal(run(["ls", "--uploads", "homeless"]).out, "");
  });

  await t.test("a CSV with a duplicate name loses no column", () => {
    const done = run(["export", "-", "--stdout", "--format", "jsonl"], { input: "id,name,id\n1,2,3\n" });
    assert.equal(done.code, 1, done.out);
    assert.match(done.err, /two columns named `id`/);
  });
  await t.test("a replay list is complete, or the old one stays", { skip: windows }, () => {
    for (let n = 0; n < 3; n += 1) put(`events/pr/trace/${n}/e.json`);
    writeFileSync(join(dir, "keep.json"), "old");
    writeFileSync(join(dir, "wrong.env"), store.dotenv.replaceAll(store.secret, "0".repeat(40)));
    assert.equal(ours(["ls", "--replay-list", "keep.json", "--env-file", "wrong.env"], { cwd: dir }).code, 1);
    assert.equal(readFileSync(join(dir, "keep.json"), "utf8"), "old");
    mkdirSync(join(dir, "many"));
    for (let n = 0; n < 2_100; n += 1) writeFileSync(join(dir, "many", `${n}.json`), "{}");
    assert.equal(run(["upload", "file", "many", "events/pr/trace/many", "--json"]).code, 0);
    const done = shell(`"$0" ls events/pr/ --replay-list keep.json --env-file store.env | head -1`);
    assert.match(done.err, /2103 keys for a replay/);
    const bodies = readFileSync(join(dir, "keep.json"), "utf8").trim().split("\n");
    assert.equal(bodies.flatMap((body) => JSON.parse(body).keys).length, 2_103);
    assert.match(done.err, /while read -r keys; do curl .*ingestion-replay.* < keep\.json\n.*ADMIN_API_KEY.*3\.159\.0/);
  });
  await t.test("a replay list without keys writes no file", () => {
    put("events/otel/pr/2026/01/02/03/04/u.json");
    const empty = run(["ls", "events/otel/", "--replay-list", "none.json"]);
    assert.equal(empty.code, 0, empty.err);
    assert.match(empty.err, /no keys to replay; none\.json wasn't written/);
    assert.ok(!empty.err.includes("curl") && !existsSync(join(dir, "none.json")), empty.err);
  });

  await t.test("an unreachable proxy is reported as such", () => {
    const env = { http_proxy: "http://user:pass-word@127.0.0.1:1", HTTP_PROXY: undefined, no_proxy: "", NO_PROXY: "" };
    for (const args of [["ls"], ["doctor", "--use-case", "events"]]) {
      const done = run(args, { env });
      const said = done.out + done.err;
      assert.equal(done.code, 1, said);
      assert.match(said, /127\.0\.0\.1:1, set by http_proxy/);
      assert.match(said, /NO_PROXY/);
      assert.ok(
        !said.includes("pass-word") && !said.includes("nothing listens there") && !/Set `?LANGFUSE_/.test(said),
        said,
      );
    }
  });
});
