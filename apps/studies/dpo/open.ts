import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import type { comparison } from "./comparison";
import { tuningSeeds } from "./methods";
import { preferenceSettings } from "./recipe";
import { preferences, preferencesTuning, tuningSettings } from "./study";

/** Opens the comparison, or with `--tune` the trials of learning rates. */
export function open({
  size,
  values: { tune },
  seeds,
  folder,
}: ComparisonRequest<(typeof comparison)["flags"]>): OpenedComparison {
  const settings = preferenceSettings[size];
  if (!tune) return { study: preferences, settings };
  const trials = { study: preferencesTuning, settings: tuningSettings, folder: folder("tuning") };
  return seeds === undefined ? { ...trials, seeds: tuningSeeds } : trials;
}
