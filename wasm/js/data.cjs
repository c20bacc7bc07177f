"use strict";
// The package's data files, in Node: each is read at the first call that needs it.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { gunzipSync } = require("node:zlib");

const texts = {};
const text = (name) => (texts[name] ??= gunzipSync(readFileSync(join(__dirname, `${name}.json.gz`))).toString());

let topics;

module.exports = {
  providers: () => text("providers"),
  schema: () => text("schema"),
  topics: () => (topics ??= JSON.parse(text("explain"))),
};
