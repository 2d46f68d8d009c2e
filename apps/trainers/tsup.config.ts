import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    main: "src/main.ts",
    "training-worker": "src/experiments/trainings/training-worker.ts",
    "workloads/index": "src/workloads/index.ts",
  },
  platform: "node",
  dts: false,
  banner: { js: "#!/usr/bin/env node" },
});
