import {
  type Completer,
  type Completion,
  type CompletionOptions,
  type Prefix,
  promptText,
} from "../completers/completer";
import { functionOf, optionsOf, PrmError, refuseUnknown, whole } from "../errors";

/** The parts of a `text-generation` pipeline of transformers.js that are needed. */
export interface TextGenerator {
  // biome-ignore lint/suspicious/noExplicitAny: a pipeline's call has overloads that no plain signature matches
  (text: string, options: any): Promise<unknown>;
  readonly tokenizer: {
    // biome-ignore lint/suspicious/noExplicitAny: ids may be bigint or number
    decode(ids: any, options?: { skip_special_tokens?: boolean | undefined }): string;
  };
}

/** The `random` of transformers.js, which its samplers draw from. */
export interface SeededRandom {
  seed(value: number): void;
}

/** Options of {@link transformersCompleter}. */
export interface TransformersCompleterOptions {
  /** The library's `random`; with it equal seeds give equal completions. */
  readonly random?: SeededRandom | undefined;
  /** Default 0.8. */
  readonly temperature?: number | undefined;
  /** 0 (default) keeps all tokens. */
  readonly topK?: number | undefined;
  /** Tokens per completion. Default 512. */
  readonly maxTokens?: number | undefined;
  /** Default: problem and steps, one per line. */
  readonly prompt?: ((prefix: Prefix) => string) | undefined;
}

const textOf = (output: unknown): string => {
  const [first] = Array.isArray(output) ? output : [];
  const text = (first as { generated_text?: unknown } | undefined)?.generated_text;
  if (typeof text === "string") return text;
  throw new PrmError("ERR_COMPLETION", "transformersCompleter: the pipeline returned no text");
};

/**
 * A completer from a text-generation pipeline. Completions are made one after another: the library has one random state.
 *
 * @throws {PrmError} `ERR_RANGE` for bad limits; on a call, errors of the pipeline, or the abort reason
 */
export function transformersCompleter(
  generator: TextGenerator,
  given: TransformersCompleterOptions = {},
): Completer {
  functionOf("transformersCompleter", "generator", generator);
  const {
    random,
    temperature = 0.8,
    topK = 0,
    maxTokens = 512,
    prompt = promptText,
    ...rest
  } = optionsOf("transformersCompleter", given);
  refuseUnknown("transformersCompleter", rest);
  whole("transformersCompleter", "maxTokens", maxTokens, { min: 1 });
  whole("transformersCompleter", "topK", topK, { min: 0 });
  let last: Promise<unknown> = Promise.resolve();

  async function generate(
    prefix: Prefix,
    seed: number,
    options: CompletionOptions,
  ): Promise<Completion> {
    const { stop = [], signal } = options;
    signal?.throwIfAborted();
    const limit = Math.min(options.maxTokens ?? maxTokens, maxTokens);
    let made = 0;
    const shouldStop = (rows: readonly (readonly bigint[])[]) => {
      made++;
      const text = stop.length > 0 ? generator.tokenizer.decode(rows[0]!.slice(-made)) : "";
      return [signal?.aborted === true || stop.some((each) => text.includes(each))];
    };
    random?.seed(seed);
    const output = await generator(prompt(prefix), {
      max_new_tokens: limit,
      do_sample: temperature > 0,
      temperature,
      top_k: topK,
      return_full_text: false,
      stopping_criteria: [shouldStop],
    });
    signal?.throwIfAborted();
    const text = textOf(output);
    const cut = Math.min(...stop.map((each) => text.indexOf(each)).filter((at) => at >= 0));
    if (Number.isFinite(cut))
      return { text: text.slice(0, cut), finishReason: "stop", completionTokens: made };
    return { text, finishReason: made >= limit ? "length" : "end", completionTokens: made };
  }

  return async (prefix, options) => {
    const completions: Completion[] = [];
    for (const seed of options.seeds) {
      const next = last.then(() => generate(prefix, seed, options));
      last = next.catch(() => undefined);
      completions.push(await next);
    }
    return completions;
  };
}
