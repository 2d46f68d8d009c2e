import { presenceOnly } from "../../core/code-shape";
import { integer, real } from "../../core/profile-fields";
import { schemeKind } from "../../core/scheme-kind";
import { NEEDS_PROBABILITIES } from "../shared/needs-probabilities";
import { dip } from "./dip";
import type { DipProfile } from "./profile";

/** The scheme `dip`. */
export const dipKind = schemeKind<DipProfile>({
  name: "dip",
  fields: { context_width: integer(5, 1, 64), alpha: real(0.45, 0, 0.5) },
  // Where two tokens are equally likely, the later one has probability ½ + α and is late with chance ¾.
  shape: ({ alpha }) => presenceOnly(0.5, 0.5 + alpha / 2),
  contextTokens: ({ context_width }) => context_width,
  notAdditive: () => NEEDS_PROBABILITIES,
  bind: (profile, key) => dip(profile, key!),
});
