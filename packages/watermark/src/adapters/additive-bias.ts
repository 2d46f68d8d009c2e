import type { Processor } from "../core/processor";
import type { Profile } from "../core/profile";
import { WatermarkError } from "../error";

/**
 * Refuses schemes whose change of the logits depends on the logits themselves, for hooks that do not
 * see them.
 *
 * @throws {WatermarkError} `ERR_UNSUPPORTED` saying what to change
 */
export function requireAdditive(profile: Profile, place: string): void {
  const refuse = (why: string) => {
    throw new WatermarkError("ERR_UNSUPPORTED", `${place}: ${profile.scheme} ${why}`);
  };
  switch (profile.scheme) {
    case "exp":
    case "synthid":
      return refuse("needs the model's probabilities; use chooseFromProbabilities");
    case "kgw":
      if (profile.hard) return refuse("in hard mode is no finite bias");
      if (profile.seeding_scheme === "selfhash") return refuse("with selfhash needs the logits");
      return;
    case "mpac":
      if (profile.seeding_scheme === "selfhash") return refuse("with selfhash needs the logits");
      return;
    case "ctwl-vanilla":
    case "ctwl-balance":
      if (profile.top_k !== 0) return refuse("needs top_k 0 where the logits are not seen");
      return;
  }
}

/** What a processor adds after `ids`: tokens grouped by the amount. */
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
