// `npm run build:wasm`: the npm package, in wasm/pkg; with `-- --pack` from the module of the last time. Nothing is downloaded but crates and npm packages of pinned versions.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { npmTools, root, run, target, toolchain } from "./tools.mjs";

const TARGET = "wasm32-unknown-unknown";
const name = "langfuse_blob_bg.wasm";
const wasm = join(root, "wasm");
const pkg = join(wasm, "pkg");
const work = join(target, "wasm-package");

if (!process.argv.includes("--pack")) compile();

/** The module, from Rust to its last byte; a compiled one that is there already is taken as it is. */
function compile() {
  toolchain();
  run("cargo", ["build", "-p", "langfuse-blob-wasm", "--target", TARGET, "--profile", "wasm", "--locked", "--quiet"], {
    env: reproducible(),
  });
  const compiled = join(target, TARGET, "wasm", "langfuse_blob_wasm.wasm");
  const stamp = join(work, "made-of.txt");
  const hash = createHash("sha256");
  for (const file of [
    compiled,
    join(root, "Cargo.lock"),
    join(wasm, "tools", "package-lock.json"),
    fileURLToPath(import.meta.url),
  ])
    hash.update(readFileSync(file));
  const made = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === made) return;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  for (const kind of ["web", "nodejs"]) {
    run("cargo", ["run", "-p", "langfuse-blob-bindgen", "--locked", "--quiet", "--", compiled, join(work, kind), kind]);
  }
  const [module, other] = ["web", "nodejs"].map((kind) => readFileSync(join(work, kind, name)));
  if (!module.equals(other)) throw new Error("the modules for the web and for Node differ");
  const optimised = (...args) =>
    run(process.execPath, [join(npmTools(), "node_modules", "binaryen", "bin", "wasm-opt"), ...features(), ...args]);
  // Nothing lies in the lowest kilobyte, where the stack ends. With names for `npm run size`, then without.
  optimised(
    join(work, "web", name),
    "-o",
    join(work, "named.wasm"),
    "-O3",
    "--low-memory-unused",
    "--reorder-functions",
    "-g",
  );
  optimised(
    join(work, "named.wasm"),
    "-o",
    join(work, "module.wasm"),
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
  );
  writeFileSync(stamp, made);
}

rmSync(pkg, { recursive: true, force: true });
mkdirSync(pkg, { recursive: true });
const read = (...path) => readFileSync(join(...path), "utf8");
const write = (file, text) => writeFileSync(join(pkg, file), text);
// Packed: every bundler and server hands it on as it is, and it is what most of them would send unpacked otherwise.
write("langfuse_blob.wasm.gz", gzipSync(readFileSync(join(work, "module.wasm")), { level: 9 }));
write("bindings.mjs", read(work, "web", "langfuse_blob.js"));
write(
  "bindings.cjs",
  replaced(read(work, "nodejs", "langfuse_blob.js"), [
    ["${__dirname}/langfuse_blob_bg.wasm", "${__dirname}/langfuse_blob.wasm.gz"],
    ["require('fs').readFileSync(wasmPath)", "require('zlib').gunzipSync(require('fs').readFileSync(wasmPath))"],
  ]),
);
const data = (name) => JSON.stringify(JSON.parse(read(wasm, "js", `${name}.json`)));
// As they are: `npx langfuse-blob schema` prints the file.
for (const name of ["explain", "providers", "schema"]) {
  write(`${name}.json.gz`, gzipSync(read(wasm, "js", `${name}.json`), { level: 9 }));
}
// In browsers the two small ones are part of the code: functions that don't wait return them.
const constant = (name) => `export const ${name} = ${JSON.stringify(data(name))};\n`;
write("tables.mjs", constant("providers") + constant("schema"));
write("cli.json", data("cli"));
for (const name of ["api", "topics"]) {
  const text = read(wasm, "js", `${name}.mjs`);
  write(`${name}.mjs`, text);
  write(`${name}.cjs`, common(text));
}
for (const file of ["node.cjs", "node.mjs", "data.cjs", "browser.mjs", "index.d.ts", "types.d.ts", "cli.mjs"]) {
  copyFileSync(join(wasm, "js", file), join(pkg, file));
}
write("index.d.cts", read(wasm, "js", "index.d.ts"));
for (const file of ["package.json", "README.md"]) copyFileSync(join(wasm, file), join(pkg, file));
for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, file), join(pkg, file));

/** A generated text with its parts exchanged, each of which has to be there once. */
function replaced(text, parts) {
  return parts.reduce((all, [from, to]) => {
    if (all.split(from).length !== 2) throw new Error(`wasm-bindgen no longer writes ${from}`);
    return all.replace(from, () => to);
  }, text);
}

/** The same functions for `require`: exports at the end instead of at each, and imports from the other files made this way. */
function common(text) {
  const names = [...text.matchAll(/^export (?:async )?(?:function|class|const|let) (\w+)/gm)].map((found) => found[1]);
  const required = text.replaceAll(/^import (\{.*\}) from "\.\/(\w+)\.mjs";$/gm, 'const $1 = require("./$2.cjs");');
  return `"use strict";\n${required.replaceAll(/^export (?=(async )?(function|class|const|let) )/gm, "")}\nmodule.exports = { ${names.join(", ")} };\n`;
}

/** No path of this machine in the module, so that the same source gives the same bytes anywhere. */
function reproducible() {
  const home = process.env.CARGO_HOME ?? join(process.env.HOME ?? process.env.USERPROFILE ?? "", ".cargo");
  const rustc = (...args) => execFileSync("rustc", args, { cwd: root, encoding: "utf8" }).trim();
  // Where the library's sources are installed, the compiler names them there instead of by the commit they are from.
  const sysroot = rustc("--print", "sysroot");
  const commit = /^commit-hash: (\w+)$/m.exec(rustc("-vV"))[1];
  const library = [...new Set([sysroot, realpathSync(sysroot)])].map((s) => [
    join(s, "lib", "rustlib", "src", "rust"),
    `/rustc/${commit}`,
  ]);
  const flags = [[root, "/langfuse-blob"], [home, "/cargo"], ...library].map(
    ([from, to]) => `--remap-path-prefix=${from}=${to}`,
  );
  return { ...process.env, CARGO_ENCODED_RUSTFLAGS: flags.join("\u001f") };
}

/** What rustc's own default uses of WebAssembly, and every browser since 2022 has. */
function features() {
  return [
    "bulk-memory",
    "mutable-globals",
    "nontrapping-float-to-int",
    "sign-ext",
    "multivalue",
    "reference-types",
  ].map((f) => `--enable-${f}`);
}
