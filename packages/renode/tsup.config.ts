import { library } from "@deepgrain/tsup";

export default library({
  entry: ["src/index.ts", "src/draw/index.ts", "src/fields.ts", "src/gnn/index.ts"],
  noExternal: ["graphology-utils"],
});
