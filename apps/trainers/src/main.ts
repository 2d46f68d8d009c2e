import { resolve } from "node:path";
import { createProgress } from "./cli/progress";
import { exitCodes, runCli } from "./cli/run-cli";
import { deepgrain } from "./commands";

const interrupt = new AbortController();
let presses = 0;
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.on(name, () => {
    if (++presses > 1) process.exit(exitCodes.interrupted);
    interrupt.abort(new Error("interrupted"));
  });

const { INIT_CWD = process.cwd() } = process.env;

/** Ends the process only after stdout has taken everything, which matters for pipes. */
async function main(): Promise<void> {
  const code = await runCli(deepgrain, process.argv.slice(2), {
    resolve: (path) => resolve(INIT_CWD, path),
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    progress: createProgress(process.stderr),
    signal: interrupt.signal,
  });
  process.exitCode = code;
  await new Promise<void>((done) => void process.stdout.write("", () => done()));
  process.exit(code);
}

await main();
