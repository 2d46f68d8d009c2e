import { neededParts } from "./measure";
import type { Node } from "./nodes";

/** A node without texts, and its parts without texts that have not been looked at. */
interface Open {
  readonly node: Node;
  readonly parts: Iterator<Node>;
}

function* impossibleParts(node: Node): Generator<Node> {
  for (const part of neededParts(node)) if (part.cost === Infinity) yield part;
}

/** The reason of a node itself against every value, all bytes having tokens. */
function ownReason(node: Node): string | undefined {
  if (node.why !== undefined || node.kind === "any-of") return node.why;
  const isPossible = impossibleParts(node).next().done;
  return isPossible ? "its shortest text is longer than a text can be" : undefined;
}

/**
 * Why no value satisfies a node whose cost is Infinity: the place that the schema's own bounds rule out, or the first one found
 * that would go on without end.
 */
export function whyNothing(root: Node): { path: string; why: string } {
  const seen = new Set<Node>();
  const open: Open[] = [];
  let end: Node | undefined;
  for (let node: Node | undefined = root; node; ) {
    const why = ownReason(node);
    if (why !== undefined) return { path: node.path, why };
    seen.add(node);
    open.push({ node, parts: impossibleParts(node) });
    node = undefined;
    for (let last = open.at(-1); last && !node; last = open.at(-1)) {
      const { value: part, done } = last.parts.next();
      if (done) {
        end ??= last.node;
        open.pop();
      } else if (!seen.has(part)) node = part;
    }
  }
  return { path: end!.path, why: "each value would need another one inside, without end" };
}
