export { type WorkerPool, workerTrain, workerTransport } from "./worker-transport";
