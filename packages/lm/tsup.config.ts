import { library } from "@deepgrain/tsup";

export default library({
  entry: [
    "src/index.ts",
    "src/ai-sdk/index.ts",
    "src/evaluation/index.ts",
    "src/json-schema/index.ts",
    "src/fields.ts",
    "src/hub/index.ts",
    "src/tools/index.ts",
  ],
});
