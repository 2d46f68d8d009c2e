import { cat, rope, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import {
  familyTraits,
  longestShort,
  type RopeFrequencies,
  type RotaryModelConfig,
  ropeFrequencies,
} from "../config";
import { LmError } from "../errors";

/** Cosines and sines of positions 0 … rows − 1, [rows, rotary size / 2] each. */
export interface Tables {
  cos: Tensor;
  sin: Tensor;
  rows: number;
}

/** The tables of positions from 0. */
export function makeTables(
  rows: number,
  { inverseFrequencies: rates, attentionFactor }: RopeFrequencies,
): Tables {
  const table = (wave: (angle: number) => number) => {
    const values = new Float32Array(rows * rates.length);
    for (let p = 0; p < rows; p++)
      for (let i = 0; i < rates.length; i++)
        values[p * rates.length + i] = attentionFactor * wave(p * rates[i]!);
    const made = tensor(values, { shape: [rows, rates.length] });
    made.isKept = true;
    return made;
  };
  return { cos: table(Math.cos), sin: table(Math.sin), rows };
}

function disposeTables(tables: Tables | undefined): void {
  tables?.cos.dispose();
  tables?.sin.dispose();
}

/**
 * Cosine and sine tables of one model, shared by all layers; they grow as longer sequences arrive. LongRoPE has a second
 * pair of tables for sequences beyond the trained length.
 */
export class Rotary {
  private readonly tables: { short?: Tables | undefined; long?: Tables | undefined } = {};
  /** Sequence length that the tables of dynamic scaling were computed for. */
  private madeFor = 0;

  /** Whether rotation pairs are neighbours, as in DeepSeek V2, or half a head apart. */
  private readonly interleaved: boolean;

  constructor(private readonly config: RotaryModelConfig) {
    this.interleaved = familyTraits(config).hasNeighbourPairs;
  }

  /**
   * Rotates the heads of `x` [batch, seq, heads, d], or the first part of each where only a part is rotated.
   * @param positions int32 [batch, seq], all below `length`
   * @throws {LmError} `ERR_RANGE` beyond the model's longest position
   */
  apply(x: Tensor, positions: Tensor, length: number): Tensor {
    const { cos, sin } = this.tablesFor(length);
    const turn = (part: Tensor) =>
      rope(part, cos, sin, positions, { interleaved: this.interleaved });
    const [width, size] = [2 * cos.shape[1]!, x.shape[3]!];
    if (width === size) return turn(x);
    return cat([turn(x.narrow(-1, 0, width)), x.narrow(-1, width, size - width)], -1);
  }

  /**
   * Cosines and sines of positions up to `length`, for code that rotates on its own. They live until a longer sequence
   * arrives.
   * @throws {LmError} `ERR_RANGE` beyond the model's longest position
   */
  tablesFor(length: number): { cos: Tensor; sin: Tensor; interleaved: boolean } {
    const kind = length > longestShort(this.config) ? "long" : "short";
    this.tables[kind] = this.grown(this.tables[kind], length);
    const { cos, sin } = this.tables[kind];
    return { cos, sin, interleaved: this.interleaved };
  }

  private grown(tables: Tables | undefined, length: number): Tables {
    const { maxPositionEmbeddings, ropeScaling } = this.config;
    if (ropeScaling?.type === "dynamic") {
      // Once the length exceeds the trained one, the frequencies also depend on it.
      if (tables && length === this.madeFor) return tables;
      disposeTables(tables);
      this.madeFor = length;
      return makeTables(length, ropeFrequencies(this.config, { sequenceLength: length }));
    }
    if (tables && length <= tables.rows) return tables;
    if (length > maxPositionEmbeddings)
      throw new LmError(
        "ERR_RANGE",
        `lm/Rotary: the model knows ${maxPositionEmbeddings} positions, ${length} are needed`,
        { fields: { maxPositionEmbeddings, length } },
      );
    const rows = Math.min(maxPositionEmbeddings, Math.max(128, 2 ** Math.ceil(Math.log2(length))));
    disposeTables(tables);
    return makeTables(rows, ropeFrequencies(this.config, { sequenceLength: length }));
  }

  dispose(): void {
    for (const kind of ["short", "long"] as const) {
      disposeTables(this.tables[kind]);
      this.tables[kind] = undefined;
    }
  }
}

/** The rotary tables of a model's layers; one table for both if layers with a window have the same base. */
export function rotariesOf(config: RotaryModelConfig): { global: Rotary; local: Rotary } {
  const global = new Rotary(config);
  if (config.modelType !== "gemma3_text") return { global, local: global };
  const ropeTheta = config.ropeLocalBaseFreq;
  return { global, local: new Rotary({ ...config, ropeTheta, ropeScaling: null }) };
}
