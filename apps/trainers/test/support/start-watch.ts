import { resolve } from "node:path";
import { PassThrough } from "node:stream";
import { runCli } from "@deepgrain/command-line/commands/run-cli";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import { onTestFinished } from "vitest";
import { deepgrain } from "../../src/commands";

/** The command `watch` inside a test, which ends it. */
export interface Watching {
  /** Its address with the token. */
  entrance: string;
  /** Its address without. */
  url: string;
  token: string;
  /** Ends it as Ctrl-C does. @returns the exit code */
  stop(): Promise<number>;
}

/** Starts the command on folders, and waits until it listens. */
export async function startWatch(...folders: string[]): Promise<Watching> {
  const end = new AbortController();
  let told = (_: string): void => undefined;
  const listening = new Promise<string>((resolved) => {
    told = resolved;
  });
  const code = runCli(deepgrain, ["watch", ...folders], {
    resolve: (path) => resolve(path),
    readInput: async () => new Uint8Array(),
    write: (content) => told(String(content)),
    writeError: (text) => told(String(text)),
    progress: createProgress(new PassThrough()),
    signal: end.signal,
    version: "0.0.0",
  });
  const stop = () => {
    end.abort(new Error("interrupted"));
    return code;
  };
  onTestFinished(async () => void (await stop()));
  const text = await listening;
  const [, entrance] = /^watching on (http:\S+)$/m.exec(text) ?? [];
  if (entrance === undefined) throw new Error(text);
  const { origin, searchParams } = new URL(entrance);
  return { entrance, url: origin, token: searchParams.get("token")!, stop };
}
