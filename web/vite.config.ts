import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the page works from any folder of any web server, and out of the binary.
  base: "./",
  resolve: { alias: { "langfuse-blob": fileURLToPath(new URL("../wasm/pkg/browser.mjs", import.meta.url)) } },
  // The package lies beside this folder.
  server: { fs: { allow: [".."] } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    // What can wait for the module at the top level: Chrome and Edge 89, Firefox 89, Safari 15.
    target: "es2022",
    // Nothing inline: the content security policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The build script empties the folder, all but the file that keeps it in the repository.
    emptyOutDir: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
});
