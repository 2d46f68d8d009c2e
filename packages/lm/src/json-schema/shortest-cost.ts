/** @file What the shortest text of a node takes, by what its parts take. */
import { cheapestUnused } from "./cheapest-values";
import type { Cost } from "./cost-queue";
import { shortestDecimal } from "./decimals";
import type { AnyOf, ArrayNode, Node, ObjectNode, Others } from "./nodes";
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

/** Bytes of a token of a text or a name, of which each character is spelled for itself. */
const MOST_SPELLED = 6;

const none: Cost = { cost: Infinity, bytes: Infinity, nesting: 0 };

/** Adds `count` parts of a kind to a sum. */
function add(total: { -readonly [Key in keyof Cost]: Cost[Key] }, part: Cost, count = 1): void {
  if (count === 0) return;
  total.cost += count * part.cost;
  total.bytes += count * part.bytes;
  total.nesting = Math.max(total.nesting, part.nesting);
}

/** Tokens and nesting of the items from one up to the smallest number of items, each with a comma before it. */
export function itemsFrom({ prefix, rest, min }: ArrayNode, from: number, comma: number): Cost {
  const total = { cost: 0, bytes: 0, nesting: 0 };
  const end = Math.min(min, prefix.length);
  for (let i = from; i < end; i++) add(total, prefix[i]!);
  const others = Math.max(0, min - Math.max(from, prefix.length));
  add(total, rest ?? none, others);
  const commas = Math.max(0, end - from) + others;
  add(total, { cost: commas * comma, bytes: commas, nesting: 0 });
  return total;
}

/** The cheapest values of a list whose items differ. */
function uniqueItems(node: ArrayNode, { comma }: Prices): Cost {
  const { rest, min } = node;
  if (min === 0) return { cost: 0, bytes: 0, nesting: 0 };
  const cost = cheapestUnused(node, "", min, comma);
  return { cost, bytes: min * (1 + rest!.bytes), nesting: rest!.nesting };
}

function arrayCost(node: ArrayNode, prices: Prices): Cost {
  if (node.min > node.max) return none;
  const items = node.isUnique ? uniqueItems(node, prices) : itemsFrom(node, 0, prices.comma);
  const comma = node.min > 0 ? 1 : 0;
  return {
    cost: items.cost - comma * prices.comma + prices.array + prices.close.array,
    bytes: items.bytes - comma + 2,
    nesting: 1 + items.nesting,
  };
}

/** The cheapest name and value of those that are not declared. */
function otherCost({ nodes, nameCosts }: Others, { quote, colon }: Prices): Cost {
  let best = none;
  for (const [label, { cost, bytes, nesting }] of nodes.entries()) {
    const name = nameCosts![label]!;
    const total = name + 2 * quote + colon + cost;
    if (total < best.cost) best = { cost: total, bytes: bytes + 3 + MOST_SPELLED * name, nesting };
  }
  return best;
}

function objectCost(node: ObjectNode, prices: Prices): Cost {
  const { properties, others, neededOther, requiredFrom, max } = node;
  if (requiredFrom[0]! > max) return none;
  const total = { cost: prices.object + prices.close.object, bytes: 2, nesting: 0 };
  let comma = 0; // before all but the first
  for (const { isRequired, node, key, keyCosts } of properties) {
    if (!isRequired) continue;
    add(total, node);
    add(total, {
      cost: keyCosts[0]! + comma * prices.comma,
      bytes: key.length + comma,
      nesting: 0,
    });
    comma = 1;
  }
  if (neededOther) {
    add(total, otherCost(others!, prices));
    add(total, { cost: comma * prices.comma, bytes: comma, nesting: 0 });
  }
  return { ...total, nesting: 1 + total.nesting };
}

/** The cost of the shortest text of a node whose parts are measured; of a choice, `measure` knows it. */
export function shortestCost(
  node: Exclude<Node, AnyOf>,
  prices: Prices,
  { plainCost }: Vocabulary,
): Cost {
  switch (node.kind) {
    case "literals":
      return { cost: node.words.cost, bytes: node.words.bytes, nesting: 0 };
    case "string": {
      if (node.min > node.max) return none;
      return {
        cost: 2 * prices.quote + plainCost(node.min),
        bytes: 2 + 4 * node.min,
        nesting: 0,
      };
    }
    case "text": {
      const { tokens } = node.costs!;
      const cost = node.dfa.start < 0 ? Infinity : tokens[node.dfa.start]!;
      return { cost: cost + prices.quote, bytes: 2 + MOST_SPELLED * cost, nesting: 0 };
    }
    case "number":
      return { cost: prices.digit, bytes: 1, nesting: 0 };
    case "range": {
      const digits = shortestDecimal(node, "");
      return { cost: digits * prices.digit, bytes: digits, nesting: 0 };
    }
    case "array":
      return arrayCost(node, prices);
    case "object":
      return objectCost(node, prices);
  }
}
