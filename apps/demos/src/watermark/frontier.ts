import type { Both, Scheme } from "./names";
import { schemes } from "./names";
import type { createSession } from "./session";

/** Strengths of the picture, and texts of each. */
export const STRENGTHS = [1, 2, 3, 4, 6];
export const TEXTS = 10;

/** Texts of one scheme at one strength. */
export interface FrontierPoint {
  strength: number;
  /** Share of the message's bits that are read right after a quarter of the words is deleted. */
  bits: number;
  /** Oddness to the unmarked model, in nats per token. */
  nats: number;
}

/** Bits that two messages have in common. */
export const rightBits = (bits: readonly number[], meant: readonly number[]): number =>
  bits.filter((bit, i) => bit === meant[i]).length / meant.length;

type Session = Pick<ReturnType<typeof createSession>, "write" | "readAll">;

async function pointOf(
  { write, readAll }: Session,
  { scheme, payload, strength }: { scheme: Scheme; payload: string; strength: number },
  meant: readonly number[],
  signal: AbortSignal,
): Promise<FrontierPoint> {
  const sum = { bits: 0, nats: 0 };
  for (let seed = 1; seed <= TEXTS; seed++) {
    let text = "";
    for await (text of write({ scheme, payload, strength, seed }, signal));
    const run = { scheme, text, strength, seed, key: "own", attack: "delete" } as const;
    const runs = [0, 0.25].map((rate) => ({ ...run, rate }));
    for await (const { run, reading } of readAll(runs, signal)) {
      if (run.rate === 0) sum.nats += reading!.nats! / TEXTS;
      else sum.bits += rightBits(reading!.bits, meant) / TEXTS;
    }
  }
  return { strength, ...sum };
}
