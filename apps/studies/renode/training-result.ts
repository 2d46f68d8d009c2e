import { z } from "zod";

const share = z.number().min(0).max(1);

/** The results of one variant's trainings on one split. */
export const trainingResultSchema = z.strictObject({
  /** Total Totoro of the training nodes. */
  total: z.number(),
  /** Share of nodes that the training nodes reach. */
  cover: share,
  /** One per initialisation: scores on the test nodes at the epoch that validates best. */
  trainings: z
    .array(
      z.strictObject({
        weightedF1: share,
        macroF1: share,
        accuracy: share,
        epochs: z.int(),
      }),
    )
    .min(1),
});

export type TrainingResult = z.infer<typeof trainingResultSchema>;
