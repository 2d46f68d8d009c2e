import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type PageOptions, runPage } from "@deepgrain/vitest/readme";

const folder = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the blocks of a guide. @returns per block, the arguments of each `console.log` */
export const runGuide = (name: string, options: PageOptions = {}): Promise<unknown[][][]> =>
  runPage(folder, `../../docs/guides/${name}.md`, options);

/** The text of a guide. */
export const guideText = (name: string): string =>
  readFileSync(new URL(`../../../../docs/guides/${name}.md`, import.meta.url), "utf8");
