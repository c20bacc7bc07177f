// The output of `generate`, tested with its consumers: our check, a store, a shell, other programs, a terminal.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { binary, composeReader, root } from "../scripts/tools.mjs";
import { boto3, client, embedded, folder, minio, ours, seaweedfs } from "./harness.mjs";

/** The generated output; `words` as on the command line. */
function generated(words, options = {}) {
  const done = ours(["generate", ...words.split(" ")], { input: "", ...options });
  assert.equal(done.code, 0, `${words}: ${done.err}`);
  return done.out;
}

test("a .env for a running store is clean and works, with three ways to pass the secret", async (t) => {
  const store = await embedded(t);
  const dir = folder(t);
  const words = `env --provider minio --endpoint ${store.endpoint} --bucket ${store.bucket} --access-key-id ${store.keyId}`;
  const env = { LANGFUSE_BLOB_SECRET_ACCESS_KEY: store.secret };
  const dotenv = generated(words, { env });
  assert.equal(generated(`${words} --secret-access-key -`, { input: `${store.secret}\n` }), dotenv);
  assert.equal(generated(`${words} --secret-access-key ${store.secret}`), dotenv);
  writeFileSync(join(dir, ".env"), dotenv);
  const check = ours(["check", ".env", "--strict"], { cwd: dir });
  assert.equal(check.code, 0, check.out);
  for (const useCase of ["events", "media", "exports"]) {
    const key = `${useCase}/generated.txt`;
    const put = ours(["upload", "file", "-", key, "--use-case", useCase, "--env-file", ".env"], {
      cwd: dir,
      input: useCase,
    });
    assert.equal(put.code, 0, put.err);
    assert.equal(ours(["get", key, "--use-case", useCase, "--env-file", ".env"], { cwd: dir }).out, useCase);
  }
});

test("rejected answers reveal no secret", () => {
  const env = { LANGFUSE_BLOB_SECRET_ACCESS_KEY: " hunter2-hunter2" };
  const done = ours(
    [
      "generate",
      "env",
      "--provider",
      "r2",
      "--account",
      "0123456789abcdef0123456789abcdef",
      "--bucket",
      "acme",
      "--access-key-id",
      "5f4dcc3b5aa765d61d8327deb882cf99",
    ],
    { env, input: "" },
  );
  assert.equal(done.code, 2);
  assert.ok(done.err.includes("--secret-access-key") && !done.err.includes("hunter2"), done.err);
});

test("missing answers are prompted for on a terminal, without showing secrets", () => {
  const secret = "pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz";
  const ask = {
    command: [binary, "generate", "env", "--provider", "b2", "--use-cases", "events"],
    answers: ["Acme Bucket", "acme-langfuse", "", "eu-central-003", "003a1b2c3d4e5f60000000001", secret],
  };
  const done = client("terminal.py", ask);
  assert.equal(done.code, 0, done.screen);
  assert.match(done.out, /^LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-central-003$/m);
  assert.ok(done.out.includes(`SECRET_ACCESS_KEY=${secret}`), done.out);
  for (const part of ["contains whitespace", "An answer is needed", "Secret access key: "])
    assert.ok(done.screen.includes(part), done.screen);
  assert.ok(!done.screen.includes(secret), done.screen);
});

test("a terminal asks for keys or the platform's role", () => {
  const secret = "pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz";
  const command = [binary, "generate", "env", "--provider", "aws", "--use-cases", "events"];
  const keys = client("terminal.py", {
    command,
    answers: ["acme", "eu-west-1", "keys", "AKIAQ7RT2MNBVCXZ5K3P", secret],
  });
  assert.equal(keys.code, 0, keys.screen);
  assert.ok(keys.out.includes(`SECRET_ACCESS_KEY=${secret}`), keys.out);
  assert.ok(keys.screen.includes("Credentials [role]: ") && !keys.screen.includes("Azure"), keys.screen);
  const role = client("terminal.py", { command, answers: ["acme", "eu-west-1", ""] });
  assert.equal(role.code, 0, role.screen);
  assert.ok(!role.out.includes("ACCESS_KEY") && !role.screen.includes("No keys"), role.out + role.screen);
});

test("lifecycle rules of a deployment are accepted by its store, and the doctor has no advice left", async (t) => {
  for (const start of [seaweedfs, minio]) {
    const store = await start(t);
    if (store === null) {
      t.diagnostic(`${start.name} is built with Go, which isn't installed`);
      continue;
    }
    const dir = folder(t);
    const words = `--provider ${store.name.toLowerCase()} --endpoint ${store.endpoint.replace("127.0.0.1", "localhost")} --bucket ${store.bucket}`;
    const env = { LANGFUSE_BLOB_SECRET_ACCESS_KEY: store.secret };
    writeFileSync(join(dir, ".env"), generated(`env ${words} --access-key-id ${store.keyId}`, { env }));
    const doctor = () =>
      JSON.parse(ours(["doctor", "--env-file", ".env", "--format", "json"], { cwd: dir }).out).diagnostics.map(
        (d) => d.rule,
      );
    const before = doctor();
    assert.ok(before.includes("lifecycle-missing") && !before.includes("long-key-refused"), before.join(" "));

    const done = ours(["generate", "lifecycle", "--retention-days", "30"], { cwd: dir, input: "" });
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, /^note: Taken from \.env: --provider [a-z]+, .*--bucket langfuse/m);
    assert.ok(done.err.includes(`--endpoint-url http://localhost:${new URL(store.endpoint).port} `), done.err);
    assert.ok(!`${done.out}${done.err}`.includes(store.secret) && !done.out.includes(store.keyId));
    const accepted = boto3({ ...store, op: "expire", document: done.out });
    const flat = (rules) =>
      rules.map((rule) => [rule.ID, rule.Filter.Prefix, rule.Expiration?.Days, rule.Status]).sort();
    assert.deepEqual(flat(accepted.Rules), flat(JSON.parse(done.out).Rules));
    assert.deepEqual(
      doctor().filter((rule) => rule.startsWith("lifecycle") || rule === "versions-kept"),
      [],
    );
  }
});

test("the generated script starts a store, with a new password each time", () => {
  const scripts = [1, 2].map(() => generated("docker-run --bucket acme"));
  const passwords = scripts.map((script) => script.match(/MINIO_ROOT_PASSWORD=([0-9a-f]{40})\b/)[1]);
  assert.notEqual(passwords[0], passwords[1]);
  const read = spawnSync("sh", ["-n"], { input: scripts[0] });
  assert.equal(read.status, 0, read.stderr.toString());
});

test("other programs accept their formats", () => {
  const aws = "--provider aws --region eu-west-1 --bucket acme";
  const stores = [
    aws,
    "--provider gcs --region EU --bucket acme",
    "--provider azure --account acmelangfuse --region westeurope --bucket acme",
    "--provider r2 --account 0123456789abcdef0123456789abcdef --bucket acme",
  ];
  const rules = " --retention-days 30 --public-url https://langfuse.example.com";
  const kms = " --sse aws:kms --kms-key-id arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d";
  const files = [
    ...stores.flatMap((store) =>
      ["", " --separate-buckets", rules, `${rules} --events-prefix=`].map((more) => ["terraform", store + more]),
    ),
    ["terraform", `${aws}${kms} --trust ecs`],
    ["terraform", `${aws} --access-key-id AKIAQ7RT2MNBVCXZ5K3P`],
    ["ecs", aws],
    ["ecs", `${aws} --role-arn arn:aws:iam::111122223333:role/langfuse`],
    ["ecs", `${aws} --credentials keys --separate-buckets`],
    ["ecs", "--provider gcs --bucket acme"],
    ["ecs", "--provider azure --account acmelangfuse --bucket acme"],
    ["ecs", "--provider minio --endpoint http://minio:9000 --store-public-url https://store.acme.dev --bucket acme"],
    ["lifecycle", `${aws} --retention-days 30`],
    ["lifecycle", "--provider b2 --region eu-central-003 --bucket acme --retention-days 30"],
    ["lifecycle", `${aws} --retention-days 30 --events-prefix=`],
    ["cors", `${aws} --public-url https://langfuse.example.com`],
  ];
  const eks =
    "--trust irsa --aws-account-id 111122223333 --oidc-issuer oidc.eks.eu-west-1.amazonaws.com/id/8C6F2B1D90E34A57 --namespace langfuse";
  const policies = [
    "",
    " --separate-buckets",
    kms,
    " --events-prefix= --media-prefix= --exports-prefix=",
    " --use-cases events",
    " --use-cases events,exports,core-data",
  ];
  const trusts = [
    eks,
    "--trust pod-identity --aws-account-id 111122223333",
    "--trust ecs",
    "--trust ecs --aws-account-id 111122223333",
  ];
  const both = trusts.map((words) => JSON.parse(generated(`iam-policy ${aws} ${words}`)));
  const asked = [
    ...files.map(([format, words]) => ({ kind: format, text: generated(`${format} ${words}`) })),
    ...policies.map((words) => ({ kind: "iam-policy", text: generated(`iam-policy ${aws}${words}`) })),
    ...both.flatMap(({ policy, trust }) => [
      { kind: "iam-policy", text: JSON.stringify(policy) },
      { kind: "trust", text: JSON.stringify(trust) },
    ]),
  ];
  const oneWord = (kind, from, to) => ({
    kind,
    text: asked.findLast((a) => a.kind === kind && a.text.includes(from)).text.replace(from, to),
  });
  const broken = [
    oneWord("iam-policy", "s3:GetObject", "s3:GetObjct"),
    oneWord("iam-policy", ":::acme/", "::acme/"),
    oneWord("trust", "sts:AssumeRole", "s3:AssumeRole"),
    oneWord("trust", "Principal", "Principle"),
    oneWord("ecs", '"environment"', '"environments"'),
    oneWord("ecs", '"valueFrom"', '"value"'),
    { kind: "terraform", text: "resource {" },
    { kind: "cors", text: '{ "CORSRules": [{ "AllowedMethods": "GET" }] }' },
  ];
  const verdicts = client("readers.py", [...asked, ...broken]);
  assert.deepEqual(
    verdicts.slice(0, asked.length),
    asked.map(() => null),
  );
  assert.ok(verdicts.slice(asked.length).every(Boolean), "what is broken is found");
});

test("Docker reads the compose override as the variables of each container's .env", async (t) => {
  const reader = composeReader();
  if (!existsSync(reader)) {
    t.skip("the reader is built with Go, which isn't installed");
    return;
  }
  const keys = "--access-key-id AKIAQ7RT2MNBVCXZ5K3P";
  const stores = [
    "--provider aws --region eu-west-1 --bucket acme",
    `--provider aws --region eu-west-1 --bucket acme --separate-buckets ${keys}`,
    `--provider minio --endpoint http://minio:9000 --bucket acme ${keys} --store-public-url https://store.example.com`,
    `--provider r2 --account 0123456789abcdef0123456789abcdef --bucket acme --access-key-id 5f4dcc3b5aa765d61d8327deb882cf99`,
    "--provider gcs --region EU --bucket acme",
    "--provider azure --account acmelangfuse --region westeurope --bucket acme",
  ];
  for (const store of stores) {
    await t.test(store, (t) => {
      const dir = folder(t);
      const words = `${store} --public-url https://langfuse.example.com`;
      const secret = store.includes("azure")
        ? Buffer.from("an account key of Azure's, 64 bytes".padEnd(64)).toString("base64")
        : 'p$a${s}s"w#ord\\n';
      const env = { LANGFUSE_BLOB_SECRET_ACCESS_KEY: secret };
      const write = (name, format) => writeFileSync(join(dir, name), generated(`${format} ${words}`, { env }));
      copyFileSync(
        join(root, "tests", "cmd", "official-compose.in", "docker-compose.yml"),
        join(dir, "docker-compose.yml"),
      );
      write("docker-compose.override.yml", "compose");
      writeFileSync(join(dir, ".env"), `STORE_SECRET_ACCESS_KEY='${secret}'\n`);
      const files = ["docker-compose.yml", "docker-compose.override.yml"].map((name) => join(dir, name));
      const read = spawnSync(reader, [dir, ...files], { encoding: "utf8" });
      assert.equal(read.status, 0, read.stderr);
      const services = JSON.parse(read.stdout);
      for (const container of ["web", "worker"]) {
        write(`${container}.env`, `env --container ${container}`);
        const shown = ours(["show", `${container}=${container}.env`, "--reveal", "--format", "json"], { cwd: dir });
        const said = Object.entries(JSON.parse(shown.out).containers[container]).filter(([name]) =>
          name.startsWith("LANGFUSE_"),
        );
        assert.ok(said.length > 5, shown.out);
        for (const [name, { value }] of said)
          assert.equal(services[`langfuse-${container}`][name], value, `${container}: ${name}`);
      }
    });
  }
});
