import type { Budget, Slices } from "@deepgrain/support";
import { labelOf, NONE } from "./automata/dfa";
import { headsOf } from "./heads";
import {
  type ArrayNode,
  type Head,
  itemNode,
  type Node,
  type ObjectNode,
  type RangeNode,
} from "./nodes";

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

/**
 * How a node is read where it says less than the schema: numbers of more than 15 digits, texts of a format, numbers of properties.
 * `inner` accepts no value that the schema forbids, `outer` every value that it may allow.
 */
export type Reading = "inner" | "outer";

class Acceptance {
  constructor(
    private readonly budget: Budget,
    private readonly isOuter: boolean,
  ) {}

  private *items(head: ArrayNode, value: unknown[]): Slices<boolean> {
    if (value.length < head.min || value.length > head.max) return false;
    for (const [i, item] of value.entries())
      if (!(yield* this.node(itemNode(head, i), item))) return false;
    if (!head.isUnique) return true;
    const isRepeated = (one: unknown, i: number) =>
      value.slice(0, i).some((two) => equalJson(one, two, this.budget));
    return !value.some(isRepeated);
  }

  private *properties(head: ObjectNode, value: object): Slices<boolean> {
    const { properties, others, max, neededOther } = head;
    const entries = Object.entries(value);
    this.budget.spendSteps(properties.length + entries.length);
    const declared = new Map(properties.map((property) => [property.name, property]));
    if (properties.some(({ isRequired, name }) => isRequired && !Object.hasOwn(value, name)))
      return false;
    if (entries.length > max) return false;
    let hasOther = false;
    for (const [name, item] of entries) {
      const own = declared.get(name);
      this.budget.spendSteps(name.length >>> 4);
      const label = own || !others ? NONE : labelOf(others.dfa, name);
      const node = own?.node ?? (label === NONE ? null : others!.nodes[label]!);
      if (!(yield* this.node(node, item))) return false;
      hasOther ||= !own;
    }
    return hasOther || !neededOther;
  }

  private range(head: RangeNode, value: number): boolean {
    if (this.isOuter && (!head.isExact || Math.abs(value) >= WIDEST)) return true;
    const { floor, isExact } = scaled(value, head.scale);
    if (!isExact && head.scale === 0) return false;
    if (!isExact && this.isOuter) return true;
    if (!isExact && head.step > 1n) return false;
    if (floor < head.low || floor + (isExact ? 0n : 1n) > head.high) return false;
    return floor % head.step === 0n;
  }

  private *head(head: Head, value: unknown): Slices<boolean> {
    this.budget.spendSteps(1);
    switch (head.kind) {
      case "literals":
        if (!head.values.some((one) => equalJson(one, value, this.budget))) return false;
        return head.base === undefined || (yield* this.node(head.base, value));
      case "string": {
        if (typeof value !== "string") return false;
        this.budget.spendSteps(value.length >>> 4);
        const { length } = Array.from(value);
        return length >= head.min && length <= head.max;
      }
      case "text":
        if (typeof value !== "string") return false;
        if (this.isOuter && (!head.isExact || !isWellFormed(value))) return true;
        this.budget.spendSteps(value.length >>> 2);
        return labelOf(head.dfa, value) !== NONE;
      case "number":
        return typeof value === "number" && (!head.isInteger || Number.isInteger(value));
      case "range":
        return typeof value === "number" && this.range(head, value);
      case "array":
        return Array.isArray(value) && (yield* this.items(head, value));
      case "object":
        if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
        if (this.isOuter && !isExact(head)) return true;
        return yield* this.properties(head, value);
    }
  }

  *node(node: Node | null, value: unknown): Slices<boolean> {
    if (node === null) return false;
    const slice = Math.floor(this.budget.steps / SLICE);
    for (const head of headsOf(node, this.budget)) {
      if (yield* this.head(head, value)) return true;
      if (Math.floor(this.budget.steps / SLICE) > slice) yield;
    }
    return false;
  }
}

/** Numbers from it on are in no range, although the schema may allow them. */
const WIDEST = 1e15 - 1;

const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

/** Whether the schema allows no other objects. */
export const isExact = ({ isWhole, others }: ObjectNode): boolean =>
  isWhole && (others?.isExact ?? true);

/** Steps between two slices. */
const SLICE = 4096;

/**
 * Whether a value satisfies a node.
 * @param budget a step is one comparison: alternatives inside alternatives multiply them
 */
export const accepts = (
  node: Node,
  value: unknown,
  budget: Budget,
  reading: Reading = "inner",
): Slices<boolean> => new Acceptance(budget, reading === "outer").node(node, value);
