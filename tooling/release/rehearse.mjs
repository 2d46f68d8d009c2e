/** @file A release in small: all packages go to a registry on the loopback address; an empty project installs and runs them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publishLocally } from "./publish-locally.mjs";
import { call, say } from "./workspace.mjs";

function checkInstalled(project, packages) {
  for (const { name, version } of packages) {
    const folder = join(project, "node_modules", name);
    const installed = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (installed.version !== version)
      throw new Error(`${name}: expected version ${version}, got ${installed.version}`);
    const changes = readFileSync(join(folder, "CHANGELOG.md"), "utf8");
    if (!changes.includes(`## ${version}`))
      throw new Error(`${name}: CHANGELOG.md has no entry for ${version}`);
  }
}

/** Publishes, installs and runs everything. @param root the repository */
export async function rehearse(root) {
  const { packages, createProject, env, close } = await publishLocally(root);
  try {
    const project = createProject("project");
    const names = packages.map(({ name, version }) => `${name}@${version}`);
    call(project, "npm", ["install", "--silent", ...names], env);
    checkInstalled(project, packages);
    const libraries = packages.filter(({ bin }) => !bin).map(({ name }) => name);
    const imports = libraries.map((name) => `await import(${JSON.stringify(name)});`).join("\n");
    writeFileSync(join(project, "imports.mjs"), `${imports}\n`);
    call(project, process.execPath, ["imports.mjs"]);
    const version = call(project, "npx", ["--no-install", "deepgrain", "--version"]).trim();
    say(`Installed and imported ${libraries.length} packages; npx deepgrain --version: ${version}`);
    const plan = ["scaling", "plan", "--budget", "1e15", "--json"];
    const { flops } = JSON.parse(call(project, "npx", ["--no-install", "deepgrain", ...plan]));
    if (flops !== 1e15) throw new Error(`deepgrain scaling plan answered with ${flops} FLOPs`);
    if (existsSync(join(project, "runs"))) throw new Error("a plan left a folder of runs");
    say("A plan was made by npx deepgrain");
  } finally {
    close();
  }
}
