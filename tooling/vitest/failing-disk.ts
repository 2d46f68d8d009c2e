/** @file The file operations of `support`, of which one fails, as if the disk was full or broken, or the process was killed. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * How an operation fails. `ENOSPC`: as on a full disk, after half of a text is written; what needs no room meets `EIO` instead.
 * `EIO`: it does nothing. `kill`: it is not done, nor is any later one, as after `kill -9`. `half`: a text is written, or a
 * folder deleted, by half, and then as `kill`.
 */
export const failures = ["ENOSPC", "EIO", "half", "kill"] as const;
export type Failure = (typeof failures)[number];

/** An operation that was called. */
export interface Operation {
  name: string;
  /** Where in the sources: the function that called the table and its file and line. */
  place: string;
}

/** The operations while they are counted. */
export interface FailingDisk {
  /** Those that were called, in order. */
  readonly operations: readonly Operation[];
  /** The one that failed; undefined where it was not reached. */
  readonly failed: Operation | undefined;
  /** Files that are open, and operations that have not ended. */
  running(): number;
  /**
   * Lets everything work again, in a new process as far as files can tell: what was open is closed, and locks and temporary
   * files of before are those of a process that is gone.
   */
  restart(): Promise<void>;
}

/** The part of `@deepgrain/support/files` that this takes the place of. */
interface Files {
  disk: object;
  thisProcess(): { start: string };
}

interface Handle {
  close(): Promise<void>;
  appendFile(content: string | Uint8Array): Promise<void>;
}

type Work = (...args: unknown[]) => unknown;

const needsRoom = /^(open|write|sync|mkdir|mkdtemp|rename|link|symlink|writeNow|renameNow)$/;

const systemError = (code: string, name: string) =>
  Object.assign(new Error(`${code}: ${name}, injected`), { code });

const halfOf = (content: unknown) => {
  const bytes = typeof content === "string" ? Buffer.from(content) : (content as Uint8Array);
  return bytes.subarray(0, bytes.length >> 1);
};

/** The nearest callers, without this file and the table. */
function placeOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  const own = frames.filter((line) => !/failing-disk|files\/disk\.ts|node:internal/.test(line));
  const [near = ""] = own.map((line) =>
    line.replace(/^ +at (async )?/, "").replace(/\(?(file:\/\/)?\/.*?((packages|apps)\/)/, "($2"),
  );
  return near.replace(/:\d+\)?$/, "").replace("(", "");
}

/** Starts of processes that never were. */
let nextStart = 1_000_000;

/**
 * Counts the operations of the table until `restart` or the end of the test, and lets one of them fail. Nothing is forced to
 * the disk meanwhile, as no loss of power is simulated.
 * @param files of `@deepgrain/support/files`
 * @param fault which one, counted from 1, and how; undefined to count alone
 */
export function failingDisk(
  { disk, thisProcess }: Files,
  fault?: { at: number; failure: Failure },
): FailingDisk {
  const table = disk as Record<string, Work>;
  const real = { ...table };
  const { start } = thisProcess();
  onTestFinished(() => {
    Object.assign(table, real);
    thisProcess().start = start;
  });
  const operations: Operation[] = [];
  const open = new Set<Handle>();
  let [failed, isDead, waiting]: [Operation | undefined, boolean, number] = [undefined, false, 0];

  /** Does half of an operation. */
  function doHalf(name: string, [first, second]: readonly unknown[]): unknown {
    if (name === "write") return (first as Handle).appendFile(halfOf(second));
    if (name === "writeNow") return real.writeNow!(first, halfOf(second).toString());
    if (name !== "rmTree") return undefined;
    const names = readdirSync(first as string);
    for (const one of names.slice(0, names.length >> 1))
      rmSync(join(first as string, one), { recursive: true });
  }

  /** What an operation meets: nothing, or the error to throw once the rest is done. */
  function meet(
    name: string,
    args: readonly unknown[],
  ): { error: Error; half: unknown } | undefined {
    const operation = { name, place: placeOf(new Error("here")) };
    if (isDead) return { error: new Error("killed"), half: undefined };
    operations.push(operation);
    if (operations.length !== fault?.at) return undefined;
    failed = operation;
    const { failure } = fault;
    isDead = failure === "kill" || failure === "half";
    if (isDead)
      return { error: new Error("killed"), half: failure === "half" && doHalf(name, args) };
    const code = failure === "ENOSPC" && !needsRoom.test(name) ? "EIO" : failure;
    return { error: systemError(code, name), half: code === "ENOSPC" && doHalf(name, args) };
  }

  async function later(name: string, args: readonly unknown[]): Promise<unknown> {
    const fate = meet(name, args);
    if (fate) {
      await fate.half;
      if (name === "close") await end(args[0] as Handle); // as systems do, whatever they answer
      throw fate.error;
    }
    if (name === "sync") return undefined;
    const result = await real[name]!(...args);
    if (name === "open") open.add(result as Handle);
    if (name === "close") open.delete(args[0] as Handle);
    return result;
  }

  async function end(handle: Handle): Promise<void> {
    open.delete(handle);
    await handle.close();
  }

  for (const name of Object.keys(real))
    table[name] = name.endsWith("Now")
      ? (...args) => {
          const fate = meet(name, args);
          if (fate) throw fate.error;
          return real[name]!(...args);
        }
      : async (...args) => {
          waiting++;
          try {
            return await later(name, args);
          } finally {
            waiting--;
          }
        };
  return {
    operations,
    get failed() {
      return failed;
    },
    running: () => open.size + waiting,
    async restart() {
      Object.assign(table, real);
      for (const handle of open) await end(handle);
      thisProcess().start = `${++nextStart}`;
    },
  };
}
