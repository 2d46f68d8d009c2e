import type { TensorError } from "../errors";
import type { Pending } from "./gpu-js";

/** Runs jobs in the order of calls: synchronously, until one returns a promise; from then on one after the other. */
export interface JobQueue {
  /** True while every job was complete when its call returned. */
  readonly isSynchronous: boolean;
  submit(job: () => Pending<void>): void;
  /** Settles when all jobs so far are complete. */
  idle(): Promise<void>;
  /** @throws the error of the job that was waited for */
  assertNoFailure(): void;
}

export const isPromise = <T>(value: Pending<T>): value is Promise<T> =>
  typeof (value as Promise<T> | undefined)?.then === "function";

/** Continues with a result now or when it becomes available. */
export const whenDone = <A, B>(value: Pending<A>, next: (value: A) => Pending<B>): Pending<B> =>
  isPromise(value) ? value.then(next) : next(value);

/** @param explain converts an error of gpu.js into an error for users */
export function createJobQueue(explain: (error: unknown) => TensorError): JobQueue {
  let tail: Promise<void> | undefined;
  let failure: TensorError | undefined;
  return {
    get isSynchronous() {
      return tail === undefined;
    },
    submit(job) {
      let result: Pending<void>;
      try {
        result = tail ? tail.then(job) : job();
      } catch (error) {
        throw explain(error);
      }
      if (isPromise(result))
        tail = result.catch((error) => {
          failure ??= explain(error);
        });
    },
    async idle() {
      await tail;
    },
    assertNoFailure() {
      if (failure) throw failure;
    },
  };
}
