import { openModelParts } from "@deepgrain/studies/balance-marking/open-model";
import { vectors as computeVectors, publicProfile, type VectorsInput } from "@deepgrain/watermark";
import { z } from "zod";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { readSecretJson } from "../formats/secret-files";
import { modelFlags, openProxy, proxyFlag } from "./open-watermark";

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

export const vectors = defineCommand({
  description: "Writes a scheme's internals for given ids and logits, to compare bit for bit.",
  examples: [
    'watermark vectors --in in.json --out out.json   # in.json: {"profile": {"scheme": "kgw", "vocab_size": 8}, "key": "001122…", "ids": [[1, 2, 3]]}',
    'watermark vectors --in in.json   # more of it: "logits": [[0, 0.5, null, …]] (null: minus infinity), "payload": [0, 1], "promptLength": 1',
  ],
  flags: {
    in: flags.file({ required: true, help: "Profile, key, ids and logits" }),
    out: flags.outFile({
      help: "Seeds, green lists, g-values, processed and detector scores; stdout without it",
    }),
    proxy: proxyFlag,
    ...modelFlags,
    json: flags.flag({ help: "Errors as JSON too; the output always is" }),
  },
  async run({ in: path, out, proxy: proxyName, ...models }, context) {
    const { frequencies, ...given } = await readSecretJson(path, schema);
    const input = given as unknown as VectorsInput;
    const parts = await openModelParts(models, context.signal);
    const proxy = await openProxy(proxyName, input.profile.vocab_size, parts, context);
    const { profile, rows } = computeVectors(input, { proxy, frequencies });
    const result = { profile: publicProfile(profile), rows };
    if (out !== undefined) await out.saveJson(result);
    else context.write(`${JSON.stringify(result)}\n`);
  },
});
