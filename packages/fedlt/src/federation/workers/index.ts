export { serveTrain, webWorkerPool } from "./web-worker-pool";
export { type WorkerPool, workerTrain, workerTransport } from "./worker-transport";
