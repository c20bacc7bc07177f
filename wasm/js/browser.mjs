// Browsers, workers and bundlers: ready when the import is, because a module may wait.
import init, * as bindings from "./bindings.mjs";
import { makeStorageVariables, use } from "./api.mjs";

// Written out, so that bundlers see that the module belongs to the package.
await init({ module_or_path: new URL("./langfuse_blob_bg.wasm", import.meta.url) });
use(bindings);

export const storageVariables = makeStorageVariables();
export {
  LangfuseBlobError, applyFixes, check, eventObjects, explain, exportFile, generate, generateFile, mediaObject, presign, providers, questions, recall, render,
  resolve, schema, sign, storageEnv, unknown,
} from "./api.mjs";
