import { liftedRate, presenceOnly } from "../../core/code-shape";
import { safeInteger } from "../../core/profile-extras";
import { bias, choice, flag, integer, ratio, real } from "../../core/profile-fields";
import { type Refuse, schemeKind } from "../../core/scheme-kind";
import { defaultContextWidth } from "../shared/context-width";
import { kgwDraws } from "./draws";
import { entropyKgw } from "./entropy-kgw";
import { kgw } from "./kgw";
import type { KgwProfile } from "./profile";

function check(profile: KgwProfile, refuse: Refuse): void {
  const { compat, min_entropy, entropy_weights, hashing_key, seeding_scheme } = profile;
  const hasCompat = compat !== undefined;
  if (hasCompat && (min_entropy > 0 || entropy_weights))
    refuse("the published codes do not look at entropy: leave min_entropy and entropy_weights out");
  if (hasCompat !== (hashing_key !== undefined)) refuse("hashing_key and compat come together");
  if (compat === "huggingface" && !["lefthash", "selfhash"].includes(seeding_scheme))
    refuse("Hugging Face knows the seeding schemes lefthash and selfhash only");
}

/** Why it cannot be a fixed bias. */
function notAdditive({ hard, seeding_scheme }: KgwProfile): string | undefined {
  if (hard) return "in hard mode is not a finite bias";
  return seeding_scheme === "selfhash" ? "with selfhash needs the logits" : undefined;
}

/** The scheme `kgw`. */
export const kgwKind = schemeKind<KgwProfile>({
  name: "kgw",
  fields: {
    greenlist_ratio: ratio(0.25),
    bias: bias(2),
    hard: flag,
    seeding_scheme: choice("lefthash", "additive", "minhash", "skipgram", "selfhash"),
    context_width: integer(1, 1, 64),
    selfhash_candidates: integer(40, 1, 4096),
    min_entropy: real(0, 0, 32),
    entropy_weights: flag,
    lm_prefix_len: integer(10, 0, 4096),
  },
  extras: { hashing_key: safeInteger("hashing_key") },
  compat: ["huggingface", "reference"],
  defaults: defaultContextWidth,
  check,
  shape: ({ greenlist_ratio: mass, bias: lift }, spike) =>
    presenceOnly(mass, liftedRate(mass, lift, spike)),
  contextTokens: ({ context_width }) => context_width,
  notAdditive,
  draws: kgwDraws,
  bind: (profile, key, resources) =>
    profile.min_entropy > 0 || profile.entropy_weights
      ? entropyKgw(profile, key, resources)
      : kgw(profile, key),
});
