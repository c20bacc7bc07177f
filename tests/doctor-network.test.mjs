// The doctor diagnoses each fault between Langfuse and its store, with its fix: networks, proxies, links, browsers, and the place
// where it runs. Faults that no real server shows on demand come from mocks, as marked.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../scripts/tools.mjs";
import { between, refusal, reply } from "./doctor/between.mjs";
import { authority, clock, s3 } from "./doctor/make.mjs";
import {
  EVENT,
  EXPORT,
  MEDIA,
  doctor,
  fault as single,
  left,
  on,
  rules,
  said,
  secrets,
  set,
  step,
  steps,
} from "./doctor/run.mjs";
import { embedded, folder, minio, ours, ports, toxiproxy, versity } from "./harness.mjs";

test("faults between Langfuse and its store", async (t) => {
  const [own, mini, vers, toxic] = [await embedded(t), await minio(t), await versity(t), await toxiproxy(t)];
  const dir = folder(t);
  for (const store of [own, mini, vers]) if (store) secrets.add(store.secret);
  const shift = clock(dir);
  const ca = authority(dir);
  const fault = (...how) => single(t, dir, ...how);

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
  // Versity's refusal as a mock: it doesn't read the body, so the broken connection may arrive before its refusal.
  await fault(
    "media with an encryption header that no SDK sends",
    vers &&
      (async (t) => {
        const proxy = await between(t, vers.endpoint, {
          answer: (q, r) =>
            q.method === "PUT" &&
            q.url.includes("X-Amz-Signature") &&
            reply(q, r, 403, refusal("SignatureDoesNotMatch")),
        });
        return set(on(vers, proxy.endpoint), { [MEDIA("SSE")]: "AES256" });
      }),
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

  // --- where the doctor runs ---
  await fault("an internal host", on(own, "http://store-of-nobody:9000"), "visible-only-inside", {
    useCase: "events",
    code: 3,
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
    assert.equal(done.code, 3, done.out + done.err);
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
      // What is held here never reaches the store: it would be written after the store is searched.
      await new Promise(() => {});
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
    assert.equal(done.code, 3, done.out + done.err);
    assert.deepEqual(done.report.untested, ["events", "media"]);
    const allowed = await doctor(join(dir, "official"), undefined, { args: ["--allow-untested"] });
    assert.equal(allowed.code, 0, allowed.out + allowed.err);
    assert.ok(rules(done).includes("visible-only-inside") && done.out.includes("docker compose exec"), done.out);
  });
  await t.test("unsupported engines are skipped by name", async () => {
    for (const [flag, name] of [
      ["LANGFUSE_USE_GOOGLE_CLOUD_STORAGE", /Google/],
      ["LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE", /Oracle/],
    ]) {
      const done = await doctor(dir, `${own.dotenv}${flag}=true\n`);
      assert.equal(done.code, 3, done.out);
      assert.deepEqual(
        done.report.untested,
        done.report.useCases.map((c) => c.useCase),
      );
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
    for (const store of [own, vers].filter(Boolean)) assert.deepEqual(await left(store), [], store.name);
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
    assert.ok(said.length > 60);
    for (const secret of secrets) for (const text of said) assert.ok(!text.includes(secret));
  });
});
