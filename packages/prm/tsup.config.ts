import { library } from "@deepgrain/tsup";

export default library({
  entry: [
    "src/index.ts",
    "src/ai-sdk/index.ts",
    "src/bullmq/index.ts",
    "src/lm/index.ts",
    "src/transformers/index.ts",
    "src/world/index.ts",
  ],
});
