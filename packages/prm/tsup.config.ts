import { library } from "@deepgrain/tsup";

export default library({
  entry: [
    "src/index.ts",
    "src/ai-sdk/index.ts",
    "src/bullmq/index.ts",
    "src/fields.ts",
    "src/lm/index.ts",
    "src/pages/index.ts",
    "src/transformers/index.ts",
    "src/world/index.ts",
  ],
});
