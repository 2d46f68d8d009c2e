/** @file `npm run release -- --proof`: rehearses the release, proves every package, and writes what was seen. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { proofPage, reasons } from "./proof/page.mjs";
import { prove } from "./proof/prove.mjs";
import { publishLocally } from "./publish-locally.mjs";
import { say, sayOnStderr } from "./workspace.mjs";

/** Where the report goes, in the repository. */
const folder = ".proof";

/** @param isJson whether the report is printed, and progress goes to stderr @returns exit code: 1 where a cell failed */
export async function writeProof(root, isJson) {
  if (isJson) sayOnStderr();
  const release = await publishLocally(root);
  try {
    const proof = await prove(release, { say });
    const own = join(root, folder);
    mkdirSync(own, { recursive: true });
    const text = `${JSON.stringify(proof, null, 2)}\n`;
    writeFileSync(join(own, "proof.json"), text);
    writeFileSync(join(own, "index.html"), proofPage(proof));
    const failed = reasons(proof.cells, "failed");
    for (const { reason, places } of failed)
      console.error(`failed: ${places.join("; ")}: ${reason.split("\n").slice(0, 3).join(" ")}`);
    if (isJson) process.stdout.write(text);
    say(`${proof.cells.length} cells; ${relative(root, join(own, "index.html"))} has each`);
    return failed.length > 0 ? 1 : 0;
  } finally {
    release.close();
  }
}
