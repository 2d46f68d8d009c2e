import { having, optionsOf, refuseUnknown, whole } from "../errors";

import { seededRandom } from "../random/seeds";
import {
  type Completer,
  type Completion,
  type CompletionOptions,
  type Prefix,
  promptText,
} from "./completer";

/** A new token per row and step, as `generate` of `@deepgrain/lm` yields it. */
interface GeneratedTokens {
  readonly ids: readonly (number | null)[];
  readonly stopped: readonly (string | undefined)[];
}

/** The parts of `@deepgrain/lm` that are needed: its `generate`, a model, a tokenizer and a sampling function. */
export interface LmTools<Model> {
  readonly generate: (
    model: Model,
    prompts: readonly number[][],
    // biome-ignore lint/suspicious/noExplicitAny: the options are the generator's own
    options: any,
  ) => AsyncIterable<GeneratedTokens>;
  readonly model: Model;
  readonly tokenizer: {
    encode(text: string, options?: { addSpecialTokens?: boolean | undefined }): number[];
    decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean | undefined }): string;
  };
  /** Draws a token, for example `multinomial`. */
  readonly sampler: (logits: Float32Array, random: () => number) => number;
}

/** Options of {@link lmCompleter}. */
export interface LmCompleterOptions {
  /** Applied before sampling, for example `[temperature(0.8)]`. Default: none. */
  readonly logitsProcessors?: readonly unknown[] | undefined;
  /** Tokens per completion. Default 256. */
  readonly maxTokens?: number | undefined;
  /** Default: problem and steps, one per line. */
  readonly prompt?: ((prefix: Prefix) => string) | undefined;
}

/**
 * A completer from a language model of `@deepgrain/lm`: the completions of a prefix are rows of one batch, each of
 * which has its own random numbers, so that a completion does not depend on the rest of the batch.
 *
 * @throws {PrmError} `ERR_RANGE` for a limit below 1; on a call, errors of the generator
 */
export function lmCompleter<Model>(
  lmTools: LmTools<Model>,
  given: LmCompleterOptions = {},
): Completer {
  const { generate, model, tokenizer, sampler } = having(
    "lmCompleter",
    "lmTools",
    lmTools,
    "generate",
    "model",
  );
  const {
    logitsProcessors = [],
    maxTokens = 256,
    prompt = promptText,
    ...rest
  } = optionsOf("lmCompleter", given);
  refuseUnknown("lmCompleter", rest);
  whole("lmCompleter", "maxTokens", maxTokens, { min: 1 });
  return async (prefix, { seeds, stop = [], signal, ...options }: CompletionOptions) => {
    const limit = Math.min(options.maxTokens ?? maxTokens, maxTokens);
    const ids = tokenizer.encode(prompt(prefix));
    const randoms = seeds.map(seededRandom);
    const rows = seeds.map(() => ({ ids: [] as number[], ended: false }));
    const textOf = (row: number) => tokenizer.decode(rows[row]!.ids, { skipSpecialTokens: true });
    // Rows are sampled in order, once per step; those that have ended are skipped.
    let turn = 0;
    const nextRow = () => {
      while (rows[turn % rows.length]!.ended) turn++;
      return turn++ % rows.length;
    };
    const events = generate(
      model,
      seeds.map(() => ids),
      {
        maxNewTokens: limit,
        logitsProcessors,
        sampler: (logits: Float32Array) => sampler(logits, randoms[nextRow()]!),
        signal,
      },
    );
    for await (const event of events) {
      for (const [i, row] of rows.entries()) {
        const id = event.ids[i];
        if (id === null || id === undefined || row.ended) continue;
        row.ids.push(id);
        row.ended = event.stopped[i] !== undefined;
      }
      const isDone = rows.every((row, i) => row.ended || stop.some((s) => textOf(i).includes(s)));
      if (isDone) break;
    }
    return rows.map((row, i): Completion => {
      const text = textOf(i);
      const counts = { promptTokens: ids.length, completionTokens: row.ids.length };
      const cut = Math.min(...stop.map((each) => text.indexOf(each)).filter((at) => at >= 0));
      if (Number.isFinite(cut))
        return { text: text.slice(0, cut), finishReason: "stop", ...counts };
      return { text, finishReason: row.ids.length >= limit ? "length" : "end", ...counts };
    });
  };
}
