import { type CompletionRequest, completionFields, type Prompt } from "../fields/completion-fields";
import type { Piece, Work } from "../generation/choices";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import { answer, type Form } from "./answer";
import type { RequestContext, Service } from "./context";
import { drawnSeed, newEnvelope, usageBody, usageChunks } from "./envelope";
import { fimIds } from "./fim-ids";
import { newTokensFor } from "./new-tokens";
import { assertWrites, openBody } from "./open-body";
import { type PlacedToken, promptTokens, tokenTable } from "./token-table";

/** New tokens where a request does not say, as in the API. */
const defaultTokens = 16;

/** A prompt as it is read, and as `echo` writes it. */
interface ReadPrompt {
  readonly ids: readonly number[];
  readonly text: string;
}

/** Reads a prompt. The end that some tokenizers put behind every text would end the answer. */
function readPrompt({ tokenizer }: OpenModel, prompt: Prompt, path: string): ReadPrompt {
  if (typeof prompt !== "string")
    return { ids: prompt, text: tokenizer.decode(prompt, { skipSpecialTokens: true }) };
  const ids = tokenizer.encode(prompt);
  const own = tokenizer.encode(prompt, { addSpecialTokens: false });
  const { eosTokenId } = tokenizer;
  if (eosTokenId !== undefined && ids.at(-1) === eosTokenId && own.at(-1) !== eosTokenId) ids.pop();
  if (ids.length === 0) refuseField(path, `${path} has no tokens.`);
  return { ids, text: prompt };
}

/** The parts of text of each choice. */
interface Part {
  readonly choice: number;
  readonly text: string;
  readonly tokens: readonly PlacedToken[];
  readonly offset: number;
  readonly reason: string | null;
}

/** The form of text completions. */
function completionForm(
  model: OpenModel,
  request: CompletionRequest,
  prompts: readonly ReadPrompt[],
): Form {
  const { samples, logprobs, echo, includeUsage } = request;
  const envelope = newEnvelope("cmpl", "text_completion", model);
  const textBefore = (choice: number) => (echo ? prompts[Math.floor(choice / samples)]!.text : "");
  const samplesOf = (prompt: number) =>
    Array.from({ length: samples }, (_, sample) => prompt * samples + sample);
  const echoed = (prompt: number, tokens: readonly PlacedToken[]): Part[] =>
    samplesOf(prompt).map((choice) => ({
      choice,
      text: prompts[prompt]!.text,
      tokens,
      offset: 0,
      reason: null,
    }));
  const isScored = logprobs !== undefined;
  const opening = () => (echo && !isScored ? prompts.flatMap((_, at) => echoed(at, [])) : []);
  function partsOf(piece: Piece): Part[] {
    if (piece.type === "prompt")
      return echoed(piece.prompt, promptTokens(model, prompts[piece.prompt]!.ids, piece.scores));
    const { choice } = piece;
    const offset = textBefore(choice).length;
    return piece.type === "end"
      ? [{ choice, text: "", tokens: [], offset, reason: piece.reason }]
      : [{ choice, text: piece.text, tokens: piece.tokens, offset, reason: null }];
  }
  const choiceOf = (choice: number, parts: readonly Part[]) => ({
    index: choice,
    text: parts.map(({ text }) => text).join(""),
    logprobs: isScored
      ? joinTables(parts.map((one) => tokenTable(model, one.tokens, one.offset)))
      : null,
    finish_reason: parts.at(-1)!.reason,
  });
  const chunkOf = (part: Part) => {
    const chunk = { ...envelope, choices: [choiceOf(part.choice, [part])] };
    return includeUsage ? { ...chunk, usage: null } : chunk;
  };
  return {
    body(pieces, usage) {
      const parts = [...opening(), ...pieces.flatMap(partsOf)];
      const choices = Array.from({ length: prompts.length * samples }, (_, choice) =>
        choiceOf(
          choice,
          parts.filter((part) => part.choice === choice),
        ),
      );
      return { ...envelope, choices, usage: usageBody(usage) };
    },
    opening: () => opening().map(chunkOf),
    chunks: (piece) => partsOf(piece).map(chunkOf),
    closing: (usage) => usageChunks(envelope, usage, includeUsage),
  };
}

type Table = ReturnType<typeof tokenTable>;

const joinTables = (tables: readonly Table[]): Table => ({
  tokens: tables.flatMap((one) => one.tokens),
  token_logprobs: tables.flatMap((one) => one.token_logprobs),
  top_logprobs: tables.flatMap((one) => one.top_logprobs),
  text_offset: tables.flatMap((one) => one.text_offset),
});

/** `POST /v1/completions`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function completions(service: Service, context: RequestContext): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const { maxN } = service;
  const request = completionFields(fields, { maxN, vocabSize: model.tokenizer.vocabSize });
  const { suffix, samples, sampling, stop, logprobs } = request;
  const read = request.prompts.map((prompt, i) =>
    readPrompt(model, prompt, i === 0 ? "prompt" : `prompt[${i}]`),
  );
  const holes = suffix === undefined ? [] : read.map(({ text }) => fimIds(model, text, suffix));
  const prompts =
    suffix === undefined ? read.map(({ ids }) => ids) : holes.map(({ prompt }) => prompt);
  const longest = Math.max(...prompts.map(({ length }) => length));
  const limits = { asked: request.maxTokens, longest, fallback: defaultTokens };
  const work: Work = {
    prompts,
    samples,
    maxNewTokens: newTokensFor(service, model, limits),
    sampling,
    seed: request.seed ?? drawnSeed(),
    stop,
    endIds: holes[0]?.endIds ?? [],
    logprobs,
    scorePrompt: request.echo && logprobs !== undefined,
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  const form = completionForm(model, request, read);
  return answer(service, context, model, { work, stream: request.stream, form });
}
