import type { Node } from "./nodes";

/** The cost of a node's shortest text. */
export type Cost = Pick<Node, "cost" | "bytes" | "nesting">;

/** Whether a text is shorter than another one: in tokens, then in bytes, then by what it opens. */
const isLess = (a: Cost, b: Cost): boolean =>
  a.cost !== b.cost
    ? a.cost < b.cost
    : a.bytes !== b.bytes
      ? a.bytes < b.bytes
      : a.nesting < b.nesting;

/** Nodes with the cost that is known of them, the cheapest first: a binary heap. */
export class CostQueue {
  private readonly heap: { readonly node: Node; readonly cost: Cost }[] = [];

  put(node: Node, cost: Cost): void {
    const { heap } = this;
    let at = heap.length;
    const entry = { node, cost };
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isLess(cost, heap[above]!.cost)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = entry;
  }

  /** Takes the cheapest out. */
  take(): { readonly node: Node; readonly cost: Cost } | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === first) return first;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isLess(heap[below + 1]!.cost, heap[below]!.cost)) below++;
      if (!isLess(heap[below]!.cost, last!.cost)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last!;
    return first;
  }
}
