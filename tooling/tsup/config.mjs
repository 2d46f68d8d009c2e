// One tsup configuration for every package: ESM, types, source maps.
import { readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "tsup";
import { notices } from "./notices.mjs";

/** The package that is built. */
const manifestHere = () => JSON.parse(readFileSync("package.json", "utf8"));

// Private, so a published package cannot depend on it: its code and types go into each bundle.
const SUPPORT = "@deepgrain/support";

const support = (file) =>
  fileURLToPath(new URL(`../../packages/support/src/${file}`, import.meta.url));

/** Where its sources lie: what is found by path is bundled into the declarations. */
const paths = {
  [SUPPORT]: [support("index.ts")],
  [`${SUPPORT}/files`]: [support("files/index.ts")],
  [`${SUPPORT}/files/lock`]: [support("files/lock.ts")],
  [`${SUPPORT}/pages`]: [support("pages/index.ts")],
  [`${SUPPORT}/schema`]: [support("schema/index.ts")],
};

/** Source maps repeat no source that is published as a file. */
const sourcesOnce = {
  name: "sources-once",
  setup(build) {
    if (!manifestHere().files?.includes("src")) return;
    const own = join(process.cwd(), "src") + sep;
    build.onEnd(({ outputFiles = [] }) => {
      for (const file of outputFiles.filter(({ path }) => path.endsWith(".map"))) {
        const map = JSON.parse(file.text);
        const isOwn = (source) => resolve(dirname(file.path), source).startsWith(own);
        map.sourcesContent = map.sources.map((source, i) =>
          isOwn(source) ? null : (map.sourcesContent?.[i] ?? null),
        );
        file.contents = Buffer.from(JSON.stringify(map));
      }
    });
  },
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
    define: { DEEPGRAIN_VERSION: JSON.stringify(manifestHere().version) },
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
    esbuildPlugins: [notices, sourcesOnce, ...(options.esbuildPlugins ?? [])],
  });
