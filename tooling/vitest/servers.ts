/** @file Servers that tests start: Debian's `valkey-server` and `nats-server`, on free ports of the loopback address. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";

const find = (names: readonly string[]) =>
  names.find((name) => spawnSync(name, ["--version"]).status === 0);

const valkey = find(["valkey-server", "redis-server"]);
const nats = find(["nats-server", "/usr/sbin/nats-server"]);

/** Skips tests where a server is missing and says so once; in CI they run, and fail. */
function isMissing(program: string | undefined, name: string): boolean {
  const missing = program === undefined && !process.env.CI;
  if (missing)
    process.stderr.write(
      `No ${name} here: tests with it are skipped. Run \`apt-get install ${name}\` (Debian).\n`,
    );
  return missing;
}

/** Whether tests that need Valkey are skipped. */
export const valkeyIsMissing = isMissing(valkey, "valkey-server");

/** Whether tests that need NATS are skipped. */
export const natsIsMissing = isMissing(nats, "nats-server");

/** Two ports of the loopback address that nothing listens on; one after another could be the same. */
export async function freePorts(): Promise<[number, number]> {
  const probes = [createServer(), createServer()].map((probe) => probe.listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  for (const probe of probes) probe.close();
  await Promise.all(probes.map((probe) => once(probe, "close")));
  return ports as [number, number];
}

/** A port of the loopback address that nothing listens on. */
export const freePort = async (): Promise<number> => (await freePorts())[0];

/** Ends a process as a power cut would, and waits for its end. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

/** A server in memory on a port of its own. */
export interface Valkey {
  /** How BullMQ connects to it. */
  connection: { host: string; port: number; maxRetriesPerRequest: null };
  close(): Promise<void>;
}

/** Starts a Valkey that keeps nothing on disk. */
export async function startValkey(): Promise<Valkey> {
  const port = await freePort();
  const settings = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn(valkey ?? "valkey-server", [...settings, "--dir", tmpdir()], {
    stdio: "ignore",
  });
  child.on("error", () => {}); // told below
  while (!(await accepts(port))) {
    if (child.pid === undefined || child.exitCode !== null)
      throw new Error(`valkey-server did not start, or ended with code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    connection: { host: "127.0.0.1", port, maxRetriesPerRequest: null },
    close: () => kill(child),
  };
}

/** A broker's process, which can be ended and started again with the same store. */
export interface NatsProcess {
  start(): Promise<void>;
  kill(): Promise<void>;
}

/** A NATS server with a configuration, started. @param config path of the file */
export async function startNats(config: string): Promise<NatsProcess> {
  let child: ChildProcess | undefined;
  const start = async () => {
    const started = spawn(nats ?? "nats-server", ["-c", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = started;
    let log = "";
    await new Promise<void>((resolve, reject) => {
      started.stderr.on("data", (text) => {
        log += text;
        if (log.includes("Server is ready")) resolve();
      });
      started.once("error", reject);
      started.once("exit", () => reject(new Error(`nats-server ended: ${log}`)));
    });
  };
  await start();
  return {
    start,
    kill: async () => {
      if (child) await kill(child);
    },
  };
}
