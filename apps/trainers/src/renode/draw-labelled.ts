import { createRandom } from "@deepgrain/lm";
import {
  balancedSplit,
  imbalanceLevels,
  type NodeData,
  type NodeSplit,
  stepSplit,
} from "@deepgrain/renode/gnn";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";

/** Which nodes count as labelled. */
export const splitFlags = {
  split: flags.choice(["given", "balanced", "step", "low", "middle", "high"], {
    default: "given",
    help: "Labelled nodes: those marked; drawn with as many per class; with --imbalance times as many in some classes; or of --draws balanced splits one with low, middle or high conflict",
  }),
  seed: flags.whole({ default: 0, help: "Seed of the drawn split" }),
  perClass: flags.whole({ min: 1, default: 20, help: "Drawn labelled nodes per class" }),
  validationPerClass: flags.whole({ default: 30, help: "Drawn validation nodes per class" }),
  labelRatio: flags.real({ max: 1, default: 0.05, help: "Step: share of the nodes, δ" }),
  imbalance: flags.real({ min: 1, default: 10, help: "Step: head over tail, ρ" }),
  draws: flags.whole({ min: 3, default: 100, help: "Low, middle, high: splits drawn" }),
};

/** The split that the flags ask for; undefined for the given one. @throws {UsageError} where the graph has no such split */
export function drawnSplit(
  { graph, classes }: NodeData,
  given: Values<typeof splitFlags>,
): NodeSplit | undefined {
  const { split: kind, seed, perClass, validationPerClass, labelRatio, imbalance, draws } = given;
  const random = createRandom(seed).next;
  const balanced = { random, perClass, validationPerClass };
  if (kind === "given") return undefined;
  if (kind === "balanced") return balancedSplit(classes, balanced);
  if (kind === "step")
    return stepSplit(classes, { random, labelRatio, imbalance, validationPerClass });
  const [found] = imbalanceLevels(graph, classes, { ...balanced, draws, perLevel: 1 })[kind];
  if (!found) throw new UsageError(`--split ${kind} needs more --draws`);
  return found.split;
}
