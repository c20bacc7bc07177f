// The entry for browsers, workers and bundlers. Top-level await: the functions are ready after the import.
import init, * as bindings from "./bindings.mjs";
import { makeStorageVariables, use } from "./api.mjs";

const response = await fetch(new URL("./langfuse_blob.wasm.gz", import.meta.url));
if (!response.ok) throw new Error(`langfuse-blob: GET ${response.url} returned HTTP ${response.status}`);
let module = await response.arrayBuffer();
// Some servers send a .gz with `Content-Encoding: gzip`; then the browser has already decompressed it.
const [first, second] = new Uint8Array(module, 0, 2);
if (first === 0x1f && second === 0x8b) {
  module = await new Response(new Blob([module]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
await init({ module_or_path: module });
use(bindings);

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
