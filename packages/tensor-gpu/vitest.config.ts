import { configWithPages } from "@deepgrain/vitest/browser";

export default configWithPages({
  folder: "test/browser/conformance",
  pages: ["isolated", "plain"],
  preloaded: ["gpu.js"],
  isolated: [
    "test/{backends,copies}.test.ts", // load the package more than once
    "test/autograd/{autograd,forgotten}.test.ts", // count memory, as the next three
    "test/nn/nn.test.ts",
    "test/ops/{in-place,linear-cross-entropy,refuse-nan}.test.ts",
    "test/{optim/composed-optimisers,wasm/record-step}.test.ts",
    "test/blas/open-blas.test.ts", // looks for libraries that other files load
    "test/faults/**/*.test.ts", // fills memory
    "test/gpu/kernel-runner.test.ts", // replaces the GPU
    "test/tensor/abortable.test.ts", // starts a thread
  ],
});
