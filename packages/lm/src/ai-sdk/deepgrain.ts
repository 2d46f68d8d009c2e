import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from "@ai-sdk/provider";
import type { Batcher } from "../batcher/batcher";
import { modelOrBatcher } from "../batcher/model-or-batcher";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { Constraint } from "../generation/constraint";
import type { JsonSchema } from "../json-schema";
import type { CausalLM } from "../model/causal-lm";
import { type ChatOptions, chat } from "../text/chat";
import type { TextPiece } from "../text/text-piece";
import type { Tokenizer } from "../tokenizer";
import { toMessages } from "./to-messages";
import { warningsOf } from "./warnings";

/** Options of `deepgrain`: what calls of the AI SDK do not set themselves. */
export interface DeepgrainOptions
  extends Pick<
    ChatOptions,
    "template" | "variables" | "logitsProcessors" | "sampler" | "minP" | "repetitionPenalty"
  > {
  /** Name of the model in results and logs. Default: its family's. */
  modelId?: string | undefined;
}

const usageOf = ({ usage }: TextPiece): LanguageModelV3Usage => ({
  inputTokens: {
    total: usage!.promptTokens,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
  },
  outputTokens: {
    total: usage!.completionTokens,
    text: usage!.completionTokens,
    reasoning: undefined,
  },
});

const finishOf = ({ finishReason }: TextPiece): LanguageModelV3FinishReason => ({
  unified: finishReason!,
  raw: finishReason,
});

/** The constraint that keeps an answer to the schema of a call; any JSON value where it has none. */
async function constraintOf(
  { responseFormat, abortSignal }: LanguageModelV3CallOptions,
  tokenizer: Tokenizer,
): Promise<Constraint | undefined> {
  if (responseFormat?.type !== "json") return undefined;
  const { compileJsonSchema } = await import("../json-schema");
  const schema = (responseFormat.schema ?? true) as JsonSchema;
  return compileJsonSchema(schema, tokenizer, { signal: abortSignal });
}

/** The stream's parts of one answer. */
async function* streamParts(
  pieces: AsyncGenerator<TextPiece>,
  warnings: ReturnType<typeof warningsOf>,
): AsyncGenerator<LanguageModelV3StreamPart> {
  const id = "0";
  yield { type: "stream-start", warnings };
  yield { type: "text-start", id };
  try {
    for await (const piece of pieces) {
      if (piece.text !== "") yield { type: "text-delta", id, delta: piece.text };
      if (piece.finishReason === undefined) continue;
      yield { type: "text-end", id };
      yield { type: "finish", finishReason: finishOf(piece), usage: usageOf(piece) };
    }
  } catch (error) {
    yield { type: "error", error };
  }
}

/** A stream that asks for the next part when it is read; who cancels it ends the answer. */
function readable(parts: AsyncGenerator<LanguageModelV3StreamPart>) {
  return new ReadableStream<LanguageModelV3StreamPart>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A model as a language model of Vercel's AI SDK, in process, in Node and in a page:
 * `generateText({ model: deepgrain(model, tokenizer), prompt })`. Conversations take the form of the tokenizer's chat
 * template. Without a temperature in the call, the most likely tokens are taken. A schema, as `Output.object` gives it, is kept by
 * `jsonSchema` of `@deepgrain/lm/json-schema`. Tools and files are reported as warnings, or refused where an answer would not be
 * what was asked for.
 *
 * @param source a model, or a batcher that other callers use as well
 * @param options.logitsProcessors applied to every answer, such as a watermark's
 * @throws {LmError} `ERR_ARGUMENT` in a call for a message that is not text, and for tools; as `chat` and `jsonSchema`
 * @see `LanguageModelV3` of @ai-sdk/provider 3
 */
export function deepgrain(
  source: CausalLM | Batcher,
  tokenizer: Tokenizer,
  options: DeepgrainOptions = {},
): LanguageModelV3 {
  const {
    modelId: given,
    template,
    variables,
    logitsProcessors,
    sampler,
    minP,
    repetitionPenalty,
    ...rest
  } = optionsOf("deepgrain", options);
  refuseUnknown("deepgrain", rest);
  modelOrBatcher("deepgrain", source);
  having("deepgrain", "tokenizer", tokenizer, "encode", "decode");
  const modelId = given ?? ("decoder" in source ? source.config.modelType : "deepgrain");
  const own = { template, variables, logitsProcessors, sampler, minP, repetitionPenalty };

  async function* answer(call: LanguageModelV3CallOptions): AsyncGenerator<TextPiece> {
    const constraint = await constraintOf(call, tokenizer);
    const pieces = chat(source, tokenizer, toMessages(call), {
      ...own,
      constraint,
      maxNewTokens: call.maxOutputTokens,
      temperature: call.temperature,
      topP: call.topP,
      topK: call.topK,
      presencePenalty: call.presencePenalty,
      frequencyPenalty: call.frequencyPenalty,
      stopStrings: call.stopSequences,
      seed: call.seed,
      signal: call.abortSignal,
    });
    for await (const piece of pieces) if (piece.type === "text") yield piece;
  }

  return {
    specificationVersion: "v3",
    provider: "deepgrain",
    modelId,
    supportedUrls: {},
    async doGenerate(call) {
      let text = "";
      let last: TextPiece | undefined;
      for await (const piece of answer(call)) {
        text += piece.text;
        last = piece;
      }
      return {
        content: [{ type: "text", text }],
        finishReason: finishOf(last!),
        usage: usageOf(last!),
        warnings: warningsOf(call),
      };
    },
    async doStream(call) {
      return { stream: readable(streamParts(answer(call), warningsOf(call))) };
    },
  };
}
