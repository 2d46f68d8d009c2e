import { z } from "zod";

const amount = z.number();
const shares = z.strictObject({ count: amount, reverse: amount, shift: amount });

/** The result of one run: before is the fine-tuned model, after is the one that learned preferences. */
export const resultSchema = z.strictObject({
  /** Share of held-out pairs in order: by log-probability alone before, by implied reward after. */
  accuracyBefore: amount,
  accuracyAfter: amount,
  /** Mean lead of the chosen answers' implied reward on held-out pairs; 0 before. */
  margin: amount,
  /** Mean share of numbers that count up, over answers to held-out prompts. */
  scoreBefore: amount,
  scoreAfter: amount,
  /** Share of held-out prompts of each task that the likeliest answer solves; before, and after. */
  solvedBefore: shares,
  solvedAfter: shares,
  /** Mean share of numbers that count at all, up or down. */
  countsBefore: amount,
  countsAfter: amount,
  /** Share of held-out comparisons that the judge gives to the trained model, ties counting one half. */
  winRate: amount,
  /** KL(π‖π_ref) on held-out pairs at the end, nats per token; the largest of any step that was kept, held-out or training pairs. */
  kl: amount,
  highestKl: amount,
  /** Steps of DPO that were kept; whether the bound ended the run. */
  steps: z.int(),
  isStopped: z.boolean(),
});

export type PreferenceResult = z.infer<typeof resultSchema>;
