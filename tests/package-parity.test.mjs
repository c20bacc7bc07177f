// The native core and the WebAssembly module, in Node and in Chromium, return the same bytes for every fixture, every
// conformance case, every page and every generated file.
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../scripts/tools.mjs";
import { raw } from "./package/raw.mjs";
import { example } from "./harness.mjs";
import { calls, chromium, dataCalls, furtherCalls, installed, served } from "./package.mjs";

/** Makes the calls in the native core. */
function natively(all) {
  const input = all.map((call) => JSON.stringify(call)).join("\n");
  return example("api", [], input)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function same(what, all, ours, theirs) {
  assert.equal(ours.length, all.length);
  const wrong = all.flatMap((call, at) =>
    JSON.stringify(ours[at]) === JSON.stringify(theirs[at]) ? [] : [{ call, ours: ours[at], theirs: theirs[at] }],
  );
  assert.equal(
    wrong.length,
    0,
    `${what}: ${wrong.length} of ${all.length} differ, the first: ${JSON.stringify(wrong[0])?.slice(0, 3000)}`,
  );
}

test("every call gives the same bytes natively, in Node and in Chromium", async (t) => {
  const { package: folder } = installed(t);
  const bindings = createRequire(import.meta.url)(join(folder, "bindings.cjs"));
  const first = calls();
  const native = natively(first);
  const reports = first.flatMap((call, at) =>
    call[0] === "checkText" && native[at].ok && JSON.parse(call[2]).file ? [[call[1], call[2], native[at].ok]] : [],
  );
  const further = furtherCalls(createRequire(import.meta.url)(folder).providers(), reports);
  const all = [...first, ...further];
  const expected = [...native, ...natively(further)];
  // Comparing only errors would prove nothing.
  assert.ok(all.length > 3000, `only ${all.length} calls`);
  assert.ok(expected.filter((e) => e.ok !== undefined).length > all.length * 0.9);
  same(
    "Node",
    all,
    all.map((call) => raw(bindings, call)),
    expected,
  );

  const browser = await chromium(t);
  if (browser === null) return t.skip("Chromium isn't available");
  writeFileSync(join(folder, "calls.json"), JSON.stringify(all));
  copyFileSync(join(root, "tests", "package", "raw.mjs"), join(folder, "raw.mjs"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><meta charset=utf-8><title>parity</title>");
  const page = await browser.newPage();
  await page.goto(`${await served(t, folder)}/index.html`);
  const answers = await page.evaluate(async () => {
    const [bindings, { raw }, all] = await Promise.all([
      import("./bindings.mjs"),
      import("./raw.mjs"),
      fetch("calls.json").then((r) => r.json()),
      import("./browser.mjs"),
    ]);
    return all.map((call) => raw(bindings, call));
  });
  same("Chromium", all, answers, expected);
});

test("explain, schema and providers return from files what the native core returns from its tables", async (t) => {
  const { package: folder } = installed(t);
  const api = createRequire(import.meta.url)(folder);
  const all = dataCalls(api.explain());
  assert.ok(all.length > 400, `only ${all.length} calls`);
  // JavaScript has one zero where Rust writes 0.0.
  const plain = ({ ok }) => ({ ok: JSON.stringify(JSON.parse(ok)) });
  const expected = natively(all).map((e, at) => (all[at][0] === "explain" ? e : plain(e)));
  /** An answer in the form of the native core's. */
  const called = (functions, [name, ...given]) => {
    try {
      const answer = functions[name](...given);
      return { ok: typeof answer === "string" ? answer : JSON.stringify(answer) };
    } catch ({ code, message, help, fields, rule }) {
      return { thrown: JSON.stringify({ code, message, help, fields, rule }) };
    }
  };
  const inNode = all.map((call) => called(api, call));
  same("Node", all, inNode, expected);

  const browser = await chromium(t);
  if (browser === null) return t.skip("Chromium isn't available");
  writeFileSync(join(folder, "calls.json"), JSON.stringify(all));
  writeFileSync(join(folder, "index.html"), "<!doctype html><meta charset=utf-8><title>parity</title>");
  const page = await browser.newPage();
  await page.goto(`${await served(t, folder)}/index.html`);
  const { early, answers } = await page.evaluate(async (source) => {
    const called = new Function(`return ${source}`)();
    const [api, all] = await Promise.all([import("./browser.mjs"), fetch("calls.json").then((r) => r.json())]);
    const early = called(api, ["explain", "rotate"]);
    await Promise.all([api.loadExplanations(), api.loadExplanations()]);
    return { early, answers: all.map((call) => called(api, call)) };
  }, called.toString());
  assert.match(early.thrown, /loadExplanations/);
  same("Chromium", all, answers, expected);
});
