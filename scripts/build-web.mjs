// `npm run build:web`: the setup wizard's page, in web/dist, around the npm package in wasm/pkg, which is built if it is missing.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { npmWeb, root, run } from "./tools.mjs";

const home = npmWeb();
const dist = join(home, "dist");
if (!existsSync(join(root, "wasm", "pkg", "browser.mjs")))
  run(process.execPath, [join(root, "scripts", "build-wasm.mjs")]);
// The directory itself stays: cargo watches it, and the binary embeds what is built here.
for (const name of readdirSync(dist)) if (!name.startsWith(".")) rmSync(join(dist, name), { recursive: true });
const tool = (name, ...path) => join(home, "node_modules", name, ...path);
run(process.execPath, [tool("typescript", "bin", "tsc"), "--noEmit"], { cwd: home });
run(process.execPath, [tool("vite", "bin", "vite.js"), "build", "--logLevel", "warn"], { cwd: home });
