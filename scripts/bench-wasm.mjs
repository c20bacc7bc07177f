// `npm run bench:wasm`: the npm package beside what JavaScript has for the same, in one process, as ratios. Nothing is asserted:
// machines differ. The contenders take turns, so that whatever else the machine does hits all of them; the lower quartile counts.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, run } from "./tools.mjs";

const home = join(root, "tests", "bench");
if (!existsSync(join(home, "node_modules", "envalid")))
  run("npm", ["ci", "--silent"], { cwd: home, shell: process.platform === "win32" });
run(process.execPath, ["scripts/build-wasm.mjs"]);
const peers = createRequire(join(home, "package.json"));
const esm = (name) => import(pathToFileURL(peers.resolve(name)));
const { check, presign } = await import(pathToFileURL(join(root, "wasm", "pkg", "node.mjs")));
const { parse } = peers("dotenv");
const { z } = await esm("zod");
const { createEnv } = await esm("@t3-oss/env-core");
const envalid = peers("envalid");
const { S3Client, GetObjectCommand } = peers("@aws-sdk/client-s3");
const { getSignedUrl } = peers("@aws-sdk/s3-request-presigner");

const text = readFileSync(join(root, "tests", "fixtures", "bench", "clean.env"), "utf8");
const env = parse(text);

// Langfuse's own kinds of declarations, for each validator.
const declared = (kinds) =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      if (value === "true" || value === "false") return [name, kinds.boolean()];
      if (/^\d+$/.test(value)) return [name, kinds.number()];
      return [name, name.endsWith("_SSE") ? kinds.choice() : kinds.text()];
    }),
  );
const zod = declared({
  boolean: () => z.enum(["true", "false"]).default("false"),
  number: () => z.coerce.number().positive().default(1),
  choice: () => z.enum(["AES256", "aws:kms"]).optional(),
  text: () => z.string().optional(),
});
const schema = z.object(zod);
const forEnvalid = declared({
  boolean: () => envalid.str({ choices: ["true", "false"], default: "false" }),
  number: () => envalid.num({ default: 1 }),
  choice: () => envalid.str({ choices: ["AES256", "aws:kms"], default: undefined }),
  text: () => envalid.str({ default: undefined }),
});
const withoutEmpty = (all) => {
  for (const name of Object.keys(all)) if (all[name] === "") delete all[name];
  return all;
};

const link = {
  region: "eu-west-1",
  bucket: "acme-langfuse",
  key: "events/project/trace/abc/def.json",
  accessKeyId: "AKIAQ3EGUHZ7WLTJXN5M",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const client = new S3Client({
  region: link.region,
  credentials: { accessKeyId: link.accessKeyId, secretAccessKey: link.secretAccessKey },
});

async function compare(title, contenders) {
  const seen = new Map(contenders.map(([name]) => [name, []]));
  for (const [, work, batch] of contenders) for (let i = 0; i < batch * 60; i++) await work();
  for (let round = 0; round < 101; round++) {
    for (const [name, work, batch] of contenders) {
      const begun = process.hrtime.bigint();
      for (let i = 0; i < batch; i++) {
        const made = work();
        if (made instanceof Promise) await made;
      }
      seen.get(name).push(Number(process.hrtime.bigint() - begun) / 1000 / batch);
    }
  }
  // A quarter of the rounds was disturbed less than this one, on a machine with other work.
  const typical = (name) => seen.get(name).toSorted((a, b) => a - b)[25];
  const ours = typical(contenders[0][0]);
  console.log(`\n${title}`);
  for (const [name] of contenders) {
    const time = typical(name);
    console.log(
      `  ${name.padEnd(44)} ${time.toFixed(1).padStart(8)} µs ${Math.round(1e6 / time)
        .toLocaleString("en")
        .padStart(9)} a second${name === contenders[0][0] ? "" : `   ${(time / ours).toFixed(2)} x`}`,
    );
  }
}

await compare("47 variables as an object, all rules", [
  ["langfuse-blob check(object)", () => check(env), 100],
  ["dotenv + zod", () => schema.parse(withoutEmpty(parse(text))), 100],
  ["zod alone, on the object", () => schema.parse(withoutEmpty({ ...env })), 100],
  [
    "t3-env (createEnv)",
    () => createEnv({ server: zod, runtimeEnv: env, emptyStringAsUndefined: true, isServer: true }),
    100,
  ],
  ["envalid (cleanEnv)", () => envalid.cleanEnv(env, forEnvalid), 20],
]);
await compare("The same as dotenv text", [
  ["langfuse-blob check(text)", () => check(text, { format: "dotenv" }), 100],
  ["dotenv + zod", () => schema.parse(withoutEmpty(parse(text))), 100],
  [
    "dotenv + t3-env",
    () => createEnv({ server: zod, runtimeEnv: parse(text), emptyStringAsUndefined: true, isServer: true }),
    100,
  ],
  ["dotenv + envalid", () => envalid.cleanEnv(parse(text), forEnvalid), 20],
]);
await compare("A presigned GET", [
  ["langfuse-blob presign", () => presign({ op: "get", expiresIn: 600, ...link }), 100],
  [
    "@aws-sdk/s3-request-presigner",
    () => getSignedUrl(client, new GetObjectCommand({ Bucket: link.bucket, Key: link.key }), { expiresIn: 600 }),
    10,
  ],
]);
