import { library } from "@deepgrain/tsup";

export default library({
  entry: {
    index: "src/index.ts",
    charts: "src/charts/index.ts",
    workers: "src/workers/workers.ts",
    "worker-thread": "src/workers/worker-thread.ts",
    plot: "src/charts/plot.ts",
    "plot-in-node": "src/charts/plot-in-node.ts",
    bullmq: "src/bullmq/index.ts",
  },
  platform: "node",
  // Chosen where it is used: pages have it in their bundles, Node loads it with the first chart.
  external: [/^node:/, "#plot"],
});
