import type { Place } from "../../core/scheme-kind";
import { topRanked } from "../../core/top-indices";

/** The fields of a scheme whose candidates may complete their own context. */
interface SelfHashFields {
  readonly context_width: number;
  readonly selfhash_candidates: number;
  readonly vocab_size: number;
}

/** Each candidate of self-hash with the context that it completes, best first. */
export function selfHashWindows(
  profile: SelfHashFields,
  ids: readonly number[],
  logits: Place["logits"],
): { token: number; window: readonly number[] }[] {
  const { context_width: width, selfhash_candidates: most, vocab_size: size } = profile;
  const ranked = logits
    ? topRanked(
        Float32Array.from(logits, (x) => x ?? Number.NEGATIVE_INFINITY),
        Math.min(most, size),
      )
    : Array.from({ length: size }, (_, v) => v);
  const before = width > 1 ? ids.slice(1 - width) : [];
  return Array.from(ranked, (token) => ({ token, window: [...before, token] }));
}
