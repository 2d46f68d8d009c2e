import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type NatsServerOptions, natsServerConfig } from "@deepgrain/fedlt/nats";
import { makeFolder } from "@deepgrain/support/files";
import { UsageError } from "../cli/usage-error";

/** A broker that this process started. */
export interface Broker {
  stop(): Promise<void>;
}

/** Debian installs the program in a folder that may not be on an ordinary user's PATH. */
const PROGRAMS = ["nats-server", "/usr/sbin/nats-server"];

/** Starts one program and waits until it is ready; undefined if the program does not exist. */
function start(program: string, config: string): Promise<Broker | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise<void>((end) => child.once("exit", () => end()));
    // No broker is left running if a second Ctrl-C ends the thread.
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
 * @param folder for its configuration, which can also be used to start it elsewhere, and its store
 * @throws {UsageError} if there is no `nats-server`, or it does not start, with its last output
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
