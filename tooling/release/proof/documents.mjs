/** @file Blocks of READMEs in projects that have what these say to install: all under one Node, the first under other runtimes. */
import { cpSync } from "node:fs";
import { readmeProject, runReadme } from "../readmes.mjs";
import { NotAvailable, once } from "./cells.mjs";

const runtimes = ["Node 20", "Node 22", "Node 24", "Bun", "Deno"];

/** @throws {Error} where a block failed @returns how many ran, and why others did not */
function judged(results) {
  if (results.length === 0) throw new NotAvailable("the README has no block of code");
  const failed = results.filter(({ outcome }) => outcome === "failed");
  if (failed.length > 0)
    throw new Error(failed.map(({ file, reason }) => `${file}: ${reason}`).join("\n"));
  const skipped = results.filter(({ outcome }) => outcome === "skipped");
  if (skipped.length === results.length) throw new NotAvailable(skipped[0].reason);
  return {
    ran: results.length - skipped.length,
    ...(skipped.length > 0 && {
      notRun: skipped.map(({ file, reason }) => `${file} ${reason}`),
    }),
  };
}

export function readmeChecks({ tools, release }) {
  const projectOf = once(async (one) => readmeProject(release, one));
  const inCopy = async (one, name, runtime, most) => {
    const project = await projectOf(one);
    const own = `${project}-${name}`; // without what other runs wrote
    cpSync(project, own, { recursive: true, verbatimSymlinks: true });
    return judged(await runReadme(own, one, runtime, most));
  };
  return [
    { name: "README", of: (one) => inCopy(one, "all", [process.execPath]) },
    ...runtimes.map((runtime) => ({
      name: `first block, ${runtime}`,
      of: async (one) => inCopy(one, runtime.replace(" ", "-"), await tools.runtime(runtime), 1),
    })),
  ];
}
