import { library } from "@deepgrain/tsup";
import { gatherTemplates } from "./build/gather-templates";

export default library({
  entry: ["src/main.ts"],
  platform: "node",
  dts: false,
  sourcemap: false,
  onSuccess: async () => gatherTemplates("dist/templates"),
  banner: { js: "#!/usr/bin/env node" },
});
