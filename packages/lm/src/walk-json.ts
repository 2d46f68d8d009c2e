import { type Budget, type Slices, shown } from "@deepgrain/support";

/** Objects and lists inside one another. */
const MOST_NESTED = 256;

/** Values between two slices. */
const SLICE = 4096;

/** An object or a list whose values are being looked at. */
interface Open {
  readonly value: object;
  /** Names of the values; undefined for a list. */
  readonly names: readonly string[] | undefined;
  readonly values: readonly unknown[];
  at: number;
}

/** Throws the error of a value that no JSON text has. @param names lead to it: names of members, numbers of items */
export type RefuseValue = (names: readonly (string | number)[], what: string) => never;

const isScalar = (value: unknown) =>
  value === null ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  Number.isFinite(value);

/** The values inside one; undefined for a scalar. */
function opened(value: unknown, fail: (what: string) => never): Open | undefined {
  if (isScalar(value)) return undefined;
  if (typeof value !== "object" || value === null) {
    const got = typeof value === "bigint" ? `${value}n` : shown(value);
    return fail(`must be a JSON value, got ${got}`);
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function")
    return fail(`must be a JSON value, got ${value.constructor?.name ?? "an object"}`);
  if (Array.isArray(value)) return { value, names: undefined, values: value, at: -1 };
  // As JSON.stringify leaves them out: an option that is not given.
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return { value, names: given.map(([name]) => name), values: given.map(([, one]) => one), at: -1 };
}

/**
 * Looks at everything inside a value, so that what follows may trust that it is JSON, of bounded size and depth.
 *
 * @param budget an entry is a value, at any depth; bytes are the characters of names and strings
 * @param refuse called for what is no JSON: functions, big integers, what holds itself, and for more than 256 levels
 */
export function* walkJson(root: unknown, budget: Budget, refuse: RefuseValue): Slices<void> {
  const open: Open[] = [];
  const above = new Set<object>();
  const fail = (what: string): never =>
    refuse(
      open.map(({ names, at }) => (names ? names[at]! : at)),
      what,
    );
  const enter = (value: unknown) => {
    budget.spendEntries(1);
    if (typeof value === "string") budget.spendBytes(value.length);
    const inner = opened(value, fail);
    if (!inner) return;
    if (above.has(inner.value)) fail("holds itself");
    if (open.length === MOST_NESTED) fail(`values may be nested ${MOST_NESTED} times`);
    above.add(inner.value);
    open.push(inner);
  };
  enter(root);
  for (let last = open.at(-1), visited = 1; last; last = open.at(-1), visited++) {
    if (visited % SLICE === 0) yield;
    if (++last.at === last.values.length) {
      open.pop();
      above.delete(last.value);
      continue;
    }
    if (last.names) budget.spendBytes(last.names[last.at]!.length);
    enter(last.values[last.at]);
  }
}
