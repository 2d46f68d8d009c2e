import { type Dataset, withoutSupplementary } from "@deepgrain/fedlt";
import type { Answers } from "./answers";
import { labelOf, levelsOf } from "./digit";
import { standardised } from "./digits";
import { createEncoder } from "./federate";
import { type Method, type Models, methods } from "./names";

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const parts = logits.map((logit) => Math.exp(logit - most));
  const sum = parts.reduce((a, b) => a + b, 0);
  // Browsers differ in the last digit of an exponential.
  return parts.map((part) => Number((part / sum).toFixed(6)));
}

/** The shares that the networks of both federations give to each class. */
export async function answersTo(models: Models, digit: string, test: Dataset): Promise<Answers> {
  const encoder = createEncoder();
  const levels = levelsOf(digit, test);
  const inputs = Float32Array.from(levels, standardised);
  const found = {} as Record<Method, number[]>;
  try {
    for (const method of methods) {
      const params = withoutSupplementary(models[method]);
      const features = await encoder.encode(params, inputs, 1);
      const { data: weight } = params.get("fc.weight")!;
      const { data: bias } = params.get("fc.bias")!;
      const logits = Array.from(bias, (start, c) =>
        features.reduce((sum, value, i) => sum + value * weight[c * features.length + i]!, start),
      );
      found[method] = softmax(logits);
    }
  } finally {
    encoder.dispose();
  }
  return { digit, levels, label: labelOf(digit), ...found };
}
