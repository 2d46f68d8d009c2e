import type { Endpoint, EndpointOptions } from "../completers/endpoint";
import { httpEndpoint } from "../completers/http-endpoint";
import { usageOf } from "../completers/openai-answer";
import { readJson, unreadableResponse } from "../completers/response-body";
import { optionsOf, PrmError } from "../errors";
import type { StepScorer } from "./step-scorer";

/** Options of {@link vllmScorer}. */
export interface VllmScorerOptions extends EndpointOptions {
  readonly model: string;
  /** Text that ends each step. Default `<extra_0>`, as Qwen2.5-Math-PRM has it. */
  readonly stepTag?: string | undefined;
  /** The text to score. Default: problem, blank line, steps, each with the tag. */
  readonly input?:
    | ((problem: string, steps: readonly string[], stepTag: string) => string)
    | undefined;
  /**
   * Output of the server: `"probability"` (default: a number, or [bad, good]), `"softmax"` of two logits, `"sigmoid"` of
   * a value.
   */
  readonly output?: "probability" | "softmax" | "sigmoid" | undefined;
}

const tagged = (problem: string, steps: readonly string[], stepTag: string) =>
  `${problem}\n\n${steps.map((step) => step + stepTag).join("")}`;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function scoreOf(row: unknown, output: VllmScorerOptions["output"]): number {
  const numbers = typeof row === "number" ? [row] : row;
  if (
    !Array.isArray(numbers) ||
    numbers.length < 1 ||
    numbers.length > 2 ||
    !numbers.every(Number.isFinite)
  )
    throw unreadableResponse("a score must be one or two numbers", JSON.stringify(row) ?? "");
  if (output === "softmax" && numbers.length === 2) return sigmoid(numbers[1] - numbers[0]);
  return output === "sigmoid" ? sigmoid(numbers.at(-1)) : numbers.at(-1);
}

/** Token ids of a text, as tokenised by the server. */
function tokenize(
  endpoint: Endpoint,
  model: string,
  text: string,
  special: boolean,
  signal?: AbortSignal,
) {
  return endpoint.post<number[]>({
    path: "/tokenize",
    body: { model, prompt: text, add_special_tokens: special },
    bound: { promptTokens: 0, completionTokens: 0 },
    signal,
    async read(response, limit) {
      const { tokens } = ((await readJson(response, limit)) ?? {}) as { tokens?: unknown };
      if (!Array.isArray(tokens) || !tokens.every(Number.isInteger))
        throw unreadableResponse("no tokens in the answer", JSON.stringify(tokens) ?? "");
      return { value: tokens, usage: { promptTokens: 0, completionTokens: 0 } };
    },
  });
}

/**
 * A process reward model behind vLLM's pooling endpoint, with a row per step tag (Qwen2.5-Math-PRM) or per token: then the
 * rows at the tag's own positions are taken.
 *
 * @param options.baseUrl without version: pooling and tokenising stand beside `/v1`
 * @throws {PrmError} of the endpoint; `ERR_RESPONSE` where there are neither as many rows as steps nor as many as tokens;
 *   `ERR_COMPLETION` where the text does not hold one tag per step; `ERR_ARGUMENT` where a tag is not one token
 */
export function vllmScorer(options: VllmScorerOptions): StepScorer {
  const {
    model,
    stepTag = "<extra_0>",
    input = tagged,
    output = "probability",
    ...endpointOptions
  } = optionsOf("vllmScorer", options);
  const endpoint = httpEndpoint("vllmScorer", endpointOptions);

  async function atTags(
    rows: readonly unknown[],
    text: string,
    count: number,
    signal?: AbortSignal,
  ) {
    const tag = await tokenize(endpoint, model, stepTag, false, signal);
    if (tag.length !== 1)
      throw new PrmError(
        "ERR_ARGUMENT",
        `vllmScorer: "${stepTag}" is ${tag.length} tokens, must be one`,
      );
    const tokens = await tokenize(endpoint, model, text, true, signal);
    const places = [...tokens.keys()].filter((i) => tokens[i] === tag[0]);
    if (tokens.length !== rows.length || places.length !== count)
      throw new PrmError(
        "ERR_RESPONSE",
        `vllmScorer: ${rows.length} rows for ${count} steps, ${tokens.length} tokens and ${places.length} tags`,
        { fields: { rows: rows.length, steps: count, tokens: tokens.length, tags: places.length } },
      );
    return places.map((place) => rows[place]);
  }

  return async (problem, steps, { signal } = {}) => {
    const text = input(problem, steps, stepTag);
    if (text.split(stepTag).length - 1 !== steps.length)
      throw new PrmError(
        "ERR_COMPLETION",
        `vllmScorer: the texts hold the tag "${stepTag}" themselves`,
      );
    const bytes = new TextEncoder().encode(text).length;
    const rows = await endpoint.post<unknown[]>({
      path: "/pooling",
      body: { model, input: text },
      bound: { promptTokens: bytes + 16, completionTokens: 0 },
      signal,
      async read(response, limit) {
        const answer = (await readJson(response, limit)) as {
          data?: { data?: unknown }[] | undefined;
        } | null;
        const data = answer?.data?.[0]?.data;
        if (!Array.isArray(data))
          throw unreadableResponse("no scores in the answer", JSON.stringify(answer));
        return { value: data, usage: usageOf(answer) };
      },
    });
    const chosen =
      rows.length === steps.length ? rows : await atTags(rows, text, steps.length, signal);
    return chosen.map((row) => scoreOf(row, output));
  };
}
