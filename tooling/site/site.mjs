// `npm run site`: the playground, the page that measures graphics cards, the reference with all guides below docs/, and the texts
// for language models, in one folder that any static host serves under any path.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeMeasuringPage } from "@deepgrain/bench/site";
import { changelogPage } from "./changelog.mjs";
import { brokenLinks } from "./check-links.mjs";
import { commandsPage } from "./commands-page.mjs";
import { writeTexts } from "./llms.mjs";
import { writeReference } from "./reference.mjs";

/**
 * Writes reference and guides, with the pages of commands and changes.
 *
 * @param options.home the page that "Playground" leads to; without it there is no such link
 * @param options.json file for TypeDoc's description of everything; without it there is none
 * @param options.commands the page of commands; by default from the command line, which must have been built
 */
export async function writeDocs(out, { home, commands = commandsPage(), json } = {}) {
  // TypeDoc looks for pages below the folder that all of them share, so these must be inside the repository.
  const folder = mkdtempSync(resolve("tooling/site/.pages-"));
  try {
    const pages = { commands, changelog: changelogPage() };
    for (const [name, text] of Object.entries(pages))
      writeFileSync(join(folder, `${name}.md`), text);
    const files = Object.keys(pages).map((name) => join(folder, `${name}.md`));
    return await writeReference({ out, pages: files, home, json });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the whole site; the playground and the command line must have been built. @returns whether every link leads somewhere */
export async function writeSite(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync("apps/demos/dist", out, { recursive: true });
  await writeMeasuringPage(out);
  writeTexts(out);
  const sound = await writeDocs(join(out, "docs"), { home: resolve(out, "index.html") });
  const broken = brokenLinks(out);
  for (const line of broken) console.error(line);
  return sound && broken.length === 0;
}
