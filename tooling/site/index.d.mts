/** One line for each link of a folder of pages that leads nowhere. */
export function brokenLinks(folder: string): string[];
/** Paths of the guides, papers, claims and architecture, from the root of the repository. */
export function documents(): string[];
/** The first heading of a page. */
export function titleOf(markdown: string): string | undefined;
/** The front page of each package that is published, and its guides. */
export function packagePages(): string[];
/** Folders of the packages that are published. */
export function packageFolders(): string[];
/** The source file of each entry of a package, by the name under which it is imported. */
export function entriesOf(folder: string): Map<string, string>;
/** Writes reference and guides; the working directory has to be the root. Whether every link and tag leads somewhere. */
export function writeDocs(
  out: string,
  options?: { home?: string; commands?: string; json?: string },
): Promise<boolean>;
/** Writes llms.txt, llms-full.txt and the pages that they link to. */
export function writeTexts(out: string): void;
