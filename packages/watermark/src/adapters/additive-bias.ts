import type { Processor } from "../core/processor";
import { WatermarkError } from "../errors";
import type { Profile } from "../profile";
import { kindOf } from "../schemes";

/**
 * Refuses schemes whose change of the logits depends on the logits themselves, for hooks that do not
 * see them.
 *
 * @throws {WatermarkError} `ERR_UNSUPPORTED` saying what to change
 */
export function requireAdditive(profile: Profile, place: string): void {
  const why = kindOf(profile).notAdditive?.(profile);
  if (why) throw new WatermarkError("ERR_UNSUPPORTED", `${place}: ${profile.scheme} ${why}`);
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
