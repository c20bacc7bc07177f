import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { BROWSERS } from "./src/browsers.ts";

/** The package's module and texts are compressed with gzip. Web servers compress better than that if they get them uncompressed. */
const unpacked: Plugin = {
  name: "unpacked-files",
  generateBundle(_, bundle) {
    for (const [name, asset] of Object.entries(bundle)) {
      const plain = name.replace(/\.(wasm|json)-([^/]+)\.gz$/, "-$2.$1");
      if (asset.type !== "asset" || plain === name) continue;
      delete bundle[name];
      this.emitFile({ type: "asset", fileName: plain, source: gunzipSync(asset.source) });
      const [from, to] = [name, plain].map((path) => path.split("/").at(-1) ?? path) as [string, string];
      for (const chunk of Object.values(bundle))
        if (chunk.type === "chunk") chunk.code = chunk.code.replaceAll(from, to);
    }
  },
};

export default defineConfig({
  // Relative, so that the page works from any directory of any web server, and from the binary.
  base: "./",
  resolve: { alias: { "langfuse-blob": fileURLToPath(new URL("../wasm/pkg/browser.mjs", import.meta.url)) } },
  plugins: [unpacked],
  // The package is in a sibling directory.
  server: { fs: { allow: [".."] } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: Object.entries(BROWSERS).map(([name, version]) => name + version),
    // The Content-Security-Policy forbids inline assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The build script empties the directory, except for the file that keeps it in the repository.
    emptyOutDir: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
});
