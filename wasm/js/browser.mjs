// Browsers, workers and bundlers: ready when the import is, because a module may wait.
import init, * as bindings from "./bindings.mjs";
import { makeStorageVariables, use } from "./api.mjs";

await init();
use(bindings);

export const storageVariables = makeStorageVariables();
export {
  LangfuseBlobError, applyFixes, check, eventObjects, explain, exportFile, generate, generateFile, mediaObject, presign, providers, questions, render,
  resolve, schema, sign, storageEnv, unknown,
} from "./api.mjs";
