import type { FrameStore } from "./frame";
import type { Node } from "./nodes";
import type { Prices } from "./shortest-cost";
import type { Vocabulary } from "./vocabulary";

/** A schema made ready for a vocabulary. */
export interface Grammar {
  readonly root: Node;
  readonly vocabulary: Vocabulary;
  readonly prices: Prices;
  readonly frames: FrameStore;
  /** Objects and lists that may be open inside one another. */
  readonly mostNested: number;
}

/** Whether a value can still be written in full at a depth. */
export const fits = ({ mostNested }: Grammar, node: Node | null, depth: number): node is Node =>
  node !== null && node.cost < Infinity && depth + node.nesting <= mostNested;
