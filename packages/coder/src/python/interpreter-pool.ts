import type { Interpreter } from "./interpreter";
import { usedBy } from "./watch";

/** Interpreters that start ahead while a program runs. */
const AHEAD = 2;

/** Time for starting an interpreter, which takes seconds on a busy machine. */
const START_MS = 120_000;

/** Processor time for starting an interpreter, and between two looks at it. */
const START_SECONDS = 60;

/** How one interpreter starts, from a snapshot if there is one. */
export type StartInterpreter = (
  snapshot: Uint8Array | undefined,
  mostSeconds: number,
) => Interpreter;

/** Whether the kernel lets an interpreter run for so long. */
export const canRun = (interpreter: Interpreter, seconds: number): boolean =>
  interpreter.mostSeconds - usedBy(interpreter).seconds > seconds + 1;

/**
 * Fresh interpreters. They start from the memory of the first, as it was before any job.
 *
 * @param start starts an interpreter
 */
export function interpreterPool(start: StartInterpreter) {
  const starting: { interpreter: Interpreter; ready: Promise<Interpreter | undefined> }[] = [];
  let snapshot: Uint8Array | undefined;
  let isDropped = false;

  async function wait(interpreter: Interpreter): Promise<Interpreter | undefined> {
    const timer = setTimeout(interpreter.kill, START_MS);
    const line = await interpreter.next();
    clearTimeout(timer);
    const { isReady, snapshotBytes } = line === undefined ? {} : JSON.parse(line);
    if (!isReady) return undefined;
    const given = await interpreter.snapshot;
    if (given.length > 0 && given.length === snapshotBytes) snapshot = given;
    return interpreter;
  }

  function startOne(seconds: number): void {
    const interpreter = start(snapshot, Math.ceil(seconds) + START_SECONDS);
    starting.push({ interpreter, ready: wait(interpreter) });
  }

  return {
    /** A fresh interpreter, which may run for so many seconds; undefined where it did not start. */
    async take(seconds: number): Promise<Interpreter | undefined> {
      if (isDropped) return undefined;
      if (starting.length === 0) startOne(seconds);
      const interpreter = await starting.shift()!.ready;
      if (interpreter === undefined || canRun(interpreter, seconds)) return interpreter;
      interpreter.kill();
      return this.take(seconds);
    },
    /** Starts the next ones. */
    prepare(seconds: number): void {
      while (!isDropped && snapshot !== undefined && starting.length < AHEAD) startOne(seconds);
    },
    drop(): void {
      isDropped = true;
      for (const { interpreter } of starting.splice(0)) interpreter.kill();
    },
  };
}
