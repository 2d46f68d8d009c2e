// What the webgpu part measures: on a graphics processor, and cut for an adapter that computes on the processor.
const step = (d, heads) => ({ layers: 4, d, heads, context: 128, batch: 16, vocabulary: 512 });

export const webgpuSizes = {
  hardware: {
    seconds: 1,
    /** Milliseconds that a timed run takes at least, as small products end before a clock or a read has. */
    leastMs: 20,
    copyFloats: 2 ** 24,
    products: [256, 512, 1024, 2048, 4096],
    steps: [step(128, 4), step(256, 4), step(512, 8), step(1024, 16)],
    /** Of ../ours/decode-models.mjs. */
    models: ["15M", "110M"],
    prompt: 512,
  },
  software: {
    seconds: 0.1,
    leastMs: 0,
    copyFloats: 2 ** 20,
    products: [256, 512],
    steps: [{ layers: 2, d: 64, heads: 4, context: 64, batch: 4, vocabulary: 256 }],
    models: ["260K"],
    prompt: 128,
  },
};

/** Names of what is measured, as in its lines. */
export const productName = (side) => `product ${side}³`;
export const stepName = ({ layers, d, context, batch }) =>
  `GPT step, ${layers} layers, d ${d}, ${context * batch} tokens`;
export const tokenName = (model) => `${model}, a token`;
export const promptName = (model, length) => `${model}, a prompt of ${length}`;
export const COPY = "copy";

/** The names of all cases of these sizes, in the order in which they are measured. */
export const worksOf = (sizes) => [
  COPY,
  ...sizes.products.map(productName),
  ...sizes.steps.map(stepName),
  ...sizes.models.flatMap((model) => [tokenName(model), promptName(model, sizes.prompt)]),
];
