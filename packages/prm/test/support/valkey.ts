import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";
import { killNow } from "./children";

const places = ["/usr/bin/valkey-server", "/usr/bin/redis-server"];
const server = places.find((path) => existsSync(path));

/** True without Debian's valkey-server (or redis-server): tests that need it are skipped, in CI they fail. */
export const valkeyIsMissing = server === undefined && !process.env.CI;

if (valkeyIsMissing)
  process.stderr.write(
    "No valkey-server here: tests of the queue are skipped. Run `apt-get install valkey-server` (Debian).\n",
  );

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Starts a server on a port of its own that keeps nothing on disk; it is stopped after the test. */
export async function startValkey(): Promise<{
  host: string;
  port: number;
  maxRetriesPerRequest: null;
}> {
  const port = await freePort();
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ];
  const child = spawn(server!, [...settings, "--dir", tmpdir()], { stdio: "ignore" });
  onTestFinished(async () => {
    await killNow(child);
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${server} ended with code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { host: "127.0.0.1", port, maxRetriesPerRequest: null };
}
