import { busiestExperts, countOff } from "./busiest";
import { chooseExperts } from "./choose-experts";
import { type Both, type Kind, kinds } from "./pair-names";
import { type Off, type Probe, probe } from "./probe";
import type { RecordedMixture } from "./recorded";
import { createSession } from "./session";
import { openShipped } from "./shipped";
import type { Looked, State } from "./state";
import { scoreTask, type Tuned, type Way } from "./tune";

type Read = Parameters<typeof openShipped>[0];

/** Tunes the shipped fine model with the experts of a share p. */
async function tunedAt(read: Read, p: number, scores: number[][], seed: number) {
  const { signal } = new AbortController();
  const tuning = { p, before: { accuracy: 0, loss: 0 }, tuned: {} as Record<Way, Tuned> };
  const chosen = chooseExperts(scores, p);
  for await (const event of createSession(read).tune({ chosen, seed }, signal)) {
    if (event.type === "before") tuning.before = event.standing;
    if (event.type === "tuned") tuning.tuned[event.way] = event.tuned;
  }
  return tuning;
}

/** Runs states of the page in Node, at the models that it ships, whose busiest experts are off. */
export function stateRunner(read: Read, signal: AbortSignal) {
  let tuning: RecordedMixture["tuning"] | undefined;

  return async ({ seed, share, p }: State): Promise<Looked> => {
    const { pair, text } = await openShipped(read);
    const look = (kind: Kind, off: Off) => probe(pair[kind], text, { off, seed }, signal);
    const looked: Both<Probe[]> = { coarse: [], fine: [] };
    for (const kind of kinds) {
      const whole = await look(kind, []);
      const off = busiestExperts(whole.loads, countOff(kind, share));
      looked[kind] = [whole, await look(kind, off)];
    }
    tuning ??= await tunedAt(read, p, await scoreTask(pair.fine, signal), seed);
    const both = <T>(of: (kind: Kind) => T): Both<T> => ({
      coarse: of("coarse"),
      fine: of("fine"),
    });
    return {
      off: both((kind) => looked[kind][0]!.loads.map(() => countOff(kind, share))),
      whole: both((kind) => looked[kind][0]!.loss),
      losses: both((kind) => looked[kind][1]!.loss),
      loads: both((kind) => looked[kind][0]!.loads[0]!),
      tuning,
    };
  };
}
