import { type CompletionRequest, completionFields, type Prompt } from "../fields/completion-fields";
import type { Piece, Work } from "../generation/choices";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import { answer, type Form } from "./answer";
import type { RequestContext, Service } from "./context";
import { drawnSeed, newEnvelope, usageBody, usageChunks } from "./envelope";
import { fimPromptIds } from "./fim-prompt-ids";
import { newTokensFor } from "./new-tokens";
import { assertWrites, openBody } from "./open-body";
import { type ScoredTokens, tokenTable } from "./token-table";

/** New tokens where a request does not say, as in the API. */
const defaultTokens = 16;

/** A prompt as it is read, and as `echo` writes it. */
interface ReadPrompt {
  readonly ids: readonly number[];
  readonly text: string;
}

/** The ids of a prompt. */
async function promptIds(
  { prompts, contextLength }: OpenModel,
  prompt: Prompt,
  path: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (typeof prompt !== "string") return prompt;
  const ids = await prompts.text(prompt, { maxTokens: contextLength, signal });
  if (ids.length === 0) refuseField(path, `${path} has no tokens.`);
  return ids;
}

/** The ids of each prompt of a request: as it is, or with the hole that its suffix leaves. */
async function idsOf(
  model: OpenModel,
  { prompts, suffix }: CompletionRequest,
  signal: AbortSignal,
): Promise<(readonly number[])[]> {
  const found: (readonly number[])[] = [];
  for (const [i, prompt] of prompts.entries()) {
    const path = prompts.length === 1 ? "prompt" : `prompt[${i}]`;
    const hole = { prefix: String(prompt), suffix: suffix ?? "" };
    found.push(
      suffix === undefined
        ? await promptIds(model, prompt, path, signal)
        : await fimPromptIds(model, hole, { model: "suffix", text: "prompt" }, signal),
    );
  }
  return found;
}

/** A part of a choice: of its prompt, where that is echoed, or of its text. */
interface Part extends ScoredTokens {
  readonly choice: number;
  readonly text: string;
  readonly reason: string | null;
}

/** The pieces of an answer as parts of its choices. */
function partsOf(
  piece: Piece,
  { samples, echo }: CompletionRequest,
  prompts: readonly ReadPrompt[],
): Part[] {
  if (piece.type === "prompt") {
    const { prompt, ids, scores } = piece;
    const { text } = prompts[prompt]!;
    const choices = Array.from({ length: samples }, (_, sample) => prompt * samples + sample);
    return echo ? choices.map((choice) => ({ choice, text, ids, scores, reason: null })) : [];
  }
  const { choice, text, ids, scores = [], finishReason } = piece;
  const parts = text === "" ? [] : [{ choice, text, ids, scores, reason: null }];
  return finishReason
    ? [...parts, { choice, text: "", ids: [], scores: [], reason: finishReason }]
    : parts;
}

/** The form of text completions. */
function completionForm(
  model: OpenModel,
  request: CompletionRequest,
  prompts: readonly ReadPrompt[],
): Form {
  const { samples, logprobs, echo, includeUsage } = request;
  const envelope = newEnvelope("cmpl", "text_completion", model);
  const isScored = logprobs !== undefined;
  const echoed = (): Part[] =>
    echo && !isScored
      ? prompts.flatMap(({ ids }, prompt) => {
          const piece = { type: "prompt", prompt, text: "", ids, scores: [] } as const;
          return partsOf(piece, request, prompts);
        })
      : [];
  const told = Array.from({ length: prompts.length * samples }, (_, choice) => ({
    characters: 0,
    ids: echo ? [] : [...prompts[Math.floor(choice / samples)]!.ids],
  }));
  const choiceOf = (choice: number, parts: readonly Part[]) => {
    const before = told[choice]!;
    const text = parts.map((part) => part.text).join("");
    const tokens = {
      ids: parts.flatMap(({ ids }) => ids),
      scores: parts.flatMap(({ scores }) => scores),
    };
    const logprobs = isScored && tokens.ids.length > 0 ? tokenTable(model, tokens, before) : null;
    before.characters += text.length;
    before.ids.push(...tokens.ids);
    return { index: choice, text, logprobs, finish_reason: parts.at(-1)!.reason };
  };
  const chunkOf = (part: Part) => {
    const chunk = { ...envelope, choices: [choiceOf(part.choice, [part])] };
    return includeUsage ? { ...chunk, usage: null } : chunk;
  };
  return {
    body(pieces, usage) {
      const parts = [...echoed(), ...pieces.flatMap((piece) => partsOf(piece, request, prompts))];
      const choices = Array.from({ length: prompts.length * samples }, (_, choice) => {
        const own = parts.filter((part) => part.choice === choice);
        return choiceOf(choice, own);
      });
      return { ...envelope, choices, usage: usageBody(usage) };
    },
    opening: () => echoed().map(chunkOf),
    chunks: (piece) => partsOf(piece, request, prompts).map(chunkOf),
    closing: (usage) => usageChunks(envelope, usage, includeUsage),
  };
}

/** `POST /v1/completions`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function completions(service: Service, context: RequestContext): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const { maxN } = service;
  const request = completionFields(fields, { maxN, vocabSize: model.tokenizer.vocabSize });
  const { suffix, samples, sampling, stop, logprobs } = request;
  const prompts = await idsOf(model, request, context.signal);
  const longest = Math.max(...prompts.map(({ length }) => length));
  const limits = { asked: request.maxTokens, longest, fallback: defaultTokens };
  const work: Work = {
    prompts,
    samples,
    maxNewTokens: newTokensFor(service, model, limits),
    sampling,
    seed: request.seed ?? drawnSeed(),
    stop,
    stopIds: suffix === undefined ? [] : (model.fimIds ?? []),
    logprobs,
    scorePrompt: request.echo && logprobs !== undefined,
    constraint: undefined,
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  const textOf = (prompt: Prompt) =>
    typeof prompt === "string" || !request.echo
      ? String(prompt)
      : model.tokenizer.decode(prompt, { skipSpecialTokens: true });
  const read = prompts.map((ids, i) => ({ ids, text: textOf(request.prompts[i]!) }));
  const form = completionForm(model, request, read);
  return answer(service, context, model, { work, stream: request.stream, form });
}
