import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import type { comparison } from "./comparison";
import { installedSet, readPictures } from "./image-data";
import type { ImageSet } from "./image-sets";
import { type FederationSettings, settingsFor, tuningSeeds, tuningSettings } from "./recipe";
import { comparisonText } from "./report";
import { redgrape, redgrapeTuning } from "./study";

/** Opens the comparison on a set of pictures, or with `--tune` the trials of settings. */
export async function open({
  size,
  values: { tune, data, folder: from, rounds },
  seeds,
  folder,
  signal,
}: ComparisonRequest<(typeof comparison)["flags"]>): Promise<OpenedComparison> {
  const { set, fingerprint } = await readPictures(
    { data: data as ImageSet | undefined, folder: from },
    { set: installedSet(), signal },
  );
  const sized = tune ? tuningSettings(set) : settingsFor(size, set);
  const settings: FederationSettings = {
    ...sized,
    folder: from ?? null,
    data: { pictures: fingerprint },
    ...(rounds !== undefined && { rounds }),
  };
  if (!tune)
    return { study: redgrape, settings, folder: folder(`${set}-${size}`), text: comparisonText };
  const trials = { study: redgrapeTuning, settings, folder: folder(`${set}-tuning`) };
  const hasNone = { ...trials, hasExperiments: false };
  return seeds === undefined ? { ...hasNone, seeds: tuningSeeds } : hasNone;
}
