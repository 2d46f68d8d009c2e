/**
 * A value as source of JavaScript: numbers, texts, booleans, null, undefined, bigints, arrays and plain objects. A literal
 * defines its parts, so that setters which a program put on prototypes see nothing.
 *
 * @throws {TypeError} for functions, symbols, and values that hold themselves
 */
export function literalOf(value: unknown, above: readonly unknown[] = []): string {
  if (value === null || ["undefined", "boolean"].includes(typeof value)) return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") throw new TypeError(`a test cannot hold a ${typeof value}`);
  if (above.includes(value)) throw new TypeError("a test cannot hold a value that holds itself");
  const inside = [...above, value];
  if (Array.isArray(value)) return `[${value.map((part) => literalOf(part, inside)).join(",")}]`;
  const parts = Object.entries(value).map(
    ([key, part]) => `[${JSON.stringify(key)}]:${literalOf(part, inside)}`,
  );
  return `({${parts.join(",")}})`;
}
