import { library } from "@deepgrain/tsup";

export default library({
  entry: ["src/main.ts"],
  platform: "node",
  dts: false,
  banner: { js: "#!/usr/bin/env node" },
});
