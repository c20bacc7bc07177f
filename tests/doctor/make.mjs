// What the doctor's tests create: certificates, a wrong clock, rules and permissions at real stores.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/tools.mjs";
import { npmModule } from "../harness.mjs";

function run(program, args, options = {}) {
  const done = spawnSync(program, args, options);
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${done.error ?? done.stderr}`);
}

/** The library that shifts a process's clock; `null` without a C compiler or LD_PRELOAD. */
export function clock(dir) {
  if (process.platform !== "linux" || spawnSync("cc", ["--version"]).status !== 0) return null;
  const library = join(dir, "clock.so");
  run("cc", ["-shared", "-fPIC", "-O1", "-o", library, join(root, "tests", "doctor", "clock.c"), "-ldl"]);
  return (seconds) => ({ LD_PRELOAD: library, CLOCK_OFFSET: String(seconds) });
}

/** An authority and certificates that it signed: { ca: the file's path, pair(name, env) }. `null` without openssl. */
export function authority(dir) {
  if (spawnSync("openssl", ["version"]).status !== 0) return null;
  const at = (name) => join(dir, name);
  run("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-days",
    "4000",
    "-subj",
    "/CN=doctor test authority",
  ]);
  let count = 0;
  return {
    ca: at("ca.pem"),
    pair(name, days, env = {}) {
      count += 1;
      const [key, csr, pem, ext] = ["key", "csr", "pem", "ext"].map((end) => at(`leaf${count}.${end}`));
      writeFileSync(ext, `subjectAltName=${name}\nbasicConstraints=CA:FALSE\n`);
      run("openssl", [
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        key,
        "-out",
        csr,
        "-subj",
        "/CN=leaf",
      ]);
      run(
        "openssl",
        [
          "x509",
          "-req",
          "-in",
          csr,
          "-CA",
          at("ca.pem"),
          "-CAkey",
          at("ca.key"),
          "-CAcreateserial",
          "-days",
          String(days),
          "-extfile",
          ext,
          "-out",
          pem,
        ],
        { env: { ...process.env, ...env } },
      );
      return { key: readFileSync(key), cert: readFileSync(pem) };
    },
  };
}

/** The AWS SDK's client for a store. */
export function s3(store) {
  const aws = npmModule("@aws-sdk/client-s3");
  const client = new aws.S3Client({
    endpoint: store.endpoint,
    region: store.region,
    forcePathStyle: true,
    credentials: { accessKeyId: store.keyId, secretAccessKey: store.secret },
  });
  return { aws, send: (name, input) => client.send(new aws[`${name}Command`](input)) };
}
