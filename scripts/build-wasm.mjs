// `npm run build:wasm`: the npm package, in wasm/pkg. Nothing is downloaded but crates and npm packages of pinned versions.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmTools, root, run, target, toolchain } from "./tools.mjs";

const TARGET = "wasm32-unknown-unknown";
const name = "langfuse_blob_bg.wasm";
const wasm = join(root, "wasm");
const pkg = join(wasm, "pkg");
const work = join(target, "wasm-package");

toolchain();
rmSync(pkg, { recursive: true, force: true });
rmSync(work, { recursive: true, force: true });
mkdirSync(pkg, { recursive: true });
mkdirSync(work, { recursive: true });

run("cargo", ["build", "-p", "langfuse-blob-wasm", "--target", TARGET, "--profile", "wasm", "--locked", "--quiet"], { env: reproducible() });
const compiled = join(target, TARGET, "wasm", "langfuse_blob_wasm.wasm");
for (const kind of ["web", "nodejs"]) {
  run("cargo", ["run", "-p", "langfuse-blob-bindgen", "--locked", "--quiet", "--", compiled, join(work, kind), kind]);
}
const [module, other] = ["web", "nodejs"].map((kind) => readFileSync(join(work, kind, name)));
if (!module.equals(other)) throw new Error("the modules for the web and for Node differ");

run(process.execPath, [
  join(npmTools(), "node_modules", "binaryen", "bin", "wasm-opt"), join(work, "web", name), "-o", join(pkg, name), "-Os", ...features(),
]);

const read = (...path) => readFileSync(join(...path), "utf8");
const write = (file, text) => writeFileSync(join(pkg, file), text);
write("bindings.mjs", read(work, "web", "langfuse_blob.js"));
write("bindings.cjs", read(work, "nodejs", "langfuse_blob.js"));
const api = read(wasm, "js", "api.mjs");
write("api.mjs", api);
write("api.cjs", common(api));
for (const file of ["node.cjs", "node.mjs", "browser.mjs", "index.d.ts", "types.d.ts", "cli.mjs"]) {
  if (existsSync(join(wasm, "js", file))) copyFileSync(join(wasm, "js", file), join(pkg, file));
}
write("index.d.cts", read(wasm, "js", "index.d.ts"));
for (const file of ["package.json", "README.md"]) if (existsSync(join(wasm, file))) copyFileSync(join(wasm, file), join(pkg, file));
for (const file of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, file), join(pkg, file));

/** The same functions for `require`: exports at the end instead of at each. */
function common(text) {
  const names = [...text.matchAll(/^export (?:async )?(?:function|class|const|let) (\w+)/gm)].map((found) => found[1]);
  return `"use strict";\n${text.replaceAll(/^export (?=(async )?(function|class|const|let) )/gm, "")}\nmodule.exports = { ${names.join(", ")} };\n`;
}

/** No path of this machine in the module, so that the same source gives the same bytes anywhere. */
function reproducible() {
  const home = process.env.CARGO_HOME ?? join(process.env.HOME ?? process.env.USERPROFILE ?? "", ".cargo");
  const flags = [`--remap-path-prefix=${root}=/langfuse-blob`, `--remap-path-prefix=${home}=/cargo`];
  return { ...process.env, CARGO_ENCODED_RUSTFLAGS: flags.join("\u001f") };
}

/** What rustc's own default uses of WebAssembly, and every browser since 2022 has. */
function features() {
  return ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "multivalue", "reference-types"].map((f) => `--enable-${f}`);
}
