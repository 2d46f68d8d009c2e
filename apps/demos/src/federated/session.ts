import { answersTo } from "./answer";
import type { Answers } from "./answers";
import { unpackDigits } from "./digits";
import { type FederationEvent, federate, type Setup } from "./federate";
import type { Models } from "./names";

/** Events that a page is told of. */
export type SessionEvent = FederationEvent | { type: "answers"; answers: Answers };

const isSame = (one: Setup, other: Setup): boolean =>
  one.ratio === other.ratio &&
  one.rounds === other.rounds &&
  one.hasSecondHead === other.hasSecondHead &&
  one.seed === other.seed;

/** The work of the federation's page: it holds the networks of the last run. @param read the shipped digits */
export function createSession(read: (name: "digits.bin") => Promise<Blob>) {
  let digits: ReturnType<typeof unpackDigits> | undefined;
  let held: { setup: Setup; models: Models } | undefined;

  async function open() {
    digits ??= unpackDigits(new Uint8Array(await (await read("digits.bin")).arrayBuffer()));
    return digits;
  }

  async function* train(
    setup: Setup,
    signal: AbortSignal,
  ): AsyncGenerator<FederationEvent, Models> {
    const models = yield* federate(await open(), setup, signal);
    held = { setup, models };
    return models;
  }

  /** Trains both federations. */
  async function* run(setup: Setup, signal: AbortSignal): AsyncGenerator<FederationEvent, void> {
    yield* train(setup, signal);
  }

  /** The answers of a run’s networks to a digit; they are trained unless they are those of the run before. */
  async function* answer(
    { digit, ...setup }: Setup & { digit: string },
    signal: AbortSignal,
  ): AsyncGenerator<SessionEvent, void> {
    const { test } = await open();
    const models = held && isSame(held.setup, setup) ? held.models : yield* train(setup, signal);
    yield { type: "answers", answers: await answersTo(models, digit, test) };
  }

  return { run, answer };
}
