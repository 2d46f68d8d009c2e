import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { type PublicEntry, packages } from "../public-entries";

const driver = fileURLToPath(new URL("./driver.mjs", import.meta.url));

/** Other people's modules stay outside, by the path at which their importer finds them. */
const thirdParties: Plugin = {
  name: "third-parties",
  setup(bundler) {
    bundler.onResolve(
      { filter: /^[^./]/ },
      async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === "asked" || /^(@deepgrain\/|node:|#)/.test(path)) return undefined;
        const found = await bundler.resolve(path, {
          kind,
          importer,
          resolveDir,
          pluginData: "asked",
        });
        if (found.errors.length > 0 || found.external) return { path, external: true };
        return { path: pathToFileURL(found.path).href, external: true };
      },
    );
  },
};

/** Bundles a package's sources with the program that calls them. */
export async function bundlePackage(
  folder: string,
  entries: readonly PublicEntry[],
  calls: readonly object[],
  outfile: string,
): Promise<void> {
  const imports = entries.map(({ path }, i) => `import * as e${i} from ${JSON.stringify(path)};\n`);
  const exports = entries.map(({ name }, i) => `${JSON.stringify(name)}: e${i}`);
  await build({
    stdin: {
      contents: `${imports.join("")}import { answerCalls } from ${JSON.stringify(driver)};
answerCalls(${JSON.stringify(folder)}, { ${exports.join(", ")} }, ${JSON.stringify(calls)});`,
      resolveDir: join(packages, folder),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@deepgrain/source"],
    plugins: [thirdParties],
    outfile,
    logLevel: "error",
  });
}
