import {
  type ChatMessage,
  type Constraint,
  LmError,
  type TextPiece,
  type TokenScore,
} from "@deepgrain/lm";
import { type ChatRequest, chatFields } from "../fields/chat-fields";
import type { Piece, Work } from "../generation/choices";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import { answer, type Form } from "./answer";
import type { RequestContext, Service } from "./context";
import { drawnSeed, type Envelope, newEnvelope, usageBody, usageChunks } from "./envelope";
import { newTokensFor } from "./new-tokens";
import { assertWrites, openBody } from "./open-body";

/** A token as `logprobs.content` lists it. */
function listed(model: OpenModel, id: number, logprob: number) {
  const { text, bytes } = model.tokenText(id);
  return { token: text, logprob, bytes };
}

/** Some tokens of an answer, with their scores where they were asked for. */
interface Tokens {
  readonly ids: readonly number[];
  readonly scores?: readonly TokenScore[] | undefined;
}

const logprobsOf = (model: OpenModel, { ids, scores = [] }: Tokens) => ({
  content: scores.map(({ logProbability, top }, i) => ({
    ...listed(model, ids[i]!, logProbability),
    top_logprobs: top.map((one) => listed(model, one.id, one.logProbability)),
  })),
  refusal: null,
});

/** Errors of the tokenizer's chat template begin so. */
const ofTemplate = "lm/applyChatTemplate: ";

/** The ids of a conversation. Special tokens that a message spells are text; only the template's are special. */
async function chatIds(
  { prompts, contextLength }: OpenModel,
  messages: readonly ChatMessage[],
  signal: AbortSignal,
): Promise<number[]> {
  try {
    return await prompts.chat(messages, { maxTokens: contextLength, signal });
  } catch (error) {
    if (!LmError.isInstance(error) || !error.message.startsWith(ofTemplate)) throw error;
    const reason = error.message.slice(ofTemplate.length);
    return refuseField("messages", `The model's chat template refused the messages: ${reason}`);
  }
}

/**
 * The constraint that keeps answers to the schema of a request. Schemas of one key are compiled one after another, in slices
 * between which others are answered.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for one that is not enforced or costs too much
 */
async function constraintOf(
  { schema }: ChatRequest,
  { tokenizer, schemas }: OpenModel,
  { prefixKey, signal }: RequestContext,
): Promise<Constraint | undefined> {
  if (!schema) return undefined;
  const { compileJsonSchema } = await import("@deepgrain/lm/json-schema");
  try {
    return await schemas(prefixKey, signal, () =>
      compileJsonSchema(schema.value, tokenizer, { signal }),
    );
  } catch (error) {
    if (!LmError.isInstance(error)) throw error;
    return refuseField(schema.path, error.message.replace(/^lm\/jsonSchema/, schema.path));
  }
}

/** One body: each choice with its whole text. */
function choicesOf(pieces: readonly Piece[], { samples, logprobs }: ChatRequest, model: OpenModel) {
  return Array.from({ length: samples }, (_, index) => {
    const own = pieces.filter(
      (piece) => piece.type === "text" && piece.choice === index,
    ) as TextPiece[];
    const ids = own.flatMap((piece) => piece.ids);
    const scores = own.flatMap((piece) => piece.scores ?? []);
    return {
      index,
      message: { role: "assistant", content: textOf(own), refusal: null },
      logprobs: logprobs === undefined ? null : logprobsOf(model, { ids, scores }),
      finish_reason: own.at(-1)!.finishReason,
    };
  });
}

const textOf = (pieces: readonly TextPiece[]) => pieces.map(({ text }) => text).join("");

/** The form of chat completions. */
function chatForm(model: OpenModel, request: ChatRequest): Form {
  const { samples, stream, includeUsage } = request;
  const object = stream ? "chat.completion.chunk" : "chat.completion";
  const envelope: Envelope = newEnvelope("chatcmpl", object, model);
  const chunk = (
    index: number,
    delta: object,
    tokens?: Tokens | undefined,
    finish_reason: string | null = null,
  ) => {
    const scored = tokens?.scores ? logprobsOf(model, tokens) : null;
    const choices = [{ index, delta, logprobs: scored, finish_reason }];
    return includeUsage ? { ...envelope, choices, usage: null } : { ...envelope, choices };
  };
  return {
    body: (pieces, usage) => ({
      ...envelope,
      choices: choicesOf(pieces, request, model),
      usage: usageBody(usage),
    }),
    opening: () =>
      Array.from({ length: samples }, (_, index) =>
        chunk(index, { role: "assistant", content: "", refusal: null }),
      ),
    chunks(piece) {
      if (piece.type === "prompt") return [];
      const { choice, text, finishReason } = piece;
      const chunks = text === "" ? [] : [chunk(choice, { content: text }, piece)];
      return finishReason ? [...chunks, chunk(choice, {}, undefined, finishReason)] : chunks;
    },
    closing: (usage) => usageChunks(envelope, usage, includeUsage),
  };
}

/** `POST /v1/chat/completions`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function chatCompletions(
  service: Service,
  context: RequestContext,
): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const request = chatFields(fields, { maxN: service.maxN, vocabSize: model.tokenizer.vocabSize });
  const prompt = await chatIds(model, request.messages, context.signal);
  const limits = { asked: request.maxTokens, longest: prompt.length, fallback: Infinity };
  const work: Work = {
    prompts: [prompt],
    samples: request.samples,
    maxNewTokens: newTokensFor(service, model, limits),
    sampling: request.sampling,
    seed: request.seed ?? drawnSeed(),
    stop: request.stop,
    stopIds: [],
    logprobs: request.logprobs,
    scorePrompt: false,
    constraint: await constraintOf(request, model, context),
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  const form = chatForm(model, request);
  return answer(service, context, model, { work, stream: request.stream, form });
}
