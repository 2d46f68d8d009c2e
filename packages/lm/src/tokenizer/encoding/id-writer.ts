import type { Pipeline } from "./pipeline";

/** Appends tokens to a list of ids; neighbouring unknown ones become one where the model says so, as in the library. */
export class IdWriter {
  /** Neighbouring unknown tokens, joined; null once they are longer than any token. */
  private unknown: string | null | undefined;

  /** @param longest characters of the longest token */
  constructor(
    private readonly pipeline: Pipeline,
    private readonly longest: number,
    private readonly ids: number[],
  ) {}

  /** An added token. */
  added(token: string): void {
    this.ids.push(this.idOf(token));
  }

  /** A token of the model. */
  write(token: string): void {
    const { model } = this.pipeline;
    if (!model.fuse_unk) {
      this.ids.push(this.idOf(token));
      return;
    }
    const isKnown = (model.tokens_to_ids.get(token) ?? model.unk_token_id) !== model.unk_token_id;
    if (this.unknown !== undefined && !isKnown) {
      this.join(token);
      return;
    }
    this.end();
    if (isKnown) this.ids.push(this.idOf(token));
    else this.unknown = token;
  }

  /** The end of a run of words. */
  end(): void {
    if (this.unknown !== undefined) this.ids.push(this.idOf(this.unknown));
    this.unknown = undefined;
  }

  private join(token: string): void {
    const { tokens_to_ids, unk_token_id } = this.pipeline.model;
    if (typeof this.unknown !== "string" || tokens_to_ids.get(this.unknown) === unk_token_id)
      return;
    const joined = this.unknown + token;
    this.unknown = joined.length > this.longest ? null : joined;
  }

  private idOf(token: string | null): number {
    const { added_tokens_map, model } = this.pipeline;
    if (token === null) return model.unk_token_id!;
    return added_tokens_map.get(token)?.id ?? model.tokens_to_ids.get(token) ?? model.unk_token_id!;
  }
}
