const openers = "([«{";
const closers = ")]»}";

/** The parts of a text between separators outside all brackets, and the separators. */
export function cut(text: string, separator: RegExp): { parts: string[]; separators: string[] } {
  const [parts, separators]: [string[], string[]] = [[], []];
  let [depth, from] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (openers.includes(text[at]!)) depth++;
    else if (closers.includes(text[at]!)) depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      separator.lastIndex = at;
      const found = separator.exec(text);
      if (!found) continue;
      parts.push(text.slice(from, at).trim());
      separators.push(found[0]);
      from = at + found[0].length;
      at = from - 1;
    }
  }
  parts.push(text.slice(from).trim());
  return { parts, separators };
}

/** The parts of {@link cut} alone. */
export const split = (text: string, separator: RegExp): string[] => cut(text, separator).parts;

/** The text inside one pair of brackets that encloses the whole. */
export function inside(text: string, first: string, last: string): string | undefined {
  if (text.length < 2 || !first.includes(text[0]!) || !last.includes(text.at(-1)!))
    return undefined;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (openers.includes(text[at]!)) depth++;
    if (closers.includes(text[at]!)) depth--;
    if (depth === 0) return undefined;
  }
  return text.slice(1, -1);
}
