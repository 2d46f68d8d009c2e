import type { Run } from "@deepgrain/scaling-laws";
import { z } from "zod";

const amount = z.number();

const rowSchema = z.strictObject({
  corpus: z.enum(["english", "noisy"]),
  part: z.enum(["size", "rate", "batch", "pair", "held-out"]),
  budget: amount,
  layers: z.int(),
  width: z.int(),
  sequenceLength: z.int(),
  vocab: z.int(),
  /** M, non-embedding FLOPs per token. */
  model: amount,
  tokens: amount,
  flops: amount,
  batchTokens: amount,
  /** Peak. */
  lr: amount,
  /** Held-out, nats per byte. */
  loss: amount,
  bpb: amount,
  seed: z.int(),
});

const forecastSchema = z.strictObject({
  /** The measure that the law counts a model by, or "parametric". */
  by: z.string(),
  /** Bits per byte. */
  loss: amount,
  lower: amount.nullable(),
  upper: amount.nullable(),
});

const scheduleSchema = z.strictObject({
  /** Bits per byte at the length and at twice the length; null where only one length was trained. */
  short: amount,
  long: amount.nullable(),
  /** That these took. */
  steps: z.int(),
});

/** The result of one variant at one seed. */
export const sweepResultSchema = z.strictObject({
  row: rowSchema.nullable(),
  schedule: scheduleSchema.nullable(),
  /** Of the held-out run, made before it was trained; empty where no law could be fitted. */
  forecasts: z.array(forecastSchema),
});

/** A line of the table of runs. */
export type SweepRow = z.infer<typeof rowSchema>;
export type ScheduleResult = z.infer<typeof scheduleSchema>;
export type SweepResult = z.infer<typeof sweepResultSchema>;

/** A row as `@deepgrain/scaling-laws` fits it, in bits per byte. */
export const runOf = ({ corpus: _, part: __, bpb, ...run }: SweepRow): Run => ({
  ...run,
  loss: bpb,
  unit: "bpb",
});
