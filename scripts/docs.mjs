// `npm run docs`: renews the generated pages of docs/. `npm test` fails while they are stale.
import { run } from "./tools.mjs";

run("cargo", ["test", "--quiet", "--locked", "--test", "documents"], { env: { ...process.env, UPDATE_DOCS: "1" } });
