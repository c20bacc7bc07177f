// The entry for browsers, workers and bundlers. Top-level await: the functions are ready after the import.
import init, * as bindings from "./bindings.mjs";
import { LangfuseBlobError, makeStorageVariables, use } from "./api.mjs";
import * as tables from "./tables.mjs";

/** The bytes of a file of the package that is compressed with gzip. */
async function unpacked(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`langfuse-blob: GET ${response.url} returned HTTP ${response.status}`);
  const bytes = await response.arrayBuffer();
  // Some servers send a .gz with `Content-Encoding: gzip`; then the browser has already decompressed it.
  const [first, second] = new Uint8Array(bytes, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

await init({ module_or_path: await unpacked(new URL("./langfuse_blob.wasm.gz", import.meta.url)) });

let topics;
let loading;

function loadedTopics() {
  if (topics !== undefined) return topics;
  throw new LangfuseBlobError({
    code: "unknown-topic",
    message: "the explanations aren't loaded",
    help: "Await `loadExplanations()` before the first call of `explain`.",
    fields: [],
    rule: null,
  });
}

use(bindings, { providers: () => tables.providers, schema: () => tables.schema, topics: loadedTopics });

export function loadExplanations() {
  loading ??= unpacked(new URL("./explain.json.gz", import.meta.url)).then(
    (bytes) => {
      topics = JSON.parse(new TextDecoder().decode(bytes));
    },
    (error) => {
      // The next call tries again.
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

export const storageVariables = makeStorageVariables();
export {
  LangfuseBlobError,
  applyFixes,
  check,
  connections,
  eventObjects,
  explain,
  exportFile,
  fields,
  fileName,
  formats,
  generate,
  generateFile,
  generateFiles,
  generatePassword,
  mediaObject,
  presign,
  providers,
  questions,
  recall,
  render,
  resolve,
  schema,
  sign,
  storageEnv,
  unknown,
} from "./api.mjs";
