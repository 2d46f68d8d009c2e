import type { FullAttentionShape, LatentAttentionShape, ModelShape } from "./model-shape";

const full = (heads: number, headSize: number, keyValueHeads = heads): FullAttentionShape => ({
  kind: "full",
  heads,
  keyValueHeads,
  headSize,
});

const latent = (heads: number, queryRank: number | null): LatentAttentionShape => ({
  kind: "latent",
  heads,
  queryRank,
  keyValueRank: 512,
  plainSize: 128,
  rotarySize: 64,
  valueSize: 128,
});

/**
 * The published models, for comparison and as a check of the counters.
 * @see DeepSeekMoE (Dai et al. 2024), table 7 and section 7; DeepSeek-V2 (2024), section 3.1.2 and appendix B;
 * DeepSeek LLM (2024), table 2; the released `config.json` files
 */
export const publishedShapes = {
  "deepseek-moe-2b": {
    layers: 9,
    hiddenSize: 1280,
    vocabulary: 8000,
    attention: full(10, 128),
    denseSize: Math.round((8 * 1280) / 3),
    experts: { routed: 63, topK: 7, shared: 1, size: (8 * 1280) / 3 / 4 },
  },
  "deepseek-moe-16b": {
    layers: 28,
    hiddenSize: 2048,
    vocabulary: 102_400,
    attention: full(16, 128),
    denseSize: 10_944,
    experts: { routed: 64, topK: 6, shared: 2, size: 1408, denseLayers: 1 },
  },
  "deepseek-moe-145b": {
    layers: 62,
    hiddenSize: 4096,
    vocabulary: 102_400,
    attention: full(32, 128),
    denseSize: 21_888,
    experts: { routed: 128, topK: 12, shared: 4, size: 1408, denseLayers: 1 },
  },
  "deepseek-v2-lite": {
    layers: 27,
    hiddenSize: 2048,
    vocabulary: 102_400,
    attention: latent(16, null),
    denseSize: 10_944,
    experts: { routed: 64, topK: 6, shared: 2, size: 1408, denseLayers: 1 },
  },
  "deepseek-v2": {
    layers: 60,
    hiddenSize: 5120,
    vocabulary: 102_400,
    attention: latent(128, 1536),
    denseSize: 12_288,
    experts: { routed: 160, topK: 6, shared: 2, size: 1536, denseLayers: 1 },
  },
  "deepseek-llm-7b": {
    layers: 30,
    hiddenSize: 4096,
    vocabulary: 102_400,
    attention: full(32, 128),
    denseSize: 11_008,
    experts: null,
  },
  "deepseek-llm-67b": {
    layers: 95,
    hiddenSize: 8192,
    vocabulary: 102_400,
    attention: full(64, 128, 8),
    denseSize: 22_016,
    experts: null,
  },
} satisfies Record<string, ModelShape>;
