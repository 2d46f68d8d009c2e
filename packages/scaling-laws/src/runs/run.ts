import { ScalingLawsError } from "../errors";

/** The unit of a run's loss. */
export type LossUnit = "loss" | "bpb";

/** One finished training. */
export interface Run {
  /** Training FLOPs C, usually model · tokens. */
  flops: number;
  /** The nominal budget, where several runs share one though their FLOPs differ a little. */
  budget?: number | undefined;
  /** Model scale M: non-embedding FLOPs per token. */
  model: number;
  /** Training tokens D. */
  tokens: number;
  /** Held-out loss. */
  loss: number;
  /** "loss" (nats per token, default) or "bpb" (bits per byte). */
  unit?: LossUnit | undefined;
  /** Batch in tokens. */
  batchTokens?: number | undefined;
  /** Peak learning rate. */
  lr?: number | undefined;
  seed?: number | undefined;
  /** The shape of the model, where known: other measures of its scale are computed from it. */
  layers?: number | undefined;
  width?: number | undefined;
  sequenceLength?: number | undefined;
  vocab?: number | undefined;
}

const REQUIRED = ["flops", "model", "tokens", "loss"] as const;
const OPTIONAL = [
  "budget",
  "batchTokens",
  "lr",
  "layers",
  "width",
  "sequenceLength",
  "vocab",
] as const;

/** The unit of the runs' losses. @throws {ScalingLawsError} `ERR_ARGUMENT` where runs differ in it */
export function lossUnit(where: string, runs: readonly Run[]): LossUnit {
  const unit = runs[0]?.unit ?? "loss";
  const other = runs.findIndex((run) => (run.unit ?? "loss") !== unit);
  if (other < 0) return unit;
  throw new ScalingLawsError(
    "ERR_ARGUMENT",
    `scaling-laws/${where}: runs[0] has the unit "${unit}", runs[${other}] "${runs[other]!.unit ?? "loss"}"; one table needs one unit`,
    { fields: { row: other, unit } },
  );
}

/**
 * Checks every number of every run.
 * @throws {ScalingLawsError} `ERR_RANGE` with the index and key of the first that is not finite and above 0
 */
export function checkRuns(where: string, runs: readonly Run[]): void {
  runs.forEach((run, row) => {
    const keys = [...REQUIRED, ...OPTIONAL.filter((key) => run[key] !== undefined)];
    for (const key of keys) {
      const value: unknown = run[key];
      if (typeof value === "number" && value > 0 && Number.isFinite(value)) continue;
      throw new ScalingLawsError(
        "ERR_RANGE",
        `scaling-laws/${where}: runs[${row}].${key} must be a finite number above 0, got ${String(value)}`,
        { fields: { row, key, value } },
      );
    }
  });
  lossUnit(where, runs);
}
