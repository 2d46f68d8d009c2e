import type { Place } from "../../core/scheme-kind";
import type { WatermarkKey } from "../../prf/key";
import { selfHashWindows } from "../shared/self-hash-windows";
import { mpacColours } from "./mpac-colours";
import type { MpacProfile } from "./profile";

/** Digit and colour of every candidate. */
function describeSelfHashColours(
  profile: MpacProfile,
  key: WatermarkKey,
  ids: readonly number[],
  logits: Place["logits"],
): Record<string, unknown> {
  const colours = mpacColours(profile, key);
  const width = profile.context_width;
  const candidates = selfHashWindows(profile, ids, logits).map(({ token, window }) => ({
    token,
    digit: colours.digitAt(window, width),
    colour: colours.colourOf(window, width, token),
  }));
  return { candidates };
}

/** Digit and colours of the token after `ids`. */
export function mpacDraws(
  profile: MpacProfile,
  key: WatermarkKey,
  ids: readonly number[],
  { logits }: Place,
): Record<string, unknown> {
  if (ids.length < profile.context_width) return {};
  if (profile.seeding_scheme === "selfhash")
    return describeSelfHashColours(profile, key, ids, logits);
  const colours = mpacColours(profile, key);
  return {
    digit: colours.digitAt(ids, ids.length),
    colours: Array.from(colours.table(ids, ids.length)),
  };
}
