import { type Both, type Scheme, schemes } from "./names";
import { payloadBits } from "./payload-code";
import type { FrontierPoint } from "./recorded";
import type { createSession } from "./session";

/** Strengths of the mark that are compared, and texts of each. */
const [STRENGTHS, TEXTS] = [[1, 2, 3, 4, 6], 10];
/** Share of the tokens that is deleted before a second reading. */
const DELETED = 0.25;

type Session = Pick<ReturnType<typeof createSession>, "write" | "readAll">;

/** Means over texts of one scheme at one strength. */
export async function measurePoint(
  { write, readAll }: Session,
  part: { scheme: Scheme; payload: string; strength: number },
  signal: AbortSignal,
): Promise<FrontierPoint> {
  const meant = payloadBits(part.payload);
  const sums = { nats: 0, bits: 0, bitsDeleted: 0 };
  for (let seed = 1; seed <= TEXTS; seed++) {
    let text = "";
    for await (text of write({ ...part, seed }, signal));
    const run = { ...part, text, seed, key: "own", attack: "delete" } as const;
    const runs = [0, DELETED].map((rate) => ({ ...run, rate }));
    for await (const { run, reading } of readAll(runs, signal)) {
      const right = reading!.bits.filter((bit, i) => bit === meant[i]).length / meant.length;
      sums[run.rate === 0 ? "bits" : "bitsDeleted"] += right / TEXTS;
      if (run.rate === 0) sums.nats += reading!.nats! / TEXTS;
    }
  }
  return { strength: part.strength, texts: TEXTS, ...sums };
}

/** The cost of texts and the share of a message that is read from them, by strength of the mark, for both schemes. */
export async function measureFrontier(
  session: Session,
  payload: string,
  signal: AbortSignal,
): Promise<Both<FrontierPoint[]>> {
  const points: Both<FrontierPoint[]> = { balanced: [], plain: [] };
  for (const strength of STRENGTHS)
    for (const scheme of schemes)
      points[scheme].push(await measurePoint(session, { scheme, payload, strength }, signal));
  return points;
}
