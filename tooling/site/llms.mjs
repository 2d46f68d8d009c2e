// llms.txt and llms-full.txt (llmstxt.org): what a language model needs to read, from the same Markdown as the site.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documents, groupOf, packagePages, titleOf } from "./documents.mjs";

const SUMMARY =
  "Small npm packages in TypeScript for mixtures of experts, fine-tuning, alignment, watermarks, process rewards, federated learning and graph networks; they run in Node and in browsers.";

/** The first sentence below a page's heading, as plain text. */
export function summaryOf(markdown) {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/^#.*$/gm, "");
  const [paragraph = ""] = prose
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => /^[A-Z`*[]/.test(part));
  const text = paragraph.replace(/\s+/g, " ").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return /^(?:`[^`]*`|[^`])*?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text;
}

const entryOf = (path) => {
  const markdown = readFileSync(path, "utf8");
  return `- [${titleOf(markdown) ?? path}](text/${path}): ${summaryOf(markdown)}`;
};

function pagesByGroup() {
  const groups = { Packages: packagePages() };
  for (const path of documents()) {
    groups[groupOf(path)] ??= [];
    groups[groupOf(path)].push(path);
  }
  return groups;
}

/** Writes both files into the site's folder, and the pages that they link to below `text`. */
export function writeTexts(out) {
  const groups = Object.entries(pagesByGroup());
  const paths = ["README.md", ...groups.flatMap(([, pages]) => pages)];
  for (const path of paths) cpSync(path, join(out, "text", path));
  const sections = groups.map(([name, pages]) => `## ${name}\n\n${pages.map(entryOf).join("\n")}`);
  const index = [`# Deepgrain`, `> ${SUMMARY}`, entryOf("README.md"), ...sections].join("\n\n");
  writeFileSync(join(out, "llms.txt"), `${index}\n`);
  const whole = paths.map((path) => `<!-- ${path} -->\n\n${readFileSync(path, "utf8").trim()}`);
  writeFileSync(join(out, "llms-full.txt"), `${whole.join("\n\n")}\n`);
}
