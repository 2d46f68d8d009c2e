import { configWithPages } from "@deepgrain/vitest/browser";

export default configWithPages({
  folder: "test/browser",
  pages: ["plain"],
  preloaded: ["@deepgrain/tensor-gpu > gpu.js"],
  isolated: ["test/features/turns.test.ts"], // counts memory
});
