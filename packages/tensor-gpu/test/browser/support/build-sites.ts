import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";

const packageFolder = fileURLToPath(new URL("../../..", import.meta.url));
const sources = fileURLToPath(new URL("../site", import.meta.url));
const PACKAGE = "@deepgrain/tensor-gpu";

/** Builds the package and puts it into a folder's `node_modules`, as npm would do it. */
export function installPackage(folder: string): void {
  const installed = join(folder, "node_modules", PACKAGE);
  mkdirSync(installed, { recursive: true });
  cpSync(join(packageFolder, "package.json"), join(installed, "package.json"));
  const tsup = join(packageFolder, "node_modules/.bin/tsup");
  execFileSync(tsup, ["--silent", "--out-dir", join(installed, "dist")], {
    cwd: packageFolder,
    env: { ...process.env, DEEPGRAIN_BUILD: "run" },
  });
}

/** Lays the site out with the package beside it. */
export function installSite(folder: string): void {
  cpSync(sources, folder, { recursive: true });
  installPackage(folder);
}

/** Installs the optional package. */
export function installGpuJs(folder: string): void {
  const here = realpathSync(join(packageFolder, "node_modules/gpu.js"));
  symlinkSync(here, join(folder, "node_modules/gpu.js"), "dir");
}

/** No bundler: the import names the file. */
function writePlain(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const path = join(to, "train.js");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(`"${PACKAGE}"`, `"./node_modules/${PACKAGE}/dist/index.js"`));
}

/** No bundler: the page says where the package lies. Workers have no such map. */
function writeWithImportMap(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const path = join(to, "index.html");
  const map = JSON.stringify({ imports: { [PACKAGE]: `./node_modules/${PACKAGE}/dist/index.js` } });
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("<head>", `<head><script type="importmap">${map}</script>`));
}

export async function writeByEsbuild(from: string, to: string): Promise<void> {
  const { warnings } = await esbuild({
    absWorkingDir: from,
    entryPoints: ["main.js", "worker.js"],
    outdir: to,
    bundle: true,
    format: "esm",
    minify: true,
    keepNames: true,
    logLevel: "silent",
  });
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings[0]!.text}`);
  cpSync(join(from, "index.html"), join(to, "index.html"));
}

async function writeByVite(from: string, to: string): Promise<void> {
  const warnings: string[] = [];
  await vite({
    root: from,
    configFile: false,
    logLevel: "silent",
    build: {
      outDir: to,
      chunkSizeWarningLimit: 2000, // kB; gpu.js is large
      rolldownOptions: {
        checks: { pluginTimings: false },
        onwarn: (warning) => warnings.push(warning.message),
      },
    },
  });
  if (warnings.length > 0) throw new Error(`vite warns: ${warnings[0]}`);
}

/** Builds the site in every way that a user may: `folder` gets one folder for each, those with `-gpu` with gpu.js. */
export async function buildSites(folder: string): Promise<void> {
  const source = join(folder, "source");
  installSite(source);
  writePlain(source, join(folder, "plain"));
  writeWithImportMap(source, join(folder, "import-map"));
  await writeByEsbuild(source, join(folder, "esbuild"));
  await writeByVite(source, join(folder, "vite"));
  installGpuJs(source);
  await writeByEsbuild(source, join(folder, "esbuild-gpu"));
  await writeByVite(source, join(folder, "vite-gpu"));
}
