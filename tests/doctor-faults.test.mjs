// The doctor diagnoses each fault of a configuration or a store with its fix. Faults that no real server shows on demand come
// from mocks, as marked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { between, refusal, reply } from "./doctor/between.mjs";
import { clock, s3 } from "./doctor/make.mjs";
import {
  EVENT,
  MEDIA,
  as,
  doctor,
  fault as single,
  left,
  on,
  said,
  secrets,
  session,
  set,
  step,
} from "./doctor/run.mjs";
import { azurite, boto3, embedded, folder, minio, seaweedfs, variables, versity } from "./harness.mjs";

test("faults of configurations and stores", async (t) => {
  const [own, weed, mini, vers, azure] = [
    await embedded(t),
    await seaweedfs(t),
    await minio(t),
    await versity(t),
    await azurite(t),
  ];
  const dir = folder(t);
  for (const store of [own, weed, mini, vers, azure]) if (store) secrets.add(store.secret);
  for (const { secret } of Object.values(weed.limited)) secrets.add(secret);
  const shift = clock(dir);
  const wildcard = {};
  const fault = (...how) => single(t, dir, ...how);

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
  for (const sse of ["AES256", "aws:kms"]) {
    await fault(
      `encryption ${sse} without keys at SeaweedFS`,
      set(weed.dotenv, { [EVENT("SSE")]: sse }),
      "encryption-refused",
      {
        useCase: "events",
        variable: EVENT("SSE"),
        help: "unset",
      },
    );
  }
  await t.test("a bucket that SeaweedFS creates itself, without a free volume", async (t) => {
    // An identity with Admin creates buckets by writing to them, until no volume is free.
    const full = await seaweedfs(t);
    const admin = { ...full, ...full.admin };
    let bucket;
    for (let number = 0; bucket === undefined && number < 16; number += 1) {
      try {
        boto3({ ...admin, bucket: `further-${number}`, op: "put", key: "x", body: "eA==" });
      } catch {
        bucket = `further-${number}`;
      }
    }
    assert.notEqual(bucket, undefined);
    secrets.add(admin.secret);
    await single(t, dir, "named as the store's", variables({ ...admin, bucket }), "store-failed", {
      useCase: "events",
      help: "-volume.max",
    });
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
  await t.test("all these runs leave nothing behind", async () => {
    for (const store of [own, weed, vers, azure].filter(Boolean)) assert.deepEqual(await left(store), [], store.name);
  });
  await t.test("no output contains a secret", () => {
    assert.ok(said.length > 60);
    for (const secret of secrets) for (const text of said) assert.ok(!text.includes(secret));
  });
});
