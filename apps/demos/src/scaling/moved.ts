import { scientific } from "../drawing/numbers";
import type { Foretold, Look } from "./look";

/** The run that no law has seen, which visitors foretell. */
export const largerRun = ({ forecasts }: Look): Foretold | undefined =>
  forecasts.find(({ isLarger }) => isLarger);

/** "a model of 9.88 · 10⁴ FLOPs per token and 1.30 · 10⁶ tokens" */
const planText = ({ plan: { model, tokens } }: Look): string =>
  `a model of ${model ? scientific(model.value) : "–"} FLOPs per token and ${tokens ? scientific(tokens.value) : "–"} tokens`;

/** The change that a move has made, in a sentence. */
export function movedText(before: Look, after: Look): string {
  const [was, is] = [largerRun(before), largerRun(after)];
  if (before.hidden !== after.hidden && was && is)
    return `With ${after.budgets.length - after.hidden} budgets, the law foretells ${is.predicted.value.toFixed(3)} (${was.predicted.value.toFixed(3)} before); measured: ${is.measured.toFixed(3)}.`;
  const { loss } = after.plan;
  return `With ${scientific(after.plan.flops)} FLOPs: ${planText(after)}, at a loss of ${loss ? loss.value.toFixed(3) : "–"} (${before.plan.loss?.value.toFixed(3) ?? "–"} before).`;
}
