/** Whether two values that were read are equal: structure by structure, NaN equal to NaN, −0 equal to 0. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return (
    left.length === right.length &&
    left.every(
      (key) =>
        Object.hasOwn(b, key) &&
        sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

/** A value in a message: at most 80 characters. */
export function inWords(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part));
  } catch {
    // shown by its type
  }
  const whole = text ?? String(value);
  return whole.length > 80 ? `${whole.slice(0, 79)}…` : whole;
}
