// The setup wizard in a real browser, from the first click to working files, and the requests that its server refuses.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { root } from "../scripts/tools.mjs";
import { answer, axeSource, downloaded, handOver, launch, openForm, serveStatic, walk, wizard } from "./browser.mjs";
import { azurite, embedded, folder, ours, ports, seaweedfs } from "./harness.mjs";

let browser;
let served;
let context;

before(async () => {
  browser = await launch();
  served = await wizard();
  context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await page.goto(served.url.href);
  await page.locator("h1").waitFor();
  assert.equal(page.url(), `${served.origin}/`, "the token stays in the URL");
  await page.close();
});

after(async () => {
  await browser?.close();
  assert.equal(await served?.stop(), 0, "Ctrl-C stops it");
});

/** A page of the served wizard. The test fails if the page reports an error. */
async function open(t, options = {}) {
  const own =
    Object.keys(options).length > 0
      ? await browser.newContext({ ...options, storageState: await context.storageState() })
      : context;
  const page = await own.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // Failed requests of a trial are expected on the console; violations of the Content-Security-Policy aren't.
    if (message.type() === "error" && /Content Security Policy|Uncaught/.test(message.text()))
      complaints.push(message.text());
  });
  t.after(async () => {
    await (own === context ? page : own).close();
    assert.deepEqual(complaints, []);
  });
  return page;
}

const KEYS = { accessKeyId: "AKIAQ7EXAMPLEKEYID00", secretAccessKey: "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t0123" };
const PATHS = {
  "Amazon S3 with a role": { provider: "aws", bucket: "acme-langfuse", region: "eu-west-1" },
  "Amazon S3 with keys": {
    provider: "aws",
    bucket: "acme-langfuse",
    region: "eu-west-1",
    credentials: "keys",
    ...KEYS,
  },
  MinIO: {
    provider: "minio",
    bucket: "langfuse",
    endpoint: "https://minio.acme.dev",
    accessKeyId: "langfuse",
    secretAccessKey: KEYS.secretAccessKey,
  },
  "Cloudflare R2": {
    provider: "r2",
    bucket: "langfuse",
    account: "0123456789abcdef0123456789abcdef",
    accessKeyId: "5f4dcc3b5aa765d61d8327deb882cf99",
    secretAccessKey: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  },
  "Google Cloud Storage": { provider: "gcs", bucket: "langfuse" },
  "Azure Blob": {
    provider: "azure",
    bucket: "langfuse",
    account: "acmelangfuse",
    secretAccessKey: `${"A".repeat(86)}==`,
  },
  SeaweedFS: {
    provider: "seaweedfs",
    bucket: "langfuse",
    endpoint: "https://weed.acme.dev",
    accessKeyId: "langfuse",
    secretAccessKey: KEYS.secretAccessKey,
  },
  "another store": {
    provider: "hetzner",
    bucket: "langfuse",
    region: "fsn1",
    accessKeyId: "ABCDEFGHIJKLMNOPQRST",
    secretAccessKey: KEYS.secretAccessKey,
  },
};

test("each provider's path ends in a .env without findings", async (t) => {
  const page = await open(t);
  for (const [name, answers] of Object.entries(PATHS)) {
    await t.test(name, async (t) => {
      await openForm(page, served.origin);
      await walk(page, answers);
      const file = await downloaded(page, () => page.getByRole("button", { name: "Download .env" }).click());
      assert.equal(file.name, "langfuse.env");
      const dir = folder(t);
      writeFileSync(join(dir, ".env"), file.bytes);
      const check = ours(["check", ".env", "--strict"], { cwd: dir });
      assert.equal(check.code, 0, check.out + check.err);
      await page.locator(".verdict[data-clean=true]").waitFor();
    });
  }
});

test("each deployment method's files have no findings together, and one archive holds them all", async (t) => {
  const page = await open(t);
  const outside = { publicUrl: "https://langfuse.acme.dev", storePublicUrl: "https://store.acme.dev" };
  const deployments = {
    raw: [PATHS.MinIO, [".env"]],
    compose: [{ provider: "minio", deployment: "compose", ...outside }, ["docker-compose.override.yml", ".env"]],
    helm: [{ ...PATHS["Amazon S3 with keys"], deployment: "helm" }, ["storage.yaml"]],
    k8s: [{ ...PATHS["Cloudflare R2"], deployment: "k8s" }, ["langfuse-storage.yaml"]],
  };
  for (const [name, [answers, wanted]] of Object.entries(deployments)) {
    await t.test(name, async (t) => {
      await openForm(page, served.origin);
      await walk(page, answers);
      await page.locator(".verdict[data-clean=true]").waitFor();
      const { bytes } = await downloaded(page, () => page.getByRole("button", { name: /Download all/ }).click());
      const files = unzipped(bytes);
      const dir = folder(t);
      const file = (name) => files.get(name) ?? files.get(`langfuse${name}`);
      for (const name of wanted) writeFileSync(join(dir, name), file(name));
      const check = ours(["check", ...wanted, "--strict"], { cwd: dir });
      assert.equal(check.code, 0, check.out + check.err);
      // The official compose file starts its own MinIO.
      assert.equal(files.has("langfuse-store.sh"), name === "raw", [...files.keys()].join());
      if (name === "raw")
        assert.ok(files.get("langfuse-store.sh").includes(KEYS.secretAccessKey), "one password for store and Langfuse");
      else if (name === "compose") assert.match(file(".env"), /MINIO_ROOT_PASSWORD=[0-9a-f]{40}\n/);
    });
  }
});

test("choosing another store clears the previous store's address and keys", async (t) => {
  const page = await open(t);
  await openForm(page, served.origin);
  await walk(page, PATHS.MinIO);
  await page.locator(".rail button").first().click();
  await answer(page, "provider", "aws");
  await walk(page, { region: "eu-west-1" });
  const { bytes } = await downloaded(page, () => page.getByRole("button", { name: "Download .env" }).click());
  assert.doesNotMatch(bytes.toString(), /minio\.acme\.dev|SECRET/);
  assert.match(bytes.toString(), /REGION=eu-west-1/);
});

test("text pasted into an empty file is read as the type that it has", async (t) => {
  const page = await open(t);
  const compose = readFileSync(join(root, "tests", "cmd", "official-compose.in", "docker-compose.yml"), "utf8");
  for (const [text, name] of [
    [compose, "docker-compose.yml"],
    ["s3:\n  bucket: acme\n", "values.yaml"],
    ["A=1\nB=2\n", ".env"],
  ]) {
    await page.goto(`${served.origin}/#start`);
    await page.reload();
    await page.goto(`${served.origin}/#fix`);
    await page.getByRole("button", { name: "Paste text" }).click();
    await page.locator(".cm-placeholder", { hasText: "Paste the file's contents here." }).waitFor();
    await page.locator(".cm-content").click();
    await page.keyboard.insertText(text);
    await page.locator(".tab", { hasText: name }).waitFor();
    await page.locator(".cm-content", { hasText: text.trim().split("\n")[0].slice(0, 40) }).waitFor();
    // A new name creates a new editor, which takes the focus two frames later, so that typing continues there.
    await page.evaluate(async () => {
      for (let frames = 0; frames < 4; frames += 1) await new Promise(requestAnimationFrame);
    });
    const isFocused = () => page.locator(".cm-content").evaluate((e) => e === document.activeElement);
    assert.equal(await isFocused(), true, "the editor keeps the focus");
    // Tab leaves the editor and doesn't change the text.
    await page.keyboard.press("Tab");
    assert.equal(await isFocused(), false);
    await page.locator(".cm-content", { hasText: text.trim().split("\n")[0].slice(0, 40) }).waitFor();
  }
});

test("web and worker get their own .env if they need different addresses", async (t) => {
  const page = await open(t);
  await openForm(page, served.origin);
  await walk(page, {
    ...PATHS.MinIO,
    endpoint: "http://minio.internal:9000",
    storePublicUrl: "https://store.acme.dev",
  });
  const dir = folder(t);
  for (const name of ["web.env", "worker.env"]) {
    const { bytes } = await downloaded(page, () => page.getByRole("button", { name: `Download ${name}` }).click());
    writeFileSync(join(dir, name), bytes);
  }
  const check = ours(["check", "web=web.env", "worker=worker.env", "--strict"], { cwd: dir });
  assert.equal(check.code, 0, check.out);
});

/** Langfuse's pages load media over http only from `localhost`, not from 127.0.0.1. */
const local = (endpoint) => endpoint.replace("127.0.0.1", "localhost");

for (const start of [seaweedfs, azurite]) {
  test(`what the page writes for ${start.name} works: doctor and upload`, async (t) => {
    const store = await start(t);
    const page = await open(t);
    await openForm(page, served.origin);
    const own = store.azure
      ? { provider: "azure", account: store.keyId, endpoint: local(store.endpoint) }
      : { provider: "seaweedfs", endpoint: local(store.endpoint), accessKeyId: store.keyId };
    await walk(page, { ...own, bucket: store.bucket, secretAccessKey: store.secret });
    const { bytes } = await downloaded(page, () => page.getByRole("button", { name: "Download .env" }).click());
    const dir = folder(t);
    writeFileSync(join(dir, "ready.env"), bytes);
    const doctor = ours(["doctor", "--env-file", "ready.env"], { cwd: dir });
    assert.equal(doctor.code, 0, doctor.out + doctor.err);
    const put = ours(["upload", "file", "-", "media/wizard.txt", "--use-case", "media", "--env-file", "ready.env"], {
      cwd: dir,
      input: "hello",
    });
    assert.equal(put.code, 0, put.err);
  });
}

/** Every input file of the command's goldens. */
function broken() {
  const home = join(root, "tests", "cmd");
  const out = [];
  for (const name of readdirSync(home).filter((n) => n.endsWith(".in"))) {
    for (const entry of readdirSync(join(home, name), { withFileTypes: true })) {
      if (!entry.isFile() || entry.name === "latin1.env") continue;
      const path = join(home, name, entry.name);
      out.push({
        title: `${name.slice(0, -3)}/${entry.name}`,
        name: entry.name,
        path,
        text: readFileSync(path, "utf8"),
      });
    }
  }
  return out;
}

test("the page finds in broken files what the command finds, and fixes them as --fix does", async (t) => {
  const page = await open(t);
  let wrong = 0;
  for (const shape of broken()) {
    const native = ours(["check", shape.name, "--format", "json"], { cwd: join(shape.path, "..") });
    // Nothing in the file is for Langfuse, so there is no report.
    if (native.out === "") continue;
    const { diagnostics, summary } = JSON.parse(native.out);
    if (summary.errors + summary.warnings > 0) wrong += 1;
    await t.test(shape.title, async (t) => {
      await handOver(page, served.origin, [shape]);
      // The page has one file; the command may have found others in its directory.
      const dir = folder(t);
      writeFileSync(join(dir, shape.name), shape.text);
      const alone = JSON.parse(ours(["check", shape.name, "--format", "json"], { cwd: dir }).out);
      const shown = () => page.locator(".finding").evaluateAll((all) => all.map((f) => f.dataset.rule).sort());
      assert.deepEqual(await shown(), alone.diagnostics.map((d) => d.rule).sort());
      const all = page.getByRole("button", { name: /^Apply (all \d+ safe fixes|the safe fix)$/ });
      for (let round = 0; (await all.count()) > 0; round += 1) {
        assert.ok(round < 5, "fixes don't lead to more fixes forever");
        await all.click();
      }
      ours(["check", shape.name, "--fix"], { cwd: dir });
      const { bytes } = await downloaded(page, () =>
        page.getByRole("button", { name: "Download", exact: true }).click(),
      );
      assert.equal(bytes.toString(), readFileSync(join(dir, shape.name), "utf8"));
    });
    void diagnostics;
  }
  assert.ok(wrong >= 10, `only ${wrong} shapes are broken`);
});

test("several files are one deployment; a single fix, the rule's page, the changes, and the form", async (t) => {
  const page = await open(t);
  const compose = readFileSync(join(root, "tests", "cmd", "official-compose.in", "docker-compose.yml"), "utf8");
  const dotenv = "LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=True\nLANGFUSE_S3_EVENT_UPLOAD_PREFIX=raw/\n";
  await handOver(page, served.origin, [
    { name: "docker-compose.yml", text: compose },
    { name: ".env", text: dotenv },
  ]);
  assert.equal(await page.locator(".tab").count(), 2);
  const finding = page.locator(".finding[data-rule=boolean-not-true-or-false]");
  await finding
    .first()
    .getByRole("button", { name: /^\.env, line/ })
    .click();
  await page.locator(".cm-activeLine", { hasText: "PATH_STYLE=True" }).waitFor();
  await page.locator(".cm-lintRange-error").first().hover();
  await page.locator(".tooltip", { hasText: "Why" }).waitFor();
  await page.mouse.move(1, 1);
  await page.locator(".tooltip").waitFor({ state: "detached" });
  await finding.first().getByRole("button", { name: /^Why/ }).click();
  await page.locator("dialog", { hasText: "boolean-not-true-or-false" }).waitFor();
  await page.keyboard.press("Escape");
  await finding.first().getByRole("button", { name: /^Fix/ }).click();
  assert.equal(await finding.count(), 0);
  await page.getByRole("button", { name: "Changes" }).click();
  assert.match(await page.locator(".diff .added").innerText(), /PATH_STYLE=true/);
  await page.getByRole("button", { name: "Open in the form" }).click();
  await page.locator("form").waitFor();
  assert.ok(await page.locator("[data-option=provider] input[value=minio]").isChecked());
  assert.ok(await page.locator("[data-option=deployment] input[value=compose]").isChecked());
  await page.getByRole("button", { name: /What to store, and where/ }).click();
  assert.equal(await page.locator("[data-option=eventsPrefix] input").inputValue(), "raw/");
  await page.getByRole("button", { name: /^Files/ }).click();
  await page.getByLabel("View").selectOption(".env");
  assert.match(await page.locator(".diff .gone").first().innerText(), /PATH_STYLE=true/);
});

test("axe finds no violations on any step, light and dark", async (t) => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(t, { colorScheme, reducedMotion: "reduce" });
    const judge = async (where) => {
      await page.evaluate(axeSource());
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(
        violations.map(
          (v) =>
            `${where} (${colorScheme}): ${v.id}: ${v.nodes.map((n) => n.target).join(" ")}: ${v.nodes[0]?.failureSummary}`,
        ),
        [],
      );
    };
    await page.goto(`${served.origin}/`);
    await page.locator("h1").waitFor();
    await judge("start");
    await openForm(page, served.origin);
    await page.locator("form button[type=submit]").click();
    await page.getByRole("button", { name: "The store" }).click();
    await judge("a skipped question");
    await walk(page, { ...PATHS["Cloudflare R2"], bucket: "Not A Bucket" }, judge);
    await page.getByRole("button", { name: /What to store, and where/ }).click();
    await answer(page, "bucket", "langfuse");
    await page.getByRole("button", { name: /^Files/ }).click();
    for (const format of ["json", "iam-policy", "cors", "lifecycle", "docker-run", "terraform"]) {
      await page.locator(`.format input[value=${format}]`).check();
      await judge(format);
    }
    await page.getByRole("button", { name: "Try it" }).last().click();
    await judge("trial");
    await page.goto(`${served.origin}/#fix`);
    await judge("nothing to fix");
    await page.getByRole("button", { name: "Look at an example" }).click();
    await page.locator(".cm-lintRange").first().waitFor();
    await judge("findings");
    await page.getByRole("button", { name: /^Why/ }).first().click();
    await judge("a rule's page");
  }
});

test("the whole form works by keyboard alone", async (t) => {
  const page = await open(t);
  await openForm(page, served.origin);
  const focused = () =>
    page.evaluate(() => {
      const e = document.activeElement;
      return {
        option: e.closest("[data-option]")?.dataset.option,
        tag: e.tagName,
        type: e.getAttribute("type"),
        text: e.textContent,
      };
    });
  /** Presses Tab until `fits` accepts the focused element. */
  const to = async (what, fits) => {
    for (let i = 0; i < 80; i += 1) {
      await page.keyboard.press("Tab");
      const at = await focused();
      if (fits(at)) return at;
    }
    throw new Error(`Tab doesn't reach ${what}`);
  };
  const next = async () => {
    await to("the submit button", (at) => at.tag === "BUTTON" && at.type === "submit");
    await page.keyboard.press("Enter");
    assert.equal((await focused()).tag, "H1", "the focus moves to the new step");
  };
  await to("the store", (at) => at.option === "provider");
  // From the first store to the second: Cloudflare R2.
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await next();
  const { provider: _, ...typed } = PATHS["Cloudflare R2"];
  for (const step of [["bucket"], ["account"], ["accessKeyId", "secretAccessKey"], []]) {
    for (const option of step) {
      await to(option, (at) => at.option === option && at.tag === "INPUT");
      await page.keyboard.type(typed[option]);
    }
    await next();
  }
  assert.equal(await page.locator("h1").innerText(), "Files");
  await to("the download", (at) => at.tag === "BUTTON" && at.text.startsWith("Download .env"));
  const { bytes } = await downloaded(page, () => page.keyboard.press("Enter"));
  assert.ok(bytes.includes(typed.account));
});

test("everything fits into 360 pixels", async (t) => {
  const page = await open(t, { viewport: { width: 360, height: 740 } });
  const narrow = async (where) => {
    const [content, width] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(content <= width, `${where}: ${content} of ${width}`);
  };
  await page.goto(`${served.origin}/`);
  await page.locator("h1").waitFor();
  await narrow("start");
  await openForm(page, served.origin);
  await walk(page, PATHS["Cloudflare R2"], async (where) => {
    for (const folded of await page.locator("details:not([open]) > summary").all()) await folded.click();
    await narrow(where);
  });
  for (const format of await page.locator(".format input").all()) {
    await format.check();
    await narrow(`files: ${await format.getAttribute("value")}`);
  }
  await page.getByRole("button", { name: "Try it" }).last().click();
  for (const folded of await page.locator("details:not([open]) > summary").all()) await folded.click();
  await narrow("trial");
  await page.goto(`${served.origin}/#fix`);
  await narrow("nothing to fix");
  await page.getByRole("button", { name: "Look at an example" }).click();
  await page.locator(".finding").first().waitFor();
  await narrow("findings");
  await page.getByRole("button", { name: /^Why/ }).first().click();
  await narrow("a rule's page");
});

test("a full run: only the trial leaves the page's origin, and the secret goes nowhere", async (t) => {
  const store = await embedded(t);
  const page = await open(t, { permissions: ["clipboard-read", "clipboard-write"] });
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  const log = [];
  page.on("request", (request) => log.push(request));
  await openForm(page, served.origin);
  await walk(page, {
    provider: "minio",
    bucket: store.bucket,
    endpoint: store.endpoint,
    region: store.region,
    accessKeyId: store.keyId,
    secretAccessKey: store.secret,
  });
  await page.getByRole("button", { name: "Copy a link to these answers" }).click();
  await page.locator(".toast", { hasText: "no secret" }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(link.includes("bucket=") && !link.includes(store.secret) && !link.includes(store.keyId), link);
  assert.deepEqual([...new Set(log.map((r) => new URL(r.url()).origin))], [served.origin]);

  await page.getByRole("button", { name: "Try it" }).last().click();
  await page.getByRole("button", { name: "Upload and download a test object" }).click();
  await page.locator(".steps [data-how=done]").nth(2).waitFor();
  const results = page.locator("[aria-labelledby=trial-title] .results");
  const key = await results.locator("code").first().innerText();
  assert.match(await results.innerText(), /was deleted/);
  const left = ours(["ls", "-R", "media/", "--use-case", "media", "--env-file", "-"], { input: store.dotenv });
  assert.ok(!left.out.includes(key));
  const origins = [...new Set(log.map((r) => new URL(r.url()).origin))];
  assert.deepEqual(origins.sort(), [served.origin, store.endpoint].sort());
  assert.deepEqual(
    log.filter((r) => r.url().startsWith(store.endpoint) && r.method() !== "OPTIONS").map((r) => r.method()),
    ["PUT", "GET", "DELETE"],
  );

  const doctor = page.waitForRequest(`${served.origin}/doctor`);
  await page.getByRole("button", { name: "Run the doctor" }).click();
  assert.ok((await doctor).postData().includes(store.secret), "the one request that may contain it");
  await page.getByText("Everything tested works.").waitFor({ timeout: 60_000 });

  const written = [store.secret, encodeURIComponent(store.secret), btoa(store.secret)];
  const holds = (text) => written.some((form) => text.includes(form));
  for (const request of log) {
    assert.ok(!holds(request.url()), request.url());
    if (!request.url().endsWith("/doctor"))
      assert.ok(!holds(`${JSON.stringify(request.headers())}${request.postData() ?? ""}`), request.url());
  }
  const kept = await page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      await indexedDB.databases(),
      document.cookie,
      location.href,
      history.state,
    ]),
  );
  assert.ok(!holds(kept) && !holds(said.join("\n")), "storage or console");
  assert.ok(!holds(served.printed.out + served.printed.err), "the server's own output");
  assert.ok(!holds(await page.content()), "the document shows it");

  const other = await open(t);
  await other.goto(link);
  await other.locator(".notice", { hasText: "Links never contain credentials" }).waitFor();
  await other.getByRole("button", { name: "Addresses" }).click();
  assert.equal(await other.locator("[data-option=endpoint] input").inputValue(), store.endpoint);
  assert.equal(other.url(), `${served.origin}/#setup`);
});

test("a link can't set credentials", async (t) => {
  const page = await open(t);
  await page.goto(
    `${served.origin}/#setup?provider=minio&secretAccessKey=abcdefabcdef&accessKeyId=someone&bucket=langfuse`,
  );
  await page.getByRole("button", { name: "Credentials" }).click();
  assert.equal(await page.locator("[data-option=secretAccessKey] input").inputValue(), "");
  assert.equal(await page.locator("[data-option=accessKeyId] input").inputValue(), "");
});

test("the doctor shows its steps as they finish, and can be canceled", async (t) => {
  // A store that never responds: without canceling it would take a minute.
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  t.after(() => silent.closeAllConnections() ?? silent.close());
  const page = await open(t);
  await openForm(page, served.origin);
  await walk(page, { ...PATHS.MinIO, endpoint: `http://localhost:${silent.address().port}` });
  await page.getByRole("button", { name: "Try it" }).last().click();
  await page.getByRole("button", { name: "Run the doctor" }).click();
  await page.locator(".steps [data-how=pass]").first().waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Canceled.").waitFor();
});

test("a store without CORS rules: the page names its own origin, and the object that may be left", async (t) => {
  const [port] = await ports(1);
  const store = createServer((_, answered) => answered.writeHead(200).end()).listen(port, "127.0.0.1");
  t.after(() => store.close());
  const page = await open(t);
  await openForm(page, served.origin);
  await walk(page, { ...PATHS.MinIO, endpoint: `http://localhost:${port}` });
  await page.getByRole("button", { name: "Try it" }).last().click();
  await page.getByRole("button", { name: "Upload and download a test object" }).click();
  const results = page.locator(".results").last();
  await results.getByText(`don't let pages from ${served.origin}`).waitFor();
  assert.match(
    await results.innerText(),
    /may be in the bucket.*langfuse-blob rm media\/langfuse-blob-wizard\/[0-9a-f]{16}\.txt/s,
  );
});

test("a store that refuses the upload, and an unreachable store", async (t) => {
  const store = await embedded(t);
  const [closed] = await ports(1);
  const page = await open(t);
  for (const [endpoint, says] of [
    [store.endpoint, /returned SignatureDoesNotMatch \(HTTP 403\)/],
    [`http://localhost:${closed}`, /This browser can't reach/],
  ]) {
    await openForm(page, served.origin);
    await walk(page, {
      provider: "minio",
      bucket: store.bucket,
      endpoint,
      region: store.region,
      accessKeyId: store.keyId,
      secretAccessKey: KEYS.secretAccessKey,
    });
    await page.getByRole("button", { name: "Try it" }).last().click();
    await page.getByRole("button", { name: "Upload and download a test object" }).click();
    await page.locator(".results", { hasText: says }).waitFor();
  }
});

test("any directory of any web server, https: no doctor, and the page says why it doesn't test a store on http", async (t) => {
  const own = await browser.newContext();
  t.after(() => own.close());
  const address = "https://wizard.test/tools/storage/";
  await serveStatic(own, address);
  const page = await own.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${address}#fix`);
  const text = [
    "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse",
    "LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1",
    "LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true",
    "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio.internal:9000",
    "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=langfuse",
    `LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=${KEYS.secretAccessKey}`,
    "",
  ].join("\n");
  await page
    .locator("input[type=file]")
    .setInputFiles([{ name: ".env", mimeType: "text/plain", buffer: Buffer.from(text) }]);
  await page
    .locator(".trial .callout", { hasText: "uses https and the store is at http://minio.internal:9000" })
    .waitFor();
  assert.equal(await page.getByRole("button", { name: /Upload and download|Run the doctor/ }).count(), 0);
  assert.ok(
    asked.every((url) => url.startsWith(address)),
    asked.join("\n"),
  );
});

test("the page works offline", async (t) => {
  const page = await open(t, { offline: false });
  await openForm(page, served.origin);
  await page.context().setOffline(true);
  await walk(page, PATHS["Cloudflare R2"]);
  await page.locator(".verdict[data-clean=true]").waitFor();
  await page.evaluate(() => {
    location.hash = "fix";
  });
  await page.getByRole("button", { name: "Look at an example" }).click();
  await page.locator(".cm-lintRange").first().waitFor();
});

const EXPLANATIONS = /explain-[^/]*\.json$/;

test("the pages of explain are loaded when one is shown, and not before", async (t) => {
  const page = await open(t, { offline: false });
  const loaded = [];
  page.on("request", (sent) => {
    if (EXPLANATIONS.test(sent.url())) loaded.push(sent.url());
  });
  await openForm(page, served.origin);
  await walk(page, PATHS["Cloudflare R2"]);
  await page.locator(".verdict[data-clean=true]").waitFor();
  assert.deepEqual(loaded, []);
  await page.evaluate(() => {
    location.hash = "fix";
  });
  await page.getByRole("button", { name: "Look at an example" }).click();
  await page.locator(".finding").first().waitFor();
  await page.getByRole("button", { name: /^Why/ }).first().click();
  await page.getByRole("dialog").getByText("Use instead").waitFor();
  assert.equal(loaded.length, 1);
});

test("the page's own part of the first load is at most 150 kB", () => {
  // The module belongs to the package, whose tests bound its size. The pages of `explain` are loaded when one is shown.
  const dist = join(root, "web", "dist");
  const sizes = ["index.html", "icon.svg", ...readdirSync(join(dist, "assets")).map((n) => join("assets", n))]
    .filter((name) => !name.endsWith(".wasm") && !EXPLANATIONS.test(name))
    .map((name) => [name, brotliCompressSync(readFileSync(join(dist, name))).length]);
  const sum = sizes.reduce((all, [, size]) => all + size, 0);
  assert.ok(sum <= 150_000, `${sum}: ${JSON.stringify(Object.fromEntries(sizes))}`);
});

/** A request with headers that no browser would send. */
function raw(path, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = served.url;
    const sent = request(
      {
        hostname,
        port,
        path,
        method,
        headers: { host: `${hostname}:${port}`, ...headers },
        setHost: false,
        agent: false,
      },
      (answer) => {
        let text = "";
        answer
          .setEncoding("utf8")
          .on("data", (chunk) => (text += chunk))
          .on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

test("the server accepts only requests with this run's token or cookie", async () => {
  const { port, search, origin } = served.url;
  assert.equal(served.printed.out, `${served.url.href}\n`);
  const entry = await raw(`/${search}`);
  assert.deepEqual([entry.status, entry.headers.location], [303, "/"]);
  const [set] = entry.headers["set-cookie"];
  assert.match(set, new RegExp(`^langfuse-blob-${port}=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Strict$`));
  assert.ok(!set.includes(search.slice(-32)), "the cookie isn't the token");
  const cookie = set.split(";", 1)[0];
  const page = await raw("/", { headers: { cookie } });
  assert.equal(page.status, 200);
  const nonce = /style-nonce" content="([0-9a-f]{32})"/.exec(page.text)[1];
  assert.equal(
    page.headers["content-security-policy"],
    `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self' http: https:`,
  );
  assert.notEqual((await raw("/", { headers: { cookie } })).text, page.text, "a nonce is used once");
  for (const [why, path, options] of [
    ["no token", "/", {}],
    ["another token", `/?token=${"0".repeat(32)}`, {}],
    ["no cookie", "/icon.svg", {}],
    ["a foreign host", "/", { headers: { cookie, host: `rebound.example:${port}` } }],
    ["a foreign host with the token", `/${search}`, { headers: { host: `rebound.example:${port}` } }],
    ["another port's host", "/", { headers: { cookie, host: "127.0.0.1:1" } }],
    [
      "a foreign origin",
      "/doctor",
      { method: "POST", headers: { cookie, origin: "https://evil.example" }, body: "{}" },
    ],
    ["no origin", "/doctor", { method: "POST", headers: { cookie }, body: "{}" }],
    [
      "an origin of this host's on another port",
      "/doctor",
      { method: "POST", headers: { cookie, origin: "http://127.0.0.1:1" }, body: "{}" },
    ],
    ["a sandboxed page", "/doctor", { method: "POST", headers: { cookie, origin: "null" }, body: "{}" }],
    ["the token instead of the cookie", `/doctor${search}`, { method: "POST", headers: { origin }, body: "{}" }],
  ]) {
    const { status, text } = await raw(path, options);
    assert.equal(status, 403, why);
    assert.ok(!text.includes("<meta"), why);
  }
  for (const path of [
    "/../Cargo.toml",
    "/assets/../../Cargo.toml",
    "/%2e%2e/Cargo.toml",
    "/..%2fCargo.toml",
    "//etc/passwd",
    "/.gitignore",
    "/assets/",
    "/nothing",
  ]) {
    assert.equal((await raw(path, { headers: { cookie } })).status, 404, path);
  }
  assert.equal((await raw("/", { method: "POST", headers: { cookie, origin }, body: "{}" })).status, 405);
  assert.equal((await raw("/doctor", { headers: { cookie } })).status, 405);
  const faulty = await raw("/doctor", { method: "POST", headers: { cookie, origin }, body: "SECRET_ACCESS_KEY" });
  assert.deepEqual(JSON.parse(faulty.text), {
    what: "fault",
    message: "invalid request: expected the configuration as JSON",
  });
  const large = await raw("/doctor", {
    method: "POST",
    headers: { cookie, origin },
    body: "x".repeat(9 * 1024 * 1024),
  }).catch(() => ({ status: 413 }));
  assert.equal(large.status, 413);
  // After a link from another site, browsers omit a strict cookie on a redirect, so the page reloads itself.
  const led = await raw(`/${search}`, { headers: { "sec-fetch-site": "cross-site" } });
  assert.deepEqual([led.status, led.headers.refresh], [200, "0; url=/"]);
});

test("each run has its own token, and the server listens on 127.0.0.1 only", async () => {
  const other = await wizard();
  assert.equal(other.url.hostname, "127.0.0.1");
  assert.notEqual(other.url.search, served.url.search);
  assert.equal(await other.stop(), 0);
});

/** The stored entries of an archive. */
function unzipped(bytes) {
  const out = new Map();
  const end = bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, mode, local] = [bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 40), bytes.readUInt32LE(at + 42)];
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const file = bytes.subarray(at + 46, at + 46 + name).toString();
    assert.equal(mode, 0o100600, `${file} may contain secrets`);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    out.set(file, bytes.subarray(from, from + size).toString());
    at += 46 + name + extra + comment;
  }
  return out;
}
