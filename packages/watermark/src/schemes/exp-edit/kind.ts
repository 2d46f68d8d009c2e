import { presenceOnly } from "../../core/code-shape";
import { integer, real, temperature } from "../../core/profile-fields";
import { schemeKind } from "../../core/scheme-kind";
import { expRate } from "../shared/exp-rate";
import { NEEDS_PROBABILITIES } from "../shared/needs-probabilities";
import { expEdit } from "./exp-edit";
import type { ExpEditProfile } from "./profile";

/** The scheme `exp-edit`. */
export const expEditKind = schemeKind<ExpEditProfile>({
  name: "exp-edit",
  fields: {
    key_length: integer(64, 2, 4096),
    gap: real(0, 0, 100),
    trials: integer(99, 19, 9999),
    temperature,
  },
  shape: () => presenceOnly(0.5, expRate),
  contextTokens: () => 0,
  notAdditive: () => NEEDS_PROBABILITIES,
  bind: (profile, key) => expEdit(profile, key!),
});
