import { type NamedTensors, readSafetensors } from "@deepgrain/tensor-gpu";
import { classify, type Reading } from "./classify";
import { type Case, cleanAt, type Outcome, openCase } from "./clean";
import { INITIAL } from "./initial";
import { type TrainingEvent, trainVictim, type Victim } from "./victim";

/** Files of what the page ships: an encoder before and after its attack. */
export type ShippedFile = "pretrained.safetensors" | "poisoned.safetensors";

/** Events that a page is told of. */
export type PurifyEvent =
  | TrainingEvent
  | { type: "outcome"; outcome: Outcome }
  | { type: "reading"; reading: Reading };

/** The part that is looked at. */
export interface Look {
  seed: number;
  /** The secret word. */
  word: string;
  rho: number;
  text: string;
}

/** The encoder that the page ships. @param read a shipped file by its name */
export async function readVictim(read: (name: ShippedFile) => Promise<Blob>): Promise<Victim> {
  return {
    init: await readSafetensors(await read("pretrained.safetensors")),
    finetuned: await readSafetensors(await read("poisoned.safetensors")),
  };
}

/** The work of the purify page: it holds the encoder of the last seed, and its last cleaning. @param read a shipped file by its name */
export function createSession(read: (name: ShippedFile) => Promise<Blob>) {
  let held: Case | undefined;
  let cleaned: { of: Case; outcome: Outcome; weights: NamedTensors } | undefined;

  async function hold(
    seed: number,
    word: string,
    victim: Victim,
    signal: AbortSignal,
  ): Promise<Case> {
    const opened = await openCase(seed, victim, signal, word);
    held?.defender.classifier.model.dispose();
    held = opened;
    return opened;
  }

  async function* train(
    { seed, word }: { seed: number; word: string },
    signal: AbortSignal,
  ): AsyncGenerator<TrainingEvent, Case> {
    return hold(seed, word, yield* trainVictim(seed, signal, { word }), signal);
  }

  /** The case of a seed and a secret word: it is held, shipped, attacked anew, or trained from the beginning. */
  async function* open(
    { seed, word }: Pick<Look, "seed" | "word">,
    signal: AbortSignal,
  ): AsyncGenerator<TrainingEvent, Case> {
    if (held?.seed === seed && held.word === word) return held;
    if (seed === INITIAL.seed) {
      const shipped = await readVictim(read);
      if (word === INITIAL.word) return hold(seed, word, shipped, signal);
      const { init } = shipped;
      return hold(seed, word, yield* trainVictim(seed, signal, { word, init }), signal);
    }
    const init = held?.seed === seed ? held.defender.init : undefined;
    return hold(seed, word, yield* trainVictim(seed, signal, { word, init }), signal);
  }

  /** Cleans the encoder of a seed and a secret word, which is trained unless it is held or shipped, and classifies a text before and after. */
  async function* look(
    { seed, word, rho, text }: Look,
    signal: AbortSignal,
  ): AsyncGenerator<PurifyEvent, void> {
    const own = yield* open({ seed, word }, signal);
    if (cleaned?.of !== own || cleaned.outcome.rho !== rho)
      cleaned = { of: own, ...(await cleanAt(own, rho, signal)) };
    yield { type: "outcome", outcome: cleaned.outcome };
    yield { type: "reading", reading: await classify(own, cleaned.weights, text) };
  }

  return { train, look };
}
