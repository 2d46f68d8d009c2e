import { MoeLayer } from "@deepgrain/moe";
import { inference, keep, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import type { CausalLM } from "../model/causal-lm";
import { DecoderBlock } from "../model/decoder-block";
import { Decoder } from "../model/decoders";
import { type LayerShape, PagePool, type PagePoolOptions } from "./page-pool";
import { type PreparedBlock, prepareBlock } from "./prepared-block";
import { PreparedHead } from "./prepared-head";
import { isChanged, type Release } from "./prepared-layers";
import type { FreshRows, Onward, Step } from "./step";
import { type StepPart, StepReplay } from "./step-replay";
import { Workspace } from "./workspace";

/** The tokens of one step, row by row: first the rows of running sequences, then new sequences. */
export interface StepTokens {
  ids: Int32Array;
  /** Pairs: row of `table`, position in the sequence. */
  rows: Int32Array;
  /** Pages of each sequence, `tableWidth` numbers each. */
  table: Int32Array;
  tableWidth: number;
  /** One more than the largest position of the sequences, as far as they are known. */
  positionLimit: number;
  /** Number of leading rows that belong to running sequences. */
  continued: number;
  fresh: readonly FreshRows[];
  /** Rows whose logits are needed, ascending. */
  sampled: Int32Array;
  /** Whether the most likely token of each of them is enough. Default false. */
  onlyBest?: boolean | undefined;
}

/** The logits of a step's sampled rows. */
export interface StepLogits {
  /** [sampled, vocabulary] */
  read(): Promise<Float32Array>;
  /**
   * The most likely token of each row, the first one on ties; null if values cannot be read synchronously or one is not
   * finite.
   */
  best(): Int32Array | null;
}

/** The input of a step: embedding rows, plus position embeddings if they are learned. */
type Embed = (x: Tensor, ids: Tensor, rows: Tensor, space: Workspace) => void;

function prepareEmbedding(model: CausalLM): Embed {
  const { decoder } = model;
  if (decoder instanceof Decoder) {
    const { weight } = decoder.embedTokens;
    const factor = decoder.embeddingFactor;
    return (x, ids) => {
      inference.gatherInto(x, weight, ids);
      if (factor !== 1) inference.scaleInto(x, factor);
    };
  }
  const [tokens, places] = [decoder.wte.weight, decoder.wpe.weight];
  return (x, ids, rows, space) => {
    inference.gatherInto(x, tokens, ids);
    const learned = space.get("branch", x.shape[1]!);
    tidy(() => inference.gatherInto(learned, places, rows.select(1, 1).contiguous()));
    inference.combineInto("add", x, x, learned);
  };
}

/**
 * A model prepared for generation. Everything that a step needs is looked up once, so that a token costs little more
 * than its kernels. Nothing is recorded for gradients, and the head runs only for the rows that are sampled. Weights
 * are not copied: changing them affects later steps. After adapters are attached, the model must be prepared again.
 */
export class PreparedModel {
  readonly pool: PagePool;
  private readonly blocks: readonly PreparedBlock[];
  private readonly embed: Embed;
  private readonly head: PreparedHead;
  private readonly owned: Tensor[] = [];
  private space = new Workspace(0);
  private sampledSpace = new Workspace(0);
  private table: Tensor | null = null;
  private readonly replay = new StepReplay();
  /** Whether adapters or other functions replace layers. */
  private readonly isChanged: boolean;

  constructor(
    private readonly model: CausalLM,
    options: PagePoolOptions,
  ) {
    const release: Release = (made) => {
      this.owned.push(keep(made));
      return made;
    };
    const { decoder } = model;
    this.isChanged = [...model.modules()].some(isChanged);
    const { latentAttention } = model;
    this.blocks = noGrad(() =>
      [...decoder.blocks].map((block) => prepareBlock(block, release, latentAttention)),
    );
    const shapes: LayerShape[] = this.blocks.map(({ shape }) => shape);
    this.pool = new PagePool(shapes, options);
    this.embed = prepareEmbedding(model);
    this.head = new PreparedHead(model, release);
  }

  /** One pass. The result is valid until the next pass. */
  step(tokens: StepTokens): StepLogits {
    noGrad(() => this.run(tokens));
    const space = this.sampledSpace;
    return { read: () => this.head.read(space), best: () => noGrad(() => this.head.best(space)) };
  }

  dispose(): void {
    this.replay.forget();
    this.pool.dispose();
    this.space.dispose();
    this.sampledSpace.dispose();
    this.table?.dispose();
    for (const made of this.owned) made.dispose();
  }

  private run(tokens: StepTokens): void {
    const { ids, rows, table, tableWidth, positionLimit, continued, fresh, sampled } = tokens;
    const { onlyBest = false } = tokens;
    const count = ids.length;
    this.makeRoom(count, sampled.length, fresh.length > 0);
    const { space } = this;
    const tokenIds = this.ints("ids", count).set(ids);
    const placed = space.view("places", this.ints("rows", 2 * count).set(rows), [count, 2]);
    const isEach = sampled.length === count;
    const chosen = isEach ? null : this.sampledSpace.ints("sampled", sampled.length).set(sampled);
    const pages = this.placePages(placed, rows, table, tableWidth);
    const step: Step = { space, paged: continued, fresh, positionLimit, pages };
    const x = space.get("residual", this.model.config.hiddenSize);
    const last = chosen ? this.sampledSpace.get("residual", this.model.config.hiddenSize) : x;
    const isNarrow = chosen !== null && !this.needsAllRows();
    const onward = chosen && this.onward(chosen, tokens, step);
    const parts: StepPart[] = [
      { isLive: false, run: () => this.embed(x, tokenIds, placed, space) },
      ...this.blockParts(x, step, { onward, isNarrow }),
      { isLive: false, run: () => this.head.run(last, this.sampledSpace, onlyBest) },
    ];
    if (fresh.length > 0 || this.isChanged) for (const { run } of parts) run();
    else this.replay.run([...this.keyOf(step), onlyBest, isNarrow], x, parts);
  }

  /** Whether somebody looks at all rows of the last block: functions that replace layers, or an observer of its experts. */
  private needsAllRows(): boolean {
    const last = this.model.decoder.blocks.at(-1);
    const mlp = last instanceof DecoderBlock ? last.mlp : null;
    return this.isChanged || (mlp instanceof MoeLayer && mlp.isObserved);
  }

  /**
   * All blocks, and the residual stream of the sampled rows.
   * @param isNarrow whether of the other rows, the last block computes keys and values only
   */
  private blockParts(
    x: Tensor,
    step: Step,
    { onward, isNarrow }: { onward: Onward | null; isNarrow: boolean },
  ): StepPart[] {
    const whole = isNarrow ? this.blocks.slice(0, -1) : this.blocks;
    const parts = whole.flatMap((block) =>
      block.parts.map(({ isLive, run }) => ({ isLive, run: () => run(x, step) })),
    );
    if (!onward) return parts;
    const sampled = this.sampledSpace.get("residual", this.model.config.hiddenSize);
    parts.push({ isLive: false, run: () => inference.gatherInto(sampled, x, onward.chosen) });
    const [attention, ...rest] = isNarrow ? this.blocks.at(-1)!.parts : [];
    if (attention) {
      const { isLive, run } = attention;
      parts.push({ isLive, run: () => run(x, { ...step, onward }, sampled) });
    }
    for (const { isLive, run } of rest)
      parts.push({ isLive, run: () => run(sampled, onward.step) });
    return parts;
  }

  /** The sampled rows as a step of their own. */
  private onward(chosen: Tensor, { rows, sampled, table }: StepTokens, step: Step): Onward {
    const space = this.sampledSpace;
    const count = sampled.length;
    const numbers = new Int32Array(2 * count);
    for (const [i, row] of sampled.entries())
      numbers.set(rows.subarray(2 * row, 2 * row + 2), 2 * i);
    const placed = space.view("places", space.ints("rows", 2 * count).set(numbers), [count, 2]);
    const pages: Step["pages"] = (layer) => ({
      ...step.pages(layer),
      rows: placed,
      numbers: { rows: numbers, table },
    });
    return { chosen, step: { ...step, space, paged: count, fresh: [], pages } };
  }

  /** A key of everything that the launches of a step depend on, besides the numbers in its tensors. */
  private keyOf({ paged, positionLimit }: Step): unknown[] {
    const { decoder } = this.model;
    const angles = decoder instanceof Decoder ? decoder.rotaryTables(positionLimit) : [];
    const { keys } = this.pool.layer(0);
    return [this.space, this.sampledSpace, this.table, keys, paged, ...angles];
  }

  /** Workspaces for so many rows. */
  private makeRoom(count: number, sampled: number, isStart: boolean): void {
    if (this.space.rows !== count || isStart) {
      this.replay.forget();
      this.space.dispose();
      this.space = new Workspace(count);
    }
    if (this.sampledSpace.rows === sampled) return;
    this.replay.forget();
    this.sampledSpace.dispose();
    this.sampledSpace = new Workspace(sampled);
  }

  private ints(name: string, length: number): Tensor {
    return this.space.ints(name, length);
  }

  private placePages(rows: Tensor, places: Int32Array, table: Int32Array, width: number) {
    const sequences = table.length / width;
    if (this.table?.shape[0] !== sequences || this.table.shape[1] !== width) {
      this.replay.forget();
      this.table?.dispose();
      this.table = keep(tensor(table, { shape: [sequences, width] }));
    } else this.table.set(table);
    const shared = { rows, table: this.table, numbers: { rows: places, table } };
    const layers = this.blocks.map((_, index) => ({ ...this.pool.layer(index), ...shared }));
    return (layer: number): inference.KeyPages => layers[layer]!;
  }
}
