// The pages that people wrote, in the order in which the site lists them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The Markdown pages of a folder. */
export const pagesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".md"))
        .map((name) => join(folder, name))
    : [];

/** The packages that are published, by folder. */
export const packageFolders = () =>
  readdirSync("packages")
    .map((name) => join("packages", name))
    .filter((folder) => !JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).private);

/** The front page of each package, and its guides. */
export const packagePages = () =>
  packageFolders().flatMap((folder) => [
    join(folder, "README.md"),
    ...pagesIn(join(folder, "docs")),
  ]);

/** The page of each paper that is run again. */
export const paperPages = () =>
  readdirSync("apps/studies")
    .map((paper) => join("apps/studies", paper, "README.md"))
    .filter((page) => existsSync(page));

/** Guides, papers, claims and architecture. */
export const documents = () => [
  ...pagesIn("docs/guides"),
  ...paperPages(),
  "docs/claims.md",
  "docs/architecture.md",
  "docs/releasing.md",
];

/** @returns the kind of a page, by its path */
export function groupOf(path) {
  if (path.includes("docs/guides/")) return "Guides";
  if (path.includes("apps/studies/")) return "Papers";
  return /packages\/[^/]+\/docs\//.test(path) ? "Package guides" : "Project";
}

/** @returns the first heading of a page, without its marks; undefined where there is none */
export const titleOf = (markdown) => /^#\s+(.+)$/m.exec(markdown)?.[1].replaceAll("`", "").trim();
