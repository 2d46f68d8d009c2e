import { having, optionsOf, PrmError, refuseUnknown } from "../errors";
import type { StepScorer } from "../models/step-scorer";
import { ignoreIndex, trlTokens } from "../models/trl-tokens";

/** The parts of a token-classification model of transformers.js and its tokenizer that are needed. */
export interface TokenClassifier {
  // biome-ignore lint/suspicious/noExplicitAny: models are callable with inputs that depend on their kind
  readonly model: (inputs: any) => Promise<any>;
  readonly tokenizer: {
    encode(text: string, options?: { add_special_tokens?: boolean | undefined }): number[];
  };
}

/** Options of {@link transformersScorer}. */
export interface TransformersScorerOptions {
  /** The library's `Tensor`. */
  readonly Tensor: new (
    type: "int64",
    data: BigInt64Array,
    dims: number[],
  ) => unknown;
  /** Put first; null for tokenizers without one. */
  readonly bosTokenId: number | null;
  /** After each step, as in training. Default: a line break. */
  readonly separator?: string | undefined;
}

/**
 * A scorer from a two-class token classifier that TRL trained: problem and steps are tokenised separately, and a step's
 * score is the probability of class 1 on the last token of its separator.
 *
 * @throws {PrmError} on a call: `ERR_COMPLETION` where the model returns logits of a shape other than [1, tokens, 2]
 */
export function transformersScorer(
  tokenClassifier: TokenClassifier,
  options: TransformersScorerOptions,
): StepScorer {
  const { model, tokenizer } = having("transformersScorer", "tokenClassifier", tokenClassifier);
  const {
    Tensor,
    bosTokenId,
    separator = "\n",
    ...rest
  } = optionsOf("transformersScorer", options);
  refuseUnknown("transformersScorer", rest);
  const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false });
  return async (problem, steps) => {
    const row = { prompt: problem, completions: steps, labels: steps.map(() => true) };
    const { inputIds, labels } = trlTokens(row, { encode, bosTokenId, separator, maxLength: null });
    const length = inputIds.length;
    const tensor = (values: number[]) =>
      new Tensor("int64", BigInt64Array.from(values, BigInt), [1, length]);
    const { logits } = await model({
      input_ids: tensor(inputIds),
      attention_mask: tensor(inputIds.map(() => 1)),
    });
    const { dims, data } = (logits ?? {}) as {
      dims?: number[] | undefined;
      data?: ArrayLike<number> | undefined;
    };
    if (dims?.join() !== `1,${length},2` || !data)
      throw new PrmError(
        "ERR_COMPLETION",
        `transformersScorer: logits must be [1, ${length}, 2], got [${dims?.join(", ") ?? ""}]`,
        { fields: { dims } },
      );
    return labels.flatMap((label, i) =>
      label === ignoreIndex ? [] : [1 / (1 + Math.exp(data[2 * i]! - data[2 * i + 1]!))],
    );
  };
}
