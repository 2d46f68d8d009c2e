import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
} from "@ai-sdk/provider";
import type { Batcher } from "../batcher/batcher";
import { modelOrBatcher } from "../batcher/model-or-batcher";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { Constraint } from "../generation/constraint";
import type { JsonSchema } from "../json-schema";
import type { CausalLM } from "../model/causal-lm";
import { type ChatOptions, chat } from "../text/chat";
import type { PromptPiece, TextPiece } from "../text/text-piece";
import type { Tokenizer } from "../tokenizer";
import type { ToolFormat } from "../tools";
import { type AnswerPart, contentOf, finishOf, streamParts, usageOf } from "./content";
import { toMessages } from "./to-messages";
import { toTools } from "./to-tools";
import { warningsOf } from "./warnings";

/** Options of `deepgrain`: what calls of the AI SDK do not set themselves. */
export interface DeepgrainOptions
  extends Pick<
    ChatOptions,
    "template" | "variables" | "logitsProcessors" | "sampler" | "minP" | "repetitionPenalty"
  > {
  /** Name of the model in results and logs. Default: its family's. */
  modelId?: string | undefined;
  /** The form in which the model calls tools. Default: recognised from the chat template. */
  toolFormat?: ToolFormat | undefined;
}

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

/** The text of an answer without tools. */
async function* textParts(
  pieces: AsyncIterable<TextPiece | PromptPiece>,
): AsyncGenerator<AnswerPart> {
  for await (const piece of pieces) {
    if (piece.type === "prompt") continue;
    const { text, finishReason, usage } = piece;
    if (text !== "") yield { type: "text", text };
    if (finishReason && usage) yield { type: "end", finishReason, usage };
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
 * `jsonSchema` of `@deepgrain/lm/json-schema`; tools are called as `@deepgrain/lm/tools` says, their arguments following their
 * schemas. Files are refused, and settings that change nothing are reported as warnings.
 *
 * @param source a model, or a batcher that other callers use as well
 * @param options.logitsProcessors applied to every answer, such as a watermark's
 * @throws {LmError} `ERR_ARGUMENT` in a call for a message that is not text, for tools that are no functions, and for a schema beside
 *   tools; as `chat`, `chatTools` and `jsonSchema`
 * @see `LanguageModelV3` of @ai-sdk/provider 3 and 4, which `ai` 6 and 7 take
 */
export function deepgrain(
  source: CausalLM | Batcher,
  tokenizer: Tokenizer,
  options: DeepgrainOptions = {},
): LanguageModelV3 {
  const {
    modelId: given,
    toolFormat,
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

  async function* answer(call: LanguageModelV3CallOptions): AsyncGenerator<AnswerPart> {
    const messages = toMessages(call);
    const asked = toTools(call, messages);
    const settings = {
      ...own,
      maxNewTokens: call.maxOutputTokens,
      temperature: call.temperature,
      topP: call.topP,
      topK: call.topK,
      presencePenalty: call.presencePenalty,
      frequencyPenalty: call.frequencyPenalty,
      stopStrings: call.stopSequences,
      seed: call.seed,
      signal: call.abortSignal,
    };
    if (asked) {
      const { chatTools } = await import("../tools");
      yield* chatTools(source, tokenizer, messages, { ...settings, ...asked, toolFormat });
    } else {
      const constraint = await constraintOf(call, tokenizer);
      yield* textParts(chat(source, tokenizer, messages, { ...settings, constraint }));
    }
  }

  return {
    specificationVersion: "v3",
    provider: "deepgrain",
    modelId,
    supportedUrls: {},
    async doGenerate(call) {
      const { content, end } = await contentOf(answer(call));
      return {
        content,
        finishReason: finishOf(end),
        usage: usageOf(end),
        warnings: warningsOf(call),
      };
    },
    async doStream(call) {
      return { stream: readable(streamParts(answer(call), warningsOf(call))) };
    },
  };
}
