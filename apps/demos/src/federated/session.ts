import { unpackDigits } from "./digits";
import { type FederationEvent, federate, type Setup } from "./federate";

/** The work of the federation's page. @param read the shipped digits */
export function createSession(read: (name: "digits.bin") => Promise<Blob>) {
  let digits: ReturnType<typeof unpackDigits> | undefined;

  async function* run(setup: Setup, signal: AbortSignal): AsyncGenerator<FederationEvent, void> {
    digits ??= unpackDigits(new Uint8Array(await (await read("digits.bin")).arrayBuffer()));
    yield* federate(digits, setup, signal);
  }

  return { run };
}
