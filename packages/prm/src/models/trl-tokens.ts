import { functionOf, having, optionsOf, PrmError, refuseUnknown } from "../errors";
import type { TrlRow } from "../formats/trl";

/** The label of tokens that have none. */
export const ignoreIndex = -100;

/** Options of {@link trlTokens}. */
export interface TrlTokensOptions {
  /** Token ids of a text, without special tokens. */
  readonly encode: (text: string) => ArrayLike<number>;
  /** Put first; null for tokenizers without one. */
  readonly bosTokenId: number | null;
  /** After each step. Default: a line break. */
  readonly separator?: string | undefined;
  /** Cuts from the right. Default 1024; null for none. */
  readonly maxLength?: number | null | undefined;
  /** Cuts the prompt from the left. Default: none. */
  readonly maxPromptLength?: number | null | undefined;
  /** Cuts the steps from the right. Default: none. */
  readonly maxCompletionLength?: number | null | undefined;
  /** Labels only the last step, as an outcome reward model needs it. Default false. */
  readonly trainOnLastStepOnly?: boolean | undefined;
}

/** Token ids of a row and a label per token. */
export interface TrlTokens {
  readonly inputIds: number[];
  /** The step's label on the last token of its separator, −100 elsewhere. Soft labels are kept. */
  readonly labels: number[];
}

/**
 * The tokens of a row as in TRL: prompt and steps are tokenised separately, each step is followed by the separator,
 * and the label is on the separator's last token. Scoring must join the pieces in the same way.
 *
 * @throws {PrmError} `ERR_ARGUMENT` where the separator has no tokens
 * @see TRL, experimental PRM trainer
 */
export function trlTokens(trlRow: TrlRow, options: TrlTokensOptions): TrlTokens {
  const {
    encode,
    bosTokenId,
    separator = "\n",
    maxLength = 1024,
    maxPromptLength = null,
    maxCompletionLength = null,
    trainOnLastStepOnly = false,
    ...rest
  } = optionsOf("trlTokens", options);
  refuseUnknown("trlTokens", rest);
  functionOf("trlTokens", "encode", encode);
  const { prompt, completions, labels } = having(
    "trlTokens",
    "trlRow",
    trlRow,
    "prompt",
    "completions",
    "labels",
  );
  const end = Array.from(encode(separator));
  if (end.length === 0)
    throw new PrmError("ERR_ARGUMENT", "trlTokens: the separator has no tokens", {
      fields: { separator },
    });
  const steps: number[] = [];
  const stepLabels: number[] = [];
  for (const [i, text] of completions.entries()) {
    const tokens = [...Array.from(encode(text)), ...end];
    const isLabelled = !trainOnLastStepOnly || i === completions.length - 1;
    steps.push(...tokens);
    stepLabels.push(
      ...new Array<number>(tokens.length - 1).fill(ignoreIndex),
      isLabelled ? Number(labels[i]) : ignoreIndex,
    );
  }
  let start = Array.from(encode(prompt));
  if (bosTokenId !== null) start.unshift(bosTokenId);
  if (maxPromptLength !== null) start = start.slice(Math.max(0, start.length - maxPromptLength));
  const kept = maxCompletionLength ?? steps.length;
  const whole = maxLength ?? Number.POSITIVE_INFINITY;
  return {
    inputIds: [...start, ...steps.slice(0, kept)].slice(0, whole),
    labels: [
      ...new Array<number>(start.length).fill(ignoreIndex),
      ...stepLabels.slice(0, kept),
    ].slice(0, whole),
  };
}
