import { configWithPages } from "@deepgrain/vitest/browser";

export default configWithPages({
  folder: "test/browser",
  pages: ["plain"],
  preloaded: ["@deepgrain/tensor-gpu > gpu.js"],
  // They count memory, which garbage of other files in the process would change.
  isolated: [
    "test/encoder/load-encoder.test.ts",
    "test/features/turns.test.ts",
    "test/files/{compact-weights,stream-model,weight-plan}.test.ts",
    "test/inference/{generate-batch,generate-speculative}.test.ts",
    "test/inspection/inspection.test.ts",
    "test/model/{architectures,checkpointed-block,dispose}.test.ts",
    "test/training/{train,training-memory}.test.ts",
  ],
});
