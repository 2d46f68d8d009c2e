export { Flatten, GELU, ReLU, SiLU } from "./activations";
export { blankWeight, withBlankWeights } from "./blank-weights";
export { ConvTranspose2d } from "./conv-transpose";
export { AvgPool2d, BatchNorm, Conv2d, MaxPool2d } from "./images";
export {
  Dropout,
  Embedding,
  type EmbeddingOptions,
  GroupNorm,
  type InitOptions,
  LayerNorm,
  Linear,
  RMSNorm,
} from "./layers";
export { buffer, Module, type NamedTensor, parameter } from "./module";
export { MultiheadAttention } from "./multihead-attention";
export { type Layer, Sequential } from "./sequential";
