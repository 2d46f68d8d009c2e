/** @file Annotation on several machines: a producer and any number of workers on BullMQ. */
export { type AnnotateByQueueOptions, annotateByQueue } from "./annotate-by-queue";
export {
  type AnnotationWorker,
  type AnnotationWorkerOptions,
  createAnnotationWorker,
} from "./annotation-worker";
export { createQueueGate, type QueueGate, type QueueGateOptions } from "./queue-gate";
