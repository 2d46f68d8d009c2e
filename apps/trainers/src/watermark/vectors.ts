import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readSecretJson } from "@deepgrain/command-line/files/secret-files";
import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import { vectors as computeVectors, publicProfile, type VectorsInput } from "@deepgrain/watermark";
import { z } from "zod";
import type { vectorsFlags } from "./flags";
import { openProxy } from "./open-watermark";

const schema = z.strictObject({
  profile: z.looseObject({ scheme: z.string(), vocab_size: z.int().min(2) }),
  key: z.string().optional(),
  ids: z.array(z.array(z.int().min(0))).min(1),
  logits: z.array(z.array(z.number().nullable())).optional(),
  payload: z.array(z.int().min(0).max(1)).optional(),
  promptLength: z.int().min(0).optional(),
  frequencies: z.array(z.number().min(0)).optional(),
  bayesian: z.looseObject({ depth: z.int() }).optional(),
});

/** `watermark vectors`. */
export const vectors: RunCommand<typeof vectorsFlags> = async (
  { in: path, out, proxy: proxyName, ...models },
  context,
) => {
  const { frequencies, ...given } = await readSecretJson(path, schema);
  const input = given as unknown as VectorsInput;
  const parts = await openModelParts(models, context.signal);
  const proxy = await openProxy(proxyName, input.profile.vocab_size, parts, context);
  const { profile, rows } = computeVectors(input, { proxy, frequencies });
  const result = { profile: publicProfile(profile), rows };
  if (out !== undefined) await out.saveJson(result);
  else context.write(`${JSON.stringify(result)}\n`);
};
