import { shortestDecimal } from "./decimals";
import {
  type ArrayNode,
  headsOf,
  itemNode,
  type Node,
  type NodeStore,
  type ObjectNode,
} from "./nodes";
import type { Vocabulary } from "./vocabulary";

/** Tokens of the signs of JSON, each alone. */
export interface Prices {
  readonly quote: number;
  readonly comma: number;
  readonly colon: number;
  readonly object: number;
  readonly array: number;
  /** Any digit, sign or point: Infinity if one of them cannot be written alone. */
  readonly digit: number;
  readonly close: { readonly object: number; readonly array: number };
}

/** The cost of signs in a vocabulary. */
export function pricesOf({ costs }: Vocabulary): Prices {
  const price = (text: string) => costs(new TextEncoder().encode(text))[0]!;
  return {
    quote: price('"'),
    comma: price(","),
    colon: price(":"),
    object: price("{"),
    array: price("["),
    digit: Math.max(...Array.from("0123456789-.", price)),
    close: { object: price("}"), array: price("]") },
  };
}

/** The cost of a node's shortest text. */
type Measure = Pick<Node, "cost" | "bytes" | "nesting">;

const none: Measure = { cost: Infinity, bytes: Infinity, nesting: 0 };

/** The sum of parts that stand side by side. */
function sum(parts: readonly Measure[]): Measure {
  const total = { cost: 0, bytes: 0, nesting: 0 };
  for (const { cost, bytes, nesting } of parts) {
    total.cost += cost;
    total.bytes += bytes;
    total.nesting = Math.max(total.nesting, nesting);
  }
  return total;
}

function times({ cost, bytes, nesting }: Measure, count: number): Measure {
  return count === 0
    ? { cost: 0, bytes: 0, nesting: 0 }
    : { cost: count * cost, bytes: count * bytes, nesting };
}

/** Tokens and nesting of the items from one up to the smallest number of items, each with a comma before it. */
export function itemsFrom(node: ArrayNode, from: number, comma: number): Measure {
  const { prefix, rest, min } = node;
  const own = prefix.slice(from, Math.min(min, prefix.length));
  const others = Math.max(0, min - Math.max(from, prefix.length));
  const parts = [...own, ...(others > 0 ? [rest ?? none] : [])];
  const [last] = others > 0 ? parts.splice(-1) : [];
  const all = [...parts, times(last ?? none, others)];
  const commas = own.length + others;
  return sum([...all, { cost: commas * comma, bytes: commas, nesting: 0 }]);
}

function measureArray(node: ArrayNode, prices: Prices): Measure {
  if (node.min > node.max) return none;
  const items = itemsFrom(node, 0, prices.comma);
  const comma = node.min > 0 ? 1 : 0;
  return {
    cost: items.cost - comma * prices.comma + prices.array + prices.close.array,
    bytes: items.bytes - comma + 2,
    nesting: 1 + items.nesting,
  };
}

function measureObject(node: ObjectNode, prices: Prices): Measure {
  const required = node.properties.filter(({ isRequired }) => isRequired);
  const parts = required.map(({ node: { cost, bytes, nesting }, key, keyCosts }, i) => {
    const comma = i > 0 ? 1 : 0;
    return {
      cost: cost + keyCosts[0]! + comma * prices.comma,
      bytes: bytes + key.length + comma,
      nesting,
    };
  });
  const { cost, bytes, nesting } = sum(parts);
  return {
    cost: cost + prices.object + prices.close.object,
    bytes: bytes + 2,
    nesting: 1 + nesting,
  };
}

function measureNode(node: Node, prices: Prices, vocabulary: Vocabulary): Measure {
  switch (node.kind) {
    case "any-of":
      return node.branches.reduce<Measure>(
        (best, one) => (one.cost < best.cost ? one : best),
        none,
      );
    case "literals":
      return { cost: node.words.cost, bytes: node.words.bytes, nesting: 0 };
    case "string": {
      if (node.min > node.max) return none;
      const cost = 2 * prices.quote + vocabulary.plainCost(node.min);
      return { cost, bytes: 2 + 4 * node.min, nesting: 0 };
    }
    case "number":
      return { cost: prices.digit, bytes: 1, nesting: 0 };
    case "range": {
      const digits = shortestDecimal(node, "");
      return { cost: digits * prices.digit, bytes: digits, nesting: 0 };
    }
    case "array":
      return measureArray(node, prices);
    case "object":
      return measureObject(node, prices);
  }
}

/**
 * Finds each node's shortest text: at each choice the one that takes the fewest tokens, each sign, key and value spelled for
 * itself. A node's cost stays Infinity if every text of it would be without end, or cannot be spelled.
 */
export function measure({ all }: NodeStore, vocabulary: Vocabulary, prices: Prices): void {
  for (const node of all) {
    node.cost = Infinity;
    node.bytes = Infinity;
    if (node.kind === "literals") vocabulary.measureWords(node.words);
    if (node.kind !== "object") continue;
    for (const property of node.properties) property.keyCosts = vocabulary.costs(property.key);
  }
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (let i = all.length - 1; i >= 0; i--) {
      const node = all[i]!;
      const found = measureNode(node, prices, vocabulary);
      if (!(found.cost < node.cost)) continue;
      node.cost = found.cost;
      node.bytes = found.bytes;
      node.nesting = found.nesting;
      isChanged = true;
    }
  }
  for (const node of all) if (node.kind === "object") sumRequired(node, prices);
}

/** Sums up what is still required from each property on. */
function sumRequired(node: ObjectNode, { comma }: Prices): void {
  const costs = Array<number>(node.properties.length + 1).fill(0);
  for (let i = node.properties.length - 1; i >= 0; i--) {
    const { isRequired, keyCosts, node: value } = node.properties[i]!;
    costs[i] = costs[i + 1]! + (isRequired ? comma + keyCosts[0]! + value.cost : 0);
  }
  node.restCosts = costs;
}

/** Why no value satisfies a node whose cost is Infinity: the place that the schema's own bounds rule out. */
export function whyNothing(node: Node): { path: string; why: string } {
  const seen = new Set<Node>();
  let at = node;
  for (;;) {
    if (at.why !== undefined) return { path: at.path, why: at.why };
    seen.add(at);
    const inside = partsOf(at).find((part) => part.cost === Infinity && !seen.has(part));
    if (!inside)
      return { path: at.path, why: "each value would need another one inside, without end" };
    at = inside;
  }
}

function partsOf(node: Node): readonly Node[] {
  if (node.kind === "any-of") return [...node.branches, ...headsOf(node)];
  if (node.kind === "object")
    return node.properties.filter(({ isRequired }) => isRequired).map((property) => property.node);
  if (node.kind !== "array") return [];
  return Array.from({ length: Math.min(node.min, node.prefix.length + 1) }, (_, i) => {
    return itemNode(node, i) ?? node;
  });
}
