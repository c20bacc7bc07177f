// The npm package as users get it: installed into an empty directory, and used in every supported environment.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { root } from "../scripts/tools.mjs";
import { brotli } from "../scripts/wasm-size.mjs";
import { chromium, done, installed, lines, peersHome, served } from "./package.mjs";

const ENV = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "acme-langfuse", LANGFUSE_S3_EVENT_UPLOAD_REGION: "auto" };
const EXPECTED = "media-bucket-missing,region-auto-without-endpoint 84";
/** Prints the findings and the number of variables: enough to show that the module works. */
const PROBE = (api) =>
  `${api}.check(${JSON.stringify(ENV)}).diagnostics.map((d) => d.rule).join() + " " + Object.keys(${api}.storageVariables).length`;

test("the package contains what it should, and no more", (t) => {
  const { files, package: folder, unpackedSize } = installed(t);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const field of ["dependencies", "scripts", "optionalDependencies", "peerDependencies"])
    assert.equal(manifest[field], undefined, field);
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "index.d.ts", "index.d.cts", "types.d.ts"])
    assert.ok(files.includes(file), file);
  const budget = JSON.parse(readFileSync(join(root, "wasm", "budget.json"), "utf8"));
  assert.ok(
    unpackedSize <= budget.package.unpacked,
    `${unpackedSize} bytes unpacked, and the budget is ${budget.package.unpacked}`,
  );
  const module = gunzipSync(readFileSync(join(folder, "langfuse_blob.wasm.gz")));
  const packed = brotli(module);
  assert.ok(
    packed <= budget.module.brotli,
    `${packed} bytes with brotli, and the budget is ${budget.module.brotli}: npm run size shows what takes the space`,
  );
  assert.ok(!module.includes(root), "the module contains a path of the machine that built it");
  for (const file of readdirSync(folder)) {
    assert.ok(!readFileSync(join(folder, file)).includes(root), `${file} contains a path of the machine that built it`);
  }
});

test("Node loads it with import and require, as one module", (t) => {
  const { home } = installed(t);
  writeFileSync(
    join(home, "esm.mjs"),
    `import * as api from "langfuse-blob"; import { createRequire } from "node:module";
    console.log(${PROBE("api")}, createRequire(import.meta.url)("langfuse-blob").check === api.check);`,
  );
  writeFileSync(join(home, "common.cjs"), `const api = require("langfuse-blob"); console.log(${PROBE("api")});`);
  assert.equal(done(process.execPath, ["esm.mjs"], { cwd: home }), `${EXPECTED} true\n`);
  assert.equal(done(process.execPath, ["common.cjs"], { cwd: home }), `${EXPECTED}\n`);
  writeFileSync(
    join(home, "thread.mjs"),
    `import { Worker } from "node:worker_threads";
    new Worker('import("langfuse-blob").then((api) => console.log(${PROBE("api").replaceAll("'", "\\'")}))', { eval: true });`,
  );
  assert.equal(done(process.execPath, ["thread.mjs"], { cwd: home }), `${EXPECTED}\n`);
});

test("the exports are those of index.d.ts", (t) => {
  const { package: folder } = installed(t);
  const api = createRequire(import.meta.url)(folder);
  const declared = [
    ...readFileSync(join(folder, "index.d.ts"), "utf8").matchAll(/^export (?:function|const|class) (\w+)/gm),
  ].map((m) => m[1]);
  assert.deepEqual(Object.keys(api).sort(), declared.sort());
  for (const entry of ["node.mjs", "browser.mjs"]) {
    const text = readFileSync(join(folder, entry), "utf8");
    for (const name of declared) assert.match(text, new RegExp(`\\b${name}\\b`), `${entry} lacks ${name}`);
  }
});

test("Deno and Bun load it", (t) => {
  const { home } = installed(t);
  writeFileSync(join(home, "esm.mjs"), `import * as api from "langfuse-blob"; console.log(${PROBE("api")});`);
  for (const [name, args] of [
    ["deno", ["run", "--allow-read", "--allow-env", "--no-lock", "--node-modules-dir=manual", "esm.mjs"]],
    ["bun", ["esm.mjs"]],
  ]) {
    const program = join(peersHome, ".bin", name);
    if (!existsSync(program)) {
      t.diagnostic(`${name} isn't available: skipped`);
      continue;
    }
    assert.equal(
      done(program, args, { cwd: home, env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" } }),
      `${EXPECTED}\n`,
      name,
    );
  }
});

test("its types compile with tsc --strict, for import and for require", (t) => {
  const { home } = installed(t);
  cpSync(join(root, "tests", "package", "consumer.ts"), join(home, "consumer.ts"));
  cpSync(join(root, "tests", "package", "consumer.ts"), join(home, "consumer.cts"));
  writeFileSync(join(home, "globals.d.ts"), "declare const process: { env: Record<string, string | undefined> };\n");
  const config = {
    compilerOptions: {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      noEmit: true,
      types: [],
      verbatimModuleSyntax: false,
      skipLibCheck: false,
    },
    files: ["consumer.ts", "consumer.cts", "globals.d.ts"],
  };
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify(config));
  const checked = spawnSync(join(peersHome, ".bin", "tsc"), ["-p", "."], { cwd: home, encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
});

test("browsers load it: in a module script, in a worker, from Vite's server and build", async (t) => {
  const { home, package: folder } = installed(t);
  const browser = await chromium(t);
  if (browser === null) return t.skip("Chromium isn't available");
  const page = await browser.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  const says = async (url) => {
    await page.goto(url);
    await page.waitForFunction(() => document.title !== "waiting", undefined, { timeout: 60_000 }).catch(() => {});
    return `${await page.title()}${faults.splice(0).join("; ")}`;
  };
  const html = (script) =>
    `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>waiting</title><script type="module"${script}</script>`;

  const plain = join(home, "plain");
  cpSync(folder, join(plain, "langfuse-blob"), { recursive: true });
  writeFileSync(
    join(plain, "index.html"),
    html(`>import * as api from "./langfuse-blob/browser.mjs"; document.title = ${PROBE("api")};`),
  );
  writeFileSync(
    join(plain, "worker.mjs"),
    `import * as api from "./langfuse-blob/browser.mjs"; postMessage(${PROBE("api")});`,
  );
  writeFileSync(
    join(plain, "worker.html"),
    html(`>new Worker("./worker.mjs", { type: "module" }).onmessage = (e) => (document.title = e.data);`),
  );
  const address = await served(t, plain);
  assert.equal(await says(`${address}/index.html`), EXPECTED);
  assert.equal(await says(`${address}/worker.html`), EXPECTED);

  const site = join(home, "site");
  mkdirSync(site);
  writeFileSync(join(site, "index.html"), html(` src="/main.js">`));
  writeFileSync(join(site, "main.js"), `import * as api from "langfuse-blob"; document.title = ${PROBE("api")};`);
  const vite = await import(pathToFileURL(join(peersHome, "vite", "dist", "node", "index.js")));
  await vite.build({ root: site, logLevel: "error", configFile: false });
  assert.equal(await says(`${await served(t, join(site, "dist"))}/index.html`), EXPECTED, "vite build");
  const server = await vite.createServer({
    root: site,
    logLevel: "error",
    configFile: false,
    server: { port: 0, host: "127.0.0.1", fs: { strict: false } },
  });
  await server.listen();
  t.after(() => server.close());
  assert.equal(await says(`http://127.0.0.1:${server.httpServer.address().port}/`), EXPECTED, "vite dev");
});

test("conformance through the installed package", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const startup = lines("conformance", "startup.jsonl").filter(({ env, startup }) => {
    const { diagnostics } = api.check(env);
    const ours = (where) =>
      [
        ...new Set(
          diagnostics.filter((d) => d.impact === "startup" && d.containers.includes(where)).map((d) => d.variable),
        ),
      ].sort();
    return ["web", "worker"].every((where) => isDeepStrictEqual(ours(where), [...startup[where]].sort()));
  });
  assert.equal(startup.length, 300);
  assert.equal(
    lines("conformance", "presign-s3.jsonl").filter(({ url, ...request }) => api.presign(request) === url).length,
    150,
  );
  const objects = lines("conformance", "objects.jsonl").filter((c) => {
    if (c.what === "events") return isDeepStrictEqual(api.eventObjects(c.events, c).objects, c.objects);
    if (c.what === "export")
      return Object.entries(c.files).every(([format, text]) => api.exportFile(c.rows, format) === text);
    const { mediaId, key, sha256 } = c;
    const made = [{ bytes: new TextEncoder().encode(c.content) }, { sha256 }].map((of) =>
      api.mediaObject({ ...of, contentType: c.contentType, projectId: c.projectId, prefix: c.prefix }),
    );
    return made.every((m) => isDeepStrictEqual(m, { mediaId, key, sha256 }));
  });
  assert.equal(objects.length, 240);
  const sources = lines("conformance", "sources.jsonl").filter((c) => {
    if (c.what === "dotenv") {
      return ["compose", "docker", "node"].every((dialect) => {
        const ours = api.resolve(c.text, { format: "dotenv", dialect });
        if (c[dialect].error)
          return (
            ours.containers === null &&
            ours.diagnostics.some((d) => d.rule === "file-refused-by-reader" && d.span !== null)
          );
        // One text ends in a lone `export`, of which compose-go makes a variable without a name.
        const { "": _, ...theirs } = c[dialect].env;
        return isDeepStrictEqual(ours.containers, { web: theirs, worker: theirs });
      });
    }
    const ours =
      c.what === "compose"
        ? api.resolve({ files: Object.entries(c.files).map(([file, text]) => ({ file, text })) }, { env: c.env })
        : api.resolve(c.text, { format: "helm", release: "rel" });
    return (
      isDeepStrictEqual(ours.containers, c.containers ?? null) &&
      (ours.containers !== null || ours.diagnostics.length > 0)
    );
  });
  assert.equal(sources.length, 240);
});

test("a report can be rendered, applied and passed through JSON", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const text =
    "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\nLANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=True # 😀\n";
  const files = [{ file: ".env", text }];
  const report = api.check(text, { file: ".env" });
  const found = report.diagnostics.find((d) => d.rule === "boolean-not-true-or-false");
  assert.equal(text.slice(found.span.utf16Offset, found.span.utf16Offset + found.span.utf16Length), "True");
  const printed = api.render(report, "text");
  assert.match(printed, /FORCE_PATH_STYLE=True/);
  // A report that went through JSON needs the files to quote lines.
  const copy = JSON.parse(JSON.stringify(report));
  assert.equal(api.render(copy, "text", files), printed);
  assert.doesNotMatch(api.render(copy, "text"), /\^/);
  assert.deepEqual(JSON.parse(api.render(copy, "json")), report);
  const [fixed] = api.applyFixes(files, copy);
  assert.match(fixed.text, /FORCE_PATH_STYLE=true # 😀/);
  assert.equal(api.check(fixed.text, { file: ".env" }).summary.errors, 0);
  assert.throws(() => api.render({}, "text"), { code: "invalid-input" });
  assert.throws(() => api.render(report, "xml"), { code: "invalid-option" });
});

test("a report on variables can be rendered", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const env = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "acme", LANGFUSE_S3_EVENT_UPLOAD_REGION: "auto" };
  for (const input of [env, { web: env, worker: env }, process.env]) {
    const report = api.check(input);
    for (const format of ["text", "json", "sarif", "github"]) assert.notEqual(api.render(report, format), "", format);
    assert.match(api.render(report, "text"), /process-env/);
  }
  assert.throws(() => api.check("A=1", { format: "process-env" }), { code: "invalid-option" });
});

test("a dotenv file that the compose file doesn't read is reported", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const compose = {
    file: "docker-compose.yml",
    text: "services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n    environment: {LANGFUSE_S3_EVENT_UPLOAD_BUCKET: '${BUCKET:-acme}', LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1}\n  langfuse-worker: {extends: {service: langfuse-web}, image: langfuse/langfuse-worker:4}\n",
  };
  const warned = (...names) =>
    api
      .check({ files: [...names.map((file) => ({ file, text: "BUCKET=other\n" })), compose] })
      .diagnostics.filter((d) => d.severity === "warning")
      .map((d) => [d.rule, d.message.split("`")[1]]);
  assert.deepEqual(warned(".env"), []);
  assert.deepEqual(warned("prod.env", ".env"), [["dotenv-not-read", "prod.env"]]);
});

test("a form gets its questions, what becomes of the answers, and all files", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const said = {
    provider: "minio",
    bucket: "a b",
    endpoint: "http://minio.internal:9000",
    kmsKeyId: "k",
    nothing: "x",
  };
  const { questions, accepted, rejected } = api.questions("env", said);
  assert.deepEqual(accepted, { provider: "minio", endpoint: "http://minio.internal:9000" });
  assert.deepEqual(
    rejected.map((r) => [r.option, r.message.split(" ")[0]]),
    [
      ["bucket", "--bucket:"],
      ["nothing", "unknown"],
    ],
  );
  assert.ok(questions.find((q) => q.option === "secretAccessKey").canGenerate);
  assert.throws(() => api.questions("env", []), { code: "wrong-answer" });
  assert.throws(() => api.generateFiles("env", said), { code: "wrong-answer", fields: ["bucket"] });
  const { files, checked, generated } = api.generateFiles("env", {
    ...accepted,
    bucket: "acme",
    storePublicUrl: "https://store.acme.dev",
    accessKeyId: "langfuse",
    secretAccessKey: api.generatePassword(),
  });
  assert.deepEqual(
    [files.map((f) => f.file), checked, generated],
    [["web.env", "worker.env"], [["web.env"], ["worker.env"]], {}],
  );
  const compose = { provider: "minio", deployment: "compose" };
  const made = api.generateFiles("compose", compose);
  assert.match(made.generated.secretAccessKey, /^[0-9a-f]{40}$/);
  assert.deepEqual(api.generateFiles("compose", { ...compose, ...made.generated }).files, made.files);
  assert.deepEqual(
    api
      .formats("compose")
      .slice(0, 3)
      .map((f) => f.format),
    ["compose", "env", "iam-policy"],
  );
  assert.throws(() => api.formats("swarm"), { code: "invalid-option" });
  const [web] = files;
  const { connections, unconnected } = api.connections({ web: web.text });
  assert.deepEqual(connections.map((c) => [c.useCase, c.endpoint]).slice(0, 1), [["media", "https://store.acme.dev"]]);
  assert.deepEqual(unconnected, []);
  assert.equal(new URL(api.presign({ op: "put", key: "a", ...connections[0] })).host, "store.acme.dev");
});

test("a presigned URL expires after `expiresIn`, or `expires` as the flag is called", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const link = {
    op: "get",
    region: "eu-west-1",
    bucket: "acme",
    key: "a",
    accessKeyId: "AKIAQ3EGUHZ7WLTJXN5M",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  };
  for (const name of ["expiresIn", "expires"]) assert.match(api.presign({ ...link, [name]: 60 }), /X-Amz-Expires=60&/);
});

test("an unknown value counts as present, and rules about values skip it", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const base = {
    LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "acme-langfuse",
    LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: "AKIAQ3EGUHZ7WLTJXN5M",
    LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: api.unknown,
  };
  const rules = (env) => api.check(env).diagnostics.map((d) => d.rule);
  assert.ok(rules(base).includes("region-missing"));
  assert.ok(!rules({ ...base, LANGFUSE_S3_EVENT_UPLOAD_REGION: api.unknown }).includes("region-missing"));
  assert.deepEqual(api.resolve(base).containers.web.LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY, { unknown: true });
  const worker = api.check({ web: { ...base, LANGFUSE_S3_EVENT_UPLOAD_REGION: "eu-west-1" }, worker: base });
  assert.deepEqual(worker.diagnostics.find((d) => d.rule === "region-missing").containers, ["worker"]);
});

test("a store accepts the package's signatures", async (t) => {
  const { embedded } = await import("./harness.mjs");
  const api = createRequire(import.meta.url)(installed(t).package);
  const store = await embedded(t);
  const keys = { region: store.region, accessKeyId: store.keyId, secretAccessKey: store.secret };
  const url = `${store.endpoint}/${store.bucket}/a%20b/%C3%BC.txt`;
  const put = {
    method: "put",
    url,
    headers: { "content-type": "text/plain" },
    payloadSha256: "UNSIGNED-PAYLOAD",
    ...keys,
  };
  assert.equal(
    (await fetch(url, { method: "PUT", body: "hello", headers: { ...put.headers, ...api.sign(put) } })).status,
    200,
  );
  const link = api.presign({
    op: "get",
    endpoint: store.endpoint,
    bucket: store.bucket,
    key: "a b/ü.txt",
    forcePathStyle: true,
    expiresIn: 60,
    ...keys,
  });
  assert.equal(await (await fetch(link)).text(), "hello");
  assert.equal(
    (await fetch(url, { headers: { ...api.sign({ method: "GET", url, ...keys, secretAccessKey: "wrong" }) } })).status,
    403,
  );
});

test("it works with t3-env and ajv", async (t) => {
  const { home } = installed(t);
  for (const name of ["@t3-oss", "ajv", "fast-deep-equal", "fast-uri", "json-schema-traverse", "require-from-string"]) {
    const to = join(home, "node_modules", name);
    if (existsSync(join(peersHome, name)) && !existsSync(to)) symlinkSync(join(peersHome, name), to);
  }
  writeFileSync(
    join(home, "t3.mjs"),
    `
    import { createEnv } from "@t3-oss/env-core";
    import { Ajv2020 } from "ajv/dist/2020.js";
    import { schema, storageEnv, storageVariables } from "langfuse-blob";
    const good = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "acme-langfuse", LANGFUSE_S3_EVENT_UPLOAD_REGION: "eu-west-1", LANGFUSE_S3_CONCURRENT_WRITES: "25", LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: "" };
    const bad = { ...good, LANGFUSE_S3_CONCURRENT_WRITES: "many", LANGFUSE_S3_EVENT_UPLOAD_REGION: "auto" };
    const refusals = (make) => { const seen = []; try { make((issues) => { seen.push(...issues); throw new Error("refused"); }); } catch {} return seen.map((i) => i.path?.join(".") ?? ""); };
    const one = createEnv({ server: { ...storageVariables }, runtimeEnv: good, emptyStringAsUndefined: true, isServer: true });
    const whole = createEnv({ server: { ...storageVariables }, createFinalSchema: () => storageEnv, runtimeEnv: good, emptyStringAsUndefined: true, isServer: true });
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema());
    console.log(JSON.stringify({
      one: [one.LANGFUSE_S3_CONCURRENT_WRITES, one.LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE, one.LANGFUSE_S3_EVENT_UPLOAD_BUCKET],
      whole: [whole.LANGFUSE_S3_CONCURRENT_WRITES, whole.LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE, whole.LANGFUSE_S3_EVENT_UPLOAD_BUCKET],
      oneRefuses: refusals((onValidationError) => createEnv({ server: { ...storageVariables }, runtimeEnv: bad, onValidationError, isServer: true })),
      wholeRefuses: refusals((onValidationError) => createEnv({ server: {}, createFinalSchema: () => storageEnv, runtimeEnv: bad, runtimeEnvStrict: undefined, onValidationError, isServer: true })).sort(),
      ajv: [ajv(good), ajv(bad), ajv.errors.map((e) => e.instancePath)],
    }));`,
  );
  const said = JSON.parse(done(process.execPath, ["t3.mjs"], { cwd: home }));
  assert.deepEqual(said.one, [25, false, "acme-langfuse"]);
  assert.deepEqual(said.whole, [25, false, "acme-langfuse"]);
  assert.deepEqual(said.oneRefuses, ["LANGFUSE_S3_CONCURRENT_WRITES"]);
  assert.deepEqual(said.wholeRefuses, ["LANGFUSE_S3_CONCURRENT_WRITES", "LANGFUSE_S3_EVENT_UPLOAD_REGION"]);
  assert.equal(said.ajv[0], true);
  assert.equal(said.ajv[1], false);
  assert.ok(said.ajv[2].includes("/LANGFUSE_S3_CONCURRENT_WRITES"));
});
