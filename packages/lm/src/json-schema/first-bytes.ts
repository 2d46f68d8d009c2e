import { headsOf } from "./heads";
import type { Head, Node } from "./nodes";
import { OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./signs";

/** The bytes that may begin a number. */
const numberBytes = Array.from("-0123456789", (one) => one.charCodeAt(0));

/** The bytes that may begin a value of a node. */
function firstBytes(head: Head): Iterable<number> {
  switch (head.kind) {
    case "object":
      return [OPEN_BRACE];
    case "array":
      return [OPEN_BRACKET];
    case "string":
    case "text":
      return [QUOTE];
    case "literals":
      return head.words.children.keys();
    case "number":
    case "range":
      return numberBytes;
  }
}

type Table = ReadonlyMap<number, readonly Head[]>;

/** By the list of heads, which choices of one branch share. */
const tables = new WeakMap<readonly Head[], Table>();

function tableOf(heads: readonly Head[]): Table {
  const order = heads
    .filter(({ cost }) => cost < Infinity)
    .sort((a, b) => a.cost - b.cost || a.bytes - b.bytes || a.nesting - b.nesting);
  const table = new Map<number, Head[]>();
  for (const head of order)
    for (const byte of firstBytes(head)) {
      const own = table.get(byte);
      if (own) own.push(head);
      else table.set(byte, [head]);
    }
  return table;
}

/** The heads of a measured node whose values may begin with a byte, those with the shortest texts first. */
export function headsFor(node: Node, byte: number): readonly Head[] {
  const heads = headsOf(node);
  if (node.kind !== "any-of") return heads;
  let table = tables.get(heads);
  if (!table) {
    table = tableOf(heads);
    tables.set(heads, table);
  }
  return table.get(byte) ?? [];
}
