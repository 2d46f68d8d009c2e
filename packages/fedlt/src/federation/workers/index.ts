/**
 * Federations over worker threads and web workers.
 *
 * @packageDocumentation
 */
export { serveTrain, webWorkerPool } from "./web-worker-pool";
export { type WorkerPool, workerTrain, workerTransport } from "./worker-transport";
