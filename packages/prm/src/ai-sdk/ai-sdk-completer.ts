import { generateText, type LanguageModel } from "ai";
import { type ChatMessage, chatMessages, tokenBound } from "../completers/chat-messages";
import type { Completer, Completion, CompletionOptions, Prefix } from "../completers/completer";
import { createRequestGate, type RequestGate } from "../completers/request-gate";
import { createTokenLedger, type TokenLedger } from "../completers/token-ledger";
import { having, optionsOf, PrmError, refuseUnknown, whole } from "../errors";

type CallSettings = Parameters<typeof generateText>[0];

/** Options of {@link aiSdkCompleter}. */
export interface AiSdkCompleterOptions {
  /** Default 0.8. */
  readonly temperature?: number | undefined;
  /** Tokens per completion. Default 512. */
  readonly maxTokens?: number | undefined;
  /** Number of retries, made by the SDK. Default 2. */
  readonly maxRetries?: number | undefined;
  /** Default: the problem as the user's turn, the steps as the beginning of the assistant's. */
  readonly messages?: ((prefix: Prefix) => readonly ChatMessage[]) | undefined;
  /** Passed on to the provider. */
  readonly providerOptions?: CallSettings["providerOptions"] | undefined;
  /** Limits of concurrency and rate. Default: `createRequestGate()`. */
  readonly gate?: RequestGate | undefined;
  /** Counts tokens against a budget. Default: `createTokenLedger()`, which has no limit. */
  readonly ledger?: TokenLedger | undefined;
}

/**
 * Converts a failed call to an error of this package, with the request's number. The messages of the SDK's errors
 * contain no key.
 */
function asPrmError(cause: unknown, request: number): PrmError {
  if (PrmError.isInstance(cause)) return cause;
  const last = (cause as { lastError?: unknown }).lastError ?? cause;
  const { message, statusCode } = last as {
    message?: string | undefined;
    statusCode?: number | undefined;
  };
  return new PrmError(
    statusCode === undefined ? "ERR_COMPLETION" : "ERR_HTTP",
    `aiSdkCompleter: request ${request}: ${message ?? String(last)}`,
    { fields: { request, status: statusCode }, cause },
  );
}

/**
 * A completer from a model of the AI SDK: one call per seed.
 *
 * @param model any provider's language model
 * @throws {PrmError} on a call: `ERR_HTTP` or `ERR_COMPLETION` with the request's number once the SDK's retries are
 * used up;
 *   `ERR_BUDGET` before a request that the ledger does not cover
 */
export function aiSdkCompleter(model: LanguageModel, given: AiSdkCompleterOptions = {}): Completer {
  if (typeof model !== "string") having("aiSdkCompleter", "model", model, "doGenerate");
  const {
    temperature = 0.8,
    maxTokens = 512,
    maxRetries = 2,
    messages = chatMessages,
    providerOptions,
    gate = createRequestGate(),
    ledger = createTokenLedger(),
    ...rest
  } = optionsOf("aiSdkCompleter", given);
  refuseUnknown("aiSdkCompleter", rest);
  whole("aiSdkCompleter", "maxTokens", maxTokens, { min: 1 });
  whole("aiSdkCompleter", "maxRetries", maxRetries, { min: 0 });
  let requestCount = 0;

  async function ask(
    prefix: Prefix,
    seed: number,
    options: CompletionOptions,
  ): Promise<Completion> {
    const request = ++requestCount;
    const turns = messages(prefix);
    const limit = Math.min(options.maxTokens ?? maxTokens, maxTokens);
    const reservation = ledger.reserve(tokenBound(turns), limit);
    try {
      const { text, finishReason, usage } = await generateText({
        model,
        messages: [...turns],
        temperature,
        seed,
        maxOutputTokens: limit,
        maxRetries,
        ...(options.stop?.length ? { stopSequences: [...options.stop] } : {}),
        ...(options.signal ? { abortSignal: options.signal } : {}),
        ...(providerOptions ? { providerOptions } : {}),
      });
      const { inputTokens, outputTokens } = usage;
      if (inputTokens === undefined) reservation.settleUnknown();
      else reservation.settle(inputTokens, outputTokens ?? 0);
      // With stop sequences, "stop" is ambiguous; callers then examine the text.
      const isEnd = finishReason === "stop" && !options.stop?.length;
      return {
        text,
        finishReason: finishReason === "length" ? "length" : isEnd ? "end" : undefined,
        promptTokens: inputTokens,
        completionTokens: outputTokens,
      };
    } catch (error) {
      reservation.settleUnknown();
      if (options.signal?.aborted) throw options.signal.reason;
      throw asPrmError(error, request);
    }
  }

  return (prefix, options) =>
    Promise.all(
      options.seeds.map((seed) => gate.run(() => ask(prefix, seed, options), options.signal)),
    );
}
