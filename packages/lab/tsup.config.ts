import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    charts: "src/charts/index.ts",
    workers: "src/workers/workers.ts",
    "worker-thread": "src/workers/worker-thread.ts",
    bullmq: "src/bullmq/index.ts",
  },
  platform: "node",
});
