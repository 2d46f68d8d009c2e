import { z } from "zod";

const share = z.number().nullable();

const tried = z.strictObject({
  rho: z.number(),
  heldOut: z.number(),
  acc: z.number(),
  asr: share,
});

/** The result of one run; what does not apply is null. */
export const resultSchema = z.strictObject({
  /** Masked-LM loss of the last pre-training steps, nats per hidden word. */
  loss: z.number().nullable(),
  /** Accuracy on clean test rows, and share of triggered rows of other classes taken for the target. */
  acc: share,
  asr: share,
  /** Of victims on the artificial language: that share where other words stand in the trigger's place. */
  control: share,
  /** Accuracy on held-out rows, on which ρ is chosen. */
  heldOut: share,
  /** Of screens: share of clean rows refused, and of triggered rows of other classes accepted. */
  frr: share,
  far: share,
  /** Chosen reserve ratio, mean over masks, and whether it kept the accuracy. */
  rho: share,
  reached: z.boolean(),
  /** Every ratio that was tried, mean over masks. */
  tried: z.array(tried),
  /** Of victims: median |δ|/|w|, and correlation of ln δ² with ln Ĥ at the pre-trained weights. */
  medianDrift: z.number().nullable(),
  correlation: z.number().nullable(),
  /** Rules and sizes of the test subsets. */
  rules: z.record(z.string(), z.string()),
});

export type PurifyResult = z.infer<typeof resultSchema>;

/** A result without anything. */
export const noResult: PurifyResult = {
  loss: null,
  acc: null,
  asr: null,
  control: null,
  heldOut: null,
  frr: null,
  far: null,
  rho: null,
  reached: true,
  tried: [],
  medianDrift: null,
  correlation: null,
  rules: {},
};
