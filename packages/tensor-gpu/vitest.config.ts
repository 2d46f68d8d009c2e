import { configWithPages } from "@deepgrain/vitest/browser";

export default configWithPages({
  folder: "test/browser/conformance",
  pages: ["isolated", "plain"],
  preloaded: ["gpu.js"],
});
