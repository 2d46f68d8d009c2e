import { presenceOnly } from "../../core/code-shape";
import { choice, integer } from "../../core/profile-fields";
import { schemeKind } from "../../core/scheme-kind";
import { NEEDS_PROBABILITIES } from "../shared/needs-probabilities";
import type { UnbiasedProfile } from "./profile";
import { unbiased } from "./unbiased";

/** Hit rate of both reweightings where two tokens are equally likely; near 1 where many are. */
const RATE = 0.75;

/** The scheme `unbiased`. */
export const unbiasedKind = schemeKind<UnbiasedProfile>({
  name: "unbiased",
  fields: { context_width: integer(5, 1, 64), reweight: choice("gamma", "delta") },
  shape: () => presenceOnly(0.5, RATE),
  contextTokens: ({ context_width }) => context_width,
  notAdditive: () => NEEDS_PROBABILITIES,
  bind: (profile, key) => unbiased(profile, key!),
});
