import { z } from "zod";
import type { ExtendResult } from "./extend";
import type { FimResult, OrderResult } from "./fim";
import type { PolicyResult } from "./policy";
import type { PretrainResult } from "./pretrain";

/** The result of a run of the study, by its experiment. */
export interface CoderResult {
  pretrain?: PretrainResult;
  fim?: FimResult;
  order?: OrderResult;
  recall?: { recall: number };
  extend?: ExtendResult;
  policy?: PolicyResult;
}

const amount = z.number();

const schema = z.strictObject({
  pretrain: z
    .strictObject({
      code: amount,
      math: amount,
      prose: amount,
      byLanguage: z.record(z.string(), amount),
    })
    .optional(),
  fim: z.strictObject({ leftToRight: amount, exact: amount, middle: amount }).optional(),
  order: z.strictObject({ symbols: amount, tokens: amount }).optional(),
  recall: z.strictObject({ recall: amount }).optional(),
  extend: z
    .strictObject({
      recall: z.array(z.strictObject({ length: amount, depth: amount, share: amount })),
      byPosition: z.array(z.strictObject({ from: amount, loss: amount })),
    })
    .optional(),
  policy: z
    .strictObject({
      passAt1: amount,
      passAny: amount,
      curve: z.array(z.strictObject({ step: amount, reward: amount, passAt1: amount })),
      programs: amount,
    })
    .optional(),
});

/** A stored result, checked. */
export const parseResult = (result: unknown): CoderResult => schema.parse(result) as CoderResult;
