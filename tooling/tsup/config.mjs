// One tsup configuration for every package: ESM, types, source maps.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "tsup";

/** Version of the package that is built. */
const versionHere = () => JSON.parse(readFileSync("package.json", "utf8")).version;

// Private, so a published package cannot depend on it: its code and types go into each bundle.
const SUPPORT = "@deepgrain/support";

const support = (part) =>
  fileURLToPath(new URL(`../../packages/support/src/${part}index.ts`, import.meta.url));

/** Where its sources lie: what is found by path is bundled into the declarations. */
const paths = {
  [SUPPORT]: [support("")],
  [`${SUPPORT}/files`]: [support("files/")],
  [`${SUPPORT}/pages`]: [support("pages/")],
  [`${SUPPORT}/schema`]: [support("schema/")],
};

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
    // Type declarations take most of a build, and running the apps needs none. Those of other packages are read as built, not made
    // again from their sources.
    dts:
      process.env.DEEPGRAIN_BUILD === "run"
        ? false
        : { compilerOptions: { customConditions: [], ignoreDeprecations: "6.0", paths } },
    ...options,
    noExternal: [/^@deepgrain\/support/, ...(options.noExternal ?? [])],
  });
