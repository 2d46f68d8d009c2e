import { readFileSync } from "node:fs";

/** The recorded content of a page. @param page its folder of `src` */
export const readRecorded = <T>(page: string): T =>
  JSON.parse(readFileSync(new URL(`../../recorded/${page}.json`, import.meta.url), "utf8"));

/** The code that a page shows. */
export const readCode = (page: string): string =>
  readFileSync(new URL(`../${page}/code.js`, import.meta.url), "utf8").trim();
