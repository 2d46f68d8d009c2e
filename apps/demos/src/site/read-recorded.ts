import { readFileSync } from "node:fs";

/** The recorded content of a page. @param page its folder of `src` */
export const readRecorded = <T>(page: string): T =>
  JSON.parse(readFileSync(new URL(`../../recorded/${page}.json`, import.meta.url), "utf8"));
