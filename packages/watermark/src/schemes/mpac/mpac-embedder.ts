import type { Embedder } from "../../core/scheme";
import { topRanked } from "../../core/top-indices";
import { favour } from "../kgw/kgw";
import type { MpacColours } from "./mpac-colours";
import type { MpacProfile } from "./profile";

/** Counts of colours per digit over the generated text so far. */
function makeFeedback(profile: MpacProfile, colours: MpacColours) {
  const width = profile.context_width;
  const isSelf = profile.seeding_scheme === "selfhash";
  let counted = 0;
  let counts: Uint32Array[] = [];
  return (ids: ArrayLike<number>, start: number): Uint32Array[] => {
    if (counted === 0 || counted > ids.length) {
      counts = Array.from({ length: colours.digits }, () => new Uint32Array(colours.colours + 1));
      counted = Math.max(start, width);
    }
    for (; counted < ids.length; counted++) {
      const end = isSelf ? counted + 1 : counted;
      const colour = colours.colourOf(ids, end, ids[counted]!);
      counts[colours.digitAt(ids, end)]![colour]!++;
    }
    return counts;
  };
}

/** The wrong leading colour of a digit that feedback should suppress, or −1. */
function wrongLeader(counts: Uint32Array, right: number, eta: number, tau: number): number {
  const colours = counts.subarray(0, counts.length - 1);
  const total = colours.reduce((a, b) => a + b, 0);
  let leader = 0;
  for (let c = 1; c < colours.length; c++) if (colours[c]! > colours[leader]!) leader = c;
  const isWrong = leader !== right && colours[leader]! - colours[right]! >= tau;
  return total >= eta && isWrong ? leader : -1;
}

/** Adds δ to the colour given by the context's digit. */
export function mpacEmbedder(
  profile: MpacProfile,
  colours: MpacColours,
  digits: readonly number[],
): Embedder {
  const { context_width: width, bias, selfhash_candidates, feedback } = profile;
  const countColours = makeFeedback(profile, colours);
  const leaderOf = (ids: ArrayLike<number>, start: number, digit: number) =>
    feedback
      ? wrongLeader(countColours(ids, start)[digit]!, digits[digit]!, feedback.eta, feedback.tau)
      : -1;
  if (profile.seeding_scheme === "selfhash")
    return {
      edit(ids, start, logits) {
        if (ids.length < width) return;
        const window = new Int32Array(width);
        for (let i = 0; i < width - 1; i++) window[i] = ids[ids.length - width + 1 + i]!;
        for (const v of topRanked(logits, Math.min(selfhash_candidates, logits.length))) {
          window[width - 1] = v;
          const digit = colours.digitAt(window, width);
          const colour = colours.colourOf(window, width, v);
          if (colour === digits[digit]) logits[v]! += bias;
          else if (feedback && colour === leaderOf(ids, start, digit)) logits[v]! -= feedback.bias;
        }
      },
    };
  return {
    edit(ids, start, logits) {
      if (ids.length < width) return;
      const digit = colours.digitAt(ids, ids.length);
      favour(logits, colours.list(ids, ids.length, digits[digit]!), bias, false);
      const leader = leaderOf(ids, start, digit);
      if (leader >= 0)
        favour(logits, colours.list(ids, ids.length, leader), -feedback!.bias, false);
    },
  };
}
