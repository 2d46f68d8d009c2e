/** Parts of every page that `hide` may name, as selectors. */
const parts: Readonly<Record<string, string>> = {
  header: "header.bar",
  menu: "header.bar nav",
  share: "#share",
  introduction: ".intro",
  notes: "#live ~ :not(.to-page)",
  footer: "footer",
  link: ".to-page",
  turns: "#story .turn",
};

/** Those that come later, with the story. */
const ofStory = new Set(["turns"]);

/** Most names that are read; no page has as many. */
const MOST = 40;

/** The wishes of an address beside a page’s state. */
export interface Embedding {
  /** Whether the page stands in another: only its live part is shown. */
  isEmbedded: boolean;
  /** Names of parts and controls that are hidden. */
  hide: string[];
}

/**
 * Reads `?embed&hide=where,seed`.
 * @param search as of `location.search`
 */
export function readEmbedding(search: string): Embedding {
  const given = new URLSearchParams(search);
  const names = given.getAll("hide").flatMap((text) => text.split(","));
  const hide = new Set(names.map((name) => name.trim()).filter((name) => name !== ""));
  return { isEmbedded: given.has("embed"), hide: [...hide].slice(0, MOST) };
}

/** @returns what a name stands for: a part of every page, or a control with its label; undefined for what can be no name */
export function selectorOf(name: string): string | undefined {
  if (Object.hasOwn(parts, name)) return parts[name];
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return undefined;
  const own = [`#${name}`, `[data-name="${name}"]`, `[aria-labelledby="${name}"]`];
  return [...own, `label[for="${name}"]`].map((one) => `#live ${one}`).join(", ");
}

const shortened = (name: string) => (name.length > 20 ? `${name.slice(0, 20)}…` : name);

/**
 * @param isThere whether a page has something that a selector finds
 * @returns the selectors to hide, and a sentence for each name that the page does not know
 */
export function hiddenParts(
  hide: readonly string[],
  isThere: (selector: string) => boolean,
): { selectors: string[]; problems: string[] } {
  const selectors: string[] = [];
  const problems: string[] = [];
  for (const name of hide) {
    const selector = selectorOf(name);
    if (selector && isThere(ofStory.has(name) ? "#story" : selector)) selectors.push(selector);
    else problems.push(`hide has “${shortened(name)}”, which this page does not know.`);
  }
  return { selectors, problems };
}
