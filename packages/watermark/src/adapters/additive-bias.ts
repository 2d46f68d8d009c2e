import type { Processor } from "../core/processor";
import type { Profile } from "../core/profile";
import { WatermarkError } from "../errors";

/**
 * Refuses schemes whose change of the logits depends on the logits themselves, for hooks that do not
 * see them.
 *
 * @throws {WatermarkError} `ERR_UNSUPPORTED` saying what to change
 */
export function requireAdditive(profile: Profile, place: string): void {
  const why = whyNotAdditive(profile);
  if (why) throw new WatermarkError("ERR_UNSUPPORTED", `${place}: ${profile.scheme} ${why}`);
}

function whyNotAdditive(profile: Profile): string | undefined {
  if (["exp", "exp-edit", "synthid"].includes(profile.scheme))
    return "needs the model's probabilities; use chooseFromProbabilities";
  if ("hard" in profile && profile.hard) return "in hard mode is not a finite bias";
  if ("seeding_scheme" in profile && profile.seeding_scheme === "selfhash")
    return "with selfhash needs the logits";
  return "top_k" in profile && profile.top_k !== 0
    ? "needs top_k 0 where the logits are not seen"
    : undefined;
}

/** The bias that a processor adds after `ids`: tokens grouped by amount. */
export function additiveBias(
  processor: Processor,
  ids: readonly number[],
  vocabSize: number,
): Map<number, number[]> {
  const change = processor(ids, new Float32Array(vocabSize));
  const groups = new Map<number, number[]>();
  for (let token = 0; token < vocabSize; token++) {
    const amount = change[token]!;
    if (amount === 0) continue;
    const group = groups.get(amount);
    if (group) group.push(token);
    else groups.set(amount, [token]);
  }
  return groups;
}
