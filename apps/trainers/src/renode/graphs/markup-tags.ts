import { FormatError } from "@deepgrain/studies/shared/read-json";

/** A tag of a document. */
interface Tag {
  readonly name: string;
  readonly kind: "start" | "end" | "empty";
}

/** Characters of a tag: an expression that looks through more of them needs too much of the stack. */
const MOST_IN_TAG = 2 ** 20;

/** Beginnings and ends of what may contain any signs. */
const opaque = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

const name = String.raw`[A-Za-z_:\u0080-\uffff][-.\w:\u0080-\uffff]*`;
const value = `"[^"<]*"|'[^'<]*'`;
const startTag = new RegExp(`^<(${name})(?:\\s+${name}\\s*=\\s*(?:${value}))*\\s*(/?)>$`);
const endTag = new RegExp(`^</(${name})\\s*>$`);
const quoteOrBracket = /[<>'"]/g;

/** Where the tag that begins before `from` ends, after its `>`; undefined if it does not before another begins. */
function afterTag(text: string, from: number): number | undefined {
  for (let at = from; ; ) {
    quoteOrBracket.lastIndex = at;
    const found = quoteOrBracket.exec(text);
    if (found?.[0] === ">") return found.index + 1;
    if (!found || found[0] === "<") return undefined;
    const end = text.indexOf(found[0], found.index + 1);
    if (end < 0) return undefined;
    at = end + 1;
  }
}

/** A tag from its text; undefined for what is none. */
function tagOf(text: string): Tag | undefined {
  const [, start, slash] = startTag.exec(text) ?? [];
  if (start !== undefined) return { name: start, kind: slash ? "empty" : "start" };
  const [, end] = endTag.exec(text) ?? [];
  return end === undefined ? undefined : { name: end, kind: "end" };
}

/**
 * The tags of a document in their order, found in one pass.
 * @throws {FormatError} for a comment, section or instruction without an end, for a `<` that begins no whole tag, and for
 *   declarations but for one of the document's type: a parser that goes on after them looks through the rest of the text at each
 */
export function* tagsOf(text: string, path: string): Generator<Tag> {
  const refuse = (at: number, problem: string): never => {
    throw new FormatError(`${path}: ${problem} at character ${at + 1}`);
  };
  let isTyped = false;
  for (let at = text.indexOf("<"), after: number; at >= 0; at = text.indexOf("<", after)) {
    const [start, close] = opaque.find(([sign]) => text.startsWith(sign, at)) ?? [];
    if (start !== undefined) {
      const end = text.indexOf(close!, at + start.length);
      if (end < 0) refuse(at, `there must be a ${close} after the ${start}`);
      after = end + close!.length;
      continue;
    }
    after = afterTag(text, at + 1) ?? refuse(at, "there must be a > after the <");
    if (after - at > MOST_IN_TAG)
      refuse(at, `there must be a tag of at most ${MOST_IN_TAG} characters`);
    const isType: boolean = !isTyped && /^<!doctype\s/i.test(text.slice(at, at + 10));
    isTyped ||= isType;
    if (isType) continue;
    yield tagOf(text.slice(at, after)) ?? refuse(at, "there must be a tag");
  }
}
