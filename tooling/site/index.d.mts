/** One line for each link of a folder of pages that leads nowhere. */
export function brokenLinks(folder: string): string[];
/** Paths of the guides, papers, claims and architecture, from the root of the repository. */
export function documents(): string[];
/** The first heading of a page. */
export function titleOf(markdown: string): string | undefined;
/** Folders of the packages that are published. */
export function packageFolders(): string[];
/** The source file of each entry of a package, by the name under which it is imported. */
export function entriesOf(folder: string): Map<string, string>;
/** Writes the reference; the working directory has to be the root. Whether every link and tag leads somewhere. */
export function writeReference(options?: {
  out?: string;
  pages?: readonly string[];
  home?: string;
}): Promise<boolean>;
/** Writes llms.txt, llms-full.txt and the pages that they link to. */
export function writeTexts(out: string): void;
