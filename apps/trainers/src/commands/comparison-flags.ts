import { numberFlag } from "../cli/number-flag";
import { UsageError } from "../cli/usage-error";
import { defaultWorkers } from "../experiments/trainings/run-trainings";

/** Sizes of a comparison of trainings. */
export type ComparisonSize = "quick" | "default" | "full";

/** Flags that every comparison of trainings has. */
export interface ComparisonFlags {
  quick?: boolean | undefined;
  full?: boolean | undefined;
  seeds?: string | undefined;
  seed?: string | undefined;
  workers?: string | undefined;
}

/** Arguments behind those flags, the sizes apart. */
export const comparisonArgs = {
  seeds: { type: "string", description: "Paired seeds. Default 3; with --full 5" },
  seed: { type: "string", default: "1", description: "The first of them" },
  workers: {
    type: "string",
    description:
      "Trainings at a time, each on a core of its own; 1 gives one training all cores. Default: the number of cores, at most 8",
  },
  json: { type: "boolean", description: "The result as JSON on stdout" },
} as const;

/**
 * The names of a comma-separated list, in the order of `known`; undefined where the flag is absent.
 * @throws {UsageError} naming what is unknown
 */
export function readNames<T extends string>(
  flag: string,
  value: string | undefined,
  known: readonly T[],
): T[] | undefined {
  if (value === undefined) return undefined;
  const names = value.split(",").map((name) => name.trim());
  const isSame = (id: string, name: string) => id.toLowerCase() === name.toLowerCase();
  const unknown = names.find((name) => !known.some((id) => isSame(id, name)));
  if (unknown !== undefined)
    throw new UsageError(`--${flag} may name ${known.join(", ")}, got "${unknown}"`);
  return known.filter((id) => names.some((name) => isSame(id, name)));
}

/**
 * Size, seeds and workers of a comparison.
 * @param seedCounts how many seeds each size has
 * @throws {UsageError} for two sizes, or numbers out of range
 */
export function readComparison(
  flags: ComparisonFlags,
  seedCounts: Readonly<Record<ComparisonSize, number>>,
): { size: ComparisonSize; workers: number; seeds: number[] } {
  if (flags.quick && flags.full) throw new UsageError("give either --quick or --full");
  const size = flags.quick ? "quick" : flags.full ? "full" : "default";
  const count = numberFlag("seeds", flags.seeds, { min: 1, max: 1000 }) ?? seedCounts[size];
  const first = numberFlag("seed", flags.seed, { max: 2 ** 31 })!;
  return {
    size,
    workers: numberFlag("workers", flags.workers, { min: 1, max: 64 }) ?? defaultWorkers(),
    seeds: Array.from({ length: count }, (_, i) => first + i),
  };
}
