import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    fields: "src/fields.ts",
    "languages/index": "src/languages/index.ts",
    "sandbox/index": "src/sandbox/index.ts",
    "sandbox/worker": "src/sandbox/worker/worker.ts",
    "python/index": "src/python/index.ts",
    "python/child": "src/python/child/child.ts",
  },
});
