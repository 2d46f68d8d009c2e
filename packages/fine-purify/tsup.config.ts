import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    encoders: "src/encoders/index.ts",
    fields: "src/fields.ts",
    files: "src/files/index.ts",
    fisher: "src/fisher/index.ts",
    miniature: "src/miniature/index.ts",
    training: "src/training/index.ts",
  },
});
