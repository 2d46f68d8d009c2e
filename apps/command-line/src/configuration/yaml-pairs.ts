import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";

/** Configurations are written by hand. What the parser does with a text of this size stays small, whatever it holds. */
const MOST_BYTES = 65_536;
const MOST_NESTED = 1000;

/** Signs of a list's item, a key or a value at the beginning of a line; each after the first is nested in the one before. */
const leadingSigns = /^[ \t]*((?:[-?:][ \t]+)+)/gm;

/**
 * Whether a text may hold more nested lists than a parser that calls itself can take: a stack that ends inside a regular
 * expression ends the program. Counts brackets and nested signs over all lines, and all signs of one line.
 */
function isDeep(text: string): boolean {
  let nested = 0;
  for (const [, signs] of text.matchAll(leadingSigns)) nested += signs!.split(/[ \t]+/).length - 2;
  return (
    nested > MOST_NESTED ||
    text.split(/[[{]/).length > MOST_NESTED ||
    text.split("\n").some((line) => line.split(/[-?:]\s/).length > MOST_NESTED)
  );
}

/** Text, a number, true, false, null, or a list of them; undefined for anything else. */
function plain(node: unknown): unknown {
  if (node === null) return null;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plain);
  return undefined;
}

/**
 * The keys and values of a configuration with the line of each. JSON is YAML, too.
 * @param path names the file in errors
 * @returns of a value that is an object `undefined`
 * @throws {UsageError} naming the file, and the line of what is no configuration
 */
export function pairsOf(
  text: string,
  path: string,
): { line: number; key: string; value: unknown }[] {
  const counter = new LineCounter();
  const size = Buffer.byteLength(text);
  if (size > MOST_BYTES)
    throw new UsageError(`${path} has ${size} bytes, at most ${MOST_BYTES} are read`);
  if (isDeep(text)) throw new UsageError(`${path}: more lists in lists than a configuration has`);
  let document: ReturnType<typeof parseDocument>;
  try {
    // Of its own, the parser compares each key with all others, and words each of its errors.
    const options = { uniqueKeys: false, prettyErrors: false };
    document = parseDocument(text, { lineCounter: counter, ...options });
  } catch (cause) {
    throw new UsageError(`${path}: neither YAML nor JSON`, { cause }); // nested too deeply
  }
  const refuse = (line: number, problem: string, cause?: unknown): never => {
    throw new UsageError(`${path}:${line}: ${problem}`, { cause });
  };
  const [broken] = document.errors;
  if (broken) {
    const { line } = counter.linePos(broken.pos[0]);
    refuse(line, `neither YAML nor JSON: ${broken.message.split("\n")[0]}`, broken);
  }
  if (document.contents === null) return [];
  if (!isMap(document.contents)) return refuse(1, 'must be keys and values, such as "steps: 1000"');
  const seen = new Set<string>();
  return document.contents.items.map(({ key, value }: Pair) => {
    const { line } = counter.linePos((key as Node | null)?.range?.[0] ?? 0);
    // Another key's own text doubles with each level of what it holds.
    const name = isScalar(key)
      ? String(key.value)
      : refuse(line, "a key must be the name of a flag");
    if (seen.has(name)) refuse(line, "neither YAML nor JSON: Map keys must be unique");
    seen.add(name);
    return { line, key: name, value: plain(value) };
  });
}
