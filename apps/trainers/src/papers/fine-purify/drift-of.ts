import { purify } from "@deepgrain/fine-purify";
import { type Defender, fisherOf } from "./defend";
import type { PurifyResult } from "./results";

/** How far a victim's weights moved, and whether they moved as the theory of SGD says. */
export async function driftOf(
  defender: Pick<Defender, "model" | "task" | "init" | "finetuned" | "clean" | "signal">,
): Promise<Pick<PurifyResult, "medianDrift" | "correlation">> {
  const { init, finetuned, signal } = defender;
  const fisher = await fisherOf(defender, "init");
  const options = { fisher, rho: 1, largestDrift: Number.POSITIVE_INFINITY, signal };
  const { report } = await purify(init, finetuned, options);
  return { medianDrift: report.medianDrift, correlation: report.correlation };
}
