import { once } from "node:events";
import type { CliContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { requireWith } from "@deepgrain/command-line/flags/given-together";
import { isLoopback, listen } from "@deepgrain/command-line/terminal/listen";
import { createHandler, type HandlerOptions, type RequestRecord } from "@deepgrain/serve";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { serveFlags } from "./flags";
import { openModels } from "./open-models";

type Given = Values<typeof serveFlags>;

/** The keys in the variable that the flags name. @throws {UsageError} where it is empty, or where a key is needed */
function keysOf({ apiKeyVariable, key: isNeeded, host }: Given): string[] {
  if (apiKeyVariable === undefined) {
    if (isNeeded && !isLoopback(host))
      throw new UsageError(
        `--host ${host} can be reached from outside: give --api-key-variable, or --no-key to serve everybody`,
      );
    return [];
  }
  const keys = (process.env[apiKeyVariable] ?? "").split(/[\s,]+/).filter((key) => key !== "");
  if (keys.length === 0)
    throw new UsageError(`--api-key-variable: ${apiKeyVariable} is empty or not set`);
  return keys;
}

/** A line per request; nothing of its text. */
const logLine = ({ method, path, status, tokens, milliseconds }: RequestRecord) =>
  `${method} ${path.slice(0, 200)} ${status} ${tokens} tokens ${milliseconds} ms\n`;

function handlerOptions(given: Given, { writeError }: CliContext): HandlerOptions {
  const { host, allowHost, allowOrigin, doors, maxNewTokens, maxN } = given;
  const bound = host.includes(":") ? `[${host}]` : host;
  return {
    keys: keysOf(given),
    allowHosts: [bound, "localhost", ...allowHost].map((name) => name.toLowerCase()),
    allowOrigins: allowOrigin,
    doors,
    maxNewTokens,
    maxN,
    onRequest: (record) => writeError(logLine(record)),
  };
}

/** Resolves when work has ended, or after some time. */
async function atMost(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 1000 * seconds);
  });
  await Promise.race([work, passed]);
  clearTimeout(timer);
}

/** `serve`. */
export const serve: RunCommand<typeof serveFlags> = async (given, context) => {
  const { model: folders, alias: aliases, toolFormat, dtype, ...rest } = given;
  const { maxSequences, cacheTokens, queue, prefixCache, ...others } = rest;
  const { host, port, headerTimeout, maxConnections, drain } = others;
  const { watermark, watermarkKey, payload } = others;
  const mark = { watermark, watermarkKey, payload };
  requireWith({ watermarkKey, payload }, { watermark });
  const batcher = { maxSequences, cacheTokens, queue, prefixCache };
  const options = { ...handlerOptions(given, context), batcher };
  const generation = { dtype, batcher, watermark: mark };
  const opened = await openModels(folders, { aliases, toolFormat, generation });
  try {
    const handler = createHandler(opened.models, options);
    const headerTimeoutMs = 1000 * headerTimeout;
    const server = await listen(handler, { host, port, headerTimeoutMs, maxConnections });
    context.write(`listening on ${server.url}\n`);
    if (!context.signal.aborted) await once(context.signal, "abort");
    await atMost(drain, handler.drain());
    await handler.close();
    await server.close();
  } finally {
    await opened.stop();
  }
};
