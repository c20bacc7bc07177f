// Hostile input: every call returns a report or throws a clear error, never a trap, and the module keeps working.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../scripts/tools.mjs";
import { installed } from "./package.mjs";

const clean = readFileSync(join(root, "tests", "fixtures", "bench", "clean.env"), "utf8");

/** A report, or a LangfuseBlobError; anything else fails the test. */
function answer(api, work, what) {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof api.LangfuseBlobError, `${what}: ${error?.stack ?? error}`);
    assert.match(error.code, /^[a-z-]+$/);
    assert.ok(error.message.length > 10, what);
    return error;
  }
}

test("no input breaks the module", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const deep = (open, close, depth) => open.repeat(depth) + close.repeat(depth);
  const circle = {};
  circle.self = circle;
  const throwing = {
    get LANGFUSE_S3_EVENT_UPLOAD_BUCKET() {
      throw new Error("no");
    },
  };
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("keys");
      },
    },
  );
  const large = (line) => line.repeat(Math.ceil(10_000_000 / line.length));
  const inputs = {
    "10 MB of variables": large("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse\n"),
    "10 MB in a line": `A=${"x".repeat(10_000_000)}`,
    "10 MB of quotes": `A=${'"'.repeat(10_000_000)}`,
    "10 MB of dollars": `A=${"${".repeat(5_000_000)}`,
    "lone surrogates": "A=\ud800\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=\udfff\ud83d",
    NUL: "A=\0",
    empty: "",
    "deep JSON": deep("[", "]", 100_000),
    "deep objects": deep('{"a":', "}", 100_000),
    "deep YAML": `services:\n  a: ${deep("[", "]", 100_000)}`,
    "deep YAML blocks": Array.from({ length: 5000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    "YAML aliases": `services:\n  a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefgh"
      .split("")
      .map((n, i) => `  ${n}: &${n} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`)
      .join("\n")}`,
    undefined,
    null: null,
    "a number": 5,
    "a symbol": Symbol("x"),
    "a function": () => 1,
    "an array": [1],
    "a circle": circle,
    "a getter that throws": throwing,
    "a proxy that throws": proxy,
    "no prototype": Object.assign(Object.create(null), { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "acme-langfuse" }),
    "a date": new Date(),
    "a map": new Map([["A", "1"]]),
    "prototype keys": JSON.parse(
      '{"__proto__": "x", "constructor": "y", "toString": "z", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET": "acme-langfuse"}',
    ),
    "numbers and null": {
      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: null,
      LANGFUSE_S3_CONCURRENT_WRITES: 5,
      LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: true,
      A: 1n,
      B: NaN,
      C: undefined,
    },
    "objects as values": { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: {} },
    "NUL in a value": { A: "x\0y", LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "b" },
    "NUL in a name": { "A\0B": "x" },
    "20,000 variables": Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`LANGFUSE_S3_V${i}`, "x"])),
    "files that are none": { files: [1] },
    "files without text": { files: [{ file: "x" }] },
    "web as a number": { web: 5 },
    "a file of NULs": { files: [{ file: ".env", text: "\0".repeat(1000) }] },
  };
  for (const [what, input] of Object.entries(inputs)) {
    const begun = Date.now();
    const said = answer(api, () => api.check(input), what);
    if (!(said instanceof Error)) assert.equal(said.version, 1, what);
    answer(api, () => api.resolve(input), what);
    assert.equal(
      api.check(clean, { format: "dotenv", deployment: "raw" }).diagnostics.length,
      0,
      `after ${what} (${Date.now() - begun} ms)`,
    );
  }
  const said = (input) => answer(api, () => api.check(input), "");
  assert.equal(said(inputs["a getter that throws"]).cause.message, "no");
  assert.equal(said(inputs["objects as values"]).code, "invalid-input");
  assert.equal(said(inputs["NUL in a value"]).code, "invalid-input");
  assert.equal(
    said(inputs["numbers and null"]).diagnostics.find((d) => d.variable === "LANGFUSE_S3_EVENT_UPLOAD_BUCKET").rule,
    "event-bucket-missing",
  );
  assert.equal({}.polluted, undefined);
  for (const [name, input] of [
    ["__proto__", '{"__proto__": "x"}'],
    ["constructor", '{"constructor": "x"}'],
  ]) {
    assert.equal(
      Object.keys(
        api.storageEnv["~standard"].validate({
          LANGFUSE_S3_EVENT_UPLOAD_BUCKET: "acme-langfuse",
          LANGFUSE_S3_EVENT_UPLOAD_REGION: "eu-west-1",
          ...JSON.parse(input),
        }).value,
      ).includes(name),
      true,
      name,
    );
  }
});

test("no argument of another function breaks the module", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const odd = [
    undefined,
    null,
    5,
    "x",
    "\ud800",
    [],
    {},
    [1],
    [[]],
    { a: 1n },
    Symbol("x"),
    () => 1,
    "x".repeat(20_000),
    "[".repeat(20_000),
    NaN,
    -1,
    1e308,
    new Proxy(
      {},
      {
        get() {
          throw new Error("get");
        },
      },
    ),
  ];
  const functions = [
    "resolve",
    "render",
    "applyFixes",
    "explain",
    "generate",
    "generateFile",
    "generateFiles",
    "formats",
    "connections",
    "fileName",
    "questions",
    "presign",
    "sign",
    "eventObjects",
    "mediaObject",
    "exportFile",
    "check",
  ];
  for (const name of functions) {
    for (const first of odd)
      for (const second of odd)
        answer(api, () => api[name](first, second), `${name}(${typeof first}, ${typeof second})`);
  }
  for (const value of odd) {
    const { issues } = api.storageEnv["~standard"].validate(value);
    assert.ok(issues.length > 0);
    api.storageVariables.LANGFUSE_S3_CONCURRENT_WRITES["~standard"].validate(value);
  }
  assert.equal(api.check(clean, { format: "dotenv", deployment: "raw" }).diagnostics.length, 0);
});

test("numbers follow JavaScript, in values and in objects", (t) => {
  const api = createRequire(import.meta.url)(installed(t).package);
  const spellings = [
    "5",
    " 5\n",
    "5.0",
    "5e0",
    "0x5",
    "0b101",
    "0o5",
    "+5",
    "-5",
    "05",
    "5_0",
    "5px",
    "",
    " ",
    "Infinity",
    "-Infinity",
    "NaN",
    "1e400",
    "1e-400",
    ".5",
    "5.",
    ".",
    "+",
    "0x",
    "\u00a05",
    "\ufeff5\u2028",
    "٥",
    "9007199254740993",
    "1e21",
    "0.1e1",
    "--5",
    "5 5",
  ];
  const schema = api.storageVariables.LANGFUSE_S3_CONCURRENT_WRITES["~standard"];
  for (const text of spellings) {
    const number = Number(text);
    const { value, issues } = schema.validate(text);
    // Langfuse: z.coerce.number().positive(); the empty string counts as unset.
    const taken = text === "" || (Number.isFinite(number) && number > 0);
    assert.equal(issues === undefined, taken, JSON.stringify(text));
    if (taken && text !== "") assert.equal(value, number, JSON.stringify(text));
  }
  let seed = 42;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const rows = [];
  for (let i = 0; i < 20_000; i++) {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setUint32(0, random() * 2 ** 32);
    bits.setUint32(4, random() * 2 ** 32);
    const number =
      i % 3 === 0
        ? bits.getFloat64(0)
        : i % 3 === 1
          ? random() * 10 ** Math.floor(random() * 40 - 20)
          : Math.floor(random() * 2 ** 53);
    const units = Array.from({ length: 4 }, () => (random() < 0.5 ? 0xd800 + random() * 0x800 : random() * 0x3000));
    rows.push({
      n: number,
      s: String.fromCharCode(...units),
      7: -number,
      deep: [{ [String.fromCharCode(...units.slice(0, 2))]: number }],
    });
  }
  assert.ok(api.exportFile(rows, "json") === JSON.stringify(rows), "a JSON array");
  assert.ok(api.exportFile(rows, "jsonl") === `${rows.map((r) => JSON.stringify(r)).join("\n")}\n`, "JSON Lines");
});

test("100,000 checks in a row don't grow memory", (t) => {
  const { package: folder } = installed(t);
  const script = `
    const api = require(${JSON.stringify(folder)});
    const bindings = require(${JSON.stringify(join(folder, "bindings.cjs"))});
    const text = ${JSON.stringify(clean)};
    const faulty = text.replace("REGION=", "REGION=auto #");
    const env = Object.fromEntries(text.split("\\n").filter((l) => /^[A-Z]/.test(l)).map((l) => [l.slice(0, l.indexOf("=")), l.slice(l.indexOf("=") + 1)]));
    const work = (count) => { for (let i = 0; i < count; i++) { if (i % 10 === 0) api.check(faulty, { file: ".env" }); else if (i % 2) api.check(env); else api.check(text, { format: "dotenv" }); if (i % 100 === 0) try { api.check({ a: "\\0" }); } catch {} } };
    const size = () => { gc(); return [bindings.moduleMemory().buffer.byteLength, process.memoryUsage().heapUsed]; };
    work(5000); const before = size(); work(100_000); console.log(JSON.stringify([before, size()]));`;
  const ended = spawnSync(process.execPath, ["--expose-gc", "-e", script], { encoding: "utf8" });
  assert.equal(ended.status, 0, ended.stderr);
  const [[module, heap], [moduleAfter, heapAfter]] = JSON.parse(ended.stdout);
  assert.equal(moduleAfter, module, "the module's memory grew");
  assert.ok(heapAfter - heap < 1_000_000, `the heap grew by ${heapAfter - heap} bytes`);
});
