import { library } from "@deepgrain/tsup";

export default library({ entry: { index: "src/index.ts", fields: "src/fields.ts" } });
