import { LmError, optionsOf, refuseUnknown, textOf } from "../errors";
import type { ChoiceScorer } from "./evaluate-choices";

/** An endpoint with OpenAI's interface. */
export interface ScoringEndpoint {
  /** Up to its version, such as `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly key?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

interface Completion {
  choices?: {
    text?: string;
    logprobs?: { token_logprobs?: (number | null)[] | null } | null;
  }[];
  usage?: { prompt_tokens?: number };
  error?: { message?: string };
}

/** Most bytes of an answer: a context of a million tokens with their log-probabilities has fewer. */
const MOST_BYTES = 2 ** 26;

/** An answer's body; null for one that is no JSON or larger than {@link MOST_BYTES}, of which no more is read. */
async function bodyOf(response: Response): Promise<Completion | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) break;
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      await reader!.cancel();
      return null;
    }
    parts.push(value);
  }
  try {
    const body: Completion | null = JSON.parse(await new Blob(parts).text());
    return Array.isArray(body?.choices ?? []) ? body : null;
  } catch {
    return null;
  }
}

const isLogProbability = (value: unknown) => value === null || Number.isFinite(value);

const failure = (
  code: "ERR_IO" | "ERR_MISSING",
  what: string,
  fields: Record<string, unknown> = {},
) => new LmError(code, `lm/endpointScorer: ${what}`, { fields });

/**
 * Scores continuations by an endpoint whose completions return `echo` with `logprobs`. A context's tokens are counted by a request
 * of its own.
 *
 * @throws {LmError} in a call: `ERR_MISSING` for an endpoint that does not return both, naming it; `ERR_IO` when a request fails
 */
export function endpointScorer(endpoint: ScoringEndpoint): ChoiceScorer {
  const {
    baseUrl,
    model,
    key,
    fetch: ask = fetch,
    ...rest
  } = optionsOf("endpointScorer", endpoint);
  refuseUnknown("endpointScorer", rest);
  textOf("endpointScorer", "baseUrl", baseUrl);
  textOf("endpointScorer", "model", model);
  const url = `${baseUrl.replace(/\/+$/, "")}/completions`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;

  async function post(prompt: string, max_tokens: number, signal: AbortSignal | undefined) {
    const asked = { model, prompt, echo: true, logprobs: 1, max_tokens, temperature: 0 };
    const response = await ask(url, {
      method: "POST",
      headers,
      body: JSON.stringify(asked),
      signal: signal ?? null,
    });
    return { status: response.status, body: (await bodyOf(response)) ?? {} };
  }

  /** The log-probabilities of a text's tokens. Some servers write one token at least; it is dropped. */
  async function tokensOf(
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<(number | null)[]> {
    let { status, body } = await post(text, 0, signal);
    const isRefused = status === 400 || status === 422;
    if (isRefused) ({ status, body } = await post(text, 1, signal));
    if (status === 400 || status === 422)
      throw failure(
        "ERR_MISSING",
        `${url} refuses echo with logprobs: ${body.error?.message ?? status}`,
        { url },
      );
    if (status !== 200)
      throw failure("ERR_IO", `${url}: ${body.error?.message ?? `status ${status}`}`, {
        url,
        status,
      });
    const [choice] = body.choices ?? [];
    const all = choice?.logprobs?.token_logprobs;
    const isEcho =
      typeof choice?.text === "string" && choice.text.trimStart().startsWith(text.trim());
    if (!isEcho || !Array.isArray(all) || !all.every(isLogProbability))
      throw failure(
        "ERR_MISSING",
        `${url} does not return echo with logprobs, by which choices are scored`,
        { url },
      );
    const own = isRefused ? all.slice(0, body.usage?.prompt_tokens ?? all.length - 1) : all;
    return own;
  }

  return async (context, continuations, { signal }) => {
    const known = (await tokensOf(context.trimEnd(), signal)).length;
    const logLikelihoods: number[] = [];
    for (const continuation of continuations) {
      const all = await tokensOf(context + continuation, signal);
      const own = all.slice(Math.min(known, all.length - 1));
      if (own.length === 0 || own.includes(null))
        throw failure("ERR_MISSING", `${url} has no log-probability for a choice's first token`, {
          url,
        });
      logLikelihoods.push(own.reduce<number>((sum, one) => sum + one!, 0));
    }
    return { logLikelihoods, isTruncated: false };
  };
}
