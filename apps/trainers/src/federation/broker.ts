import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type NatsServerOptions, natsServerConfig } from "@deepgrain/fedlt/nats";
import { makeFolder } from "@deepgrain/files";
import { UsageError } from "../cli/usage-error";

/** A broker that this process started. */
export interface Broker {
  stop(): Promise<void>;
}

/** Debian puts the program where the path of ordinary users may not lead. */
const PROGRAMS = ["nats-server", "/usr/sbin/nats-server"];

/** Runs one program until it says that it is ready; undefined where there is no such program. */
function start(program: string, config: string): Promise<Broker | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise<void>((end) => child.once("exit", () => end()));
    // The thread that a second Ctrl-C ends leaves no broker behind.
    const kill = () => child.kill();
    process.once("exit", kill);
    let log = "";
    child.stderr.on("data", (text: Buffer) => {
      log += text.toString();
      if (!log.includes("Server is ready")) return;
      child.stderr.removeAllListeners("data").resume();
      const stop = async () => {
        process.off("exit", kill);
        child.kill();
        await ended;
      };
      resolve({ stop });
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ENOENT" ? resolve(undefined) : reject(error),
    );
    child.once("exit", (code) => {
      const last = log.trim().split("\n").at(-1) ?? "";
      reject(new UsageError(`nats-server ended with code ${code}: ${last}`));
    });
  });
}

/**
 * Starts a NATS server for one run and waits until it is ready.
 *
 * @param folder takes its configuration, which can start it elsewhere too, and its store
 * @throws {UsageError} where there is no `nats-server`, or it does not start, with its last words
 */
export async function startBroker(
  folder: string,
  options: Omit<NatsServerOptions, "storeFolder">,
): Promise<Broker> {
  await makeFolder(folder);
  const config = join(folder, "server.conf");
  const text = natsServerConfig({ ...options, storeFolder: join(folder, "store") });
  await writeFile(config, text, { mode: 0o600 });
  for (const program of PROGRAMS) {
    const broker = await start(program, config);
    if (broker) return broker;
  }
  throw new UsageError(
    "--start-broker needs the program nats-server: apt-get install nats-server (Debian)",
  );
}
