import api from "./node.cjs";

export const {
  LangfuseBlobError,
  applyFixes,
  check,
  eventObjects,
  explain,
  exportFile,
  generate,
  generateFile,
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
  storageVariables,
  unknown,
} = api;
