// `npm run reproduce:wasm`: builds the module of the last commit once more, in a folder of another name with nothing in it yet,
// and compares the bytes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run, target } from "./tools.mjs";

const module = (built) =>
  createHash("sha256")
    .update(readFileSync(join(built, "wasm-package", "module.wasm")))
    .digest("hex");

if (execFileSync("git", ["status", "--porcelain"], { cwd: root }).length > 0)
  throw new Error("commit first: what is compared is the last commit");
run(process.execPath, [join(root, "scripts", "build-wasm.mjs")]);
const elsewhere = mkdtempSync(join(tmpdir(), "langfuse-blob-elsewhere-"));
try {
  run("git", ["clone", "--quiet", root, elsewhere]);
  const built = join(elsewhere, "target");
  run(process.execPath, [join(elsewhere, "scripts", "build-wasm.mjs")], {
    cwd: elsewhere,
    env: { ...process.env, CARGO_TARGET_DIR: built },
  });
  const [here, there] = [module(target), module(built)];
  console.log(`${here}  here\n${there}  ${elsewhere}`);
  if (here !== there) throw new Error("the modules differ");
  console.log("the same bytes");
} finally {
  rmSync(elsewhere, { recursive: true, force: true });
}
