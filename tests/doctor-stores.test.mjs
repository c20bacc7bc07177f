// The doctor on real stores: a working configuration exits with 0 and leaves nothing behind, also when interrupted.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../scripts/tools.mjs";
import { between, lockStep } from "./doctor/between.mjs";
import { authority, s3 } from "./doctor/make.mjs";
import { doctor, generated, left, providers, rules, said, secrets, session, step, steps } from "./doctor/run.mjs";
import { embedded, folder, minio, ours, seaweedfs, stores, versity } from "./harness.mjs";

for (const start of stores) {
  test(`a working store: ${start.name}`, async (t) => {
    const store = await start(t);
    if (store === null) {
      t.skip(`${start.name} is built with Go, which isn't installed`);
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
      // Its keys are short enough for every store.
      assert.equal(step(done, "events", "long-key").outcome, "pass");
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
        // `dir` has a compose project by now, which would take part.
        const own = folder(t);
        run = doctor(own, generated({ ...store, endpoint: held.endpoint }, own), { signal: true });
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
    if (store === null) return t.skip("MinIO is built with Go, which isn't installed");
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
    if (store === null) return t.skip("Versity is built with Go, which isn't installed");
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
  if (store === null) return t.skip("MinIO is built with Go, which isn't installed");
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

test("no output contains a secret", () => {
  assert.ok(said.length > 0);
  for (const secret of secrets) for (const text of said) assert.ok(!text.includes(secret));
});
