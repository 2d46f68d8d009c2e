import { optionsOf, real, whole } from "../errors";

import { type ChatMessage, chatMessages, tokenBound } from "./chat-messages";
import type { Completer, Completion, CompletionOptions, Prefix } from "./completer";
import { promptText } from "./completer";
import type { EndpointOptions, Usage } from "./endpoint";
import { httpEndpoint } from "./http-endpoint";
import { completionsOf, completionsOfStream, usageOf } from "./openai-answer";
import { bodyChunks, readJson } from "./response-body";
import { serverSentEvents } from "./server-sent-events";

/** Options of {@link openAiCompleter}. */
export interface OpenAiCompleterOptions extends EndpointOptions {
  readonly model: string;
  /**
   * `"completions"` (default) continues a text and so continues a prefix exactly; `"chat"` sends messages, with the steps
   * as the beginning of the assistant's turn, which vLLM and others continue if `body` requests it.
   */
  readonly api?: "completions" | "chat" | undefined;
  /** Default 0.8. The paper does not report its value; record the one you use. */
  readonly temperature?: number | undefined;
  /** Default 1. */
  readonly topP?: number | undefined;
  /** Tokens per completion. Default 512. */
  readonly maxTokens?: number | undefined;
  /**
   * Completions per request, which then share its prompt and its first seed. An endpoint that bills prompts bills them once
   * per request. Default 1.
   */
  readonly completionsPerRequest?: number | undefined;
  /** Reads the answer as server-sent events. Default false. */
  readonly stream?: boolean | undefined;
  /** The prompt of `"completions"`. Default: problem and steps, one per line. */
  readonly prompt?: ((prefix: Prefix) => string) | undefined;
  /** The messages of `"chat"`. Default: the problem as the user's turn, the steps as the assistant's. */
  readonly messages?: ((prefix: Prefix) => readonly ChatMessage[]) | undefined;
  /** Further fields of the request, for example `{ top_k: 30 }`. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof OpenAiCompleterOptions)[] = [
  "baseUrl",
  "model",
  "apiKeyVariable",
  "api",
  "temperature",
  "topP",
  "maxTokens",
  "completionsPerRequest",
  "stream",
  "prompt",
  "messages",
  "body",
  "fetch",
  "retries",
  "timeoutMs",
  "backoffMs",
  "maxBackoffMs",
  "maxWaitMs",
  "gate",
  "ledger",
  "random",
];

/** The fields that ask for log-probabilities: a number of alternatives, or in chats a switch beside it. */
const logprobsFields = (api: "completions" | "chat", count: number | undefined) => {
  if (count === undefined) return {};
  return api === "chat" ? { logprobs: true, top_logprobs: count } : { logprobs: count };
};

/**
 * A completer for any server with OpenAI's completion API: vLLM, llama.cpp's server, Ollama and others.
 *
 * @throws {PrmError} of the endpoint: `ERR_HTTP`, `ERR_NETWORK`, `ERR_TIMEOUT`, `ERR_RESPONSE` after the last retry, each
 *   with the request's number in `fields.request`; `ERR_BUDGET` before a request that the ledger does not cover
 */
export function openAiCompleter(given: OpenAiCompleterOptions): Completer {
  const {
    model,
    api = "completions",
    temperature = 0.8,
    topP = 1,
    maxTokens = 512,
    completionsPerRequest = 1,
    stream = false,
    prompt = promptText,
    messages = chatMessages,
    body = {},
    ...endpointOptions
  } = optionsOf("openAiCompleter", given);
  whole("openAiCompleter", "maxTokens", maxTokens, { min: 1 });
  real("openAiCompleter", "temperature", temperature, { min: 0 });
  whole("openAiCompleter", "completionsPerRequest", completionsPerRequest, { min: 1 });
  const endpoint = httpEndpoint("openAiCompleter", endpointOptions, names);

  async function ask(prefix: Prefix, options: CompletionOptions, seeds: readonly number[]) {
    const count = seeds.length;
    const text = api === "chat" ? messages(prefix) : prompt(prefix);
    const limit = Math.min(options.maxTokens ?? maxTokens, maxTokens);
    const hasStops = (options.stop?.length ?? 0) > 0;
    const bound: Usage = { promptTokens: tokenBound(text), completionTokens: limit * count };
    const asked = { count, hasStops, bound };
    return endpoint.post<Completion[]>({
      path: api === "chat" ? "/chat/completions" : "/completions",
      bound,
      signal: options.signal,
      body: {
        model,
        [api === "chat" ? "messages" : "prompt"]: text,
        temperature,
        top_p: topP,
        max_tokens: limit,
        n: count,
        seed: seeds[0],
        stop: hasStops ? options.stop : undefined,
        ...logprobsFields(api, options.logProbabilities),
        stream: stream ? true : undefined,
        stream_options: stream ? { include_usage: true } : undefined,
        ...body,
      },
      async read(response, signal, deadline) {
        if (stream) {
          const events = serverSentEvents(bodyChunks(response, signal, deadline));
          return completionsOfStream(events, asked);
        }
        const answer = await readJson(response, signal);
        return { value: completionsOf(answer, asked), usage: usageOf(answer) };
      },
    });
  }

  return async (prefix, options) => {
    const { seeds } = options;
    const requests = Array.from(
      { length: Math.ceil(seeds.length / completionsPerRequest) },
      (_, i) => seeds.slice(i * completionsPerRequest, (i + 1) * completionsPerRequest),
    );
    return (await Promise.all(requests.map((own) => ask(prefix, options, own)))).flat();
  };
}
