import { FormatError } from "@deepgrain/studies/shared/read-json";
import { tagsOf } from "./markup-tags";

/** Elements within elements that a graph file may have; the parser's time grows with depth times size. */
export const MOST_NESTED = 256;

/** Default values that the nodes and edges of a graph file may get in all: each node and edge gets each of them. */
const MOST_DEFAULTS = 2 ** 24;

/**
 * Looks through the tags of a graph file once, before it is parsed: the parser goes on after errors, each of which may cost it
 * a look through the whole file.
 *
 * @param root name of the outermost element, without a prefix: `gexf`
 * @throws {FormatError} for tags that are none or have no counterpart, where the first element has another name or ends
 *   before the last one, where elements are nested deeper than {@link MOST_NESTED}, or where default values are for more nodes and edges than
 *   {@link MOST_DEFAULTS} in all
 */
export function checkMarkup(text: string, path: string, root: string): void {
  const open: string[] = [];
  let isFirst = true;
  let [defaults, items] = [0, 0];
  for (const { name, kind } of tagsOf(text, path)) {
    const own = name.replace(/^.*:/, "");
    if (isFirst && own.toLowerCase() !== root)
      throw new FormatError(`${path}: not a ${root} file: its first element is <${name}>`);
    if (!isFirst && open.length === 0)
      throw new FormatError(
        `${path}: there must be one element around all others, then came ${name}`,
      );
    isFirst = false;
    if (kind === "end" && open.pop() !== name)
      throw new FormatError(`${path}: there must be a <${name}> before each </${name}>`);
    if (kind === "end") continue;
    if (own === "default") defaults++;
    if (own === "node" || own === "edge") items++;
    if (defaults * items > MOST_DEFAULTS)
      throw new FormatError(
        `${path}: ${defaults} default values for ${items} nodes and edges are more than ${MOST_DEFAULTS} in all`,
      );
    if (kind === "start" && open.push(name) > MOST_NESTED)
      throw new FormatError(
        `${path}: elements are nested more than ${MOST_NESTED} deep, which no ${root} graph needs`,
      );
  }
  if (isFirst) throw new FormatError(`${path}: not a ${root} file: it has no <${root}> element`);
  const left = open.pop();
  if (left !== undefined)
    throw new FormatError(`${path}: there must be a </${left}> after each <${left}>`);
}
