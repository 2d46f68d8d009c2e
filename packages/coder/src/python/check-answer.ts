import { bounds } from "./bounds";
import type { Answer, Node, Request } from "./messages";

const { MOST_DEPTH, MOST_NODES } = bounds;

/** Number of texts in a node of a plain value, by its tag. */
const texts: Readonly<Record<string, number>> = {
  None: 0,
  bool: 1,
  int: 1,
  float: 1,
  complex: 2,
  str: 1,
  surrogates: 1,
  bytes: 1,
  Decimal: 1,
  Fraction: 2,
  datetime: 2,
  date: 1,
  time: 2,
  timedelta: 3,
  timezone: 3,
  object: 2,
  module: 1,
  given: 1,
};

const holders = new Set(["list", "tuple", "dict", "set", "frozenset"]);
const changeable = new Set(["list", "dict", "set"]);

function must(holds: boolean): asserts holds {
  if (!holds) throw new TypeError("it is no answer"); // caught below
}

const isPlace = (value: unknown, below: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < below;

const isText = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.length <= most;

/** Whether a place is that of a list, dict or set of the request. */
const isChangeable = (place: unknown, { nodes }: Request) =>
  isPlace(place, nodes.length) && changeable.has(nodes[place]![0]);

/** Checks a node whose parts must stand before it. @returns its depth */
function depthOf(node: unknown, depths: readonly number[], request: Request): number {
  must(Array.isArray(node) && typeof node[0] === "string");
  const [tag, ...rest] = node as [string, ...unknown[]];
  if (holders.has(tag)) {
    must(tag !== "dict" || rest.length % 2 === 0);
    let depth = 0;
    for (const part of rest) {
      must(isPlace(part, depths.length));
      depth = Math.max(depth, depths[part]!);
    }
    must(depth < MOST_DEPTH);
    return depth + 1;
  }
  must(Object.hasOwn(texts, tag) && rest.length === texts[tag]);
  must(rest.every((text) => typeof text === "string"));
  if (tag === "given") must(isChangeable(Number.parseInt(rest[0] as string, 16), request));
  if (tag === "object") must(/^[0-9a-f]{1,8}$/.test(rest[0] as string) && isText(rest[1], 100));
  return 1;
}

function checkChange(change: unknown, request: Request, count: number): void {
  must(Array.isArray(change));
  const [place, ...parts] = change as unknown[];
  must(isChangeable(place, request));
  must(request.nodes[place as number]![0] !== "dict" || parts.length % 2 === 0);
  for (const part of parts) must(isPlace(part, count));
}

/** Whether a text would be read as more lists and objects than an answer may have. */
function isCrowded(line: string): boolean {
  let count = 0;
  for (const bracket of ["[", "{"])
    for (let at = line.indexOf(bracket); at >= 0; at = line.indexOf(bracket, at + 1))
      if (++count > 2 * MOST_NODES) return true;
  return false;
}

/**
 * Reads what a program's process wrote as the answer to a request. The process may have written anything: every part is
 * checked, so that what goes on to the tests is a value or an exception, and nothing else.
 *
 * @returns undefined where it is no answer to this request
 */
export function checkAnswer(line: string, id: number, request: Request): Answer | undefined {
  if (isCrowded(line)) return undefined;
  try {
    const { value, raised, changes, nodes, ...rest } = JSON.parse(line) as Answer;
    must(rest.id === id && (value === undefined) !== (raised === undefined));
    must(Array.isArray(nodes) && nodes.length <= MOST_NODES && Array.isArray(changes));
    const depths: number[] = [];
    for (const node of nodes as readonly Node[]) depths.push(depthOf(node, depths, request));
    for (const change of changes) checkChange(change, request, nodes.length);
    if (raised === undefined) {
      must(isPlace(value, nodes.length));
      return { id, value, changes, nodes };
    }
    must(Array.isArray(raised) && raised.length === 3);
    must(raised.every((text) => isText(text, 1000)));
    return { id, raised, changes, nodes };
  } catch {
    return undefined;
  }
}
