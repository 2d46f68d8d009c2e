import { rope, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { type RopeFrequencies, type RotaryModelConfig, ropeFrequencies } from "../config";
import { LmError } from "../errors";

/** Cosine and sine tables of one model, shared by all layers; they grow as longer sequences arrive. */
export class Rotary {
  private tables: { cos: Tensor; sin: Tensor } | undefined;
  /** Number of positions in the tables, and the sequence length that they were computed for. */
  private rows = 0;
  private madeFor = 0;

  /** Whether rotation pairs are neighbours, as in DeepSeek V2, or half a head apart. */
  private readonly interleaved: boolean;

  constructor(private readonly config: RotaryModelConfig) {
    const { modelType } = config;
    this.interleaved =
      modelType === "deepseek_v2" || (modelType === "deepseek_v3" && config.ropeInterleave);
  }

  /**
   * Rotates the heads of `x` [batch, seq, heads, d].
   * @param positions int32 [batch, seq], all below `length`
   * @throws {LmError} `ERR_RANGE` beyond the model's longest position
   */
  apply(x: Tensor, positions: Tensor, length: number): Tensor {
    this.prepare(length);
    const { cos, sin } = this.tables!;
    return rope(x, cos, sin, positions, { interleaved: this.interleaved });
  }

  /**
   * Cosines and sines of positions up to `length`, for code that rotates on its own. They live until a longer sequence
   * arrives.
   * @throws {LmError} `ERR_RANGE` beyond the model's longest position
   */
  tablesFor(length: number): { cos: Tensor; sin: Tensor; interleaved: boolean } {
    this.prepare(length);
    return { ...this.tables!, interleaved: this.interleaved };
  }

  private prepare(length: number): void {
    const { maxPositionEmbeddings, ropeScaling } = this.config;
    if (ropeScaling?.type === "dynamic") {
      // Once the length exceeds the trained one, the frequencies also depend on it.
      if (length !== this.madeFor || this.rows === 0)
        this.build(length, ropeFrequencies(this.config, { sequenceLength: length }));
      this.madeFor = length;
    } else if (length > this.rows) {
      if (length > maxPositionEmbeddings)
        throw new LmError(
          "ERR_RANGE",
          `lm/Rotary: the model knows ${maxPositionEmbeddings} positions, ${length} are needed`,
          { fields: { maxPositionEmbeddings, length } },
        );
      const rows = Math.max(128, 2 ** Math.ceil(Math.log2(length)));
      this.build(Math.min(maxPositionEmbeddings, rows), ropeFrequencies(this.config));
    }
  }

  private build(
    rows: number,
    { inverseFrequencies: rates, attentionFactor }: RopeFrequencies,
  ): void {
    const table = (wave: (angle: number) => number) => {
      const values = new Float32Array(rows * rates.length);
      for (let p = 0; p < rows; p++)
        for (let i = 0; i < rates.length; i++)
          values[p * rates.length + i] = attentionFactor * wave(p * rates[i]!);
      const made = tensor(values, { shape: [rows, rates.length] });
      made.isKept = true;
      return made;
    };
    this.dispose();
    this.tables = { cos: table(Math.cos), sin: table(Math.sin) };
    this.rows = rows;
  }

  dispose(): void {
    this.tables?.cos.dispose();
    this.tables?.sin.dispose();
    this.tables = undefined;
    this.rows = 0;
  }
}

/** The rotary tables of a model's layers; one table for both if layers with a window have the same base. */
export function rotariesOf(config: RotaryModelConfig): { global: Rotary; local: Rotary } {
  const global = new Rotary(config);
  if (config.modelType !== "gemma3_text") return { global, local: global };
  const ropeTheta = config.ropeLocalBaseFreq;
  return { global, local: new Rotary({ ...config, ropeTheta, ropeScaling: null }) };
}
