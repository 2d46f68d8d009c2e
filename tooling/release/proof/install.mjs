/** @file What an installation of a package alone brings, and whether `require()` finds it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { assertLibrary } from "./shape.mjs";
import { run } from "./tools.mjs";

const versions = ["Node 20.19", "Node 22", "Node 24"];

function licenceOf(folder) {
  const { license, licenses } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(" OR ");
}

/** Packages of an installation, megabytes of their files, and how many have each licence. */
function measure(project) {
  const lock = JSON.parse(readFileSync(join(project, "node_modules/.package-lock.json"), "utf8"));
  const folders = Object.keys(lock.packages).map((path) => join(project, path));
  const licences = {};
  for (const folder of folders) {
    const licence = licenceOf(folder);
    if (!licence) throw new Error(`${folder.slice(project.length + 1)} has no licence`);
    licences[licence] = (licences[licence] ?? 0) + 1;
  }
  const bytes = readdirSync(join(project, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { packages: folders.length, megabytes: Number((bytes / 1e6).toFixed(1)), licences };
}

export const installChecks = ({ tools, aloneWith }) => [
  { name: "install", of: async (one) => measure(await aloneWith(one)) },
  ...versions.map((version) => ({
    name: `require(), ${version}`,
    async of(one) {
      assertLibrary(one);
      const [program, ...words] = await tools.runtime(version);
      const count = `console.log(Object.keys(require(${JSON.stringify(one.name)})).length)`;
      const said = await run(await aloneWith(one), program, [...words, "-e", count]);
      if (!(Number(said) > 0)) throw new Error(`require() gave ${said.trim()} names`);
      return { names: Number(said) };
    },
  })),
];
