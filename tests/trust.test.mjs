// Examined files are data: they run no programs, open no files outside their tree, and don't decide where credentials
// are sent.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { binary } from "../scripts/tools.mjs";
import { embedded, folder, ours } from "./harness.mjs";

const SECRET = "private-line-of-another-tree";
const FORMATS = ["text", "json", "sarif", "github"];

/** The environment of a process without credentials. */
const bare = (home, more = {}) => ({
  PATH: process.env.PATH,
  HOME: home,
  AWS_EC2_METADATA_DISABLED: "true",
  NO_COLOR: "1",
  ...more,
});

/** Runs our binary without blocking this process, so that the test's servers can answer it. */
function beside(args, { cwd, env, input = "" }) {
  return new Promise((resolve) => {
    const child = spawn(binary, args, { cwd, env });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** Runs a line of a POSIX shell, with our binary as `$BINARY`. */
function shell(line, cwd) {
  const done = spawnSync("sh", ["-c", line], { cwd, env: { ...process.env, BINARY: binary, NO_COLOR: "1" } });
  return { code: done.status, out: done.stdout.toString(), err: done.stderr.toString() };
}

/** A server that records requests and returns credentials to all of them. */
async function counting(t) {
  const asked = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      asked.push({ url: request.url, headers: request.headers, body });
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          AccessKeyId: "AKIASTOLEN",
          SecretAccessKey: "s",
          Token: "t",
          Expiration: "2099-01-01T00:00:00Z",
        }),
      );
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

const KEYLESS =
  ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"]
    .map((block) => `LANGFUSE_S3_${block}_BUCKET=acme\nLANGFUSE_S3_${block}_REGION=eu-west-1\n`)
    .join("") + "LANGFUSE_S3_BATCH_EXPORT_ENABLED=true\n";

/** Every verb that opens a store, with minimal arguments. */
function verbs(dir) {
  writeFileSync(join(dir, "rows.jsonl"), '{"a":1}\n');
  writeFileSync(
    join(dir, "events.jsonl"),
    '{"id":"e","type":"trace-create","timestamp":"2026-01-01T00:00:00.000Z","body":{"id":"t"}}\n',
  );
  writeFileSync(join(dir, "cat.png"), "x");
  return [
    ["ls"],
    ["get", "key", "-"],
    ["rm", "key"],
    ["upload", "file", "rows.jsonl", "key"],
    ["upload", "events", "events.jsonl", "--project", "p"],
    ["upload", "media", "cat.png", "--project", "p"],
    ["export", "rows.jsonl", "--key", "k"],
    ["presign", "get", "key"],
    ["presign", "put", "key"],
    ["doctor", "--read-only"],
    ["doctor"],
  ];
}

test("an examined file runs no program", async (t) => {
  const dir = folder(t);
  const home = folder(t);
  const marker = join(dir, "marker");
  const program = `[default]\nregion = eu-west-1\ncredential_process = touch ${marker}\n[profile evil]\nregion = eu-west-1\ncredential_process = touch ${marker}\n`;
  mkdirSync(join(dir, "fake-home", ".aws"), { recursive: true });
  mkdirSync(join(home, ".aws"));
  for (const path of [join(dir, "aws-config"), join(dir, "fake-home", ".aws", "config")]) writeFileSync(path, program);
  const forms = [
    `AWS_CONFIG_FILE=${join(dir, "aws-config")}\n`,
    `AWS_CONFIG_FILE=aws-config\nAWS_PROFILE=evil\n`,
    `AWS_SHARED_CREDENTIALS_FILE=${join(dir, "aws-config")}\n`,
    `HOME=${join(dir, "fake-home")}\n`,
    `USERPROFILE=${join(dir, "fake-home")}\nHOMEPATH=${join(dir, "fake-home")}\n`,
  ];
  for (const verb of verbs(dir)) {
    writeFileSync(join(dir, ".env"), KEYLESS + forms[0]);
    await beside([...verb, "--env-file", ".env"], { cwd: dir, env: bare(home) });
    assert.equal(existsSync(marker), false, verb.join(" "));
  }
  for (const form of forms) {
    writeFileSync(join(dir, ".env"), KEYLESS + form);
    const done = await beside(["presign", "get", "key"], { cwd: dir, env: bare(home) });
    assert.equal(existsSync(marker), false, form);
    assert.equal(done.code, 1, done.err);
    assert.match(done.err, /no AWS credentials/);
  }
  // The message first says why it had no effect, and what to do.
  writeFileSync(join(dir, ".env"), KEYLESS + forms[0]);
  assert.match(
    (await beside(["presign", "get", "key"], { cwd: dir, env: bare(home) })).err,
    /AWS_CONFIG_FILE of an examined file .*--trust-config/,
  );
  // The user's own profile, selected by a file: its program isn't run.
  writeFileSync(join(home, ".aws", "config"), program);
  writeFileSync(join(dir, ".env"), `${KEYLESS}AWS_PROFILE=evil\n`);
  const selected = await beside(["presign", "get", "key"], { cwd: dir, env: bare(home) });
  assert.equal(existsSync(marker), false);
  assert.match(selected.err, /an examined file selects this profile, so its credential_process isn't run/);
  // Selected by the user, it is run.
  for (const [args, env] of [
    [["--trust-config"], {}],
    [[], { AWS_PROFILE: "evil" }],
  ]) {
    writeFileSync(join(dir, ".env"), args.length > 0 ? KEYLESS + forms[0] : KEYLESS);
    await beside(["presign", "get", "key", ...args], { cwd: dir, env: bare(home, env) });
    assert.equal(existsSync(marker), true, JSON.stringify([args, env]));
    spawnSync("rm", [marker]);
  }
});

test("the doctor says which variables of a file describe the container and aren't tested", async (t) => {
  const dir = folder(t);
  const forms = {
    AWS_CONFIG_FILE: "/aws/config",
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/r",
    HTTPS_PROXY: "http://proxy:1",
  };
  const lines = Object.entries(forms).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(dir, ".env"), KEYLESS + lines.join(""));
  const run = (args, env) => beside(["doctor", "--read-only", "--use-case", "events", ...args], { cwd: dir, env });
  const note = /note: not tested: HTTPS_PROXY, AWS_CONFIG_FILE, AWS_ROLE_ARN, because they describe the container/;
  assert.match((await run([], bare(dir))).err, note);
  assert.doesNotMatch((await run(["--trust-config"], bare(dir))).err, /not tested/);
  assert.doesNotMatch((await run([], bare(dir, forms))).err, /not tested/);
});

test("an examined file sends no token or local file anywhere", async (t) => {
  const dir = folder(t);
  const home = folder(t);
  const evil = await counting(t);
  writeFileSync(join(dir, "token"), SECRET);
  const forms = [
    `AWS_WEB_IDENTITY_TOKEN_FILE=${join(dir, "token")}\nAWS_ROLE_ARN=arn:aws:iam::123456789012:role/r\nAWS_ENDPOINT_URL_STS=${evil.url}\n`,
    `AWS_WEB_IDENTITY_TOKEN_FILE=${join(dir, "token")}\nAWS_ROLE_ARN=arn:aws:iam::123456789012:role/r\nAWS_ENDPOINT_URL=${evil.url}\n`,
    `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=${join(dir, "token")}\nAWS_CONTAINER_CREDENTIALS_FULL_URI=${evil.url}/c\n`,
    `AWS_CONTAINER_AUTHORIZATION_TOKEN=${SECRET}\nAWS_CONTAINER_CREDENTIALS_FULL_URI=${evil.url}/c\n`,
    `AWS_EC2_METADATA_SERVICE_ENDPOINT=${evil.url}\nAWS_EC2_METADATA_DISABLED=false\n`,
  ];
  for (const form of forms) {
    writeFileSync(join(dir, ".env"), KEYLESS + form);
    for (const verb of [
      ["presign", "get", "key"],
      ["doctor", "--read-only", "--use-case", "events"],
    ]) {
      const env = bare(home);
      if (form.includes("EC2")) env.AWS_EC2_METADATA_DISABLED = "";
      // The real address doesn't respond in a container, and doesn't need to.
      await beside(verb, {
        cwd: dir,
        env: { ...env, AWS_EC2_METADATA_SERVICE_ENDPOINT: form.includes("EC2") ? "http://127.0.0.1:1" : "" },
      });
      assert.deepEqual(evil.asked, [], form);
    }
  }
  writeFileSync(join(dir, ".env"), KEYLESS + forms[2]);
  assert.equal((await beside(["presign", "get", "key", "--trust-config"], { cwd: dir, env: bare(home) })).code, 0);
  assert.equal(evil.asked.at(-1).headers.authorization, SECRET, "one's own file is believed");
});

test("credentials of this machine are sent only to their own cloud", async (t) => {
  const dir = folder(t);
  const home = folder(t);
  const evil = await counting(t);
  const own = {
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "own-secret-of-this-machine-0123456789abcd",
    AWS_SESSION_TOKEN: "own-session-token",
  };
  const at = (url) =>
    KEYLESS +
    ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"]
      .map((block) => `LANGFUSE_S3_${block}_ENDPOINT=${url}\nLANGFUSE_S3_${block}_FORCE_PATH_STYLE=true\n`)
      .join("");
  writeFileSync(join(dir, ".env"), at(evil.url));
  for (const verb of verbs(dir).filter(([name]) => name !== "doctor")) {
    const done = await beside([...verb, "--env-file", ".env"], { cwd: dir, env: bare(home, own) });
    assert.deepEqual(evil.asked, [], verb.join(" "));
    assert.equal(done.code, 1);
    assert.match(done.err, /credentials of this machine are sent only to Amazon S3/);
  }
  const doctor = await beside(["doctor", "--use-case", "events"], { cwd: dir, env: bare(home, own) });
  assert.equal(doctor.code, 1);
  assert.equal(
    evil.asked.some(({ headers, url }) => /own-session|AKIAIOSFODNN7/.test(JSON.stringify(headers) + url)),
    false,
    "the doctor's requests are unsigned, if there are any",
  );
  for (const host of [
    "https://a1.execute-api.eu-west-1.amazonaws.com",
    "https://s3-x-1.eu-west-1.elb.amazonaws.com",
    "http://s3.eu-west-1.amazonaws.com",
  ]) {
    writeFileSync(join(dir, ".env"), at(host));
    assert.match(
      (await beside(["presign", "get", "key"], { cwd: dir, env: bare(home, own) })).err,
      /sent only to Amazon S3/,
      host,
    );
  }
  // Allowed: Amazon S3 itself, --trust-config, the file's own keys, an endpoint from this process's environment.
  evil.asked.length = 0;
  writeFileSync(join(dir, ".env"), KEYLESS);
  assert.equal((await beside(["presign", "get", "key"], { cwd: dir, env: bare(home, own) })).code, 0);
  writeFileSync(join(dir, ".env"), at(evil.url));
  await beside(["get", "key", "-", "--trust-config"], { cwd: dir, env: bare(home, own) });
  assert.equal(evil.asked.at(-1).headers["x-amz-security-token"], "own-session-token");
  writeFileSync(
    join(dir, ".env"),
    `${at(evil.url)}AWS_ACCESS_KEY_ID=FILESKEY\nAWS_SECRET_ACCESS_KEY=files-own-secret\n`,
  );
  await beside(["get", "key", "-"], { cwd: dir, env: bare(home, own) });
  assert.match(evil.asked.at(-1).headers.authorization, /Credential=FILESKEY/);
  assert.equal(
    evil.asked.at(-1).headers["x-amz-security-token"],
    undefined,
    "half of one's own and half of the file's is nobody's",
  );
  const variables = Object.fromEntries(
    at(evil.url)
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
  await beside(["get", "key", "-", "--process-env"], { cwd: home, env: bare(home, { ...own, ...variables }) });
  assert.equal(evil.asked.at(-1).headers["x-amz-security-token"], "own-session-token");
});

/** A compose project with web and worker; `extra` goes into both services. */
const compose = (extra, top = "") =>
  `${top}services:\n${["web", "worker"].map((name) => `  langfuse-${name}:\n    image: langfuse/langfuse${name === "web" ? "" : "-worker"}:4\n${extra}`).join("")}`;

/** All output formats of `check` and `show`. */
function printed(cwd, args = []) {
  const runs = FORMATS.map((format) => ours(["check", ...args, "--format", format], { cwd }));
  runs.push(
    ours(["check", ...args, "--fix"], { cwd }),
    ours(["show", ...args], { cwd }),
    ours(["show", ...args, "--reveal"], { cwd }),
  );
  return runs;
}

test("files outside the tree of an examined file aren't opened", (t) => {
  const outside = folder(t);
  const dir = join(folder(t), "project");
  mkdirSync(dir);
  const secret = join(outside, "secret.env");
  writeFileSync(secret, `LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${SECRET}\nLANGFUSE_S3_EVENT_UPLOAD_REGON=${SECRET}\n`);
  writeFileSync(
    join(outside, "compose.yml"),
    compose(`    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${SECRET}\n`),
  );
  symlinkSync(secret, join(dir, "link.env"));
  symlinkSync(outside, join(dir, "links"));
  spawnSync("mkfifo", [join(dir, "pipe.env")]);
  writeFileSync(join(outside, "..", "sibling.env"), `LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${SECRET}\n`);
  t.after(() => spawnSync("rm", [join(outside, "..", "sibling.env")]));
  const cases = [
    ["absolute", compose(`    env_file: ${secret}\n`)],
    ["home", compose("    env_file: ~/secret.env\n")],
    ["variable", compose("    env_file: ${PWD}/../secret.env\n")],
    ["upwards", compose("    env_file: ../../sibling.env\n")],
    ["list", compose(`    env_file:\n      - path: ${secret}\n        required: false\n`)],
    ["link", compose("    env_file: link.env\n")],
    ["through a linked directory", compose("    env_file: links/secret.env\n")],
    ["pipe", compose("    env_file: pipe.env\n")],
    ["device", compose("    env_file: /dev/zero\n")],
    ["include", compose("    environment: {}\n", `include:\n  - ${join(outside, "compose.yml")}\n`)],
    ["include through a link", compose("    environment: {}\n", "include:\n  - links/compose.yml\n")],
    ["extends", compose(`    extends:\n      file: ${join(outside, "compose.yml")}\n      service: langfuse-web\n`)],
  ];
  for (const [name, text] of cases) {
    writeFileSync(join(dir, "docker-compose.yml"), text);
    for (const done of printed(dir)) {
      assert.equal((done.out + done.err).includes(SECRET), false, `${name}: ${done.out}${done.err}`);
      assert.notEqual(done.code, null, name);
    }
    const report = JSON.parse(ours(["check", "--format", "json"], { cwd: dir }).out);
    const found = report.diagnostics.filter((d) => d.rule === "file-outside-not-read");
    assert.equal(found.length, 1, `${name}: ${JSON.stringify(report.diagnostics)}`);
    assert.equal(found[0].impact, "unread");
    assert.deepEqual(
      report.diagnostics.filter((d) => d.severity === "error"),
      [],
      `${name}: what is unknown is not missing`,
    );
  }
  writeFileSync(join(dir, "docker-compose.yml"), cases[0][1]);
  assert.match(ours(["show", "--trust-config"], { cwd: dir }).out, new RegExp(SECRET), "one's own files may name any");
});

test("files that are found implicitly don't lead out of the tree either", (t) => {
  const outside = folder(t);
  const secret = join(outside, "secret.env");
  writeFileSync(secret, `LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${SECRET}\nBUCKET=${SECRET}\n`);
  for (const name of ["docker-compose.yml", "values.yaml", ".env"]) {
    const dir = folder(t);
    symlinkSync(secret, join(dir, name));
    for (const done of printed(dir)) {
      assert.equal((done.out + done.err).includes(SECRET), false, done.out);
      assert.equal(done.code, 2);
      assert.match(done.err, /is outside this directory's tree/);
    }
  }
  // Next to a compose file, the values of its .env are unknown, not empty.
  const dir = folder(t);
  symlinkSync(secret, join(dir, ".env"));
  writeFileSync(
    join(dir, "docker-compose.yml"),
    compose(
      "    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${BUCKET}\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: ${REGION:-}\n",
    ),
  );
  for (const done of printed(dir)) assert.equal((done.out + done.err).includes(SECRET), false, done.out);
  const report = JSON.parse(ours(["check", "--format", "json"], { cwd: dir }).out);
  assert.deepEqual(
    [...new Set(report.diagnostics.map((d) => d.rule))],
    ["file-outside-not-read"],
    JSON.stringify(report.diagnostics),
  );
  // COMPOSE_FILE in an examined .env also names files; the shell's is the user's own.
  const other = folder(t);
  writeFileSync(join(other, ".env"), `COMPOSE_FILE=${secret}\n`);
  assert.equal(
    printed(other).some((done) => (done.out + done.err).includes(SECRET)),
    false,
  );
  writeFileSync(
    join(outside, "compose.yml"),
    compose("    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: from-the-shell\n"),
  );
  assert.match(
    ours(["show"], { cwd: folder(t), env: { COMPOSE_FILE: join(outside, "compose.yml") } }).out,
    /from-the-shell/,
  );
});

test("a file can't reveal a secret of the shell by referring to it", (t) => {
  const dir = folder(t);
  const token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
  for (const extra of [
    "    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${GITHUB_TOKEN}\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: x${GITHUB_TOKEN}y\n      LANGFUSE_S3_EVENT_UPLOAD_PREFIX: ${GITHUB_TOKEN:-}\n",
    "    env_file: ${GITHUB_TOKEN}\n",
    "    image: langfuse/langfuse:${GITHUB_TOKEN}\n    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://${GITHUB_TOKEN}/\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: b\n",
    "    environment:\n      - ${GITHUB_TOKEN}=x\n      - LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\n",
  ]) {
    writeFileSync(
      join(dir, "docker-compose.yml"),
      compose(extra.includes("image:") ? "" : extra).replace(
        /^ {4}image: .*$/m,
        extra.includes("image:") ? extra.trimEnd() : "$&",
      ),
    );
    for (const args of [...FORMATS.map((format) => ["check", "--format", format]), ["check", "--fix"], ["show"]]) {
      const done = ours(args, { cwd: dir, env: { GITHUB_TOKEN: token } });
      assert.equal((done.out + done.err).includes(token), false, `${args.join(" ")}: ${done.out}${done.err}`);
    }
  }
});

test("the git work tree is the tree, and a link out of it isn't followed even if named", (t) => {
  const outside = folder(t);
  writeFileSync(join(outside, "secret.env"), `LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${SECRET}\n`);
  const checkout = folder(t);
  mkdirSync(join(checkout, ".git"));
  mkdirSync(join(checkout, "deploy"));
  writeFileSync(join(checkout, "common.env"), "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=inside-the-tree\n");
  writeFileSync(join(checkout, "deploy", "docker-compose.yml"), compose("    env_file: ../common.env\n"));
  assert.match(ours(["show"], { cwd: join(checkout, "deploy") }).out, /inside-the-tree/);
  assert.match(ours(["show", join(checkout, "deploy", "docker-compose.yml")], { cwd: outside }).out, /inside-the-tree/);
  symlinkSync(join(outside, "secret.env"), join(checkout, "linked.env"));
  symlinkSync(outside, join(checkout, "linked"));
  for (const name of ["linked.env", "linked/secret.env", join(checkout, "linked.env")]) {
    for (const done of printed(checkout, [name])) {
      assert.equal((done.out + done.err).includes(SECRET), false, name);
      assert.equal(done.code, 2);
      assert.match(done.err, /points outside its git work tree/);
    }
    assert.match(ours(["show", name, "--trust-config"], { cwd: checkout }).out, new RegExp(SECRET));
  }
  // The user's own link, outside any checkout, is followed.
  const dir = folder(t);
  symlinkSync(join(outside, "secret.env"), join(dir, "prod.env"));
  assert.match(ours(["show", "prod.env"], { cwd: dir }).out, new RegExp(SECRET));
});

test("resume state is private, and never in a directory that others can prepare", async (t) => {
  const store = await embedded(t);
  const dir = folder(t);
  writeFileSync(join(dir, ".env"), store.dotenv);
  writeFileSync(join(dir, "big"), Buffer.alloc(12 << 20, 7));
  const upload = (env, more = []) =>
    ours(["upload", "file", "big", "state/big", "--part-size", "5MiB", "--env-file", ".env", ...more], {
      cwd: dir,
      env,
    });
  const temporary = folder(t);
  const homeless = upload({ HOME: "", XDG_STATE_HOME: "", LOCALAPPDATA: "", TMPDIR: temporary });
  assert.equal(homeless.code, 0, homeless.err);
  assert.match(homeless.err, /no home directory is set to keep resume state in/);
  assert.deepEqual(readdirSync(temporary), []);
  assert.equal(upload({ HOME: "", XDG_STATE_HOME: "", LOCALAPPDATA: "" }, ["--resume"]).code, 1);

  const state = folder(t);
  assert.equal(upload({ XDG_STATE_HOME: state }).code, 0);
  for (const path of ["langfuse-blob", "langfuse-blob/uploads"])
    assert.equal(statSync(join(state, path)).mode & 0o777, 0o700);
  // Someone prepared a link, or can replace what is created.
  for (const prepare of [(at) => symlinkSync(folder(t), join(at, "langfuse-blob")), (at) => chmodSync(at, 0o777)]) {
    const prepared = folder(t);
    prepare(prepared);
    const done = upload({ XDG_STATE_HOME: prepared });
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, /warning: the resume state .* can't be used/);
  }
  assert.equal(lstatSync(join(state, "langfuse-blob")).isDirectory(), true);
});

test("--fix writes only to regular files", async (t) => {
  const dir = folder(t);
  const text = "LANGFUSE_S3_EVENT_UPLOAD_REGION = eu-west-1a\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme \n";
  spawnSync("mkfifo", [join(dir, "pipe")]);
  const writer = spawn("sh", ["-c", "printf '%s' \"$TEXT\" > pipe"], { cwd: dir, env: { ...process.env, TEXT: text } });
  const done = await beside(["check", "--fix", "pipe", "--input", "env"], { cwd: dir, env: process.env });
  writer.kill();
  assert.equal(done.code, 2, done.err);
  assert.match(done.err, /pipe is a pipe or a device, which --fix can't write back to\nhelp: Read it as `-`/);
  const input = shell(
    "printf 'LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\\n' | \"$BINARY\" check --fix /dev/stdin --input env",
    dir,
  );
  assert.equal(input.code, 2, input.err);
  assert.match(input.err, /\/dev\/stdin is a pipe or a device/);
});

test("--fix keeps all hard links of a file", (t) => {
  const dir = folder(t);
  writeFileSync(
    join(dir, "one.env"),
    "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\nLANGFUSE_S3_EVENT_UPLOAD_PREFIX=/events/\n",
  );
  linkSync(join(dir, "one.env"), join(dir, "two.env"));
  const before = readFileSync(join(dir, "one.env"), "utf8");
  const done = ours(["check", "one.env", "--fix", "--unsafe-fixes"], { cwd: dir });
  const after = readFileSync(join(dir, "one.env"), "utf8");
  assert.notEqual(after, before, done.out);
  assert.equal(readFileSync(join(dir, "two.env"), "utf8"), after);
});

test("endless files aren't read to their end", async (t) => {
  const dir = folder(t);
  const home = folder(t);
  writeFileSync(join(dir, ".env"), KEYLESS);
  const keys = `${KEYLESS.replaceAll(/(LANGFUSE_S3_\w+)_BUCKET=acme/g, "$1_BUCKET=acme\n$1_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n$1_SECRET_ACCESS_KEY=0123456789012345678901234567890123456789\n$1_ENDPOINT=http://127.0.0.1:1")}`;
  writeFileSync(join(dir, "keys.env"), keys);
  const events = ours(["upload", "events", "/dev/zero", "--project", "p", "--dry-run", "--env-file", "keys.env"], {
    cwd: dir,
  });
  assert.equal(events.code, 2);
  assert.match(events.err, /\/dev\/zero can't be read: it is a device/);
  const line = ours(["rm", "-", "--env-file", "keys.env"], { cwd: dir, input: Buffer.alloc(1 << 20, "k") });
  assert.match(line.err, /a line is longer than any key/);
  spawnSync("mkfifo", [join(dir, "pipe")]);
  for (const path of ["/dev/zero", join(dir, "pipe")]) {
    // The process's own environment names them, so they are used, but they still aren't regular files.
    const config = await beside(["presign", "get", "key"], { cwd: dir, env: bare(home, { AWS_CONFIG_FILE: path }) });
    assert.match(config.err, /can(?:no|')t be read: it isn't a regular file/, config.err);
    const token = await beside(["presign", "get", "key"], {
      cwd: dir,
      env: bare(home, { AWS_WEB_IDENTITY_TOKEN_FILE: path, AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/r" }),
    });
    assert.match(token.err, /can't be read: it isn't a regular file/, token.err);
    const ca = await beside(["presign", "get", "key", "--env-file", "keys.env"], {
      cwd: dir,
      env: bare(home, { NODE_EXTRA_CA_CERTS: path }),
    });
    assert.equal(ca.code, 0);
    assert.match(ca.err, /NODE_EXTRA_CA_CERTS: .* isn't a regular file/);
  }
  writeFileSync(join(dir, "config"), "[default]\ncredential_process = yes\n");
  const endless = await beside(["presign", "get", "key"], {
    cwd: dir,
    env: bare(home, { AWS_CONFIG_FILE: join(dir, "config") }),
  });
  assert.equal(endless.code, 1);
  assert.match(endless.err, /its credential_process was stopped: it printed more than 1 MiB/);
  writeFileSync(join(dir, "ca.env"), `${keys}NODE_EXTRA_CA_CERTS=/dev/zero\n`);
  const named = await beside(["presign", "get", "key", "--env-file", "ca.env"], { cwd: dir, env: bare(home) });
  assert.equal(named.code, 0);
  assert.match(
    named.err,
    /NODE_EXTRA_CA_CERTS of an examined file is a path inside the container and isn't opened here/,
  );
});
