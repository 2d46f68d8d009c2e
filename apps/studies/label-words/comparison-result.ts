import { z } from "zod";

const means = z.strictObject({ wp: z.number(), pq: z.number(), ww: z.number() });
const loyalty = { labelLoyalty: z.number(), wordLoyalty: z.number() };

const anchorMeasures = z.strictObject({
  accuracy: z.number(),
  meanLoss: z.number(),
  relative: z.array(means),
  isolation: z.array(
    z.strictObject({
      target: z.enum(["labels", "random"]),
      where: z.enum(["first", "last"]),
      layers: z.number(),
      ...loyalty,
    }),
  ),
  auc: z.array(z.number()),
  share: z.array(z.number()).nullable(),
  compression: z.array(
    z.strictObject({
      variant: z.string(),
      queryPositions: z.enum(["continue", "restart"]),
      ...loyalty,
    }),
  ),
});

/** Measurements of the diagnosis per layer: of predicted distances and of what is actually told apart. */
export const diagnosisFields = [
  "layer",
  "spearman",
  "siblings",
  "all",
  "actualSiblings",
  "actualAll",
  "accuracy",
] as const;

const lookAlikeMeasures = z.strictObject({
  vanilla: z.number(),
  twoShots: z.number(),
  reweighted: z.number(),
  losses: z.array(z.number()),
  diagnosis: z.array(z.record(z.enum(diagnosisFields), z.number())),
});

/** The measures of one trained model. */
export const comparisonResultSchema = z.strictObject({
  loss: z.number(),
  anchors: anchorMeasures.nullable(),
  lookAlike: lookAlikeMeasures.nullable(),
});

export type AnchorMeasures = z.infer<typeof anchorMeasures>;
export type LookAlikeMeasures = z.infer<typeof lookAlikeMeasures>;
export type ComparisonResult = z.infer<typeof comparisonResultSchema>;
