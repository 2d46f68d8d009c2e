import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    fields: "src/fields.ts",
    eigen: "src/diagnosis/eigen.ts",
    "eigen-in-node": "src/diagnosis/eigen-in-node.ts",
  },
  // Chosen where it is used: pages have it in their bundles, Node loads it with the first diagnosis.
  external: [/^node:/, "#eigen"],
});
