// Writes the page on which visitors measure their own graphics card, from the sources of the packages.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const engine = here("../../packages/tensor-gpu/");

/** The page and, in a folder of the same name, what it loads. @param {string} out the site's folder */
export async function writeMeasuringPage(out) {
  mkdirSync(join(out, "webgpu"), { recursive: true });
  const { bugs } = JSON.parse(readFileSync(join(engine, "package.json"), "utf8"));
  const html = readFileSync(here("./webgpu.html"), "utf8");
  writeFileSync(join(out, "webgpu.html"), html.replace("{{issues}}", bugs));
  cpSync(here("./page.css"), join(out, "webgpu/page.css"));
  await build({
    entryPoints: [here("./page.mjs"), here("./worker.mjs")],
    outdir: join(out, "webgpu"),
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    keepNames: true,
    conditions: ["@deepgrain/source", "module", "browser"],
    // Bundles for browsers hold only the backends that they name.
    alias: { "@deepgrain/tensor-gpu": join(engine, "src/browser.ts") },
    logLevel: "error",
  });
}
