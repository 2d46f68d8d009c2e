import { longestShort } from "../config";
import type { CausalLM } from "../model/causal-lm";
import { PreparedModel } from "./prepared-model";
import { makeRoom } from "./sequence";

const PAGE_TOKENS = 128;

/** One text that a model reads a few tokens at a time; tokens that were read can be removed again. */
export class SingleSequence {
  private readonly prepared: PreparedModel;
  private readonly place = { pages: [] as number[], stored: 0, isLong: false };
  private readonly longestShort: number;

  constructor(model: CausalLM, mostTokens: number) {
    this.longestShort = longestShort(model.config);
    const mostPages = Math.ceil(mostTokens / PAGE_TOKENS) + 1;
    this.prepared = new PreparedModel(model, { pageTokens: PAGE_TOKENS, mostPages });
  }

  /** How many tokens after the first `length` one pass can judge: no pass reads across a change of LongRoPE's factors. */
  roomAfter(length: number): number {
    return length > this.longestShort ? Infinity : this.longestShort - length;
  }

  /**
   * Reads the tokens of a text that have not been read yet; all of them again where LongRoPE's factors change.
   * @param ids the whole text; at least one token more than has been read
   * @returns logits after each of the last `rows` tokens, [rows, vocabulary] split into rows
   */
  async read(ids: readonly number[], rows: number): Promise<Float32Array[]> {
    const { place } = this;
    const isLong = ids.length > this.longestShort;
    if (isLong !== place.isLong) place.stored = 0;
    place.isLong = isLong;
    const fresh = ids.slice(place.stored);
    makeRoom(place, fresh.length, this.prepared.pool);
    const isStart = place.stored === 0;
    const step = this.prepared.step({
      ids: Int32Array.from(fresh),
      rows: Int32Array.from(fresh.flatMap((_, i) => [0, place.stored + i])),
      table: Int32Array.from(place.pages),
      tableWidth: place.pages.length,
      positionLimit: ids.length,
      continued: isStart ? 0 : fresh.length,
      fresh: isStart ? [{ first: 0, length: fresh.length }] : [],
      sampled: Int32Array.from({ length: rows }, (_, i) => fresh.length - rows + i),
    });
    const logits = await step.read();
    place.stored = ids.length;
    const width = logits.length / rows;
    return Array.from({ length: rows }, (_, i) => logits.slice(i * width, (i + 1) * width));
  }

  /** Removes all tokens from a position onwards. */
  forgetFrom(length: number): void {
    this.place.stored = Math.min(this.place.stored, length);
  }

  dispose(): void {
    this.prepared.dispose();
  }
}
