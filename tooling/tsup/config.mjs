// One tsup configuration for every package: ESM, types, source maps.
import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

/** Version of the package that is built. */
const versionHere = () => JSON.parse(readFileSync("package.json", "utf8")).version;

export const library = (options = {}) =>
  defineConfig({
    entry: ["src/index.ts"],
    format: ["esm"],
    clean: true,
    sourcemap: true,
    removeNodeProtocol: false,
    target: "es2022",
    platform: "neutral",
    define: { DEEPGRAIN_VERSION: JSON.stringify(versionHere()) },
    // Node's own modules are imported lazily where a package also runs in browsers.
    external: [/^node:/],
    // Private, so a published package cannot depend on it: its code and types go into each bundle.
    noExternal: ["@deepgrain/files"],
    // Type declarations take most of a build, and running the apps needs none.
    dts:
      process.env.DEEPGRAIN_BUILD === "run"
        ? false
        : { resolve: ["@deepgrain/files"], compilerOptions: { ignoreDeprecations: "6.0" } },
    ...options,
  });
