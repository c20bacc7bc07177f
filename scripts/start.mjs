// `npm start`: builds what is missing and runs the demo. `npm start -- check .env` runs any verb, in the folder of the call.
import { spawnSync } from "node:child_process";
import { binary, build } from "./tools.mjs";

const args = process.argv.slice(2);
if (args.length === 0) console.error("Building langfuse-blob; the first time takes a few minutes.");
build();
const cwd = process.env.INIT_CWD ?? process.cwd();
const done = spawnSync(binary, args.length > 0 ? args : ["demo"], { stdio: "inherit", cwd });
process.exitCode = done.status ?? 130;
