// The search of the site: TypeDoc splits what is typed at spaces only, so lunr gets `@deepgrain/lm`, whose `@` its index
// has dropped, and reads `it:` as the name of a field. Here the words are split as the index splits them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SPLIT = 'i.split(" ").map(c=>c.length';
const SPLIT_AT_WORDS = "i.split(/[^\\p{L}\\p{N}/._]+/u).map(c=>c.length";

/** Lets the search of a written site find names of packages and titles with punctuation. */
export function mendSearch(out) {
  const file = join(out, "assets/main.js");
  const parts = readFileSync(file, "utf8").split(SPLIT);
  if (parts.length !== 2)
    throw new Error("TypeDoc's search has changed: see tooling/site/search.mjs");
  writeFileSync(file, parts.join(SPLIT_AT_WORDS));
}
