import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    main: "src/main.ts",
    "training-worker": "src/experiments/trainings/training-worker.ts",
  },
  platform: "node",
  dts: false,
  noExternal: ["@deepgrain/bench", "@deepgrain/files"],
  banner: { js: "#!/usr/bin/env node" },
});
