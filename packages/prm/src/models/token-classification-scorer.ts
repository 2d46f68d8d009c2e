import type { EndpointOptions } from "../completers/endpoint";
import { httpEndpoint } from "../completers/http-endpoint";
import { readJson, unreadableResponse } from "../completers/response-body";
import { optionsOf, PrmError } from "../errors";
import type { StepScorer } from "./step-scorer";

/** One token of a token-classification answer. */
interface ClassifiedToken {
  readonly entity?: string | undefined;
  readonly entity_group?: string | undefined;
  readonly score: number;
  readonly start: number;
  readonly end: number;
}

/** Options of {@link tokenClassificationScorer}; `baseUrl` is the model's own address. */
export interface TokenClassificationScorerOptions extends EndpointOptions {
  /** Text after each step, whose last token carries the score. Default: a line break, as TRL trains. */
  readonly separator?: string | undefined;
  /** Class of good steps. Default `LABEL_1`. */
  readonly goodLabel?: string | undefined;
}

/**
 * A two-class token classifier behind an inference endpoint that takes `{ inputs }` and returns a list of tokens with
 * `entity`, `score`, `start` and `end`. The server tokenises the joined text; TRL trains on pieces tokenised
 * separately, which can differ where a tokenizer merges a separator with its neighbours.
 *
 * @throws {PrmError} of the endpoint; `ERR_RESPONSE` where no token ends where a step's separator ends
 */
export function tokenClassificationScorer(options: TokenClassificationScorerOptions): StepScorer {
  const {
    separator = "\n",
    goodLabel = "LABEL_1",
    ...endpointOptions
  } = optionsOf("tokenClassificationScorer", options);
  const endpoint = httpEndpoint("tokenClassificationScorer", endpointOptions);
  return async (problem, steps, { signal } = {}) => {
    const ends: number[] = [];
    let text = problem;
    for (const step of steps) {
      text += step + separator;
      ends.push([...text].length); // offsets count characters, not UTF-16 units
    }
    const tokens = await endpoint.post<ClassifiedToken[]>({
      path: "",
      body: { inputs: text, parameters: { aggregation_strategy: "none", ignore_labels: [] } },
      bound: { promptTokens: new TextEncoder().encode(text).length + 16, completionTokens: 0 },
      signal,
      async read(response, limit) {
        const answer = await readJson(response, limit);
        if (!Array.isArray(answer))
          throw unreadableResponse("a list of tokens expected", JSON.stringify(answer));
        return { value: answer as ClassifiedToken[], usage: undefined };
      },
    });
    return ends.map((end, i) => {
      const token = tokens.find((each) => each.end === end);
      if (!token || !Number.isFinite(token.score))
        throw new PrmError(
          "ERR_RESPONSE",
          `tokenClassificationScorer: no token ends with the separator of step ${i + 1}, at character ${end}`,
          { fields: { step: i + 1, end } },
        );
      const label = token.entity ?? token.entity_group;
      return label === goodLabel ? token.score : 1 - token.score;
    });
  };
}
