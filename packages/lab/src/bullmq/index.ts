/**
 * Runs a study's variants on several machines, over BullMQ.
 *
 * @packageDocumentation
 */
export { queueExecutor } from "./queue-executor";
export { serveRuns } from "./serve-runs";
