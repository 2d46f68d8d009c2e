import type { Budget, Slices } from "@deepgrain/support";
import { type ArrayNode, type Head, headsOf, itemNode, type Node, type ObjectNode } from "./nodes";

/** Whether two JSON values are equal; the order of an object's keys does not count. */
export function equalJson(a: unknown, b: unknown, budget?: Budget | undefined): boolean {
  budget?.spendSteps(1);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  budget?.spendSteps(keys.length);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      equalJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], budget),
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

function* acceptsItems(head: ArrayNode, value: unknown[], budget: Budget): Slices<boolean> {
  if (value.length < head.min || value.length > head.max) return false;
  for (const [i, item] of value.entries())
    if (!(yield* accepts(itemNode(head, i), item, budget))) return false;
  return true;
}

function* acceptsProperties(head: ObjectNode, value: object, budget: Budget): Slices<boolean> {
  const entries = Object.entries(value);
  budget.spendSteps(head.properties.length + entries.length);
  const declared = new Map(head.properties.map((property) => [property.name, property]));
  if (head.properties.some(({ isRequired, name }) => isRequired && !Object.hasOwn(value, name)))
    return false;
  for (const [name, item] of entries) {
    const node = declared.get(name)?.node ?? head.additional;
    if (!(yield* accepts(node, item, budget))) return false;
  }
  return true;
}

function* acceptsHead(head: Head, value: unknown, budget: Budget): Slices<boolean> {
  budget.spendSteps(1);
  switch (head.kind) {
    case "literals":
      if (!head.values.some((one) => equalJson(one, value, budget))) return false;
      return head.base === undefined || (yield* accepts(head.base, value, budget));
    case "string": {
      if (typeof value !== "string") return false;
      budget.spendSteps(value.length >>> 4);
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
      return Array.isArray(value) && (yield* acceptsItems(head, value, budget));
    case "object":
      if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
      return yield* acceptsProperties(head, value, budget);
  }
}

/** Steps between two slices. */
const SLICE = 4096;

/**
 * Whether a value satisfies a node.
 * @param budget a step is one comparison: alternatives inside alternatives multiply them
 */
export function* accepts(node: Node | null, value: unknown, budget: Budget): Slices<boolean> {
  if (node === null) return false;
  const slice = Math.floor(budget.steps / SLICE);
  for (const head of headsOf(node, budget)) {
    if (yield* acceptsHead(head, value, budget)) return true;
    if (Math.floor(budget.steps / SLICE) > slice) yield;
  }
  return false;
}
