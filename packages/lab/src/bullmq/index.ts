export { type QueueExecutorOptions, type QueueOptions, queueExecutor } from "./queue-executor";
export { type ServeRunsOptions, type ServiceEvent, serveRuns } from "./serve-runs";
