import { once } from "node:events";
import { existsSync } from "node:fs";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { listen } from "@deepgrain/command-line/terminal/listen";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { watchHandler } from "@deepgrain/watch";
import type { watchFlags } from "./flags";

/** Only this machine; others reach it through a tunnel, such as `ssh -L`. */
const HOST = "127.0.0.1";

/** Connections at once; further ones are closed. A browser has up to six. */
const MOST_CONNECTIONS = 64;

/** `watch`. */
export const watch: RunCommand<typeof watchFlags> = async (
  { dir: folders, port },
  { write, progress, signal },
) => {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined)
    throw new UsageError(`<dir> must be a folder, which may be empty; there is no ${missing}`);
  const handler = watchHandler(folders);
  const limits = { headerTimeoutMs: 10_000, maxConnections: MOST_CONNECTIONS };
  const server = await listen(handler, { host: HOST, port, ...limits });
  write(`watching on ${server.url}${handler.entrance}\n`);
  progress.note("Open this address in a browser of this machine; Ctrl-C ends.");
  if (!signal.aborted) await once(signal, "abort");
  handler.close();
  await server.close();
};
