import type { Tests } from "../tasks/task";

/** Most levels of an argument or a result. */
const MOST_DEPTH = 200;

/** A value as source of Python. @throws {TypeError} for what JSON cannot hold, and for what is nested too deep */
function literalOf(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return `0x${value.toString(16)}`.replace("0x-", "-0x");
  if (typeof value === "number")
    return Number.isFinite(value)
      ? String(value)
      : `_number("${Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"}")`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") throw new TypeError(`a test cannot hold a ${typeof value}`);
  if (depth >= MOST_DEPTH)
    throw new TypeError(`a test cannot hold a value nested deeper than ${MOST_DEPTH}`);
  const literal = (part: unknown) => literalOf(part, depth + 1);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  const parts = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}: ${literal(part)}`,
  );
  return `{${parts.join(", ")}}`;
}

/** Tests as a script, with the names that are the program's even where Python has them too. */
export interface Script {
  readonly text: string;
  readonly forced: readonly string[];
}

/**
 * Tests as a script; calls are compared by `==`, with tuples equal to lists.
 *
 * @throws {TypeError} for a value that no test can hold
 */
export function scriptOf(tests: Tests): Script {
  if (typeof tests === "string") return { text: tests, forced: [] };
  const lines = tests.map(
    ({ call, arguments: given, equals }) =>
      `assert _plain(${call}(${given.map((value) => literalOf(value)).join(", ")})) == ${literalOf(equals)}, ${JSON.stringify(`${call} is wrong`)}`,
  );
  const names = tests.map(({ call }) => /^[\p{L}_][\p{L}\p{N}_]*/u.exec(call)?.[0] ?? "");
  return { text: [...lines, ""].join("\n"), forced: [...new Set(names)] };
}
