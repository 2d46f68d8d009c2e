import type { ScoredToken, TokenChance } from "./completer";
import { unreadableResponse } from "./response-body";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws {PrmError} `ERR_RESPONSE` unless it is a text with a number of at most 0, up to rounding */
function chanceOf(text: unknown, logProbability: unknown): TokenChance {
  if (typeof text === "string" && typeof logProbability === "number" && logProbability <= 1e-3)
    return { text, logProbability };
  throw unreadableResponse(
    "a log-probability must be a number of at most 0 with its token",
    JSON.stringify([text, logProbability]),
  );
}

/** A token of `/chat/completions`. */
function chatToken(value: unknown): ScoredToken {
  const { token, logprob, top_logprobs: top = [] } = isObject(value) ? value : {};
  const others = Array.isArray(top) ? top.filter(isObject) : [];
  return {
    ...chanceOf(token, logprob),
    top: others.map((other) => chanceOf(other.token, other.logprob)),
  };
}

/**
 * The log-probabilities of a choice: `content` of chats, or the lists `tokens`, `token_logprobs` and `top_logprobs` of text
 * completions; undefined where it has none.
 *
 * @throws {PrmError} `ERR_RESPONSE` for tokens without numbers
 */
export function scoredTokens(logprobs: unknown): ScoredToken[] | undefined {
  if (!isObject(logprobs)) return undefined;
  const { content, tokens, token_logprobs: own, top_logprobs: top } = logprobs;
  if (Array.isArray(content)) return content.map(chatToken);
  if (!Array.isArray(tokens) || !Array.isArray(own)) return undefined;
  return tokens.map((text, i) => {
    const others = Array.isArray(top) && isObject(top[i]) ? Object.entries(top[i]) : [];
    return {
      ...chanceOf(text, own[i]),
      top: others.map(([other, logProbability]) => chanceOf(other, logProbability)),
    };
  });
}
