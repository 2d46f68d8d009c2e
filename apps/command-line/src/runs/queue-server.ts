import type { ChildProcessByStdio } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { disk, spawnOwned, writeFileAtomic } from "@deepgrain/support/files";
import type { OwnProcesses } from "./own-processes";

/** Where a queue's server is. */
export interface QueueServer {
  connection: {
    host: string;
    port: number;
    username?: string;
    password?: string;
    tls?: object;
    maxRetriesPerRequest: null;
  };
  /** The address, without its password. */
  address: string;
  /** With `start`, the file of mode 0600 that holds the address with its password, for workers. */
  file?: string;
  /** Stops the server if it was started here. */
  stop(): Promise<void>;
}

/** Options for starting a server. */
export interface QueueStart {
  /** The folder of the run. */
  readonly folder: string;
  readonly processes: OwnProcesses;
}

/** The file in the folder of a run that holds the server's address with its password. */
export const QUEUE_FILE = "queue.address";

/** Debian's programs. */
const PROGRAMS = ["valkey-server", "/usr/bin/valkey-server", "redis-server"];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/**
 * Starts one program and waits until it accepts connections; undefined if the program does not exist. The settings go
 * through its standard input, so that no list of processes shows the password.
 *
 * @param note is told the process
 */
function start(
  program: string,
  { port, password }: { port: number; password: string },
  note: (pid: number | undefined) => void,
): Promise<(() => Promise<void>) | undefined> {
  const settings = [
    `port ${port}`,
    "bind 127.0.0.1",
    `requirepass ${password}`,
    'save ""',
    "appendonly no",
    `dir ${tmpdir()}`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawnOwned(program, ["-"], { stdio: ["pipe", "pipe", "ignore"] });
    const { stdin, stdout } = child as ChildProcessByStdio<Writable, Readable, null>;
    stdin.on("error", () => undefined); // The exit below says why.
    stdin.end(`${settings.join("\n")}\n`);
    const ended = new Promise<void>((end) => child.once("exit", () => end()));
    note(child.pid);
    let log = "";
    stdout.on("data", (text: Buffer) => {
      log += text.toString();
      if (!log.includes("Ready to accept connections")) return;
      stdout.removeAllListeners("data").resume();
      resolve(async () => {
        child.kill("SIGKILL"); // nothing in it is to be kept: results are in the journal
        await ended;
      });
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve(undefined) : reject(error),
    );
    child.once("exit", (code) => {
      const last = log.trim().split("\n").at(-1) ?? "";
      reject(new UsageError(`${program} ended with code ${code}: ${last}`));
    });
  });
}

async function startServer({ folder, processes }: QueueStart): Promise<QueueServer> {
  const port = await freePort();
  const password = randomBytes(24).toString("hex");
  for (const program of PROGRAMS) {
    const stop = await start(program, { port, password }, (pid) => processes.note("queue", pid));
    if (!stop) continue;
    const file = join(folder, QUEUE_FILE);
    await writeFileAtomic(file, `redis://:${password}@127.0.0.1:${port}\n`, { mode: 0o600 });
    const connection = { host: "127.0.0.1", port, password, maxRetriesPerRequest: null };
    return {
      connection,
      address: `redis://127.0.0.1:${port}`,
      file,
      async stop() {
        await disk.rm(file);
        await stop();
      },
    };
  }
  throw new UsageError(
    "--queue start needs the program valkey-server: apt-get install valkey-server (Debian)",
  );
}

/** The address in a file that `start` wrote; anything else is an address itself. */
async function addressOf(queue: string): Promise<string> {
  if (/^rediss?:/.test(queue)) return queue;
  return (await readFile(queue, "utf8").catch(() => queue)).trim();
}

/** A part of an address without its escapes; undefined where one of them is none. */
function plainText(part = ""): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/**
 * The server that `--queue` names: `start` runs Debian's valkey-server on a port of its own with a password of its own,
 * anything else is an address, or a file that holds one.
 *
 * @param own where `start` writes the file for workers, and notes its process, which ends with this one, also when this one is
 *   killed; should it not, the next command ends it
 * @throws {UsageError} for no address, or where the program is missing or ends
 */
export async function openQueue(queue: string, own?: QueueStart): Promise<QueueServer> {
  if (queue === "start" && own !== undefined) return startServer(own);
  const address = await addressOf(queue);
  const url = URL.canParse(address) ? new URL(address) : null;
  const [username, password] = [plainText(url?.username), plainText(url?.password)];
  if (
    !url ||
    username === undefined ||
    password === undefined ||
    !["redis:", "rediss:"].includes(url.protocol) ||
    url.hostname === ""
  )
    throw new UsageError(
      `--queue must be start, or an address such as redis://host:6379, or a file that holds one, got "${queue}"`,
    );
  const connection = {
    host: url.hostname,
    port: url.port === "" ? 6379 : Number(url.port),
    ...(username !== "" && { username }),
    ...(password !== "" && { password }),
    ...(url.protocol === "rediss:" && { tls: {} }),
    maxRetriesPerRequest: null,
  };
  return { connection, address: `${url.protocol}//${url.host}`, stop: async () => undefined };
}
