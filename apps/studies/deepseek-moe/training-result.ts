import { z } from "zod";

const amount = z.number();

/** The result of training one variant at one seed. */
export const trainingResultSchema = z.strictObject({
  parameters: amount,
  /** Of them, what one token passes. */
  activated: amount,
  /** Operations of one sequence, forward and backward. */
  flops: amount,
  /** Held-out loss after the last step, nats per token. */
  loss: amount,
  /** Held-out loss on the first batches, during training. */
  curve: z.array(z.strictObject({ step: z.int(), loss: amount })),
  /** (max − mean)/mean of the experts' loads over all held-out text, mean over layers; null without experts. */
  maxVio: amount.nullable(),
  /** The same within each batch, mean over batches. */
  maxVioBatch: amount.nullable(),
  /**
   * Held-out loss with the best routed experts of each token left out; `kept` where those that stand in get their weight, absent in older
   * records.
   */
  disabled: z.array(
    z.strictObject({
      sixteenths: z.int(),
      skipped: z.int(),
      loss: amount,
      kept: amount.optional(),
    }),
  ),
  /** Held-out loss with fewer routed experts per token; absent in older records. */
  fewer: z.array(z.strictObject({ topK: z.int(), loss: amount })).optional(),
  /**
   * How differently the domains use the experts: half the sum of the differences between a domain's loads and the mean
   * of the domains, mean over domains and layers, from 0; null where it was not measured.
   */
  specialisation: amount.nullable().optional(),
  /** Held-out loss with one more routed expert instead of the shared one; null without a shared one. */
  withoutShared: amount.nullable(),
});

export type TrainingResult = z.infer<typeof trainingResultSchema>;
