import { type CausalLM, createRandom, generate, multinomial } from "@deepgrain/lm";

/** What an engine is asked for, beside the prompts. */
export interface RolloutRequest {
  /** Longest continuation in tokens. */
  maxNewTokens: number;
  /** Above 0. */
  temperature: number;
  /** Tokens that end a continuation, themselves included; none for continuations of full length. */
  eosTokenIds: readonly number[];
  /** Parts of the seed: the same seed, weights and prompts give the same continuations. */
  seed: readonly number[];
  signal?: AbortSignal;
}

/**
 * Continues prompts of any lengths, one continuation each, in order: the one thing that rollouts need of an inference engine. Prompts
 * that are asked for several times stand in the list several times, side by side.
 */
export type RolloutEngine = (
  model: CausalLM,
  prompts: readonly (readonly number[])[],
  request: RolloutRequest,
) => Promise<readonly (readonly number[])[]>;

/** Rows that are padded on the left to one length, with their mask. */
function padLeft(prompts: readonly (readonly number[])[]) {
  const longest = Math.max(...prompts.map(({ length }) => length));
  const fill = (ids: readonly number[]) => new Array<number>(longest - ids.length).fill(0);
  return {
    rows: prompts.map((ids) => [...fill(ids), ...ids]),
    attentionMask: prompts.flatMap((ids) => [...fill(ids), ...ids.map(() => 1)]),
    isPadded: prompts.some(({ length }) => length < longest),
  };
}

/**
 * An engine on `generate` of `@deepgrain/lm`: rows of different lengths are padded on the left and advance together.
 *
 * @param options.maxRows rows that advance together; more prompts take several turns. Default 64
 */
export const generateEngine =
  ({ maxRows = 64 }: { maxRows?: number } = {}): RolloutEngine =>
  async (model, prompts, { maxNewTokens, temperature, eosTokenIds, seed, signal }) => {
    const random = createRandom(seed).next;
    const sampler = (logits: Float32Array) =>
      multinomial(temperature === 1 ? logits : logits.map((logit) => logit / temperature), random);
    const all: number[][] = [];
    for (let start = 0; start < prompts.length; start += maxRows) {
      const { rows, attentionMask, isPadded } = padLeft(prompts.slice(start, start + maxRows));
      const ids = rows.map((): number[] => []);
      const events = generate(model, rows, {
        maxNewTokens,
        sampler,
        eosTokenId: eosTokenIds.length === 0 ? null : eosTokenIds,
        ...(isPadded && { attentionMask }),
        ...(signal && { signal }),
      });
      for await (const event of events)
        for (const [row, id] of event.ids.entries()) if (id !== null) ids[row]!.push(id);
      all.push(...ids);
    }
    return all;
  };
