import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolder, spawnOwned, writeFileAtomic } from "@deepgrain/support/files";
import { FedError } from "../../errors";
import { type NatsServerOptions, natsServerConfig } from "../nats/server-config";
import type { OwnProcesses, ProcessNote } from "./members";

/** A running server. */
interface Server {
  /** When it has ended. */
  readonly ended: Promise<void>;
  kill(): void;
}

/** Starts in a row that may fail, and the pause between two of them. */
const MOST_STARTS = 5;
const PAUSE_MS = 500;

/** Debian installs the program in a folder that may not be on an ordinary user's PATH. */
const PROGRAMS = ["nats-server", "/usr/sbin/nats-server"];

/** Starts one program and waits until it is ready; undefined if the program does not exist. */
function start(program: string, config: string, note: ProcessNote): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawnOwned(program, ["-c", config], {
      stdio: ["ignore", "ignore", "pipe"],
      endSignal: "SIGTERM", // which it takes for the time to close its store
    });
    const stderr = child.stderr!;
    const ended = new Promise<void>((end) => child.once("exit", () => end()));
    note("broker", child.pid);
    let log = "";
    stderr.on("data", (text: Buffer) => {
      log += text.toString();
      if (!log.includes("Server is ready")) return;
      stderr.removeAllListeners("data").resume();
      resolve({ ended, kill: () => child.kill() });
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve(undefined) : reject(error),
    );
    child.once("exit", (code) => {
      const last = log.trim().split("\n").at(-1) ?? "";
      const message = `fedlt/openLink: nats-server ended with code ${code}: ${last}`;
      reject(new FedError("ERR_TRANSPORT", message, { fields: { code } }));
    });
  });
}

async function startInstalled(config: string, note: ProcessNote): Promise<Server> {
  for (const program of PROGRAMS) {
    const server = await start(program, config, note);
    if (server) return server;
  }
  throw new FedError(
    "ERR_TRANSPORT",
    "fedlt/openLink: a broker of its own needs the program nats-server: apt-get install nats-server (Debian)",
  );
}

/**
 * Starts a NATS server for one run and waits until it is ready. If it dies, it is started again; its store is kept.
 *
 * @param folder for its configuration, which can also be used to start it elsewhere, and its store
 * @throws {FedError} `ERR_TRANSPORT` if there is no `nats-server`, or it does not start, with its last output
 */
export async function startBroker(
  folder: string,
  options: Omit<NatsServerOptions, "storeFolder">,
  note: ProcessNote,
): Promise<OwnProcesses> {
  await makeFolder(folder);
  const config = join(folder, "server.conf");
  const text = natsServerConfig({ ...options, storeFolder: join(folder, "store") });
  await writeFileAtomic(config, text, { mode: 0o600 });
  let server = await startInstalled(config, note);
  let isOver = false;
  const restart = async () => {
    for (let starts = 1; !isOver; starts++) {
      await sleep(PAUSE_MS);
      try {
        server = await startInstalled(config, note);
        if (isOver) server.kill();
        return;
      } catch (error) {
        if (starts === MOST_STARTS) throw error;
      }
    }
  };
  const keep = async () => {
    await server.ended;
    while (!isOver) {
      await restart();
      await server.ended;
    }
  };
  const kept = keep();
  const failed = kept.then(() => new Promise<never>(() => {}));
  failed.catch(() => undefined); // seen by those who wait for it
  const stop = async () => {
    isOver = true;
    server.kill();
    await kept.catch(() => undefined);
  };
  return { failed, stop };
}
