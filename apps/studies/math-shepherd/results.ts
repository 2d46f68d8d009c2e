import type { LabelStudy } from "@deepgrain/prm";
import { z } from "zod";
import {
  type Choice,
  choiceIds,
  type Scorer,
  scorers,
  type VerifiedChoice,
  verifiedChoices,
} from "./candidates";
import type { LearnedResult } from "./learn-from-rewards";
import type { LearnerResult, VerificationResult } from "./run-pipeline";
import type { PolicyResult } from "./run-policy";

/** The result of a run of the study, by its type. */
export interface ShepherdResult {
  solver?: LabelStudy;
  policy?: PolicyResult;
  verification?: VerificationResult;
  learner?: LearnerResult;
  learned?: LearnedResult;
}

const amount = z.number();
const bits = z.array(z.union([z.literal(0), z.literal(1)]));

const labels = z.strictObject({
  steps: amount,
  goodShare: amount,
  goodHit: amount,
  badHit: amount,
  quality: z.array(z.strictObject({ n: z.int(), hardAccuracy: amount, softLoss: amount })),
  predicted: z.array(amount),
});

const choice = z.strictObject({
  accuracy: z.array(z.strictObject({ n: z.int(), accuracy: amount })),
  solved: bits,
});

const scores = z.strictObject({
  accuracy: amount,
  firstErrorF1: amount,
  outcomeShift: amount,
  expectedError: amount,
  bins: z.array(z.strictObject({ meanScore: amount, meanLabel: amount, count: amount })),
});

const policy = z.strictObject({
  greedy: bits,
  greedySteps: amount,
  votes: bits,
  any: bits,
  labels,
});

const verification = z.strictObject({
  choices: z.strictObject(
    Object.fromEntries(choiceIds.map((id) => [id, choice])) as Record<Choice, typeof choice>,
  ),
  scores: z.strictObject(
    Object.fromEntries(scorers.map((id) => [id, scores])) as Record<Scorer, typeof scores>,
  ),
  pool: z.strictObject({ solutions: amount, steps: amount, good: amount }),
});

const learner = z.strictObject({ greedy: bits, greedySteps: amount });

const learned = z.strictObject({
  solved: bits,
  steps: amount,
  firstReward: amount,
  lastReward: amount,
  kl: amount,
  verified: z
    .strictObject(
      Object.fromEntries(verifiedChoices.map((id) => [id, bits])) as Record<
        VerifiedChoice,
        typeof bits
      >,
    )
    .optional(),
});

const schema = z.union([
  z.strictObject({ solver: labels }),
  z.strictObject({ policy }),
  z.strictObject({ verification }),
  z.strictObject({ learner }),
  z.strictObject({ learned }),
]);

/** @throws {ZodError} for a stored result of another form, whose run is done again */
export const parseResult = (result: unknown): ShepherdResult => schema.parse(result);
