import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import { checkedText, type Fields } from "./fields";
import {
  type Sampling,
  type Streaming,
  samplingFields,
  stopField,
  streamFields,
} from "./sampling-fields";

/** One prompt: a text, or token ids. */
export type Prompt = string | readonly number[];

/** A request for text completions, checked. */
export interface CompletionRequest extends Streaming {
  readonly prompts: readonly Prompt[];
  /** The text after the hole, where the middle is to be filled in. */
  readonly suffix: string | undefined;
  readonly echo: boolean;
  readonly samples: number;
  readonly seed: number | undefined;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly maxTokens: number | undefined;
  /** How many likely tokens are named beside each, undefined without log-probabilities. */
  readonly logprobs: number | undefined;
}

const mostPrompts = 2048;

function idsAt(path: string, ids: unknown, vocabSize: number): number[] {
  if (!Array.isArray(ids))
    return refuseField(path, `${path} must be a list of tokens, got ${shown(ids)}.`);
  if (ids.length === 0) refuseField(path, `${path} must not be empty.`);
  const wrong = ids.find(
    (id) => !(Number.isSafeInteger(id) && Number(id) >= 0 && Number(id) < vocabSize),
  );
  if (wrong !== undefined || ids.includes(undefined))
    refuseField(path, `${path} must be tokens from 0 to ${vocabSize - 1}, got ${shown(wrong)}.`);
  return ids as number[];
}

/** `prompt`: a text, a list of texts, ids, or a list of lists of ids. */
function promptField(fields: Fields, vocabSize: number): Prompt[] {
  const given = fields.any("prompt");
  if (!Array.isArray(given)) return [checkedText("prompt", given)];
  if (given.length === 0) refuseField("prompt", "prompt must not be empty.");
  if (typeof given[0] === "number") return [idsAt("prompt", given, vocabSize)];
  if (given.length > mostPrompts)
    refuseField("prompt", `prompt may have ${mostPrompts} entries, got ${given.length}.`);
  const areIds = Array.isArray(given[0]);
  return given.map((one, i) => {
    const path = `prompt[${i}]`;
    return areIds ? idsAt(path, one, vocabSize) : checkedText(path, one);
  });
}

/**
 * Reads a request for text completions; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function completionFields(
  fields: Fields,
  { maxN, vocabSize }: { maxN: number; vocabSize: number },
): CompletionRequest {
  const samples = fields.whole("n", { min: 1, max: maxN }) ?? 1;
  const bestOf = fields.whole("best_of") ?? samples;
  if (bestOf !== samples)
    refuseField("best_of", `best_of must equal n, ${samples}, got ${bestOf}.`);
  const request: CompletionRequest = {
    prompts: promptField(fields, vocabSize),
    suffix: fields.text("suffix"),
    echo: fields.boolean("echo") ?? false,
    samples,
    seed: fields.whole("seed"),
    sampling: samplingFields(fields, vocabSize),
    stop: stopField(fields),
    maxTokens: fields.whole("max_tokens", { min: 0 }),
    logprobs: fields.whole("logprobs", { min: 0, max: 5 }),
    ...streamFields(fields),
  };
  if (request.suffix !== undefined) checkSuffix(request);
  fields.end();
  return request;
}

function checkSuffix({ prompts, echo }: CompletionRequest): void {
  if (prompts.some((prompt) => typeof prompt !== "string"))
    refuseField("suffix", "suffix needs a prompt of text.");
  if (echo) refuseField("suffix", "suffix and echo exclude each other.");
}
