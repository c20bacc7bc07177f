// `npm run docs`: renews the generated pages of docs/. `npm test` fails while they are stale.
import { run } from "./tools.mjs";

const env = { ...process.env, UPDATE_DOCS: "1" };
run("cargo", ["test", "--quiet", "--locked", "--test", "documents"], { env });
run("cargo", ["test", "--quiet", "--locked", "-p", "langfuse-blob-core", "--lib", "typescript"], { env });
