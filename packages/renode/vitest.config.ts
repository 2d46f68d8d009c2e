import { configWithPages } from "@deepgrain/vitest/browser";

// Pages are driven from Node: no test runs inside one.
export default configWithPages({
  folder: "test/browser",
  pages: [],
  preloaded: [],
  isolated: ["test/gnn/{replayed-steps,training}.test.ts"], // count memory
});
