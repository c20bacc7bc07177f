// `npm start`: builds what is missing and runs the demo. `npm start -- check .env` runs any verb, in the caller's directory.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { binary, build, root, run } from "./tools.mjs";

const args = process.argv.slice(2);
// The page goes into the binary; other verbs do not wait for it.
if (args[0] === "wizard" && !existsSync(join(root, "web", "dist", "index.html")))
  run(process.execPath, [join(root, "scripts", "build-web.mjs")]);
build({ quiet: false });
const cwd = process.env.INIT_CWD ?? process.cwd();
const done = spawnSync(binary, args.length > 0 ? args : ["demo"], { stdio: "inherit", cwd });
process.exitCode = done.status ?? 130;
