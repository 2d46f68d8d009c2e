import { answer } from "../endpoints/answer";
import type { RequestContext, Service } from "../endpoints/context";
import type { OpenConversation } from "../endpoints/conversation";
import { drawnSeed } from "../endpoints/envelope";
import { newTokensFor } from "../endpoints/new-tokens";
import type { Work } from "../generation/choices";
import type { OpenModel } from "../served-model";
import type { OllamaPart } from "./ollama-form";
import { ollamaEnvelope, ollamaForm } from "./ollama-form";
import type { OllamaOptions } from "./option-fields";

/** An answer to write. */
export interface ToWrite extends OpenConversation {
  readonly options: OllamaOptions;
  readonly stopIds?: readonly number[] | undefined;
  readonly stream: boolean;
  /** When the request came, in milliseconds. */
  readonly started: number;
  write(part: OllamaPart): object;
}

/** Continues a prompt, and answers with one body or with lines. @throws {LmError} as `Batcher.generate` */
export function writeAnswer(
  service: Service,
  context: RequestContext,
  model: OpenModel,
  { prompt, options, stopIds = [], constraint, decoding, ...more }: ToWrite,
): Promise<Response> {
  const { sampling, seed = drawnSeed(), stop, maxTokens: asked } = options;
  const field = "options.num_predict";
  const limits = { asked, longest: prompt.length, fallback: Number.POSITIVE_INFINITY, field };
  const work: Work = {
    prompts: [prompt],
    samples: 1,
    maxNewTokens: newTokensFor(service, model, limits),
    sampling,
    seed,
    stop,
    stopIds,
    logprobs: undefined,
    scorePrompt: false,
    constraint,
    decoding,
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  const form = ollamaForm(model, more);
  return answer(service, context, model, { work, stream: more.stream, form });
}

/** The answer to a request without a text, which asks that the model be loaded: it is. */
export const answerLoaded = (model: OpenModel, write: ToWrite["write"]): Response =>
  Response.json({
    ...ollamaEnvelope(model),
    ...write({ text: "", thinking: "", calls: [] }),
    done: true,
    done_reason: "load",
  });
