/** @file The proof for strangers: every package, as published to a registry of this machine, through every check. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundlerChecks } from "./bundlers.mjs";
import { cellOf, once, processorSeconds } from "./cells.mjs";
import { createBrowser } from "./chromium.mjs";
import { readmeChecks } from "./documents.mjs";
import { installChecks } from "./install.mjs";
import { nextChecks } from "./next.mjs";
import { shapeChecks } from "./shape.mjs";
import { templateChecks } from "./templates.mjs";
import { createTools, run } from "./tools.mjs";
import { typeChecks } from "./types.mjs";

/** All checks, in the order in which they run. */
const checksOf = (context) => [
  ...shapeChecks(context),
  ...typeChecks(context),
  ...installChecks(context),
  ...readmeChecks(context),
  ...bundlerChecks(context),
  ...nextChecks(context),
  ...templateChecks(context),
];

function createContext(release, folder) {
  const { packages, env } = release;
  const tools = createTools(join(folder, "tools"));
  const closing = [];
  const projectWith = async (name, installs) => {
    const project = release.createProject(name);
    await run(project, "npm", ["install", "--no-audit", "--no-fund", ...installs], env);
    return project;
  };
  const short = ({ name }) => name.replace("@deepgrain/", "");
  const alone = once((one) => projectWith(`alone-${short(one)}`, [`${one.name}@${one.version}`]));
  const packer = once(async () => release.createProject("packer"));
  const tarball = once(async (one) => {
    const own = join(folder, short(one));
    mkdirSync(own);
    const words = ["pack", `${one.name}@${one.version}`, "--silent", "--pack-destination", own];
    return join(own, (await run(await packer(), "npm", words, env)).trim());
  });
  const browser = createBrowser(tools);
  return {
    release,
    packages,
    folder,
    tools,
    browser,
    projectWith,
    aloneWith: alone,
    tarballOf: tarball,
    onClose: (close) => closing.push(close),
    close: async () => {
      for (const close of [...closing, browser.close]) await close();
    },
  };
}

/**
 * Runs the checks.
 *
 * @param release as `publishLocally` returns it
 * @param only names of the checks that run; all by default
 * @param say is called with a line per check
 * @returns `packages`, `checks`, a cell for each of both, and the processor's seconds of each check, its preparation included
 */
export async function prove(release, { only, say = () => {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-proof-"));
  const context = createContext(release, folder);
  try {
    const checks = checksOf(context).filter(({ name }) => only?.includes(name) ?? true);
    const cells = [];
    const seconds = {};
    for (const check of checks) {
      const began = processorSeconds();
      const column = [];
      for (const one of release.packages) column.push(await cellOf(check, one));
      cells.push(...column);
      if (began !== undefined) seconds[check.name] = processorSeconds() - began;
      const count = (outcome) => column.filter((cell) => cell.outcome === outcome).length;
      say(
        `${check.name}: ${count("ran")} ran, ${count("failed")} failed, ${count("not available")} not available`,
      );
    }
    return {
      packages: release.packages.map(({ name }) => name),
      checks: checks.map(({ name }) => name),
      cells,
      processorSeconds: seconds,
    };
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
