import { FedError, oneOf, optionsOf, real, refuseUnknown, whole } from "../../errors";
import { stream } from "../../federation/random/stream";
import { classWisePartition } from "./class-wise-partition";
import { classCounts, countsPerClient, type Dataset, selectRows } from "./dataset";
import { exponentialCounts, longTailRows, permuteClasses } from "./long-tail";
import { priorScaledPartition } from "./prior-scaled-partition";

/** The partition of a split. Results of different partitions are not comparable. */
export type PartitionName = "prior-scaled" | "class-wise";

/** Options of `splitLongTail`. */
export interface SplitOptions {
  /** Rows of the largest class; default: as many as every class has. */
  readonly largest?: number | undefined;
  /** IR, the size of the largest class over that of the smallest. Default 100. */
  readonly ratio?: number | undefined;
  readonly clients: number;
  /** Default `"prior-scaled"`. */
  readonly partition?: PartitionName | undefined;
  /** Dirichlet concentration. Default 1. */
  readonly alpha?: number | undefined;
  /** For the prior-scaled partition. Default `"round"`. */
  readonly rounding?: "round" | "floor" | undefined;
  /** Class permutation: class `order[i]` becomes class i, the head first. Default: unchanged. */
  readonly classOrder?: readonly number[] | undefined;
  readonly seed: number;
}

const splitOptionNames: readonly (keyof SplitOptions)[] = [
  "largest",
  "ratio",
  "clients",
  "partition",
  "alpha",
  "rounding",
  "classOrder",
  "seed",
];

/** A long-tailed data set split over clients. */
export interface LongTailSplit {
  readonly clients: readonly Dataset[];
  /** Rows per class. */
  readonly counts: readonly number[];
  /** Shape [clients][classes]. */
  readonly countsPerClient: readonly (readonly number[])[];
  readonly partition: PartitionName;
}

/**
 * Subsamples a data set to an exponential long tail and splits it over clients.
 *
 * @throws {FedError} `ERR_RANGE` when a class has too few rows, `ERR_ARGUMENT` for an unknown partition, `ERR_DATA`
 */
export function splitLongTail(data: Dataset, options: SplitOptions): LongTailSplit {
  const {
    largest,
    ratio = 100,
    clients,
    partition = "prior-scaled",
    alpha = 1,
    rounding = "round",
    classOrder,
    seed,
    ...rest
  } = optionsOf("splitLongTail", options);
  refuseUnknown("splitLongTail", rest, splitOptionNames);
  whole("splitLongTail", "clients", clients, { min: 1, max: 100_000 });
  oneOf("splitLongTail", "partition", partition, ["prior-scaled", "class-wise"]);
  real("splitLongTail", "alpha", alpha, { above: 0 });
  whole("splitLongTail", "seed", seed, { min: 0 });
  const labels = classOrder ? permuteClasses(data.labels, classOrder) : data.labels;
  const full = classCounts(labels, data.classes);
  const counts = exponentialCounts(largest ?? Math.min(...full), { classes: data.classes, ratio });
  const tail = selectRows(
    { ...data, labels },
    longTailRows(labels, counts, stream(seed, "long-tail")),
  );
  const random = stream(seed, "partition");
  const deal = {
    "prior-scaled": () => priorScaledPartition(tail.labels, { clients, alpha, rounding, random }),
    "class-wise": () => classWisePartition(tail.labels, { clients, alpha, random }),
  }[partition];
  if (!deal)
    throw new FedError(
      "ERR_ARGUMENT",
      `fedlt/splitLongTail: partition must be prior-scaled or class-wise, got ${partition}`,
    );
  const parts = deal();
  return {
    clients: parts.map((rows) => selectRows(tail, rows)),
    counts,
    countsPerClient: countsPerClient(tail.labels, parts, data.classes),
    partition,
  };
}
