/** @file Scaling of rotary positions in the header and the tensors of a GGUF file. */
import type { GgufFile } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { GgufValues } from "./gguf-values";

/** The source of the configuration. */
export type GgufHeader = Pick<GgufFile, "values" | "has" | "info" | "readFloat32">;

/**
 * DeepSeek's files keep a tenth of `mscale_all_dim`, which is `mscale` in all released models.
 * @see llama.cpp, pull request 17945, on this factor
 */
function yarnScales(values: GgufValues, name: string): object {
  const tenth = values.number(`${name}.rope.scaling.yarn_log_multiplier`);
  if (tenth === undefined) return {};
  const mscale = Number((10 * tenth).toPrecision(6)); // The file rounds it to float32.
  return { mscale, mscale_all_dim: mscale };
}

/** @throws {LmError} `ERR_CONFIG` for an unsupported type of scaling */
export function ropeScaling(values: GgufValues, name: string): object | null {
  const type = values.text(`${name}.rope.scaling.type`) ?? "none";
  const factor = values.number(`${name}.rope.scaling.factor`);
  const original = values.number(`${name}.rope.scaling.original_context_length`);
  if (type === "none" || factor === undefined || factor === 0) return null;
  if (type === "linear") return { rope_type: "linear", factor };
  if (type === "yarn" && original)
    return {
      rope_type: "yarn",
      factor,
      original_max_position_embeddings: original,
      beta_fast: values.number(`${name}.rope.scaling.yarn_beta_fast`),
      beta_slow: values.number(`${name}.rope.scaling.yarn_beta_slow`),
      ...yarnScales(values, name),
    };
  throw new LmError(
    "ERR_CONFIG",
    `lm/gguf: ${name}.rope.scaling.type must be none, linear or yarn, got ${type}`,
    { fields: { key: `${name}.rope.scaling.type`, value: type } },
  );
}

/** The factors of Llama 3's scaling, as its files store them. @see the `rope_type` llama3 of Hugging Face */
function llama3Factors(theta: number, headDim: number, factor: number): number[] {
  const [low, high, original] = [1, 4, 8192];
  return Array.from({ length: headDim / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * i) / headDim);
    if (wavelength < original / high) return 1;
    if (wavelength > original / low) return factor;
    const smooth = (original / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/** Llama 3 files store one factor per frequency. @throws {LmError} `ERR_CONFIG` unless they are those of Llama 3 */
export async function frequencyScaling(
  file: GgufHeader,
  { rope_theta, head_dim }: { rope_theta: number; head_dim: number },
): Promise<object | null> {
  const name = "rope_freqs.weight";
  if (!file.has(name)) return null;
  const { data } = await file.readFloat32(name);
  const factor = data.at(-1)!;
  const wanted = llama3Factors(rope_theta, head_dim, factor);
  const isSame =
    data.length === wanted.length && wanted.every((x, i) => Math.abs(data[i]! / x - 1) < 1e-3);
  if (!isSame)
    throw new LmError("ERR_CONFIG", `lm/gguf: ${name} must hold the factors of Llama 3`, {
      fields: { name },
    });
  return {
    rope_type: "llama3",
    factor,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
}

/** Tensors that hold LongRoPE's short and long factors. */
export const longRopeTensors = ["rope_factors_short.weight", "rope_factors_long.weight"] as const;

/** LongRoPE's factors, which Phi-3's files store as tensors. */
export async function longRope(
  file: GgufHeader,
  values: GgufValues,
  name: string,
): Promise<object | null> {
  const [short, long] = longRopeTensors;
  if (!file.has(short) && !file.has(long)) return null;
  const factorsOf = async (tensor: string) => Array.from((await file.readFloat32(tensor)).data);
  const attention = values.number(`${name}.rope.scaling.attn_factor`);
  return {
    rope_type: "longrope",
    short_factor: await factorsOf(short),
    long_factor: await factorsOf(long),
    original_max_position_embeddings: values.needed(`${name}.rope.scaling.original_context_length`),
    ...(attention === undefined ? {} : { attention_factor: attention }),
  };
}
