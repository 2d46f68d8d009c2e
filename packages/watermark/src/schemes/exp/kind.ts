import { presenceOnly } from "../../core/code-shape";
import { integer, temperature } from "../../core/profile-fields";
import { schemeKind } from "../../core/scheme-kind";
import { expRate } from "../shared/exp-rate";
import { NEEDS_PROBABILITIES } from "../shared/needs-probabilities";
import { exp } from "./exp";
import type { ExpProfile } from "./profile";

/** The scheme `exp`. */
export const expKind = schemeKind<ExpProfile>({
  name: "exp",
  fields: { context_width: integer(4, 1, 64), temperature },
  shape: () => presenceOnly(0.5, expRate),
  contextTokens: ({ context_width }) => context_width,
  notAdditive: () => NEEDS_PROBABILITIES,
  bind: (profile, key) => exp(profile, key!),
});
