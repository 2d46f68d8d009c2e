export { queueExecutor } from "./queue-executor";
export { serveRuns } from "./serve-runs";
