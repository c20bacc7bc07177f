// `npm run screenshots`: the pictures of the README, from the running page, light and dark.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answer, launch, openForm, walk, wizard } from "../tests/browser.mjs";
import { build, npmBrowser, root, run } from "./tools.mjs";

npmBrowser();
run(process.execPath, [join(root, "scripts", "build-web.mjs")]);
build();
const folder = join(root, "docs", "wizard");
mkdirSync(folder, { recursive: true });

const browser = await launch();
const served = await wizard();
try {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width: 1200, height: 800 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const picture = (name) => page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    await page.goto(served.url.href);
    await page.locator("h1").waitFor();
    await picture("start");
    await openForm(page, served.origin);
    await answer(page, "provider", "r2");
    await picture("store");
    await walk(page, {
      bucket: "acme-langfuse",
      account: "0123456789abcdef0123456789abcdef",
      accessKeyId: "5f4dcc3b5aa765d61d8327deb882cf99",
      secretAccessKey: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    });
    await picture("files");
    await page.goto(`${served.origin}/#fix`);
    await page.getByRole("button", { name: "Look at an example" }).click();
    await page.locator(".cm-lintRange").first().waitFor();
    await picture("fix");
    await context.close();
  }
} finally {
  await browser.close();
  await served.stop();
}
