import { type Head, headsOf, itemNode, type Node } from "./nodes";

/** Whether two JSON values are equal; the order of an object's keys does not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      equalJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** A number in units of 10^−scale, rounded down; its shortest decimal is what counts. */
export function scaled(value: number, scale: number): { floor: bigint; isExact: boolean } {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const isNegative = mantissa.startsWith("-");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const shift = scale + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction) * (isNegative ? -1n : 1n);
  if (shift >= 0) return { floor: digits * 10n ** BigInt(shift), isExact: true };
  const unit = 10n ** BigInt(-shift);
  const quotient = digits / unit;
  const isExact = quotient * unit === digits;
  return { floor: isExact || digits >= 0n ? quotient : quotient - 1n, isExact };
}

function acceptsHead(head: Head, value: unknown): boolean {
  switch (head.kind) {
    case "literals":
      return head.values.some((one) => equalJson(one, value));
    case "string": {
      if (typeof value !== "string") return false;
      const { length } = Array.from(value);
      return length >= head.min && length <= head.max;
    }
    case "number":
      return typeof value === "number" && (!head.isInteger || Number.isInteger(value));
    case "range": {
      if (typeof value !== "number") return false;
      const { floor, isExact } = scaled(value, head.scale);
      return (
        floor >= head.low && floor + (isExact ? 0n : 1n) <= head.high && (isExact || head.scale > 0)
      );
    }
    case "array":
      return (
        Array.isArray(value) &&
        value.length >= head.min &&
        value.length <= head.max &&
        value.every((item, i) => accepts(itemNode(head, i), item))
      );
    case "object": {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
      const declared = new Map(head.properties.map((property) => [property.name, property]));
      return (
        head.properties.every(
          ({ isRequired, name }) => !isRequired || Object.hasOwn(value, name),
        ) &&
        Object.entries(value).every(([name, item]) =>
          accepts(declared.get(name)?.node ?? head.additional, item),
        )
      );
    }
  }
}

/** Whether a value satisfies a node. */
export function accepts(node: Node | null, value: unknown): boolean {
  return node !== null && headsOf(node).some((head) => acceptsHead(head, value));
}
