import {
  matmul,
  type NamedTensor,
  type NamedTensors,
  noGrad,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { having, LmError } from "../errors";
import { type LoraConfig, loraScale } from "./lora-config";

/** The two factors of one module: the change of its weight is scale·B·A. */
export interface LoraFactors {
  /** [r, in] */
  readonly a: NamedTensor;
  /** [out, r] */
  readonly b: NamedTensor;
}

/** A LoRA adapter as plain numbers. */
export interface Lora {
  readonly config: LoraConfig;
  /** Factors by module name, such as `model.layers.0.self_attn.q_proj`. */
  readonly factors: ReadonlyMap<string, LoraFactors>;
  /** Weights that replace the base model's weights entirely, by full name (`modules_to_save`). */
  readonly saved: NamedTensors;
}

/**
 * The change that a module's factors add to its weight: (alpha/r)·B·A, transposed with `fanInFanOut`.
 * @returns [out, in], or [in, out] with `fanInFanOut`
 * @throws {LmError} `ERR_SHAPE` when the factors do not fit each other
 * @see Hu et al. 2022 (LoRA), section 4.1, equation 3
 */
export async function loraDelta(
  lora: Pick<Lora, "config" | "factors">,
  module: string,
): Promise<NamedTensor> {
  const { config, factors } = having("loraDelta", "lora", lora, "config", "factors");
  const own = factors.get(module);
  if (!own)
    throw new LmError("ERR_MISSING", `lm/loraDelta: there are no factors of ${module}`, {
      fields: { module },
    });
  const { a, b } = own;
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[0] !== b.shape[1])
    throw new LmError(
      "ERR_SHAPE",
      `lm/loraDelta: ${module} must have A [r, in] and B [out, r], got [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`,
      { fields: { module } },
    );
  const product = noGrad(() =>
    tidy(() => {
      const [left, right] = [b, a].map(({ shape, data }) => tensor(data, { shape }));
      const change = matmul(left!, right!).mul(loraScale(config, module));
      return config.fanInFanOut ? change.transpose(0, 1).contiguous() : change;
    }),
  );
  try {
    return { shape: product.shape, data: (await product.data()) as Float32Array };
  } finally {
    product.dispose();
  }
}

/** `weight` plus `sign` times a module's change. @throws {LmError} `ERR_SHAPE` when sizes differ */
export async function addLoraDelta(
  lora: Lora,
  module: string,
  weight: NamedTensor,
  sign: 1 | -1 = 1,
): Promise<Float32Array> {
  const { shape, data } = await loraDelta(lora, module);
  if (shape.join() !== weight.shape.join())
    throw new LmError(
      "ERR_SHAPE",
      `lm/lora: the change of ${module} must have shape [${weight.shape.join(", ")}], got [${shape.join(", ")}]`,
      { fields: { module, shape, wanted: weight.shape } },
    );
  return weight.data.map((value, i) => value + sign * data[i]!);
}
