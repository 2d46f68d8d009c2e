import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A file of what the pages ship. */
export const recordedFile = (name: string): string =>
  fileURLToPath(new URL(`../../recorded/${name}`, import.meta.url));

/** The command that records a page's results, and the commit that it was run at. */
export const provenanceOf = (page: string): { command: string; commit: string } => ({
  command: `npm run demos -- --record ${page}`,
  commit: execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim(),
});

/** Writes what a page shows at first. */
export const writeRecorded = (page: string, value: object): Promise<void> =>
  writeFile(recordedFile(`${page}.json`), `${JSON.stringify(value)}\n`);
