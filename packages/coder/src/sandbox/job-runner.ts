import { CoderError } from "../errors";
import { patience } from "../patience";
import type { Answer, Job, Outcome } from "./job";
import { startThread, type Thread } from "./thread";

/** A job that did not end by itself, and why. */
export interface Lost {
  readonly lost: string;
}

interface Waiting {
  answer(answer: Answer): void;
  lose(reason: string): void;
}

const missing = (reason: string) =>
  new CoderError(
    "ERR_MISSING",
    `createSandbox: QuickJS cannot be loaded; npm i quickjs-emscripten-core@0.32.0 @jitl/quickjs-wasmfile-release-sync@0.32.0 (${reason})`,
  );

/**
 * Runs jobs one after another in a thread, which is started when it is needed and ended when a job does not answer.
 *
 * @param worker module of the thread
 */
export function jobRunner(worker: URL) {
  let thread: Thread | undefined;
  let waiting: Waiting | undefined;
  let isDisposed = false;

  function running(): Thread {
    if (thread !== undefined) return thread;
    const own = startThread(worker);
    own.listen(
      (answer) => {
        if (thread === own) waiting?.answer(answer);
      },
      (reason) => {
        if (thread !== own) return;
        thread = undefined;
        waiting?.lose(reason);
      },
    );
    thread = own;
    return own;
  }

  function end(): void {
    thread?.end();
    thread = undefined;
  }

  return {
    /** @throws {CoderError} `ERR_MISSING` where QuickJS is not installed, `ERR_SANDBOX` after `dispose` */
    run(job: Job): Promise<Outcome | Lost> {
      if (isDisposed) throw new CoderError("ERR_SANDBOX", "sandbox: it was disposed");
      return new Promise<Outcome | Lost>((resolve, reject) => {
        const { killMs } = job.limits;
        let used = 0;
        const tooLate = () => {
          end();
          waiting?.lose(`it was ended after ${killMs} ms or more`);
        };
        const stop = patience(killMs, () => used, tooLate);
        const settle = (how: () => void) => {
          stop();
          waiting = undefined;
          how();
        };
        waiting = {
          answer(answer) {
            if (answer.type === "missing") {
              end();
              settle(() => reject(missing(answer.message)));
            } else if (answer.type === "ready" || answer.id !== job.id) return;
            else if (answer.type === "used") used = answer.share;
            else settle(() => resolve(answer.outcome));
          },
          lose: (lost) => settle(() => resolve({ lost })),
        };
        running().post(job);
      });
    },
    dispose(): void {
      isDisposed = true;
      end();
      waiting?.lose("it was disposed");
    },
  };
}
