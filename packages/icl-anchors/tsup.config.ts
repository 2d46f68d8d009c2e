import { library } from "@deepgrain/tsup";

export default library({ entry: ["src/index.ts", "src/fields.ts"] });
