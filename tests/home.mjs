// Imported by all that the tests share. Test files run side by side, each in a process of its own: each gets a home, a state
// directory and a temporary directory, which are deleted when it ends. Nothing of the user's own is read or written.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// Remembers the user's environment, for the build tools.
import "../scripts/tools.mjs";

/** The one directory that all test files share. */
export const shared = tmpdir();

const home = mkdtempSync(join(shared, "langfuse-blob-test-"));
for (const name of ["HOME", "USERPROFILE", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP"]) process.env[name] = home;
for (const name of ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]) delete process.env[name];
process.once("exit", () => {
  try {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A server that is still ending may write into it.
  }
});
