// The chart values that `generate` writes, rendered by helm with the official chart. No package registry has the chart:
// LANGFUSE_CHART is its directory (in a clone of langfuse/langfuse-k8s, charts/langfuse). If helm is missing, it is
// built with Go.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { helm } from "../scripts/tools.mjs";
import { folder, ours } from "./harness.mjs";

const chart = process.env.LANGFUSE_CHART;
const skip =
  chart === undefined
    ? "LANGFUSE_CHART isn't set to a directory with the official chart, which no package registry has"
    : false;

const KEYS = "--access-key-id AKIAQ7RT2MNBVCXZ5K3P";
const STORES = [
  "--provider aws --region eu-west-1 --bucket acme",
  "--provider aws --region eu-west-1 --bucket acme --role-arn arn:aws:iam::111122223333:role/langfuse",
  `--provider aws --region eu-west-1 --bucket acme --separate-buckets ${KEYS}`,
  `--provider minio --endpoint http://minio.storage.svc:9000 --bucket acme ${KEYS} --store-public-url https://store.example.com`,
  "--provider r2 --account 0123456789abcdef0123456789abcdef --bucket acme --access-key-id 5f4dcc3b5aa765d61d8327deb882cf99",
  "--provider gcs --region EU --bucket acme",
  "--provider azure --account acmelangfuse --region westeurope --bucket acme",
];

/** What the chart needs besides storage. */
const BASE = `
langfuse: { salt: { value: aaaaaaaaaaaaaaaa }, nextauth: { secret: { value: bbbbbbbbbbbbbbbb } } }
postgresql: { deploy: false, host: pg, auth: { username: u, password: p, database: d } }
redis: { deploy: false, host: redis, auth: { password: p } }
clickhouse: { deploy: false, host: ch, auth: { username: u, password: p } }
`;

test("helm renders the chart values to the variables of each container's .env", { skip }, async (t) => {
  const program = helm();
  assert.ok(existsSync(program), "helm is built with Go, which isn't installed");
  const dir = folder(t);
  const own = join(dir, "chart");
  cpSync(chart, own, { recursive: true });
  // The database charts are external, and nothing of them is deployed here.
  const description = readFileSync(join(own, "Chart.yaml"), "utf8");
  writeFileSync(join(own, "Chart.yaml"), description.replace(/^dependencies:\n(?:[ -].*\n)*/m, ""));
  writeFileSync(join(dir, "base.yaml"), BASE);
  for (const [at, store] of STORES.entries()) {
    for (const inline of [true, false]) {
      await t.test(`${store}${inline ? ", secrets inline" : ""}`, () => {
        const secret = store.includes("azure") ? Buffer.alloc(64, 5).toString("base64") : 'p$a${s}s"w#ord\\n';
        const env = { LANGFUSE_BLOB_SECRET_ACCESS_KEY: secret };
        const generated = (format) => {
          const done = ours(
            ["generate", ...`${format} ${store} --public-url https://langfuse.example.com`.split(" ")],
            { input: "", env },
          );
          assert.equal(done.code, 0, done.err);
          return done.out;
        };
        writeFileSync(join(dir, "storage.yaml"), generated(inline ? "helm --inline-secrets" : "helm"));
        const rendered = spawnSync(program, ["template", "rel", own, "-f", "base.yaml", "-f", "storage.yaml"], {
          cwd: dir,
          encoding: "utf8",
        });
        assert.equal(rendered.status, 0, rendered.stderr);
        const shown = ours(["show", "-", "--input", "k8s", "--reveal", "--format", "json"], {
          cwd: dir,
          input: rendered.stdout,
        });
        assert.equal(shown.code, 0, shown.err);
        const got = JSON.parse(shown.out).containers;
        const clean = ours(["check", "-", "--input", "k8s", "--strict"], { input: rendered.stdout });
        assert.equal(clean.code, 0, clean.out);
        for (const container of ["web", "worker"]) {
          const file = `${container}-${at}.env`;
          writeFileSync(join(dir, file), generated(`env --container ${container} --deployment raw`));
          const plain = JSON.parse(
            ours(["show", `${container}=${file}`, "--reveal", "--format", "json"], { cwd: dir }).out,
          ).containers[container];
          for (const [name, { value }] of Object.entries(plain)) {
            if (!name.startsWith("LANGFUSE_")) continue;
            const seen = got[container][name]?.value;
            const secretive = typeof seen === "object" && seen !== null;
            assert.ok(
              seen === value || (secretive && !inline && /SECRET|ACCESS_KEY_ID|CREDENTIALS/.test(name)),
              `${container}: ${name} is ${JSON.stringify(seen)}, not ${value}`,
            );
          }
        }
      });
    }
  }
});
