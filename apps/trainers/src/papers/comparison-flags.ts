import { defaultThreads } from "@deepgrain/lab/workers";
import type { Values } from "../cli/flags";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";

/** Sizes of a comparison of trainings. */
export type ComparisonSize = "quick" | "default" | "full";

/** Flags that every comparison of trainings has, the sizes apart. */
export const comparisonFlags = {
  seeds: flags.whole({
    min: 1,
    max: 1000,
    help: "Paired seeds; by default the number set by the size",
  }),
  seed: flags.whole({ max: 2 ** 31, default: 1, help: "The first of them" }),
  workers: flags.whole({
    min: 1,
    max: 64,
    help: "Trainings at the same time, each on one core; 1 gives one training all cores. By default the number of cores, at most 8",
  }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

type Given = Omit<Values<typeof comparisonFlags>, "json"> & { quick: boolean; full: boolean };

/**
 * Size, seeds and workers of a comparison.
 * @param seedCounts how many seeds each size has
 * @throws {UsageError} for two sizes
 */
export function readComparison(
  { quick, full, seed, ...given }: Given,
  seedCounts: Readonly<Record<ComparisonSize, number>>,
): { size: ComparisonSize; workers: number; seeds: number[] } {
  if (quick && full) throw new UsageError("give either --quick or --full");
  const size = quick ? "quick" : full ? "full" : "default";
  return {
    size,
    workers: given.workers ?? defaultThreads(),
    seeds: Array.from({ length: given.seeds ?? seedCounts[size] }, (_, i) => seed + i),
  };
}
