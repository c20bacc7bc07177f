"use strict";
// Node, by `require` and by `import` (node.mjs): one module for both, compiled when it is first asked for.
const api = require("./api.cjs");
api.use(require("./bindings.cjs"));
const { use, makeStorageVariables, ...functions } = api;
module.exports = { ...functions, storageVariables: makeStorageVariables() };
