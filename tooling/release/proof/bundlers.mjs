/** @file The bundler matrix: a page per package, bundled, opened once in Chromium, whose number must be Node's. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NotAvailable, once } from "./cells.mjs";
import { serveFolder } from "./chromium.mjs";
import { fetchedFolders, nodeProgram, pageProgram, pageText, samples } from "./samples.mjs";
import { run } from "./tools.mjs";
import { foreignPeers } from "./types.mjs";

/** Words of each bundler's command, in the folder of the page; it writes `site/dist/main.js`, or a whole `site`. */
export const bundlers = {
  esbuild: [
    "main.js",
    "--bundle",
    "--format=esm",
    "--outfile=site/dist/main.js",
    "--log-level=warning",
  ],
  vite: ["build", "--base", "./", "--outDir", "site", "--logLevel", "warn"],
  rollup: [
    "main.js",
    "-d",
    "site/dist",
    "-f",
    "es",
    "-p",
    "node-resolve={browser: true}",
    "-p",
    "commonjs",
  ],
  webpack: ["--mode", "production", "--entry", "./main.js", "--output-path", "site/dist"],
};
/** These write the page too, and copy the files that a package fetches. */
const writesPage = ["vite"];
const copiesFiles = ["vite", "webpack"];

/** @throws {NotAvailable} for packages that no page of the matrix uses */
export function assertRow({ name }) {
  if (!samples[name]) throw new NotAvailable("is no row of the bundler matrix");
}

/** Writes the programs of a package into a project that has it. @returns their folder */
export function writePage(project, { name }, place) {
  const folder = join(project, `page-${name.split("/").at(-1)}-${place}`);
  mkdirSync(folder, { recursive: true });
  const files = { "sample.js": samples[name], "main.js": pageProgram, "node.mjs": nodeProgram };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  return folder;
}

/** @throws {Error} where a page says something else than Node */
export async function compare(browser, url, folder) {
  const inNode = (await run(folder, process.execPath, ["node.mjs"])).trim();
  const inPage = await browser.textAt(url);
  if (inPage !== inNode) throw new Error(`the page says ${inPage}, Node ${inNode}`);
  if (!Number.isFinite(Number(inNode))) throw new Error(`expected a number, got ${inNode}`);
  return { number: Number(inNode) };
}

async function bundle(context, bundler, one, project) {
  const folder = writePage(project, one, bundler);
  const isPlain = !writesPage.includes(bundler);
  if (!isPlain) writeFileSync(join(folder, "index.html"), pageText("./main.js"));
  const [node, ...words] = await context.tools.program(bundler);
  await run(folder, node, [...words, ...bundlers[bundler]]);
  const site = join(folder, "site");
  if (isPlain) writeFileSync(join(site, "index.html"), pageText("./dist/main.js"));
  const fetched = fetchedFolders[one.name];
  if (fetched && !copiesFiles.includes(bundler)) {
    const from = join(project, "node_modules", one.name, fetched);
    cpSync(from, join(site, fetched), { recursive: true });
  }
  const server = await serveFolder(site);
  try {
    return await compare(context.browser, `${server.url}/index.html`, folder);
  } finally {
    server.close();
  }
}

/** Packages of the matrix, with what they need installed: their own peers, and the optional ones of others where `withPeers`. */
export function matrixInstalls(packages, withPeers) {
  const rows = packages.filter(({ name }) => samples[name]);
  const peers = rows.flatMap(foreignPeers).map(([name, range]) => `${name}@${range}`);
  const own = rows.map(({ name, version }) => `${name}@${version}`);
  return [...own, ...(withPeers ? new Set(peers) : [])];
}

export function bundlerChecks(context) {
  const { packages, projectWith, aloneWith } = context;
  const whole = once(() => projectWith("matrix-peers", matrixInstalls(packages, true)));
  return Object.keys(bundlers).flatMap((bundler) => [
    {
      name: `${bundler}, alone`,
      async of(one) {
        assertRow(one);
        return bundle(context, bundler, one, await aloneWith(one));
      },
    },
    {
      name: `${bundler}, with optional peers`,
      async of(one) {
        assertRow(one);
        return bundle(context, bundler, one, await whole());
      },
    },
  ]);
}
