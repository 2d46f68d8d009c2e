import type { Place } from "../../core/scheme-kind";
import type { WatermarkKey } from "../../prf/key";
import { selfHashWindows } from "../shared/self-hash-windows";
import { greenLists } from "./green-lists";
import type { KgwProfile } from "./profile";

/** Seed of every candidate, and those that are on their own green list. */
function describeSelfHash(
  profile: KgwProfile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
  logits: Place["logits"],
): Record<string, unknown> {
  const lists = greenLists(profile, key);
  const windows = selfHashWindows(profile, ids, logits);
  const width = profile.context_width;
  return {
    candidates: windows.map(({ token, window }) => ({ token, seed: lists.name(window, width) })),
    greenList: windows.flatMap(({ token, window }) =>
      lists.contains(window, width, token) ? [token] : [],
    ),
  };
}

/** Seed and green list of the token after `ids`. */
export function kgwDraws(
  profile: KgwProfile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
  { logits }: Place,
): Record<string, unknown> {
  if (ids.length < profile.context_width) return {};
  if (profile.seeding_scheme === "selfhash") return describeSelfHash(profile, key, ids, logits);
  const lists = greenLists(profile, key);
  return { seed: lists.name(ids, ids.length), greenList: Array.from(lists.list(ids, ids.length)) };
}
