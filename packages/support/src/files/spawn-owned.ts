import type { ChildProcess, SpawnOptions } from "node:child_process";
import { nodeChildProcess, nodeFilesSync } from "./node-modules";

interface OwnedOptions extends SpawnOptions {
  /** The signal that ends the program when this process is gone; default SIGKILL. */
  endSignal?: "SIGKILL" | "SIGTERM" | undefined;
}

let hasSetpriv: boolean | undefined;

/** Whether the kernel can be asked to end a child with its parent: on Linux, by `setpriv` of util-linux. */
function canAskKernel(): boolean {
  hasSetpriv ??=
    process.platform === "linux" &&
    nodeChildProcess().spawnSync("setpriv", ["--pdeathsig", "KILL", "true"]).status === 0;
  return hasSetpriv;
}

/** Whether a program is there: `setpriv` does not tell as `spawn` does that it is missing. */
const isThere = (program: string): boolean =>
  (program.includes("/") ? [""] : (process.env.PATH ?? "").split(":").map((folder) => `${folder}/`))
    .map((folder) => folder + program)
    .some(nodeFilesSync().existsSync);

/** Ends a process when its number is `$0` and this process, which holds the other end of the shell's input, is gone. */
const watcher = (signal: string) => `trap "" HUP INT TERM; read -r _; kill -${signal} "$0"`;

/** Lets a shell wait for the end of this process, and end the child then. */
function watch(child: ChildProcess, signal: string): void {
  if (child.pid === undefined) return; // it could not be started
  const shell = nodeChildProcess().spawn("/bin/sh", ["-c", watcher(signal), String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.on("error", () => undefined); // there is none
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  child.once("exit", () => shell.kill("SIGKILL"));
}

/**
 * Starts a program that ends when this process does, whatever ends this one, SIGKILL included: Linux ends it with the
 * thread that called this; elsewhere, and where `setpriv` is missing, a shell does; on Windows Node's own job does.
 *
 * @param options as `spawn` takes them, with the signal that ends the program
 * @returns as `spawn`; its process is the program's own
 */
export function spawnOwned(
  program: string,
  args: readonly string[],
  { endSignal = "SIGKILL", ...options }: OwnedOptions,
): ChildProcess {
  const { spawn } = nodeChildProcess();
  const signal = endSignal.slice(3);
  if (canAskKernel() && isThere(program))
    return spawn("setpriv", ["--pdeathsig", signal, "--", program, ...args], options);
  const child = spawn(program, args, options);
  if (process.platform !== "win32") watch(child, signal);
  return child;
}
