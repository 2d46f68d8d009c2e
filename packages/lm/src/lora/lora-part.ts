import { dropout, type Generator, nn, rand, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { LoraFactors } from "./lora-delta";

/** Settings of trainable factors. */
export interface FactorSettings {
  rank: number;
  /** alpha/r */
  scale: number;
  dropout: number;
  generator: Generator | undefined;
  /** Whether the factors are used in the forward pass; shared by all parts of one adapter. */
  power: { isOn: boolean };
}

/** Trainable factors of one weight [out, in], or of a stack of them [experts, out, in]. */
export interface TrainableFactors {
  /** [r, in] or [experts, r, in] */
  a: Tensor;
  /** [out, r] or [experts, out, r] */
  b: Tensor;
}

/** A uniform in ±1/√in, B zero: the change is zero at first. @see Hu et al. 2022 (LoRA), section 4.1; PEFT's default */
export function newFactors(
  weight: Tensor,
  { rank, generator }: Pick<FactorSettings, "rank" | "generator">,
): TrainableFactors {
  const [outSize, inSize] = weight.shape.slice(-2) as [number, number];
  const stack = weight.shape.slice(0, -2);
  const bound = 1 / Math.sqrt(Math.max(inSize, 1));
  const draw = { low: -bound, high: bound, ...(generator && { generator }) };
  return {
    a: nn.parameter(rand([...stack, rank, inSize], draw)),
    b: nn.parameter(zeros([...stack, outSize, rank])),
  };
}

/** Inputs of the factors, some zeroed while training. */
export const dropInputs = (
  x: Tensor,
  isTraining: boolean,
  settings: Pick<FactorSettings, "dropout" | "generator">,
): Tensor =>
  settings.dropout > 0 && isTraining
    ? dropout(x, settings.dropout, {
        training: true,
        ...(settings.generator && { generator: settings.generator }),
      })
    : x;

/** Overwrites a tensor, or one slice of a stack. @throws {LmError} `ERR_SHAPE` */
export function fillFactor(name: string, target: Tensor, source: LoraFactors["a"]): void {
  if (target.shape.join() !== source.shape.join())
    throw new LmError(
      "ERR_SHAPE",
      `lm/lora: ${name} must have shape [${target.shape.join(", ")}], got [${source.shape.join(", ")}]`,
      { fields: { name, shape: source.shape, wanted: target.shape } },
    );
  target.set(source.data);
}

/** One module that factors are attached to, under its Hugging Face names. */
export interface LoraPart {
  /**
   * Views of the factors by the name of the weight's module, to be disposed by the caller; stacks give one entry per
   * expert.
   */
  views(): Map<string, TrainableFactors>;
  parameters(): Tensor[];
  /** Adds the change to the base weights permanently. */
  merge(): Promise<void>;
  /** Detaches the factors and frees them. */
  detach(): void;
}
