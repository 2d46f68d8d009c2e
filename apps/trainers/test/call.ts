import { resolve } from "node:path";
import { PassThrough } from "node:stream";
import { runCli } from "@deepgrain/command-line/commands/run-cli";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import { streamWriter } from "@deepgrain/command-line/terminal/stream-writer";
import { deepgrain } from "../src/commands";

/** Runs a command line inside the test, as from `cwd`. */
export async function call(
  args: readonly string[],
  {
    cwd = ".",
    signal = new AbortController().signal,
    input = "",
    columns,
    onError = () => undefined,
  }: {
    cwd?: string;
    signal?: AbortSignal | undefined;
    input?: string;
    columns?: number;
    /** Called with what is written to standard error, as it comes. */
    onError?: (text: string) => void;
  } = {},
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const stderr = new PassThrough();
  stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    onError(chunk.toString());
  });
  const code = await runCli(deepgrain, args, {
    resolve: (path) => resolve(cwd, path),
    readInput: async () => Buffer.from(input),
    write: streamWriter(false, (content) => {
      out += typeof content === "string" ? content : Buffer.from(content).toString("latin1");
    }),
    writeError: streamWriter(false, (content) => void stderr.write(content)),
    progress: createProgress(stderr),
    signal,
    columns,
    version: "0.0.0",
  });
  return { code, out, err };
}
