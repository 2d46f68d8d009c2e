import { spawn } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { UsageError } from "../cli/usage-error";
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
  /** The address for workers on other machines, without a password. */
  address: string;
  /** Stops the server if it was started here. */
  stop(): Promise<void>;
}

/** Debian's programs. */
const PROGRAMS = ["valkey-server", "/usr/bin/valkey-server", "redis-server"];

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts one program and waits until it accepts connections; undefined if the program does not exist. */
function start(
  program: string,
  port: number,
  note: (pid: number | undefined) => void,
): Promise<(() => Promise<void>) | undefined> {
  const own = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...own, "--dir", tmpdir()], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise<void>((end) => child.once("exit", () => end()));
    note(child.pid);
    const kill = () => child.kill("SIGKILL"); // nothing in it is to be kept: results are in the journal
    process.once("exit", kill);
    let log = "";
    child.stdout.on("data", (text: Buffer) => {
      log += text.toString();
      if (!log.includes("Ready to accept connections")) return;
      child.stdout.removeAllListeners("data").resume();
      resolve(async () => {
        process.off("exit", kill);
        kill();
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

async function startServer(processes: OwnProcesses): Promise<QueueServer> {
  const port = await freePort();
  for (const program of PROGRAMS) {
    const stop = await start(program, port, (pid) => processes.note("queue", pid));
    if (!stop) continue;
    const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
    return { connection, address: `redis://127.0.0.1:${port}`, stop };
  }
  throw new UsageError(
    "--queue start needs the program valkey-server: apt-get install valkey-server (Debian)",
  );
}

/**
 * The server that `--queue` names: `start` runs Debian's valkey-server on a port of its own, anything else is an address.
 *
 * @param processes where a server that is started is noted, so that the next command ends it if this one is killed
 * @throws {UsageError} for no address, or where the program is missing or ends
 */
export async function openQueue(
  queue: string,
  processes: OwnProcesses | undefined,
): Promise<QueueServer> {
  if (queue === "start" && processes) return startServer(processes);
  const url = URL.canParse(queue) ? new URL(queue) : null;
  if (!url || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "")
    throw new UsageError(
      `--queue must be start, or an address such as redis://host:6379, got "${queue}"`,
    );
  const connection = {
    host: url.hostname,
    port: url.port === "" ? 6379 : Number(url.port),
    ...(url.username !== "" && { username: decodeURIComponent(url.username) }),
    ...(url.password !== "" && { password: decodeURIComponent(url.password) }),
    ...(url.protocol === "rediss:" && { tls: {} }),
    maxRetriesPerRequest: null,
  };
  return { connection, address: `${url.protocol}//${url.host}`, stop: async () => undefined };
}
