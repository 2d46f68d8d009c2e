import { liftedRate, presenceOnly } from "../../core/code-shape";
import { bias, ratio } from "../../core/profile-fields";
import { schemeKind } from "../../core/scheme-kind";
import type { UnigramProfile } from "./profile";
import { unigram, unigramGreenList } from "./unigram";

/** The scheme `unigram`. */
export const unigramKind = schemeKind<UnigramProfile>({
  name: "unigram",
  fields: { greenlist_ratio: ratio(0.5), bias: bias(2) },
  shape: ({ greenlist_ratio: mass, bias: lift }, spike) =>
    presenceOnly(mass, liftedRate(mass, lift, spike)),
  contextTokens: () => 0,
  draws: (profile, key) => ({ greenList: Array.from(unigramGreenList(profile, key!)) }),
  bind: (profile, key) => unigram(profile, key!),
});
