import type { Budget } from "@deepgrain/support";
import type { AnyOf, Head, Node } from "./nodes";

/**
 * The nodes behind a node that are no choices themselves; found once, when all nodes are known. Choices of one branch share the
 * list of what they stand for.
 *
 * @param budget a step is one branch that is looked at
 */
export function headsOf(node: Node, budget?: Budget | undefined): readonly Head[] {
  const chain = new Set<AnyOf>();
  let at = node;
  while (at.kind === "any-of" && !at.heads && !chain.has(at)) {
    chain.add(at);
    if (at.branches.length !== 1) break;
    at = at.branches[0]!;
  }
  budget?.spendSteps(chain.size);
  const heads = at.kind === "any-of" ? (at.heads ?? foundHeads(at, budget)) : [at];
  for (const one of chain) one.heads = heads;
  return heads;
}

function foundHeads(node: AnyOf, budget: Budget | undefined): Head[] {
  const found = new Set<Head>();
  const seen = new Set<Node>([node]);
  const open: Node[] = [...node.branches];
  for (let one = open.pop(); one; one = open.pop()) {
    budget?.spendSteps(1);
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.kind !== "any-of") found.add(one);
    else if (!one.heads) for (const branch of one.branches) open.push(branch);
    else {
      budget?.spendSteps(one.heads.length);
      for (const head of one.heads) found.add(head);
    }
  }
  return [...found];
}
