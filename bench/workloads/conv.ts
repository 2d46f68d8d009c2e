import { conv2d, type Generator, randn } from "@deepgrain/tensor-gpu";
import type { Workload } from "./workload";

/** Sizes of a 3×3 convolution that keeps the image's size. */
interface ConvSizes {
  batch: number;
  inChannels: number;
  outChannels: number;
  /** Height and width. */
  size: number;
}

/** One 3×3 convolution, forward and backward to the image and the weight; nothing is trained. */
export function conv(sizes: ConvSizes, generator: Generator): Workload {
  const { batch, inChannels, outChannels, size } = sizes;
  const x = randn([batch, inChannels, size, size], { generator }).requireGrad();
  const weight = randn([outChannels, inChannels, 3, 3], { std: 0.1, generator }).requireGrad();
  const outputGradient = randn([batch, outChannels, size, size], { generator });
  outputGradient.isKept = true;
  return {
    unit: "images",
    unitsPerStep: batch,
    parameters: [x, weight],
    outputGradient,
    forward: () => conv2d(x, weight, null, { padding: 1 }),
  };
}
