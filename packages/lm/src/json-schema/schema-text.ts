import { type Budget, type Slices, shown } from "@deepgrain/support";
import { place, refuse } from "./places";

/** Objects and lists of a schema inside one another, its values' own included. */
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

/** Where a value stands. */
const placeOf = (open: readonly Open[]): string =>
  open.reduce((path, { names, at }) => place(path, names ? names[at]! : at), "#");

/** A value as an open place; undefined if it holds nothing. @throws what is said of a value that no JSON text has */
function opened(value: unknown, budget: Budget, fail: (what: string) => never): Open | undefined {
  budget.spendEntries(1);
  if (typeof value === "string") budget.spendBytes(value.length);
  if (typeof value !== "object" || value === null) {
    const isJson = ["string", "boolean"].includes(typeof value) || value === null;
    if (isJson || Number.isFinite(value)) return undefined;
    return fail(
      `must be a JSON value, got ${typeof value === "bigint" ? `${value}n` : shown(value)}`,
    );
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function")
    return fail(`must be a JSON value, got ${value.constructor?.name ?? "an object"}`);
  if (Array.isArray(value)) return { value, names: undefined, values: value, at: -1 };
  // As JSON.stringify leaves them out: an option that is not given.
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return { value, names: given.map(([name]) => name), values: given.map(([, one]) => one), at: -1 };
}

/**
 * The text of a schema, which says everything about it. What no text says is refused by its place before anything is written.
 *
 * @param budget an entry is a value, at any depth; bytes are the characters of names and strings
 * @throws {LmError} `ERR_ARGUMENT` for a value that is no JSON, holds itself, or is nested too deeply; `ERR_LIMIT`
 */
export function* schemaText(schema: unknown, budget: Budget): Slices<string> {
  const open: Open[] = [];
  const above = new Set<object>();
  const fail = (what: string): never => refuse(placeOf(open), what);
  const enter = (value: unknown) => {
    const inner = opened(value, budget, fail);
    if (!inner) return;
    if (above.has(inner.value)) fail("holds itself");
    if (open.length === MOST_NESTED) fail(`values may be nested ${MOST_NESTED} times`);
    above.add(inner.value);
    open.push(inner);
  };
  enter(schema);
  for (let last = open.at(-1), visited = 0; last; last = open.at(-1), visited++) {
    if (visited % SLICE === 0) yield;
    if (++last.at === last.values.length) {
      open.pop();
      above.delete(last.value);
      continue;
    }
    if (last.names) budget.spendBytes(last.names[last.at]!.length);
    enter(last.values[last.at]);
  }
  yield;
  return JSON.stringify(schema);
}
