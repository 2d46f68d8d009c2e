import { takeTurn } from "@deepgrain/support";
import { stealGreenLists } from "../attacks/steal-green-lists";
import type { Random } from "../attacks/token-attacks";
import { continueText } from "../core/sampler";
import type { SchemeResources } from "../core/scheme";
import { randomKey } from "../prf/key";
import type { ProfileInput } from "../profile";
import { kindOf } from "../schemes";
import { createWatermark } from "../watermark/create-watermark";
import type { LanguageModel } from "./quality";
import { type Rate, wilson } from "./rates";

/** Settings with which the forger and the author write. */
interface ForgeOptions {
  model: LanguageModel;
  prompts: readonly (readonly number[])[];
  tokens?: number | undefined;
  alpha?: number | undefined;
  temperature?: number | undefined;
  random: Random;
  signal?: AbortSignal | undefined;
  resources: SchemeResources;
}

/** How often texts of a forger, who has read some marked ones, are taken for marked. @param reads texts of each kind */
export async function forgedRate(
  profile: ProfileInput,
  options: ForgeOptions,
  reads: number,
): Promise<Rate> {
  const { model, prompts, tokens = 200, random, alpha = 1e-3, temperature = 1 } = options;
  const watermark = createWatermark(profile, randomKey(random), options.resources);
  const payload = new Uint8Array(watermark.messageBits);
  const [marked, base]: number[][][] = [[], []];
  for (let i = 0; i < reads; i++) {
    await takeTurn();
    options.signal?.throwIfAborted();
    const sampling = {
      random,
      prompt: prompts[i % prompts.length]!,
      temperature,
      signal: options.signal,
    };
    const processor = watermark.createProcessor(payload.length > 0 ? { payload } : {});
    marked!.push(await continueText(model, processor, tokens, sampling));
    base!.push(await continueText(model, undefined, tokens, sampling));
  }
  const { vocab_size: vocabSize } = watermark.profile;
  const context = kindOf(watermark.profile).contextTokens(watermark.profile);
  const stolen = stealGreenLists(marked!, base!, { vocabSize, context });
  let found = 0;
  for (const prompt of prompts) {
    const sampling = { random, prompt, temperature, signal: options.signal };
    const text = await continueText(model, stolen.createProcessor(), tokens, sampling);
    await watermark.prepare(text);
    if (watermark.detect(text, { alpha }).verdict === "found") found++;
  }
  return wilson(found, prompts.length);
}
