// The guides of `explain`, command by command, in the directory of the official compose file with its store behind the
// published port.
//
// A line of a guide that is indented by exactly five spaces is a command; it runs as printed, in the guide's order, and must
// succeed. The rule for what doesn't run: a command that calls a program of `elsewhere`, because that program needs Docker,
// a cluster, a running Langfuse or another network. Every other command must call a program of `here`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import test from "node:test";
import { binary, root } from "../scripts/tools.mjs";
import { folder, ours, seaweedfs } from "./harness.mjs";

const here = ["langfuse-blob", "awk", "cp", "find", "touch"];
const elsewhere = ["docker", "kubectl", "curl", "rclone", "aws", "helm", "mc", "git", "python3"];

const guides = ours(["explain"])
  .out.split(/\n\n/)[0]
  .match(/^ {2}\S+/gm)
  .map((name) => name.trim());
const commands = (guide) =>
  ours(["explain", guide])
    .out.match(/^ {5}\S.*$/gm)
    ?.map((line) => line.trim()) ?? [];

const official = readFileSync(join(root, "tests", "fixtures", "compose", "official.yml"), "utf8");
const otel = "otel/p1/2026/01/31/12/00/0b7c2a5e-1111-4222-8333-444455556666.json";
const stem = ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"];
const settings = (values) =>
  stem
    .flatMap((use) => Object.entries(values).map(([role, value]) => `LANGFUSE_S3_${use}_${role}=${value}\n`))
    .join("");

const count = (done) => Number(done.out.match(/^(\d+) objects/m)[1]);

/** What is true after a guide's last command, besides that each succeeded. */
const after = {
  migrate: ({ runs }) => {
    const [before, now] = runs.filter(({ command }) => command.includes("--summary"));
    assert.ok(count(before) >= 4 && count(now) >= count(before), `${before.out}${now.out}`);
    assert.match(before.err, /^minio:9000 via /m);
    assert.match(now.err, /^next:8333 via /m);
  },
  backup: ({ cwd, runs }) => {
    const picture = join("backup", "media", "p1", "abcdefghijklmnopqrstuv.png");
    assert.equal(readFileSync(join(cwd, picture), "utf8"), "a picture");
    assert.equal(
      runs
        .find(({ command }) => command.startsWith("find"))
        .out.trim()
        .split("\n").length,
      count(runs[2]),
    );
  },
  replay: ({ cwd }) => {
    const keys = (name) =>
      readFileSync(join(cwd, name), "utf8")
        .trim()
        .split("\n")
        .flatMap((l) => JSON.parse(l).keys);
    assert.deepEqual(keys("replay.json"), ["p1/trace/t1/e1.json"]);
    assert.deepEqual(keys("otel.json"), [otel]);
  },
};

test("every guide's commands are of a known program", () => {
  assert.ok(guides.includes("rotate") && guides.includes("migrate"), String(guides));
  for (const guide of guides) {
    for (const command of commands(guide)) {
      const known = [...here, ...elsewhere].some((program) => new RegExp(`(^|[ ;])${program} `).test(`${command} `));
      assert.ok(known, `${guide}: ${command}`);
    }
  }
});

test("every guide's commands work as printed", { timeout: 300_000, skip: process.platform === "win32" }, async (t) => {
  const keys = { keyId: "minio", secret: "miniosecret" };
  const [old, other] = [await seaweedfs(t, keys), await seaweedfs(t)];
  const port = ({ endpoint }) => new URL(endpoint).port;
  const published = official.replaceAll("9090", port(old));

  /** What the guides tell a person to write before the commands that need it. */
  const written = {
    rotate: {
      // Without an end of line: the files must not be joined in the middle of one.
      ".env": "NEXTAUTH_URL=http://localhost:3000",
      "new.env": settings({
        ACCESS_KEY_ID: old.limited.least.keyId,
        SECRET_ACCESS_KEY: old.limited.least.secret,
      }),
    },
    migrate: {
      "docker-compose.override.yml": [
        "services:",
        "  next:",
        "    image: chrislusf/seaweedfs",
        `    ports: ["${port(other)}:8333"]`,
        "  langfuse-web:",
        "    environment:",
        `      LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT: http://localhost:${port(other)}`,
        "",
      ].join("\n"),
      "new.env": `${settings({
        ENDPOINT: "http://next:8333",
        REGION: other.region,
        ACCESS_KEY_ID: other.keyId,
        SECRET_ACCESS_KEY: other.secret,
      })}LANGFUSE_S3_BATCH_EXPORT_ENABLED=true\nLANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=http://localhost:${port(other)}\n`,
    },
    "upgrade-chart": {
      "v1-values.yaml":
        "s3:\n  bucket: langfuse\n  defaultBuckets: langfuse\n  auth:\n    rootPassword: 9f8e7d6c5b4a39281706\n",
      "v2-values.yaml": "s3:\n  deploy: true\n  bucket: langfuse\n",
    },
    proxy: {
      ".env":
        "NEXTAUTH_URL=https://langfuse.example.com\nLANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://store.example.com\n",
      "docker-compose.override.yml":
        "services:\n  langfuse-web:\n    environment:\n      LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT: https://store.example.com\n",
      "docker-compose.yml": published
        .replace(`- ${port(old)}:9000`, `- 127.0.0.1:${port(old)}:9000`)
        .replaceAll("miniosecret", "another-secret"),
    },
  };
  const objects = {
    "events/p1/trace/t1/e1.json": '[{"id":"e1","type":"trace-create"}]',
    [`events/${otel}`]: "[]",
    "media/p1/abcdefghijklmnopqrstuv.png": "a picture",
    "exports/1-lf-traces-export-p1.csv": "id\n",
  };

  for (const guide of guides) {
    await t.test(guide, () => {
      const cwd = folder(t);
      const files = { "docker-compose.yml": published, ...written[guide] };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
      const PATH = [dirname(binary), process.env.PATH].join(delimiter);
      const sh = (command) => {
        const env = { HOME: cwd, PATH, NO_COLOR: "1" };
        const done = spawnSync("sh", ["-c", command], { cwd, env, encoding: "utf8", timeout: 60_000 });
        return { code: done.status, out: done.stdout, err: done.stderr };
      };
      if (guide !== "proxy") {
        for (const [key, body] of Object.entries(objects)) {
          writeFileSync(join(cwd, "object"), body);
          const put = sh(`langfuse-blob upload file object ${key}`);
          assert.equal(put.code, 0, put.err);
        }
      }
      const runs = [];
      for (const command of commands(guide)) {
        if (elsewhere.some((program) => new RegExp(`(^|[ ;])${program} `).test(command))) continue;
        const done = sh(command);
        assert.equal(done.code, 0, `${command}\n${done.out}${done.err}`);
        runs.push({ command, ...done });
      }
      assert.ok(runs.length > 0, "no command ran");
      after[guide]?.({ cwd, runs });
    });
  }
});
