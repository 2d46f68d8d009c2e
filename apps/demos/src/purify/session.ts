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

  async function hold(seed: number, victim: Victim, signal: AbortSignal): Promise<Case> {
    const opened = await openCase(seed, victim, signal);
    held?.defender.classifier.model.dispose();
    held = opened;
    return opened;
  }

  async function* train(
    { seed }: { seed: number },
    signal: AbortSignal,
  ): AsyncGenerator<TrainingEvent, Case> {
    return hold(seed, yield* trainVictim(seed, signal), signal);
  }

  /** Cleans the encoder of a seed, which is trained unless it is held or shipped, and classifies a text before and after. */
  async function* look(
    { seed, rho, text }: Look,
    signal: AbortSignal,
  ): AsyncGenerator<PurifyEvent, void> {
    let own = held?.seed === seed ? held : undefined;
    if (!own && seed === INITIAL.seed) own = await hold(seed, await readVictim(read), signal);
    own ??= yield* train({ seed }, signal);
    if (cleaned?.of !== own || cleaned.outcome.rho !== rho)
      cleaned = { of: own, ...(await cleanAt(own, rho, signal)) };
    yield { type: "outcome", outcome: cleaned.outcome };
    yield { type: "reading", reading: await classify(own, cleaned.weights, text) };
  }

  return { train, look };
}
