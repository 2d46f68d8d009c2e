/**
 * Annotation on several machines: a producer and any number of workers on BullMQ.
 *
 * @packageDocumentation
 */
export { annotateByQueue } from "./annotate-by-queue";
export { createAnnotationWorker } from "./annotation-worker";
export { createQueueGate, type QueueGate } from "./queue-gate";
