// `upload media --host`: through Langfuse's API. Langfuse is mocked, because it needs a database: the mock accepts only
// what the schemas of the real media endpoints accept (web/src/features/media/validation.ts), and signs links with the
// same SDK. The stores behind the links are real.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { binary } from "../scripts/tools.mjs";
import { other } from "./clients/other.mjs";
import { azurite, folder, npmModule, seaweedfs } from "./harness.mjs";

const KEYS = ["pk-lf-11111111-2222", "sk-lf-33333333-4444"];

/** An upload link, as Langfuse creates it. */
async function signed(store, key, { contentType, contentLength, sha256Hash }, expiresIn = 3600) {
  if (store.azure) {
    const azure = npmModule("@azure/storage-blob");
    return store.container.getBlobClient(key).generateSasUrl({
      permissions: azure.BlobSASPermissions.parse("w"),
      expiresOn: new Date(Date.now() + expiresIn * 1000),
      contentType,
    });
  }
  const { PutObjectCommand, S3Client } = npmModule("@aws-sdk/client-s3");
  const { getSignedUrl } = npmModule("@aws-sdk/s3-request-presigner");
  const client = new S3Client({
    endpoint: store.endpoint,
    region: store.region,
    forcePathStyle: true,
    credentials: { accessKeyId: store.keyId, secretAccessKey: store.secret },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const put = new PutObjectCommand({
    Bucket: store.bucket,
    Key: key,
    ContentType: contentType,
    ContentLength: contentLength,
    ChecksumSHA256: sha256Hash,
  });
  return getSignedUrl(client, put, {
    expiresIn,
    signableHeaders: new Set(["content-type", "content-length"]),
    unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
  });
}

const checks = {
  POST: (b) =>
    typeof b.traceId === "string" &&
    (b.observationId == null || typeof b.observationId === "string") &&
    ["image/png", "text/plain"].includes(b.contentType) &&
    Number.isInteger(b.contentLength) &&
    b.contentLength > 0 &&
    /^[A-Za-z0-9+/=]{44}$/.test(b.sha256Hash) &&
    ["input", "output", "metadata"].includes(b.field),
  PATCH: (b) =>
    !Number.isNaN(Date.parse(b.uploadedAt)) &&
    Number.isInteger(b.uploadHttpStatus) &&
    b.uploadHttpStatus > 0 &&
    (b.uploadHttpError == null || typeof b.uploadHttpError === "string") &&
    (b.uploadTimeMs == null || Number.isInteger(b.uploadTimeMs)),
};

/** Langfuse's media endpoints over rows in memory. */
async function langfuse(t, store) {
  const own = { rows: new Map(), asked: [], link: (key, body) => signed(store, key, body), fail: 0 };
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? "" : JSON.stringify(body));
    };
    const { method, url } = request;
    own.asked.push(`${method} ${url}`);
    if (request.headers.authorization !== `Basic ${Buffer.from(KEYS.join(":")).toString("base64")}`) {
      answer(401, { message: "Invalid credentials. Confirm that you've configured the correct host." });
      return;
    }
    if (own.fail > 0) {
      own.fail -= 1;
      answer(503, { message: "Service unavailable" });
      return;
    }
    const body = JSON.parse(Buffer.concat(pieces));
    if (!checks[method]?.(body)) {
      answer(400, { message: "Invalid request data" });
    } else if (method === "POST" && url === "/api/public/media") {
      const id = body.sha256Hash.replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
      const row = own.rows.get(id);
      const key = `media/proj/${id}.${body.contentType === "image/png" ? "png" : "txt"}`;
      if (row?.uploadHttpStatus === 200) {
        answer(201, { mediaId: id, uploadUrl: null });
        return;
      }
      own.rows.set(id, { key, ...body });
      answer(201, { mediaId: id, uploadUrl: await own.link(key, body) });
    } else if (method === "PATCH" && own.rows.has(decodeURIComponent(url.split("/").pop()))) {
      Object.assign(own.rows.get(decodeURIComponent(url.split("/").pop())), body);
      answer(200);
    } else {
      answer(404, { message: "Media asset not found" });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  own.url = `http://127.0.0.1:${server.address().port}`;
  return own;
}

for (const start of [seaweedfs, azurite]) {
  test(`upload media --host, with links to ${start.name}`, async (t) => {
    const store = await start(t);
    const dir = folder(t);
    const their = other(store);
    const langfuseThere = await langfuse(t, store);
    const bodies = { "cat.png": Buffer.alloc(300_001, 7), "note +.txt": Buffer.from("a note") };
    for (const [name, body] of Object.entries(bodies)) writeFileSync(join(dir, name), body);
    const said = [];
    const upload = async (paths, { secret = KEYS[1], more = [] } = {}) => {
      const args = [
        "upload",
        "media",
        ...paths,
        "--host",
        langfuseThere.url,
        "--public-key",
        KEYS[0],
        "--trace",
        "trace 1",
        "--json",
        ...more,
      ];
      const child = spawn(binary, args, {
        cwd: dir,
        env: { ...process.env, NO_COLOR: "1", NO_PROXY: "*", LANGFUSE_SECRET_KEY: secret },
      });
      const done = { out: "", err: "" };
      child.stdout.on("data", (chunk) => (done.out += chunk));
      child.stderr.on("data", (chunk) => (done.err += chunk));
      done.code = await new Promise((resolve) => child.once("close", resolve));
      said.push(done.out, done.err);
      return done;
    };
    const summary = (done) => {
      const { sent, skipped, failed, retried } = JSON.parse(done.out);
      return { code: done.code, sent, skipped, failed, retried };
    };
    const id = (name) =>
      createHash("sha256").update(bodies[name]).digest("base64").replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
    const succeeded = store.azure ? 201 : 200;

    await t.test("the objects exist, and the rows say so", async () => {
      const done = await upload(Object.keys(bodies));
      assert.deepEqual(summary(done), { code: 0, sent: 2, skipped: 0, failed: 0, retried: 0 }, done.err);
      const media = JSON.parse(done.out).media.sort((a, b) => (a.file < b.file ? -1 : 1));
      assert.deepEqual(
        media,
        Object.keys(bodies).map((file) => ({ file, mediaId: id(file), sent: true })),
      );
      writeFileSync(join(dir, "empty.txt"), "");
      const empty = await upload(["empty.txt"]);
      assert.equal(empty.code, 1);
      assert.match(empty.err, /error: empty\.txt: it is empty, and Langfuse accepts no empty media/);
      for (const name of Object.keys(bodies)) {
        const row = langfuseThere.rows.get(id(name));
        assert.deepEqual(
          [row.uploadHttpStatus, row.uploadHttpError, row.traceId, row.field, row.contentLength],
          [succeeded, null, "trace 1", "metadata", bodies[name].length],
        );
        assert.ok(Math.abs(Date.parse(row.uploadedAt) - Date.now()) < 60_000, row.uploadedAt);
        const read = await their.get(row.key);
        assert.ok(read.body.equals(bodies[name]));
        assert.equal(read.type, row.contentType);
      }
    });
    await t.test("what Langfuse already has isn't sent again", async () => {
      for (const row of langfuseThere.rows.values()) row.uploadHttpStatus = 200;
      const done = await upload(Object.keys(bodies));
      assert.deepEqual(summary(done), { code: 0, sent: 0, skipped: 2, failed: 0, retried: 0 });
      assert.match(done.err, /Langfuse already has it/);
    });
    await t.test("a store's error is reported to Langfuse and to the user", async () => {
      langfuseThere.rows.clear();
      // Signed with another key, as after a rotation that missed one container.
      const rotated = store.azure
        ? (key) =>
            `${store.endpoint}/${store.bucket}/${key}?sv=2024-11-04&sp=w&sr=b&se=2099-01-01T00%3A00%3A00Z&sig=AAAA`
        : (key, body) => signed({ ...store, secret: "0123456789012345678901234567890123456789" }, key, body);
      Object.assign(langfuseThere, { link: rotated });
      const done = await upload(["cat.png"]);
      assert.deepEqual(summary(done), { code: 1, sent: 0, skipped: 0, failed: 1, retried: 0 });
      assert.match(done.err, /the store refused/);
      const row = langfuseThere.rows.get(id("cat.png"));
      assert.equal(row.uploadHttpStatus, 403);
      assert.match(row.uploadHttpError, /SignatureDoesNotMatch|AuthenticationFailed|AuthorizationFailure/);
    });
    await t.test("a store that doesn't respond leaves a row without a status", async () => {
      langfuseThere.rows.clear();
      Object.assign(langfuseThere, { link: () => "http://127.0.0.1:9/bucket/key?X-Amz-Signature=00", asked: [] });
      const done = await upload(["cat.png"]);
      assert.equal(done.code, 1);
      assert.match(done.err, /127\.0\.0\.1:9|refused/);
      assert.deepEqual(
        langfuseThere.asked.filter((a) => a.startsWith("PATCH")),
        [],
      );
      assert.equal(langfuseThere.rows.get(id("cat.png")).uploadHttpStatus, undefined);
    });
    await t.test("requests to an unavailable Langfuse are retried", async () => {
      Object.assign(langfuseThere, { link: (key, body) => signed(store, key, body), fail: 1 });
      const done = await upload(["cat.png"]);
      assert.deepEqual(summary(done), { code: 0, sent: 1, skipped: 0, failed: 0, retried: 1 }, done.err);
    });
    await t.test("a wrong key is reported in Langfuse's words", async () => {
      const done = await upload(["cat.png"], { secret: "sk-lf-other" });
      assert.equal(done.code, 1);
      assert.match(done.err, /Langfuse refused.*Invalid credentials/);
    });
    await t.test("a dry run sends no requests", async () => {
      langfuseThere.asked = [];
      const done = await upload(["cat.png"], { more: ["--dry-run"] });
      assert.deepEqual([done.code, langfuseThere.asked], [0, []]);
    });
    await t.test("no output contains the secrets", () => {
      assert.ok(
        said.every((text) => ![KEYS[1], store.secret, "Signature="].some((secret) => text.includes(secret))),
        said.join("\n"),
      );
    });
  });
}
