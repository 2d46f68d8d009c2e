import { randomUUID } from "node:crypto";
import { type ConnectionOptions, Queue } from "bullmq";
import type { RequestGate, RequestGateOptions } from "../completers/request-gate";
import { wait } from "../completers/wait";
import { having, optionsOf, PrmError, refuseUnknown } from "../errors";
import { defaultQueueName } from "./annotation-job";

/** Options of {@link createQueueGate}. */
export interface QueueGateOptions extends RequestGateOptions {
  /** The Redis or Valkey connection, passed to BullMQ. */
  readonly connection: ConnectionOptions;
  /** Default `"prm-annotate"`; the gates of one queue share their limits. */
  readonly queueName?: string | undefined;
}

/** A gate that is closed when no further request comes. */
export interface QueueGate extends RequestGate {
  close(): Promise<void>;
}

/** A request's place is given to others when its holder has not been heard of for this time, in milliseconds. */
const leaseMs = 30_000;
/** Time between two looks at a gate that is full, in milliseconds. */
const pollMs = 25;

const now = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)`;

/**
 * Scripts that the server runs, by its own clock. `enter` takes a place among the holders, once expired ones are gone,
 * and the next time to start: [1, milliseconds until then], or [0, 0] where all places are taken.
 */
const scripts = {
  prmGateEnter: {
    numberOfKeys: 2,
    lua: `${now}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return {0, 0} end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2)
local start = math.max(now, tonumber(redis.call('GET', KEYS[2]) or 0))
local after = start + ARGV[4]
redis.call('SET', KEYS[2], string.format('%.3f', after), 'PX', math.ceil(after - now) + 1000)
return {1, math.ceil(start - now)}`,
  },
  prmGateRenew: {
    numberOfKeys: 1,
    lua: `${now}
redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)`,
  },
  prmGateLeave: { numberOfKeys: 1, lua: "redis.call('ZREM', KEYS[1], ARGV[1])" },
  prmGatePause: {
    numberOfKeys: 1,
    lua: `${now}
local start = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], string.format('%.3f', start), 'PX', math.ceil(start - now) + 1000)`,
  },
};

/** The part of the server's client that runs scripts: `runCommand` in BullMQ 6, a method of the script's name in 5. */
interface ScriptClient {
  defineCommand(name: string, script: { numberOfKeys: number; lua: string }): void;
  runCommand?(name: string, given: unknown[]): Promise<unknown>;
}

/** The client of a queue's server, where BullMQ 6 and 5 keep it. */
async function clientOf(queue: Queue): Promise<ScriptClient> {
  const own = queue as unknown as {
    getBackend?(): { client: Promise<ScriptClient> };
    client: Promise<ScriptClient>;
  };
  const client = await (own.getBackend ? own.getBackend().client : own.client);
  for (const [name, script] of Object.entries(scripts)) client.defineCommand(name, script);
  return client;
}

/**
 * A gate whose limits hold for all processes together that use a queue: who makes requests is written down in its server,
 * for 30 s at a time, so that the place of a process that dies becomes free again.
 *
 * @param options.concurrency requests at a time over all processes. Default 8
 * @param options.requestsPerMinute started over all processes. Default: unlimited
 * @throws {PrmError} `ERR_RANGE` for limits that are not positive
 */
export function createQueueGate(options: QueueGateOptions): QueueGate {
  const {
    connection,
    queueName = defaultQueueName,
    concurrency = 8,
    requestsPerMinute = Number.POSITIVE_INFINITY,
    ...rest
  } = optionsOf("createQueueGate", options);
  refuseUnknown("createQueueGate", rest);
  having("createQueueGate", "options", options, "connection");
  if (!(Number.isSafeInteger(concurrency) && concurrency > 0 && requestsPerMinute > 0))
    throw new PrmError(
      "ERR_RANGE",
      `createQueueGate: concurrency and requestsPerMinute must be positive, got ${concurrency} and ${requestsPerMinute}`,
      { fields: { concurrency, requestsPerMinute } },
    );
  const queue = new Queue(queueName, { connection });
  queue.on("error", () => undefined); // BullMQ reconnects
  const [holders, nextStart] = [`prm-gate:${queueName}:holders`, `prm-gate:${queueName}:next`];
  const spacingMs = 60_000 / requestsPerMinute;
  let client: Promise<ScriptClient> | undefined;

  async function call(name: keyof typeof scripts, ...given: (string | number)[]): Promise<unknown> {
    client ??= clientOf(queue);
    const server = await client;
    if (server.runCommand) return server.runCommand(name, given);
    return (server as unknown as Record<string, (...own: unknown[]) => unknown>)[name]!(...given);
  }

  async function place(holder: string, signal: AbortSignal | undefined): Promise<number> {
    for (;;) {
      signal?.throwIfAborted();
      const [isIn, delayMs] = (await call(
        "prmGateEnter",
        holders,
        nextStart,
        holder,
        concurrency,
        leaseMs,
        spacingMs,
      )) as [number, number];
      if (isIn === 1) return delayMs;
      await wait(pollMs, signal);
    }
  }

  return {
    pause: (ms) => void call("prmGatePause", nextStart, ms).catch(() => undefined),
    async run(request, signal) {
      const holder = randomUUID();
      const delayMs = await place(holder, signal);
      const renewing = setInterval(
        () => void call("prmGateRenew", holders, holder, leaseMs).catch(() => undefined),
        leaseMs / 3,
      );
      try {
        await wait(delayMs, signal);
        return await request();
      } finally {
        clearInterval(renewing);
        await call("prmGateLeave", holders, holder);
      }
    },
    close: () => queue.close(),
  };
}
