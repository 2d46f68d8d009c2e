import { loadLinearEngine } from "./linear-engine";

/** One match: its position and its groups, the first of which is the whole match. */
interface Found {
  start: number;
  end: number;
  groups: (string | undefined)[];
}

type Finder = (text: string, from: number) => Found | undefined;

/** The interface that strings require of the pattern given to `match`, `matchAll`, `replaceAll` and `split`. */
export interface PatternLike {
  readonly flags: string;
  readonly source: string;
  [Symbol.match](text: string): string[] | null;
  [Symbol.matchAll](text: string): Iterable<RegExpExecArray>;
  [Symbol.replace](text: string, replacement: string): string;
  [Symbol.split](text: string): string[];
}

/** Maximum number of characters that replacements may add to a text. */
const largestGrowth = 2 ** 21;
/** Maximum number of characters that one replacement may produce before its size is checked. */
const largestResult = 2 ** 26;

function refuseGrowth(characters: number): void {
  if (characters > largestGrowth)
    throw new RangeError(`a pattern of the tokenizer adds more than ${largestGrowth} characters`);
}

/** The index of the next code point. */
const stepFrom = (text: string, at: number): number =>
  at + (text.codePointAt(at)! > 0xffff ? 2 : 1);

function* matches(find: Finder, text: string): Generator<Found> {
  for (let from = 0; from <= text.length; ) {
    const found = find(text, from);
    if (!found) return;
    yield found;
    from = found.end > found.start ? found.end : stepFrom(text, found.end);
  }
}

/** JavaScript's `$` sequences in a replacement. */
const substitute = (replacement: string, text: string, { start, end, groups }: Found): string =>
  replacement.replace(/\$(?:([$&`'])|(\d\d?))/g, (whole, sign?: string, digits?: string) => {
    if (sign === "$") return "$";
    if (sign === "&") return groups[0]!;
    if (sign === "`") return text.slice(0, start);
    if (sign === "'") return text.slice(end);
    for (const length of [2, 1]) {
      const group = Number(digits!.slice(0, length));
      if (digits!.length >= length && group > 0 && group < groups.length)
        return (groups[group] ?? "") + digits!.slice(length);
    }
    return whole;
  });

/** @see ECMAScript, RegExp.prototype[Symbol.split] */
function split(find: Finder, text: string): string[] {
  if (text === "") return find("", 0) ? [] : [""];
  const parts: string[] = [];
  let [begin, from] = [0, 0];
  while (from < text.length) {
    const found = find(text, from);
    if (!found || found.start >= text.length) break;
    if (found.end === begin) {
      from = stepFrom(text, found.start);
      continue;
    }
    parts.push(text.slice(begin, found.start), ...(found.groups.slice(1) as string[]));
    begin = found.end;
    from = begin;
  }
  return [...parts, text.slice(begin)];
}

function replaceAll(find: Finder, text: string, replacement: string): string {
  const parts: string[] = [];
  let [last, growth] = [0, 0];
  for (const found of matches(find, text)) {
    const part = replacement.includes("$") ? substitute(replacement, text, found) : replacement;
    parts.push(text.slice(last, found.start), part);
    last = found.end;
    growth += part.length - (found.end - found.start);
    refuseGrowth(growth);
  }
  return parts.join("") + text.slice(last);
}

/** A pattern built from a function that finds the next match from an index. */
const patternOf = (source: string, find: Finder): PatternLike => ({
  flags: "gu",
  source,
  [Symbol.match](text) {
    const all = Array.from(matches(find, text), ({ groups }) => groups[0]!);
    return all.length > 0 ? all : null;
  },
  *[Symbol.matchAll](text) {
    for (const { start, groups } of matches(find, text))
      yield Object.assign([...groups], { index: start, input: text }) as RegExpExecArray;
  },
  [Symbol.replace]: (text, replacement) => replaceAll(find, text, replacement),
  [Symbol.split]: (text) => split(find, text),
});

/**
 * The same pattern on an engine whose time is proportional to the text for each match.  *
 * @param source of a regular expression with the flags `gu`
 * @throws {Error} when that engine cannot express it
 */
export async function linearPattern(source: string): Promise<PatternLike> {
  const [engine, { translatePattern }] = await Promise.all([
    loadLinearEngine(),
    import("./translate-pattern"),
  ]);
  const compiled = engine.compile(translatePattern(source));
  let matcher = compiled.matcher("");
  let searched = "";
  return patternOf(source, (text, from) => {
    if (text !== searched) matcher = compiled.matcher(text);
    searched = text;
    if (!matcher.find(from)) return undefined;
    const groups = Array.from(
      { length: matcher.groupCount() + 1 },
      (_, i) => matcher.group(i) ?? undefined,
    );
    return { start: matcher.start(), end: matcher.end(), groups };
  });
}

/** A pattern that runs on JavaScript's engine; only the size of replacements is bounded. */
export function nativePattern(expression: RegExp): PatternLike {
  const bounded = patternOf(expression.source, (text, from) => {
    expression.lastIndex = from;
    const found = expression.exec(text);
    if (!found) return undefined;
    return { start: found.index, end: found.index + found[0].length, groups: [...found] };
  });
  return {
    ...bounded,
    [Symbol.match]: (text) => expression[Symbol.match](text),
    [Symbol.matchAll]: (text) => expression[Symbol.matchAll](text) as Iterable<RegExpExecArray>,
    [Symbol.split]: (text) => expression[Symbol.split](text),
    [Symbol.replace](text, replacement) {
      const isSmall = (text.length + 1) * (replacement.length + 1) <= largestResult;
      if (!isSmall || replacement.includes("$")) return bounded[Symbol.replace](text, replacement);
      const replaced = expression[Symbol.replace](text, replacement);
      refuseGrowth(replaced.length - text.length);
      return replaced;
    },
  };
}
