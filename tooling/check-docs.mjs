// Checks the pages that people write: a README has at most 150 lines, a guide at most 120 of prose, a table at most 120 columns (except
// in RECORD.md), and every relative link, and every path that docs/architecture.md names, leads to a file.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LINES = { readme: 150, guide: 120 };
const TABLE_WIDTH = 120;

const withoutCode = (text) => text.replace(/^```[\s\S]*?^```$/gm, "");
const linesOf = (text) => text.trimEnd().split("\n");

function limitOf(page, text) {
  if (/(^|\/)README\.md$/.test(page))
    return { what: "text and code", most: LINES.readme, count: linesOf(text).length };
  const most = /^packages\/[^/]+\/docs\//.test(page) ? LINES.guide : Infinity;
  return { what: "prose", most, count: linesOf(withoutCode(text)).length };
}

/** Targets of relative links, without anchors. */
function linksOf(text) {
  const prose = withoutCode(text).replace(/`[^`\n]*`/g, "");
  const targets = Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target);
  return targets.filter((target) => !/^([a-z]+:|#)/.test(target)).map((t) => t.split("#")[0]);
}

/** Paths in backticks that begin with a folder of the repository or of packages/. */
function pathsOf(text) {
  const named = Array.from(text.matchAll(/`([\w-]+(?:\/[\w.-]+)+)`/g), ([, path]) => path);
  return named.filter((path) => !existsSync(path) && !existsSync(join("packages", path)));
}

function faultsOf(page) {
  const text = readFileSync(page, "utf8");
  const faults = [];
  const { what, most, count } = limitOf(page, text);
  if (count > most) faults.push(`${count} lines of ${what}, at most ${most} are allowed`);
  for (const [i, line] of linesOf(text).entries())
    if (line.startsWith("|") && line.length > TABLE_WIDTH && !page.endsWith("RECORD.md"))
      faults.push(`line ${i + 1}: a table of ${line.length} columns, at most ${TABLE_WIDTH}`);
  for (const link of linksOf(text))
    if (!existsSync(join(dirname(page), link))) faults.push(`the link ${link} leads nowhere`);
  if (page === "docs/architecture.md")
    faults.push(...pathsOf(text).map((path) => `there is no file ${path}`));
  return faults.map((fault) => `${page}: ${fault}`);
}

/** @returns exit status: 1 if a page has a fault, which is printed */
export function checkDocs() {
  const tracked = execFileSync("git", ["ls-files", "*.md"], { encoding: "utf8" });
  const pages = tracked.split("\n").filter((page) => page !== "" && existsSync(page));
  const faults = pages.filter((page) => !page.startsWith(".changeset/")).flatMap(faultsOf);
  for (const fault of faults) console.error(fault);
  return faults.length > 0 ? 1 : 0;
}
