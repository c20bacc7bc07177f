// The doctor on real stores: a working configuration exits with 0 and leaves nothing behind, also when interrupted, and
// each fault is diagnosed with its fix. Faults that no real server shows on demand come from mocks, as marked.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { binary, root } from "../scripts/tools.mjs";
import { other } from "./clients/other.mjs";
import { between, lockStep, refusal, reply } from "./doctor/between.mjs";
import { authority, clock, s3 } from "./doctor/make.mjs";
import {
  azurite,
  embedded,
  folder,
  minio,
  npmModule,
  ours,
  ports,
  seaweedfs,
  stores,
  toxiproxy,
  versity,
} from "./harness.mjs";

/** All output of the doctor, to be searched for secrets at the end. */
const said = [];
const secrets = new Set();

/** Runs the doctor without blocking this process's servers. */
function doctor(dir, dotenv, { args = [], env = {}, format = "json", signal } = {}) {
  mkdirSync(dir, { recursive: true });
  if (dotenv !== undefined) writeFileSync(join(dir, "doctor.env"), dotenv);
  const last = dotenv === undefined ? [] : ["--env-file", "doctor.env"];
  const child = spawn(binary, ["doctor", ...last, "--format", format, ...args], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, NO_COLOR: "1", AWS_EC2_METADATA_DISABLED: "true", ...env },
  });
  const out = { out: "", err: "", child };
  child.stdout.on("data", (chunk) => (out.out += chunk));
  child.stderr.on("data", (chunk) => (out.err += chunk));
  out.ended = new Promise((resolve) =>
    child.once("close", (code) => {
      said.push(out.out, out.err);
      out.code = code;
      if (format === "json" && out.out.startsWith("{")) out.report = JSON.parse(out.out);
      resolve(out);
    }),
  );
  return signal ? out : out.ended;
}

const step = (done, useCase, name) =>
  done.report.useCases.find((c) => c.useCase === useCase).steps.find((s) => s.step === name);
const steps = (done) => done.report.useCases.flatMap((c) => c.steps.map((s) => ({ ...s, useCase: c.useCase })));
const rules = (done) => done.report.diagnostics.map((d) => d.rule);

/** Replaces or adds one variable of a .env. */
function set(dotenv, changes) {
  for (const [name, value] of Object.entries(changes)) {
    const line = new RegExp(`^(LANGFUSE_S3_[A-Z_]+_)?${name}=.*$`, "gm");
    if (!line.test(dotenv)) dotenv += `${name}=${value}\n`;
    else dotenv = dotenv.replace(line, (old) => (value === null ? "" : `${old.slice(0, old.indexOf("="))}=${value}`));
  }
  return dotenv;
}

const providers = {
  Azurite: "azure",
  SeaweedFS: "seaweedfs",
  "embedded store": "minio",
  MinIO: "minio",
  "Versity Gateway": "minio",
};

/** A .env that `generate` wrote for a store. */
function generated(store, dir) {
  const provider = providers[store.name];
  // Langfuse's pages load media over plain http only from localhost.
  const endpoint = store.endpoint.replace("127.0.0.1", "localhost");
  const name = store.azure ? ["--account", store.keyId] : ["--access-key-id", store.keyId];
  const words = [
    "generate",
    "env",
    "--provider",
    provider,
    "--endpoint",
    endpoint,
    "--bucket",
    store.bucket,
    "--use-cases",
    "events,media,exports,core-data",
    ...name,
  ];
  if (!store.azure) words.push("--region", store.region);
  const done = ours(words, { cwd: dir, input: "", env: { LANGFUSE_BLOB_SECRET_ACCESS_KEY: store.secret } });
  assert.equal(done.code, 0, done.err);
  return `NEXTAUTH_URL=http://localhost:3000\n${done.out}`;
}

/** What the doctor may have left: objects, versions, uploads, blocks. `seen` are the requests, which name the uploads' keys. */
async function left(store, seen = []) {
  const their = other(store);
  const objects = (await their.list()).filter((key) => key.includes("langfuse-doctor"));
  const keys = new Set([""]);
  for (const line of seen) {
    const url = new URL(line.split(" ")[1], "http://x");
    // MinIO lists uploads only if the prefix is a full key.
    if (url.searchParams.has("uploads")) keys.add(decodeURIComponent(url.pathname.split("/").slice(2).join("/")));
  }
  const uploads = [];
  for (const key of keys) uploads.push(...(await their.uploads(key)));
  return [...objects, ...uploads.filter((key) => key.includes("langfuse-doctor"))];
}

for (const start of stores) {
  test(`a working store: ${start.name}`, async (t) => {
    const store = await start(t);
    if (store === null) {
      t.skip(`${start.name} is built with Go, and there is no Go here`);
      return;
    }
    secrets.add(store.secret);
    const dir = folder(t);
    const proxy = await between(t, store.endpoint);
    const dotenv = generated({ ...store, endpoint: proxy.endpoint }, dir);

    let requests;
    await t.test("the generated configuration exits with 0, and nothing is left", async () => {
      const done = await doctor(dir, dotenv);
      assert.equal(done.code, 0, done.out + done.err);
      assert.deepEqual(
        steps(done).filter((s) => s.outcome === "fail"),
        [],
      );
      assert.deepEqual(done.report.left, []);
      for (const useCase of ["events", "media", "exports", "core-data"])
        assert.equal(step(done, useCase, "put").outcome, "pass");
      for (const [useCase, name] of [
        ["core-data", "parts"],
        ["events", "list"],
        ["events", "odd-key"],
        ["events", "delete"],
        ["media", "link-get"],
        ["media", "link-put"],
        ["exports", "parts"],
        ["exports", "link-get"],
      ]) {
        assert.equal(step(done, useCase, name).outcome, "pass", `${useCase} ${name}`);
      }
      if (!store.azure) {
        assert.equal(step(done, "media", "link-checksum").outcome, "pass");
        assert.equal(step(done, "exports", "abort").outcome, "pass");
      }
      requests = proxy.seen.length;
      assert.ok(requests > 25, `${requests}`);
      // Every key is below the doctor's own prefix.
      for (const line of proxy.seen.filter((l) => /^(PUT|DELETE) /.test(l)))
        assert.match(decodeURIComponent(line), /\/langfuse-doctor\/[0-9a-f]{32}-[a-z-]+\//);
      assert.deepEqual(await left(store, proxy.seen), []);
    });
    await t.test("its text fits one screen", async () => {
      const done = await doctor(dir, dotenv, { format: "text" });
      assert.equal(done.code, 0);
      const shown = done.out.split("\n");
      const upTo = shown.findIndex((l) => /^(warning|error)\[/.test(l));
      const page = upTo < 0 ? shown : shown.slice(0, upTo);
      assert.ok(page.length <= 24, done.out);
      assert.ok(
        page.every((l) => l.length <= 100),
        done.out,
      );
    });
    await t.test("--read-only writes nothing", async () => {
      proxy.seen.length = 0;
      const done = await doctor(dir, dotenv, { args: ["--read-only"] });
      assert.equal(done.code, 0, done.out + done.err);
      assert.deepEqual(
        proxy.seen.filter((line) => !/^(GET|OPTIONS|HEAD) /.test(line)),
        [],
      );
      assert.equal(step(done, "events", "list").outcome, "pass");
      assert.equal(step(done, "exports", "link-get").outcome, "pass");
    });
    await t.test("every generated format exits with 0", async (t) => {
      // An endpoint that both containers and browsers can reach, over TLS.
      const address = Object.values(networkInterfaces())
        .flat()
        .find((a) => a.family === "IPv4" && !a.internal)?.address;
      const ca = authority(folder(t));
      if (address === undefined || ca === null) return t.skip("no address beside loopback, or no openssl");
      const public_ = await between(t, store.endpoint, { host: address, tls: ca.pair(`IP:${address}`, 30) });
      const words = [
        "--provider",
        providers[store.name],
        "--endpoint",
        public_.endpoint,
        "--bucket",
        store.bucket,
        "--public-url",
        "https://langfuse.example.com",
      ];
      words.push(
        ...(store.azure
          ? ["--account", store.keyId]
          : ["--access-key-id", store.keyId, "--region", store.region, "--store-public-url", public_.endpoint]),
      );
      const written = (format, name) => {
        const done = ours(["generate", format, ...words], {
          cwd: dir,
          input: "",
          env: { LANGFUSE_BLOB_SECRET_ACCESS_KEY: store.secret },
        });
        assert.equal(done.code, 0, `${format}: ${done.err}`);
        writeFileSync(join(dir, name), done.out);
        return name;
      };
      copyFileSync(join(root, "tests", "fixtures", "compose", "official.yml"), join(dir, "docker-compose.yml"));
      // The chart reads the secret from a Secret, the override reads it from the shell.
      const secret = ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"]
        .map((block) => `LANGFUSE_S3_${block}_SECRET_ACCESS_KEY=${store.secret}\n`)
        .join("");
      for (const [args, dotenv] of [
        [["--config", written("json", "storage.json")]],
        [["--config", written("k8s", "storage.k8s.yaml")]],
        [["--config", written("helm", "values.yaml")], secret],
        [["--config", "docker-compose.yml", "--config", written("compose", "docker-compose.override.yml")]],
      ]) {
        const done = await doctor(dir, dotenv, {
          args,
          env: { NODE_EXTRA_CA_CERTS: ca.ca, STORE_SECRET_ACCESS_KEY: store.secret },
        });
        assert.equal(done.code, 0, `${args}\n${done.out}${done.err}`);
        for (const useCase of ["events", "media", "exports"]) {
          assert.equal(
            step(done, useCase, useCase === "exports" ? "parts" : "get").outcome,
            "pass",
            `${args} ${useCase}`,
          );
          if (useCase !== "events") assert.equal(step(done, useCase, "link-get").outcome, "pass", `${args} ${useCase}`);
        }
      }
      assert.deepEqual(await left(store, public_.seen), []);
      return undefined;
    });
    await t.test("interrupted at any point, nothing is left", async () => {
      for (const [turn, at] of [0.1, 0.25, 0.4, 0.55, 0.7, 0.85].map((part) => Math.ceil(part * requests)).entries()) {
        let run;
        // From here, nothing passes until the doctor has received the signal.
        const gate = async (count) => {
          if (count < at) return;
          if (count === at) run.child.kill(turn % 2 === 0 ? "SIGINT" : "SIGTERM");
          while (!run.err.includes("interrupted") && run.code === undefined) await new Promise((r) => setTimeout(r, 5));
        };
        const held = await between(t, store.endpoint, { gate });
        run = doctor(dir, generated({ ...store, endpoint: held.endpoint }, dir), { signal: true });
        await run.ended;
        assert.equal(run.code, 130, `${at}: ${run.err}`);
        assert.deepEqual(run.report.left, []);
        assert.deepEqual(await left(store, held.seen), [], `after ${at} requests`);
      }
    });
  });
}

test("all use cases take less than twice their longest chain of round trips", async (t) => {
  const store = await embedded(t);
  secrets.add(store.secret);
  const step = await lockStep(t, store.endpoint);
  const done = await doctor(folder(t), store.dotenv.replaceAll(store.endpoint, step.endpoint));
  assert.equal(done.code, 0, done.out + done.err);
  const network = new Set(["resolve", "connect", "tls", "link-resolve", "link-connect", "link-tls"]);
  let longest = 0;
  for (const { steps } of done.report.useCases) {
    const row = (name) => {
      const found = steps.find((s) => s.step === name);
      if (found === undefined) return 0;
      return (network.has(name) ? 0 : found.roundTrips) + Math.max(0, ...found.after.map(row));
    };
    longest = Math.max(longest, ...steps.map((s) => row(s.step)));
  }
  assert.ok(longest >= 6, `${longest}`);
  t.diagnostic(
    `${done.report.useCases.flatMap((c) => c.steps).reduce((n, s) => n + s.roundTrips, 0)} questions in ${step.rounds} rounds; the longest row has ${longest}`,
  );
  assert.ok(step.rounds < 2 * longest, `${step.rounds} rounds, and the longest row has ${longest}`);
});

test("a least-privilege identity passes without a warning about it", async (t) => {
  const policy = (bucket) => {
    const done = ours(
      [
        "generate",
        "iam-policy",
        "--provider",
        "minio",
        "--endpoint",
        "http://minio:9000",
        "--bucket",
        bucket,
        "--use-cases",
        "events,media,exports,core-data",
      ],
      { input: "" },
    );
    assert.equal(done.code, 0, done.err);
    return done.out;
  };
  // Other findings about the bucket don't concern the identity.
  const aside = (done) =>
    done.report.diagnostics.filter(
      (d) => d.severity !== "hint" && !["long-key-refused", "lifecycle-missing", "cors-missing"].includes(d.rule),
    );
  await t.test("MinIO: a session with the generated policy", async (t) => {
    const store = await minio(t);
    if (store === null) return t.skip("MinIO is built with Go, and there is no Go here");
    const dir = folder(t);
    const keys = await session(store, policy(store.bucket));
    secrets.add(keys.secretAccessKey).add(keys.sessionToken);
    const proxy = await between(t, store.endpoint);
    const dotenv = `${generated({ ...store, endpoint: proxy.endpoint }, dir).replace(/^.*(ACCESS_KEY_ID|SECRET_ACCESS_KEY)=.*\n/gm, "")}AWS_ACCESS_KEY_ID=${keys.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}\nAWS_SESSION_TOKEN=${keys.sessionToken}\n`;
    const done = await doctor(dir, dotenv);
    assert.equal(done.code, 0, done.out + done.err);
    assert.deepEqual(aside(done), []);
    // Deleting exports isn't allowed, so none is written.
    assert.equal(step(done, "exports", "put").outcome, "skipped");
    for (const useCase of ["exports", "core-data"]) assert.equal(step(done, useCase, "parts").outcome, "pass");
    assert.deepEqual(await left(store, proxy.seen), []);
    return undefined;
  });
  await t.test("SeaweedFS: an identity only for this bucket", async (t) => {
    const store = await seaweedfs(t);
    const dir = folder(t);
    const { keyId, secret } = store.limited.least;
    secrets.add(secret);
    const done = await doctor(dir, generated({ ...store, keyId, secret }, dir));
    assert.equal(done.code, 0, done.out + done.err);
    assert.deepEqual(aside(done), []);
    assert.deepEqual(await left(store), []);
  });
  await t.test("Versity: a user with the generated policy on the bucket", async (t) => {
    const store = await versity(t);
    if (store === null) return t.skip("Versity is built with Go, and there is no Go here");
    const dir = folder(t);
    const user = { keyId: "leastprivilegeduser", secret: "versity-least-versity-least-versity-le40" };
    secrets.add(user.secret);
    await admin(store, ["create-user", "-a", user.keyId, "-s", user.secret, "-r", "user"]);
    const document = JSON.parse(policy(store.bucket));
    // A bucket policy names its principal, and Versity supports no condition on a prefix.
    for (const statement of document.Statement) {
      statement.Principal = { AWS: [user.keyId] };
      delete statement.Condition;
    }
    await s3(store).send("PutBucketPolicy", { Bucket: store.bucket, Policy: JSON.stringify(document) });
    const done = await doctor(dir, generated({ ...store, ...user }, dir));
    assert.equal(done.code, 0, done.out + done.err);
    assert.deepEqual(aside(done), []);
    assert.deepEqual(await left(store), []);
    return undefined;
  });
});

/** Temporary MinIO credentials with their own policy. */
async function session(store, Policy) {
  const { fromTemporaryCredentials } = npmModule("@aws-sdk/credential-providers");
  return fromTemporaryCredentials({
    masterCredentials: { accessKeyId: store.keyId, secretAccessKey: store.secret },
    params: { RoleArn: "arn:aws:iam::123456789012:role/any", RoleSessionName: "doctor", DurationSeconds: 900, Policy },
    clientConfig: { endpoint: store.endpoint, region: store.region },
  })();
}

function admin(store, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(store.program, [
      "admin",
      "--access",
      store.keyId,
      "--secret",
      store.secret,
      "--endpoint-url",
      store.endpoint,
      "--region",
      store.region,
      ...args,
    ]);
    let err = "";
    child.stdout.on("data", (c) => (err += c));
    child.stderr.on("data", (c) => (err += c));
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(err))));
  });
}

test("the doctor leaves nothing in a versioned bucket", async (t) => {
  const store = await minio(t);
  if (store === null) return t.skip("MinIO is built with Go, and there is no Go here");
  const root = s3(store);
  await root.send("PutBucketVersioning", { Bucket: store.bucket, VersioningConfiguration: { Status: "Enabled" } });
  const done = await doctor(folder(t), store.dotenv);
  assert.equal(done.code, 0, done.out + done.err);
  const versions = await root.send("ListObjectVersions", { Bucket: store.bucket });
  const ours = [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? [])].filter((v) =>
    v.Key.includes("langfuse-doctor"),
  );
  assert.deepEqual(ours, []);
  // Without permission to delete versions, what is left is named.
  const keys = await session(
    store,
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:AbortMultipartUpload"],
          Resource: ["arn:aws:s3:::*"],
        },
      ],
    }),
  );
  const limited = `${store.dotenv.replace(/^.*(ACCESS_KEY_ID|SECRET_ACCESS_KEY)=.*\n/gm, "")}AWS_ACCESS_KEY_ID=${keys.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}\nAWS_SESSION_TOKEN=${keys.sessionToken}\n`;
  // Langfuse leaves the same itself, so it is a hint, not a warning.
  const second = await doctor(folder(t), limited, { args: ["--use-case", "events"] });
  assert.equal(second.code, 0, second.out + second.err);
  assert.ok(rules(second).includes("left-behind"), second.out);
  assert.ok(second.report.left.length > 0 && second.report.left.every((l) => l.key.includes("langfuse-doctor")));
  return undefined;
});

test("faults", async (t) => {
  const [own, weed, mini, vers, azure, toxic] = [
    await embedded(t),
    await seaweedfs(t),
    await minio(t),
    await versity(t),
    await azurite(t),
    await toxiproxy(t),
  ];
  const dir = folder(t);
  for (const store of [own, weed, mini, vers, azure]) if (store) secrets.add(store.secret);
  for (const { secret } of Object.values(weed.limited)) secrets.add(secret);
  const shift = clock(dir);
  const ca = authority(dir);

  /** Set once its proxy runs. */
  const wildcard = {};
  /** One fault: expects `rule`, with the variable and the words of its fix. */
  async function fault(name, dotenv, rule, { variable, help, useCase, code = 1, message, ...options } = {}) {
    await t.test(name, async (t) => {
      if (dotenv === null) {
        t.skip("what it needs is built with Go, and there is no Go here");
        return;
      }
      const text = typeof dotenv === "function" ? await dotenv(t) : dotenv;
      const args = [...(options.args ?? []), ...(useCase ? ["--use-case", useCase] : [])];
      const done = await doctor(dir, text, { ...options, args });
      const found = (done.report?.diagnostics ?? []).find((d) => d.rule === rule);
      assert.ok(found, `${rule} is not among ${done.report ? rules(done) : done.err}\n${done.out}`);
      if (variable) {
        assert.equal(found.variable, variable);
        assert.ok(found.help.includes(help ?? variable), found.help);
      } else if (help) assert.ok(found.help.includes(help), found.help);
      if (message) assert.match(found.message, message);
      assert.equal(done.code, code, done.out + done.err);
      // Consequences of the fault aren't reported separately.
      const errors = done.report.diagnostics.filter((d) => d.severity === "error" && d.useCases.includes(found.useCases[0]));
      assert.ok(errors.length <= 1, errors.map((d) => `${d.rule}: ${d.message}`).join("\n"));
      const explained = ours(["explain", rule]);
      assert.equal(explained.code, 0);
      assert.match(explained.out, /Source/);
    });
  }
  const EVENT = (role) => `LANGFUSE_S3_EVENT_UPLOAD_${role}`;
  const MEDIA = (role) => `LANGFUSE_S3_MEDIA_UPLOAD_${role}`;
  const EXPORT = (role) => `LANGFUSE_S3_BATCH_EXPORT_${role}`;
  const as = (store, keys) => set(store.dotenv, { ACCESS_KEY_ID: keys.keyId, SECRET_ACCESS_KEY: keys.secret });
  const on = (store, endpoint) => store.dotenv.replaceAll(store.endpoint, endpoint);

  // --- credentials ---
  for (const store of [own, weed, mini, vers].filter(Boolean)) {
    await fault(
      `a key ID unknown to ${store.name}`,
      set(store.dotenv, { ACCESS_KEY_ID: "AKIAUNKNOWNUNKNOWN01" }),
      "key-unknown",
      { useCase: "events", variable: EVENT("ACCESS_KEY_ID") },
    );
    await fault(
      `a wrong secret at ${store.name}`,
      set(store.dotenv, { SECRET_ACCESS_KEY: "0123456789012345678901234567890123456789" }),
      "signature-refused",
      { useCase: "events", variable: EVENT("SECRET_ACCESS_KEY") },
    );
  }
  await fault(
    "key ID and secret swapped",
    set(own.dotenv, { ACCESS_KEY_ID: own.secret, SECRET_ACCESS_KEY: own.keyId }),
    "keys-swapped",
    { useCase: "events", variable: EVENT("ACCESS_KEY_ID"), help: "Swap" },
  );
  await fault(
    "only one of the two keys, and no other credentials",
    set(own.dotenv, { SECRET_ACCESS_KEY: "" }),
    "credentials-missing",
    { useCase: "events", variable: EVENT("ACCESS_KEY_ID") },
  );
  await fault(
    "an invalid session token",
    mini &&
      `${mini.dotenv.replace(/^.*(ACCESS_KEY_ID|SECRET_ACCESS_KEY)=.*\n/gm, "")}AWS_ACCESS_KEY_ID=${mini.keyId}\nAWS_SECRET_ACCESS_KEY=${mini.secret}\nAWS_SESSION_TOKEN=bm90LWEtdG9rZW4\n`,
    "session-ended",
    { useCase: "events", variable: EVENT("ACCESS_KEY_ID") },
  );
  // A mock: MinIO's shortest session lasts 15 minutes.
  await fault(
    "an expired session",
    async (t) =>
      on(
        own,
        (
          await between(t, own.endpoint, {
            answer: (q, r) => reply(q, r, 400, refusal("ExpiredToken", "The provided token has expired.")),
          })
        ).endpoint,
      ),
    "session-ended",
    { useCase: "events", variable: EVENT("ACCESS_KEY_ID"), message: /ExpiredToken/ },
  );

  // --- permissions ---
  await fault("an identity with read permission only", as(weed, weed.limited.reader), "put-denied", {
    useCase: "events",
    help: "s3:PutObject",
  });
  await fault("an identity without list permission", as(weed, weed.limited.listless), "list-denied", {
    useCase: "events",
    help: "s3:ListBucket",
  });
  const allowing = async (...Action) => {
    const keys = await session(
      mini,
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: ["arn:aws:s3:::*"] }] }),
    );
    secrets.add(keys.secretAccessKey).add(keys.sessionToken);
    return `${mini.dotenv.replace(/^.*(ACCESS_KEY_ID|SECRET_ACCESS_KEY)=.*\n/gm, "")}AWS_ACCESS_KEY_ID=${keys.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${keys.secretAccessKey}\nAWS_SESSION_TOKEN=${keys.sessionToken}\n`;
  };
  await fault(
    "no permission to delete",
    mini && (() => allowing("s3:GetObject", "s3:PutObject", "s3:ListBucket")),
    "delete-many-denied",
    { useCase: "events", help: "s3:DeleteObject" },
  );
  await fault(
    "what can't be deleted is named",
    mini && (() => allowing("s3:GetObject", "s3:PutObject", "s3:ListBucket")),
    "left-behind",
    { useCase: "events", message: /langfuse-doctor/ },
  );
  await fault(
    "no permission to read",
    mini && (() => allowing("s3:PutObject", "s3:ListBucket", "s3:DeleteObject")),
    "get-denied",
    { useCase: "events", help: "s3:GetObject" },
  );
  await fault(
    "no permission to abort uploads",
    mini && (() => allowing("s3:PutObject", "s3:GetObject", "s3:DeleteObject")),
    "abort-denied",
    { useCase: "exports", help: "s3:AbortMultipartUpload", code: 0 },
  );

  // --- region and bucket ---
  for (const store of [own, mini, vers].filter(Boolean)) {
    await fault(`a region other than ${store.name}'s`, set(store.dotenv, { REGION: "eu-west-9" }), "region-wrong", {
      useCase: "events",
      variable: EVENT("REGION"),
      help: "`us-east-1`",
    });
  }
  await fault("no region at all", set(own.dotenv, { REGION: "" }), "region-not-set", {
    useCase: "media",
    variable: MEDIA("REGION"),
  });
  for (const store of [own, weed, mini, vers].filter(Boolean)) {
    await fault(
      `a bucket that doesn't exist on ${store.name}`,
      set(store.dotenv, { BUCKET: "not-there-at-all" }),
      "bucket-not-found",
      { useCase: "events", variable: EVENT("BUCKET"), help: "Create the bucket" },
    );
  }
  await fault("the bucket repeated in the endpoint", on(own, `${own.endpoint}/${own.bucket}`), "bucket-doubled", {
    useCase: "events",
    variable: EVENT("ENDPOINT"),
    help: "Remove the bucket name",
  });
  await fault("path style missing", set(own.dotenv, { FORCE_PATH_STYLE: "false" }), "path-style-needed", {
    useCase: "events",
    variable: EVENT("FORCE_PATH_STYLE"),
    help: "=true",
  });

  await fault(
    "path style missing, with wildcard DNS",
    async (t) => {
      const proxy = await between(t, own.endpoint, {
        change: (q) => (q.path = new URL(q.path).pathname + new URL(q.path).search),
      });
      wildcard.HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
      return set(on(own, "http://store.behind.invalid:9000"), { FORCE_PATH_STYLE: "false" });
    },
    "path-style-needed",
    { useCase: "events", variable: EVENT("FORCE_PATH_STYLE"), env: wildcard },
  );

  // --- the clock ---
  if (shift) {
    await fault("a clock twenty minutes behind", own.dotenv, "clock-wrong", {
      useCase: "events",
      env: shift(-1200),
      help: "NTP",
      message: /20 minutes behind/,
    });
    await fault("a clock twenty minutes ahead, on MinIO", mini?.dotenv, "clock-wrong", {
      useCase: "media",
      env: shift(1200),
      help: "NTP",
      message: /20 minutes ahead/,
    });
    await fault("links with a clock two hours behind, on Azurite", azure.dotenv, "link-expired", {
      useCase: "exports",
      env: shift(-7200),
      help: "NTP",
    });
  } else t.diagnostic("no C compiler: clocks that are wrong are skipped");

  // --- network ---
  await fault("an unresolvable host", on(own, "http://store.doctor.invalid:9000"), "host-unknown", {
    useCase: "events",
    variable: EVENT("ENDPOINT"),
  });
  const [closed] = await ports(1);
  await fault("a closed port", on(own, `http://127.0.0.1:${closed}`), "connection-refused", {
    useCase: "events",
    variable: EVENT("ENDPOINT"),
  });
  await fault("https to a plain HTTP port", on(own, own.endpoint.replace("http:", "https:")), "tls-not-spoken", {
    useCase: "events",
    variable: EVENT("ENDPOINT"),
    help: "http://",
  });
  await fault(
    "a server that closes the connection",
    async (t) => {
      const server = createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => server.close());
      return on(own, `http://127.0.0.1:${server.address().port}`);
    },
    "connection-broken",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  await fault(
    "a connection cut in the middle of a body",
    toxic &&
      (async () =>
        on(
          own,
          await toxic.between(own.endpoint, { type: "limit_data", stream: "downstream", attributes: { bytes: 230 } }),
        )),
    "answer-cut",
    { useCase: "events", help: "limits" },
  );
  if (ca) {
    const secure = (t, pair) => between(t, own.endpoint, { tls: pair });
    const good = ca.pair("IP:127.0.0.1", 30);
    await fault(
      "plain HTTP to a TLS port",
      async (t) => on(own, (await secure(t, good)).endpoint.replace("https:", "http:")),
      "http-on-tls-port",
      { useCase: "events", variable: EVENT("ENDPOINT"), help: "https://" },
    );
    await fault("an unknown CA", async (t) => on(own, (await secure(t, good)).endpoint), "authority-unknown", {
      useCase: "events",
      variable: "NODE_EXTRA_CA_CERTS",
    });
    await fault(
      "a certificate for another host",
      async (t) =>
        `${on(own, (await secure(t, ca.pair("DNS:elsewhere.example", 30))).endpoint)}NODE_EXTRA_CA_CERTS=${ca.ca}\n`,
      "certificate-of-another-host",
      { args: ["--trust-config"], useCase: "events", variable: EVENT("ENDPOINT") },
    );
    if (shift) {
      const expired = ca.pair("IP:127.0.0.1", 30, shift(-400 * 86_400));
      await fault(
        "an expired certificate",
        async (t) => `${on(own, (await secure(t, expired)).endpoint)}NODE_EXTRA_CA_CERTS=${ca.ca}\n`,
        "certificate-expired",
        { args: ["--trust-config"], useCase: "events", variable: EVENT("ENDPOINT") },
      );
    }
    await t.test("with its CA file, there are no findings", async (t) => {
      const done = await doctor(dir, `${on(own, (await secure(t, good)).endpoint)}NODE_EXTRA_CA_CERTS=${ca.ca}\n`, {
        args: ["--trust-config"],
      });
      assert.equal(done.code, 0, done.out + done.err);
      assert.match(step(done, "events", "tls").note, /TLS 1\.3/);
    });
  } else t.diagnostic("no openssl: certificates are skipped");

  // --- responses ---
  await fault("the port of MinIO's console", mini && on(mini, mini.console), "console-port", {
    useCase: "events",
    variable: EVENT("ENDPOINT"),
  });
  const site = async (t, answer) => {
    const server = createServer(answer);
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    return on(own, `http://127.0.0.1:${server.address().port}`);
  };
  await fault(
    "a web server with a page for every path",
    (t) =>
      site(t, (_q, r) =>
        r.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title>"),
      ),
    "web-page",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  await fault(
    "a web server with no page",
    (t) => site(t, (_q, r) => r.writeHead(404, { "content-type": "text/plain" }).end("404 page not found")),
    "no-store",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  await fault(
    "a web server with JSON for every path",
    (t) => site(t, (_q, r) => r.writeHead(200, { "content-type": "application/json" }).end("{}")),
    "missing-key-found",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  await fault(
    "a sign-in page in front of the store",
    (t) => site(t, (_q, r) => r.writeHead(302, { location: "https://login.example/" }).end()),
    "address-moved",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  await fault(
    "a proxy without its store",
    async (t) => on(own, (await between(t, `http://127.0.0.1:${closed}`)).endpoint),
    "gateway-failed",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  // A mock, like the next three: no real store responds this way on demand.
  await fault(
    "a store that throttles",
    async (t) =>
      on(
        own,
        (
          await between(t, own.endpoint, {
            answer: (q, r) => reply(q, r, 503, refusal("SlowDown", "Please reduce your request rate.")),
          })
        ).endpoint,
      ),
    "rate-limited",
    { useCase: "events", variable: "LANGFUSE_S3_CONCURRENT_WRITES" },
  );
  await fault(
    "a success response that contains an error",
    async (t) =>
      on(
        own,
        (
          await between(t, own.endpoint, {
            answer: (q, r) =>
              q.method === "POST" &&
              q.url.includes("uploadId") &&
              reply(q, r, 200, refusal("InternalError", "We encountered an internal error.")),
          })
        ).endpoint,
      ),
    "store-failed",
    { useCase: "exports", help: "log" },
  );
  const noMany = (code, status) => async (t) =>
    on(
      own,
      (
        await between(t, own.endpoint, {
          answer: (q, r) =>
            q.method === "POST" &&
            /[?&]delete/.test(q.url) &&
            q.headers["content-md5"] === undefined &&
            reply(q, r, status, refusal(code)),
        })
      ).endpoint,
    );
  await fault(
    "an old store that requires MD5 for DeleteObjects",
    noMany("MissingContentMD5", 400),
    "content-md5-missing",
    {
      useCase: "events",
      variable: "LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM",
      help: "With MD5, the store accepted the same request",
    },
  );
  await fault(
    "a store without DeleteObjects",
    async (t) =>
      on(
        own,
        (
          await between(t, own.endpoint, {
            answer: (q, r) =>
              q.method === "POST" && /[?&]delete/.test(q.url) && reply(q, r, 501, refusal("NotImplemented")),
          })
        ).endpoint,
      ),
    "delete-many-unknown",
    { useCase: "media", variable: "LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM" },
  );

  // --- proxies ---
  const rewriting = (t) => between(t, own.endpoint, { change: (q) => (q.headers.host = new URL(own.endpoint).host) });
  const inner = (dotenv, outside) => `${dotenv}${EXPORT("EXTERNAL_ENDPOINT")}=${outside}\n`;
  await fault(
    "a proxy that rewrites Host, in front of the store",
    async (t) => {
      const proxy = await rewriting(t);
      // Another use case connects to the store directly, with the host name that the proxy sets.
      return own.dotenv.replace(`${EVENT("ENDPOINT")}=${own.endpoint}`, `${EVENT("ENDPOINT")}=${proxy.endpoint}`);
    },
    "proxy-rewrites-host",
    { variable: EVENT("ENDPOINT"), help: "proxy_set_header Host" },
  );
  await fault(
    "a proxy that rewrites Host, in front of links",
    async (t) => inner(own.dotenv, (await rewriting(t)).endpoint),
    "link-host-rewritten",
    { useCase: "exports", variable: EXPORT("EXTERNAL_ENDPOINT"), help: "proxy_set_header Host" },
  );
  const stripping = (t) => between(t, own.endpoint, { change: (q) => (q.path = q.path.replace(/^\/s3/, "")) });
  await fault(
    "a proxy that strips a path, in front of the store",
    async (t) => on(own, `${(await stripping(t)).endpoint}/s3`),
    "proxy-strips-path",
    { useCase: "events", variable: EVENT("ENDPOINT"), help: "its own host name" },
  );
  await fault(
    "a proxy that strips a path, in front of links",
    async (t) => inner(own.dotenv, `${(await stripping(t)).endpoint}/s3`),
    "link-path-stripped",
    { useCase: "exports", variable: EXPORT("EXTERNAL_ENDPOINT") },
  );
  const limited = (t) =>
    between(t, own.endpoint, {
      answer: (q, r) =>
        Number(q.headers["content-length"] ?? 0) > 1 << 20 &&
        reply(q, r, 413, "<html><h1>413 Request Entity Too Large</h1></html>", { "content-type": "text/html" }),
    });
  await fault(
    "a proxy that limits bodies, for parts",
    async (t) => on(own, (await limited(t)).endpoint),
    "multipart-body-too-large",
    { useCase: "exports", variable: EXPORT("ENDPOINT"), help: "client_max_body_size" },
  );
  await fault(
    "a proxy that limits bodies, for media",
    async (t) => on(own, (await limited(t)).endpoint),
    "body-too-large",
    { useCase: "media", variable: MEDIA("ENDPOINT"), help: "client_max_body_size" },
  );
  await fault(
    "a proxy that re-encodes paths",
    async (t) =>
      on(
        own,
        (
          await between(t, own.endpoint, {
            change: (q) => (q.path = q.path.replaceAll("%20", "+").replaceAll("%2B", "+")),
          })
        ).endpoint,
      ),
    "odd-key-refused",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );
  await fault(
    "a proxy that changes bodies",
    async (t) => {
      const proxy = await between(t, own.endpoint, {
        answer: (q, r) =>
          q.method === "GET" &&
          /put\.json/.test(q.url) &&
          !q.url.includes("X-Amz-Signature") &&
          reply(q, r, 200, "{}", { "content-type": "application/json" }),
      });
      return on(own, proxy.endpoint);
    },
    "body-differs",
    { useCase: "events", variable: EVENT("ENDPOINT") },
  );

  // --- links and browsers ---
  await fault("links to an internal host", inner(own.dotenv, "http://minio:9000"), "link-host-inside", {
    useCase: "exports",
    variable: EXPORT("EXTERNAL_ENDPOINT"),
  });
  await fault("links to a closed port", inner(own.dotenv, `http://127.0.0.1:${closed}`), "link-unreachable", {
    useCase: "exports",
    variable: EXPORT("EXTERNAL_ENDPOINT"),
  });
  await fault(
    "links to localhost from a public Langfuse",
    set(own.dotenv, { NEXTAUTH_URL: "https://langfuse.example.com" }),
    "link-host-local",
    { useCase: "media", variable: MEDIA("ENDPOINT") },
  );
  await fault("no CORS", vers && `NEXTAUTH_URL=http://localhost:3000\n${vers.dotenv}`, "cors-missing", {
    useCase: "media",
    help: "content-type",
    code: 0,
  });
  await fault(
    "CORS for another page",
    vers &&
      (async () => {
        const rule = {
          AllowedOrigins: ["https://other.example.com"],
          AllowedMethods: ["GET", "PUT"],
          AllowedHeaders: ["*"],
        };
        await s3(vers).send("PutBucketCors", { Bucket: vers.bucket, CORSConfiguration: { CORSRules: [rule] } });
        return vers.dotenv;
      }),
    "cors-missing",
    { useCase: "media", code: 0, args: ["--origin", "https://langfuse.example.com"] },
  );
  await t.test("CORS for this page", { skip: vers === null }, async () => {
    const done = await doctor(dir, vers.dotenv, {
      args: ["--use-case", "media", "--origin", "https://other.example.com"],
    });
    assert.equal(step(done, "media", "cors").outcome, "pass", done.out);
  });
  await fault(
    "media with an encryption header that no SDK sends",
    vers && set(vers.dotenv, { [MEDIA("SSE")]: "AES256" }),
    "media-encryption-signed",
    { useCase: "media", variable: MEDIA("SSE") },
  );
  // A mock: all stores here verify it.
  await fault(
    "a store that ignores the checksum",
    async (t) =>
      on(
        own,
        (
          await between(t, own.endpoint, {
            answer: (q, r) =>
              q.url.includes("other-body.bin") && q.method === "PUT" && reply(q, r, 200, "", { etag: '"e"' }),
          })
        ).endpoint,
      ),
    "checksum-ignored",
    { useCase: "media", variable: MEDIA("ENDPOINT"), code: 0 },
  );

  // --- bucket settings ---
  if (mini) {
    const root = s3(mini);
    await root.send("PutBucketLifecycleConfiguration", {
      Bucket: mini.bucket,
      LifecycleConfiguration: {
        Rules: [{ ID: "all", Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 30 } }],
      },
    });
    await fault("a lifecycle rule that deletes media", mini.dotenv, "lifecycle-deletes-media", {
      variable: MEDIA("PREFIX"),
      help: "generate lifecycle",
    });
    await root.send("DeleteBucketLifecycle", { Bucket: mini.bucket });
    await fault("no lifecycle rule", mini.dotenv, "lifecycle-missing", {
      useCase: "events",
      code: 0,
      help: "generate lifecycle",
    });
    await root.send("PutBucketPolicy", {
      Bucket: mini.bucket,
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: ["*"] },
            Action: ["s3:GetObject"],
            Resource: [`arn:aws:s3:::${mini.bucket}/*`],
          },
        ],
      }),
    });
    await fault("a public bucket", mini.dotenv, "public-read", { useCase: "media", variable: MEDIA("BUCKET") });
    await root.send("DeleteBucketPolicy", { Bucket: mini.bucket });
    await fault(
      "encryption without keys at the store",
      set(mini.dotenv, { [EVENT("SSE")]: "aws:kms" }),
      "kms-not-configured",
      { useCase: "events", variable: EVENT("SSE") },
    );
    await fault("keys longer than a file name", mini.dotenv, "long-key-refused", {
      useCase: "events",
      code: 0,
      variable: "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES",
    });
    await t.test("not reported if Langfuse is configured to make none", async () => {
      const done = await doctor(dir, `${mini.dotenv}LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=200\n`, {
        args: ["--use-case", "events"],
      });
      assert.equal(step(done, "events", "long-key").outcome, "pass");
    });
  }
  await fault("encryption without keys at SeaweedFS", set(weed.dotenv, { [EVENT("SSE")]: "AES256" }), "store-failed", {
    useCase: "events",
    help: "log",
  });

  // --- Azure ---
  await fault(
    "an account key that isn't base64",
    set(azure.dotenv, { SECRET_ACCESS_KEY: "not base64 at all!" }),
    "azure-key-unreadable",
    { useCase: "events", variable: EVENT("SECRET_ACCESS_KEY") },
  );
  await fault(
    "another account's key",
    set(azure.dotenv, {
      SECRET_ACCESS_KEY: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw==",
    }),
    "azure-not-authorized",
    { useCase: "events", help: "wrong `LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY`" },
  );
  await fault("a container that doesn't exist", set(azure.dotenv, { BUCKET: "not-there" }), "container-missing", {
    useCase: "events",
    variable: EVENT("BUCKET"),
    help: "Create the container",
  });
  await fault(
    "a container that Langfuse will create",
    `${set(azure.dotenv, { BUCKET: "not-there" })}LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false\n`,
    "container-to-be-made",
    { useCase: "events", variable: EVENT("BUCKET"), code: 0 },
  );

  // --- where the doctor runs ---
  await fault("an internal host", on(own, "http://store-of-nobody:9000"), "visible-only-inside", {
    useCase: "events",
    code: 0,
    help: "doctor --process-env",
  });
  await t.test("an internal host is skipped, not failed", async () => {
    const done = await doctor(dir, on(own, "http://store-of-nobody:9000"), { args: ["--use-case", "events"] });
    assert.equal(step(done, "events", "resolve").outcome, "skipped");
    assert.deepEqual(
      steps(done).filter((s) => s.outcome === "fail"),
      [],
    );
  });
  await t.test("an unresolvable host is an error inside the container", async () => {
    const variables = Object.fromEntries(
      on(own, "http://store-of-nobody:9000")
        .split("\n")
        .filter(Boolean)
        .map((l) => [l.slice(0, l.indexOf("=")), l.slice(l.indexOf("=") + 1)]),
    );
    const child = await doctor(dir, "", { args: ["--process-env", "--use-case", "events"], env: variables });
    assert.equal(child.code, 1);
    assert.ok(rules(child).includes("host-unknown"), child.out);
  });
  await fault(
    "a different identity than the container's",
    async () => own.dotenv.replace(/^.*(ACCESS_KEY_ID|SECRET_ACCESS_KEY)=.*\n/gm, ""),
    "another-identity",
    {
      useCase: "events",
      code: 0,
      help: "doctor --process-env",
      args: ["--trust-config"],
      env: { AWS_ACCESS_KEY_ID: own.keyId, AWS_SECRET_ACCESS_KEY: own.secret },
    },
  );
  await t.test("web's link endpoint is tested from here if the worker's is internal", async () => {
    writeFileSync(join(dir, "web.env"), own.dotenv);
    writeFileSync(join(dir, "worker.env"), on(own, "http://store-of-nobody:9000"));
    const done = await doctor(dir, "", {
      args: ["--config", "web=web.env", "--config", "worker=worker.env", "--use-case", "media"],
    });
    assert.equal(done.code, 0, done.out + done.err);
    assert.deepEqual(rules(done), ["visible-only-inside"]);
    for (const name of ["link-connect", "link-get", "cors"])
      assert.equal(step(done, "media", name).outcome, "pass", name);
    for (const name of ["put", "link-put"]) assert.equal(step(done, "media", name).outcome, "skipped", name);
  });
  await t.test("behind a proxy, names and connections aren't tested", async (t) => {
    const proxy = await between(t, own.endpoint, {
      change: (q) => (q.path = new URL(q.path).pathname + new URL(q.path).search),
    });
    const done = await doctor(dir, on(own, "http://store.behind.invalid:9000"), {
      args: ["--use-case", "events"],
      env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` },
    });
    assert.equal(done.code, 0, done.out + done.err);
    assert.equal(step(done, "events", "resolve").outcome, "skipped");
    assert.equal(step(done, "events", "get").outcome, "pass");
  });
  await fault(
    "a page whose CSP blocks media from there",
    async (t) => {
      const page = createServer((_q, r) =>
        r
          .writeHead(200, {
            "content-security-policy":
              "default-src 'self'; img-src 'self' https:; media-src 'self' https:; connect-src 'self' https:",
          })
          .end(),
      );
      await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
      t.after(() => page.close());
      return set(own.dotenv, { NEXTAUTH_URL: `http://127.0.0.1:${page.address().port}` });
    },
    "csp-blocks-store",
    {
      useCase: "media",
      variable: MEDIA("ENDPOINT"),
      help: "Serve media",
      code: 0,
      message: /img-src, media-src, connect-src/,
    },
  );
  await t.test("interrupted twice, it names what it wrote", async (t) => {
    let run;
    const gate = async (count) => {
      if (count === 20) run.child.kill("SIGINT");
      if (count < 20) return;
      while (!run.err.includes("interrupted: ") && run.code === undefined) await new Promise((r) => setTimeout(r, 5));
      run.child.kill("SIGINT");
      await run.ended;
    };
    const held = await between(t, own.endpoint, { gate });
    run = doctor(dir, on(own, held.endpoint), { signal: true });
    await run.ended;
    assert.equal(run.code, 130, run.err);
    const named = [...run.err.matchAll(/may be left at the store: (?:object|upload) (.*) \(/g)].map((m) => m[1]);
    const there = await left(own);
    assert.ok(there.length > 0 && there.every((key) => named.includes(key)), `${there} ${run.err}`);
    writeFileSync(join(dir, "own.env"), own.dotenv);
    for (const what of [there, ["--uploads", "exports/langfuse-doctor/", "--use-case", "exports"]]) {
      assert.equal(ours(["rm", ...what, "--env-file", "own.env"], { cwd: dir }).code, 0);
    }
  });
  await t.test("the official compose file, unchanged and not running here, isn't an error", async () => {
    mkdirSync(join(dir, "official"), { recursive: true });
    copyFileSync(
      join(root, "tests", "fixtures", "compose", "official.yml"),
      join(dir, "official", "docker-compose.yml"),
    );
    const done = await doctor(join(dir, "official"));
    assert.equal(done.code, 0, done.out + done.err);
    assert.ok(rules(done).includes("visible-only-inside") && done.out.includes("docker compose exec"), done.out);
  });
  await t.test("unsupported engines are skipped by name", async () => {
    for (const [flag, name] of [
      ["LANGFUSE_USE_GOOGLE_CLOUD_STORAGE", /Google/],
      ["LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE", /Oracle/],
    ]) {
      const done = await doctor(dir, `${own.dotenv}${flag}=true\n`);
      assert.equal(done.code, 0, done.out);
      assert.match(done.report.useCases[0].steps[0].note, name);
      assert.ok(steps(done).every((s) => s.outcome === "skipped"));
    }
  });
  await t.test("new keys are tested before they are written", async () => {
    writeFileSync(join(dir, "new.env"), `${EVENT("SECRET_ACCESS_KEY")}=${own.secret}\n`);
    const broken = set(own.dotenv, { SECRET_ACCESS_KEY: "0123456789012345678901234567890123456789" });
    assert.equal((await doctor(dir, broken, { args: ["--use-case", "events"] })).code, 1);
    assert.equal((await doctor(dir, broken, { args: ["--use-case", "events", "--env-file", "new.env"] })).code, 0);
  });
  await t.test("all these runs leave nothing behind", async () => {
    for (const store of [own, weed, vers, azure].filter(Boolean)) assert.deepEqual(await left(store), [], store.name);
  });
  await t.test("a secret echoed by a store is redacted", async (t) => {
    const forms = [own.secret, Buffer.from(own.secret).toString("base64"), encodeURIComponent(own.secret)];
    const echo = refusal("SignatureDoesNotMatch", `You signed with ${forms.join(" and ")}`);
    for (const answer of [
      (q, r) =>
        reply(q, r, 403, echo, {
          "content-type": "application/xml",
          server: own.secret,
          "x-amz-bucket-region": "us-east-1",
        }),
      (q, r) => reply(q, r, 403, `<html>${own.secret}</html>`, { "content-type": "text/html", server: own.secret }),
      (q, r) => reply(q, r, 200, own.secret, { "content-type": "text/plain", server: own.secret }),
    ]) {
      const proxy = await between(t, own.endpoint, { answer });
      for (const format of ["text", "json"])
        assert.equal((await doctor(dir, on(own, proxy.endpoint), { format })).code, 1);
    }
    for (const form of forms) assert.ok(said.every((text) => !text.includes(form)));
  });
  await t.test("no output contains a secret", () => {
    assert.ok(said.length > 100);
    for (const secret of secrets) for (const text of said) assert.ok(!text.includes(secret));
  });
});
