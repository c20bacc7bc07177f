// The page's browser floor: new enough for everything that the page and the package's browser entry use, and stated once.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { npmWeb, root } from "../scripts/tools.mjs";

/** The newest features in use, with the first versions that have them. Source: MDN's browser compatibility data. */
const FEATURES = [
  [/\.isWellFormed\(/, { chrome: 111, firefox: 119, safari: 16.4 }],
  [/\bDecompressionStream\b/, { chrome: 80, firefox: 113, safari: 16.4 }],
  [/\bTextDecoderStream\b/, { chrome: 71, firefox: 105, safari: 14.1 }],
  [/:has\(/, { chrome: 105, firefox: 121, safari: 15.4 }],
  [/\bcolor-mix\(/, { chrome: 111, firefox: 113, safari: 16.2 }],
  [/\.showModal\(/, { chrome: 37, firefox: 98, safari: 15.4 }],
  [/\bObject\.hasOwn\(/, { chrome: 93, firefox: 92, safari: 15.4 }],
  [/\bstructuredClone\(/, { chrome: 98, firefox: 94, safari: 15.4 }],
  [/\.(toSorted|toReversed|toSpliced)\(/, { chrome: 110, firefox: 115, safari: 16 }],
  [/\.findLast(Index)?\(/, { chrome: 97, firefox: 104, safari: 15.4 }],
  [/\(\?<[=!]/, { chrome: 62, firefox: 78, safari: 16.4 }],
  [/\b(Object|Map)\.groupBy\(/, { chrome: 117, firefox: 119, safari: 17.4 }],
  [/\bPromise\.withResolvers\(/, { chrome: 119, firefox: 121, safari: 17.4 }],
  [/\bArray\.fromAsync\(/, { chrome: 121, firefox: 115, safari: 16.4 }],
  [/\bAbortSignal\.any\(/, { chrome: 116, firefox: 124, safari: 17.4 }],
];

const source = join(root, "web", "src");
const files = [
  ...readdirSync(source, { recursive: true })
    .filter((name) => /\.(tsx?|css)$/.test(name))
    .map((name) => join(source, name)),
  ...["api.mjs", "browser.mjs"].map((name) => join(root, "wasm", "js", name)),
  join(root, "web", "vite.config.ts"),
];

test("no file uses what the oldest supported browsers lack, and no file states another floor", async (t) => {
  const vite = createRequire(join(npmWeb(), "package.json")).resolve("vite");
  const { createServer } = await import(pathToFileURL(vite));
  const server = await createServer({
    root: join(root, "web"),
    configFile: false,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
  });
  t.after(() => server.close());
  const { BROWSERS } = await server.ssrLoadModule("/src/browsers.ts");
  assert.equal(BROWSERS.edge, BROWSERS.chrome, "Edge has Chrome's engine and version numbers");
  let used = 0;
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    for (const [feature, versions] of FEATURES.filter(([feature]) => feature.test(text))) {
      used += 1;
      for (const [browser, version] of Object.entries(versions)) {
        assert.ok(
          Number(BROWSERS[browser]) >= version,
          `${relative(root, file)}: ${feature} needs ${browser} ${version}`,
        );
      }
    }
    if (!file.endsWith("browsers.ts"))
      assert.doesNotMatch(text, /\b(Chrome|Edge|Firefox|Safari) \d/, relative(root, file));
  }
  assert.ok(used >= 5, `only ${used} uses found`);
  // Where the page can't start, it names the floor.
  const { texts } = await server.ssrLoadModule("/src/texts.ts");
  for (const [name, version] of [
    ["Chrome", BROWSERS.chrome],
    ["Firefox", BROWSERS.firefox],
    ["Safari", BROWSERS.safari],
  ]) {
    assert.ok(
      texts.failed.why.includes(`${name} ${version}`) || texts.failed.why.includes(`${name} or Edge ${version}`),
      texts.failed.why,
    );
  }
});
