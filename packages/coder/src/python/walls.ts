import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Commands of Linux that start a process behind walls; each only where it works for this user. */
export interface Walls {
  /** `unshare`: a network namespace without connections. */
  readonly hasNamespace: boolean;
  /** `setpriv`: the kernel ends the process with the thread that started it, whatever ends that. */
  readonly hasParentSignal: boolean;
  /** `prlimit`: the kernel ends the process after so much processor time. */
  readonly hasTimeLimit: boolean;
}

const namespace = ["unshare", "-rn"];
const parentSignal = ["setpriv", "--pdeathsig", "KILL"];
const timeLimit = (seconds: number) => ["prlimit", `--cpu=${seconds}`];

async function works([command, ...args]: readonly string[]): Promise<boolean> {
  return promisify(execFile)(command!, [...args, "true"]).then(
    () => true,
    () => false,
  );
}

/** The walls that this user may put up here. */
export async function wallsHere(): Promise<Walls> {
  const [hasNamespace, hasParentSignal, hasTimeLimit] = await Promise.all([
    works(namespace),
    works(parentSignal),
    works(timeLimit(1000)),
  ]);
  return { hasNamespace, hasParentSignal, hasTimeLimit };
}

/**
 * A command behind walls. Each wall replaces itself by the next, so that the process keeps its id.
 *
 * @param seconds processor time after which the kernel ends it
 */
export function behindWalls(walls: Walls, seconds: number, command: readonly string[]): string[] {
  return [
    ...(walls.hasNamespace ? namespace : []),
    ...(walls.hasParentSignal ? parentSignal : []),
    ...(walls.hasTimeLimit ? timeLimit(seconds) : []),
    ...command,
  ];
}
