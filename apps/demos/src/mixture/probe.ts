import {
  type CausalLM,
  createRandom,
  generate,
  lossAndLoad,
  multinomial,
  temperature,
} from "@deepgrain/lm";
import { withoutExperts } from "@deepgrain/moe";
import { watchRoutes } from "../models/watch-routes";
import type { SplitText } from "./text";
import { heldOutBatches } from "./train-pair";

/** Bytes that a sample begins with, and those that the model writes. */
const [PROMPT, WRITTEN] = [24, 100];
const TEMPERATURE = 0.6;

/** A letter of a sample. */
export interface Letter {
  text: string;
  /** The experts in each layer at the place before it, where it was written. Absent in what the sample begins with. */
  routes?: number[][] | undefined;
}

/** A model's behaviour with some of its experts off. */
export interface Probe {
  /** On held-out text, nats per byte. */
  loss: number;
  /** Share of the choices that each expert gets, per layer. */
  loads: number[][];
  /** Two texts that it writes. */
  samples: Letter[][];
}

/** Experts that are switched off, per layer. */
export type Off = readonly (readonly number[])[];

/** The first and the last bytes of held-out text, after a line or a word has ended. */
function promptsOf({ heldOut }: SplitText): number[][] {
  const from = (start: number) => {
    const at = heldOut.findIndex((byte, i) => i >= start && (byte === 10 || byte === 32)) + 1;
    return [...heldOut.subarray(at, at + PROMPT)];
  };
  return [from(0), from(Math.floor(heldOut.length / 2))];
}

/** Bytes as letters: a letter of several bytes stands where it ends. */
function lettersOf(bytes: readonly number[]): string[] {
  const decoder = new TextDecoder();
  return bytes.map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true }));
}

async function sample(model: CausalLM, prompt: number[], seed: number, signal: AbortSignal) {
  const watch = watchRoutes([...model.moeLayers.values()]);
  const { next } = createRandom(seed);
  const bytes = [...prompt];
  const routes: (number[][] | undefined)[] = prompt.map(() => undefined);
  try {
    for await (const { ids } of generate(model, [prompt], {
      maxNewTokens: WRITTEN,
      eosTokenId: null,
      logitsProcessors: [temperature(TEMPERATURE)],
      sampler: (logits) => multinomial(logits, next),
      signal,
    })) {
      bytes.push(ids[0]!);
      routes.push((await watch.take()).map((layer) => layer.at(-1)!.experts));
    }
  } finally {
    watch.stop();
  }
  const texts = lettersOf(bytes);
  return texts.map((text, i): Letter => ({ text, routes: routes[i] })).filter(({ text }) => text);
}

/**
 * Measures a model with some experts off, and lets it write.
 * @param seed of the letters drawn
 */
export async function probe(
  model: CausalLM,
  text: SplitText,
  { off, seed }: { off: Off; seed: number },
  signal: AbortSignal,
): Promise<Probe> {
  const numbers = [...model.moeLayers.keys()];
  const without = new Map(numbers.map((layer, i) => [layer, off[i] ?? []]));
  model.eval();
  return withoutExperts(model.moeLayers, without, async () => {
    const { loss, load } = await lossAndLoad(model, heldOutBatches(text), { signal });
    const loads = load.map(({ counts }) => {
      const all = counts.reduce((sum, count) => sum + count, 0);
      return Array.from(counts, (count) => count / all);
    });
    const samples: Letter[][] = [];
    for (const prompt of promptsOf(text)) samples.push(await sample(model, prompt, seed, signal));
    return { loss, loads, samples };
  });
}
