"use strict";
// The entry for Node, by `require` and by `import` (node.mjs): one compiled module for both.
const api = require("./api.cjs");
api.use(require("./bindings.cjs"), require("./data.cjs"));
const { use, makeStorageVariables, ...functions } = api;
module.exports = { ...functions, loadExplanations: async () => {}, storageVariables: makeStorageVariables() };
