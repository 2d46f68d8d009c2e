import { startValkey as start, type Valkey } from "@deepgrain/vitest/servers";
import { onTestFinished } from "vitest";

/** Starts a server of the test's own, which is stopped after it. @returns how to connect to it */
export async function startValkey(): Promise<Valkey["connection"]> {
  const { connection, close } = await start();
  onTestFinished(close);
  return connection;
}
