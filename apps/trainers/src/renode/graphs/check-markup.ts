import { FormatError } from "@deepgrain/studies/shared/read-json";

/** Elements within elements that a graph file may have; the parser's time grows with depth times size. */
export const MOST_NESTED = 256;

/** Default values that the nodes and edges of a graph file may get in all: each node and edge gets each of them. */
const MOST_DEFAULTS = 2 ** 24;

/** Beginnings and ends of what may contain any signs. */
const opaque = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** A tag from its `<`: slash, name, and slash at its end. */
const tag = /<(\/?)([^\s<>/'"!?]+)(?:"[^"]*"|'[^']*'|[^'"<>])*>/y;

/** The tags of a document in their order, found in one pass. */
function* tagsOf(text: string): Generator<{ name: string; step: 1 | 0 | -1 }> {
  let at = text.indexOf("<");
  while (at >= 0) {
    const special = opaque.find(([start]) => text.startsWith(start, at));
    if (special) {
      const end = text.indexOf(special[1], at);
      if (end < 0) return;
      at = text.indexOf("<", end);
      continue;
    }
    tag.lastIndex = at;
    const [whole = "<", slash, name] = tag.exec(text) ?? [];
    if (name !== undefined) yield { name, step: slash ? -1 : whole.endsWith("/>") ? 0 : 1 };
    at = text.indexOf("<", at + whole.length);
  }
}

/**
 * Looks through the tags of a graph file once, before it is parsed.
 *
 * @param root name of the outermost element, without a prefix: `gexf`
 * @throws {FormatError} where the first element has another name, where elements are nested deeper than {@link MOST_NESTED}, or
 *   where default values are for more nodes and edges than {@link MOST_DEFAULTS} in all
 */
export function checkMarkup(text: string, path: string, root: string): void {
  let depth = 0;
  let isFirst = true;
  let [defaults, items] = [0, 0];
  for (const { name, step } of tagsOf(text)) {
    if (isFirst && name.replace(/^.*:/, "").toLowerCase() !== root)
      throw new FormatError(`${path}: not a ${root} file: its first element is <${name}>`);
    isFirst = false;
    const own = name.replace(/^.*:/, "");
    if (step >= 0 && own === "default") defaults++;
    if (step >= 0 && (own === "node" || own === "edge")) items++;
    if (defaults * items > MOST_DEFAULTS)
      throw new FormatError(
        `${path}: ${defaults} default values for ${items} nodes and edges are more than ${MOST_DEFAULTS} in all`,
      );
    depth += step;
    if (depth > MOST_NESTED)
      throw new FormatError(
        `${path}: elements are nested more than ${MOST_NESTED} deep, which no ${root} graph needs`,
      );
  }
  if (isFirst) throw new FormatError(`${path}: not a ${root} file: it has no <${root}> element`);
}
