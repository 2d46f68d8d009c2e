import type { Tests } from "../tasks/task";

/** A value as source of Python. @throws {TypeError} for what JSON cannot hold */
function literalOf(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number")
    return Number.isFinite(value)
      ? String(value)
      : `float("${Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"}")`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") throw new TypeError(`a test cannot hold a ${typeof value}`);
  if (Array.isArray(value)) return `[${value.map(literalOf).join(", ")}]`;
  const parts = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}: ${literalOf(part)}`,
  );
  return `{${parts.join(", ")}}`;
}

/** Tests as a script; calls are compared by `==`, with tuples equal to lists. */
export function scriptOf(tests: Tests): string {
  if (typeof tests === "string") return tests;
  const lines = tests.map(
    ({ call, arguments: given, equals }) =>
      `assert _plain(${call}(${given.map(literalOf).join(", ")})) == ${literalOf(equals)}, ${JSON.stringify(`${call} is wrong`)}`,
  );
  return [
    "def _plain(value):",
    "    if type(value) in (list, tuple): return [_plain(part) for part in value]",
    "    if type(value) is dict: return {key: _plain(part) for key, part in value.items()}",
    "    if type(value) in (int, float, bool, str, type(None)): return value",
    '    raise TypeError("a result of the type " + type(value).__name__ + " cannot be compared")',
    ...lines,
    "",
  ].join("\n");
}
