import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { onTestFinished } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** Bundles a script of this folder so that plain Node runs it; returns its path. */
export async function bundleScript(name: string, outDir: string): Promise<string> {
  await build({
    config: false,
    entry: { [name]: `${folder}support/${name}.ts` },
    format: ["esm"],
    target: "es2022",
    platform: "node",
    noExternal: [/^@deepgrain\//],
    outDir: `${folder}../node_modules/.cache/${outDir}`,
    silent: true,
  });
  return `${folder}../node_modules/.cache/${outDir}/${name}.js`;
}

/** Starts a script with Node; it is killed after the test. */
export function startScript(
  path: string,
  ...args: string[]
): ChildProcess & { output: () => string } {
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      text += data;
    });
  onTestFinished(() => void child.kill("SIGKILL"));
  return Object.assign(child, { output: () => text });
}

/** Resolves with the exit code, null after a signal. */
export const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once("exit", (code) => resolve(code)));

/** Kills a process as a power cut would, and waits for its end. */
export async function killNow(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await exitOf(child);
}
