import type { Slices } from "@deepgrain/support";
import type { Pace } from "./pace";
import type { FoundToken, TokenTree } from "./pipeline";

/** Tokens that take white space beside them take it from their neighbours, one after another. */
function* stripped(
  sections: string[],
  added: ReadonlyMap<string, FoundToken>,
  pace: Pace,
): Slices<string[]> {
  for (const [i, section] of sections.entries()) {
    if (pace.isDue(1)) yield;
    const token = added.get(section);
    if (token?.lstrip && i > 0) sections[i - 1] = sections[i - 1]!.trimEnd();
    if (token?.rstrip && i < sections.length - 1) sections[i + 1] = sections[i + 1]!.trimStart();
  }
  return sections;
}

const nextNode = (node: TokenTree, text: string, at: number): TokenTree | undefined =>
  at < text.length ? node[text[at]!] : undefined;

/**
 * A text as added tokens and what stands between them; of several tokens at one place the longest counts.
 *
 * @param tree of the added tokens
 * @param added the same tokens by their text
 */
export function* sectionsOf(
  text: string,
  tree: TokenTree,
  added: ReadonlyMap<string, FoundToken>,
  pace: Pace,
): Slices<string[]> {
  if (Object.keys(tree).length === 0) return text === "" ? [] : [text];
  const sections: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    let found = "";
    let end = at;
    for (let node = tree[text[end]!]; node !== undefined; node = nextNode(node, text, ++end))
      if (node.end) found = node.end;
    if (pace.isDue(end - at + 1)) yield;
    if (found === "") {
      at++;
      continue;
    }
    if (at > start) sections.push(text.slice(start, at));
    sections.push(found);
    at += found.length;
    start = at;
  }
  if (start < text.length) sections.push(text.slice(start));
  return yield* stripped(sections, added, pace);
}
