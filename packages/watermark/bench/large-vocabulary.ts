/**
 * @file Milliseconds of processor time per token to look for a mark in 60 tokens at vocabulary 262,144, by every scheme, and by
 * Balance-Marking with a proxy that spreads its probability widely. Run: `npm run bench:large`.
 */

import type { ProfileInput } from "../src/profile";
import { trainNgram } from "../src/proxy/ngram";
import { proxyFromLogits } from "../src/proxy/proxy-lm";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom } from "../test/support/language-model";

const size = 262_144;
const random = makeRandom(1);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Zipf-distributed ids, as text has. */
const zipf = () => Math.min(size - 1, Math.floor(Math.exp(random() * Math.log(size))) - 1);
const ids = Array.from({ length: 60 }, zipf);
const logits = Float32Array.from({ length: size }, () => 2 * normal());
const wide = proxyFromLogits("wide", size, () => logits);
const peaked = trainNgram([Int32Array.from({ length: 200_000 }, zipf)], { vocabSize: size });

const balance = { scheme: "ctwl-balance", message_bits: 8, message_code_len: 8, encode_ratio: 6 };
const cases: [name: string, profile: object, proxy?: typeof wide][] = [
  ["ctwl-balance, n-gram proxy", balance, peaked],
  ["ctwl-balance, logits of deviation 2", balance, wide],
  ["ctwl-vanilla", { ...balance, scheme: "ctwl-vanilla" }],
  ["mpac", { scheme: "mpac", message_bits: 8 }],
  ["rs-segment", { scheme: "rs-segment" }],
  ["kgw, lefthash", { scheme: "kgw" }],
  ["kgw, selfhash", { scheme: "kgw", seeding_scheme: "selfhash" }],
  ["unigram", { scheme: "unigram" }],
  ["exp", { scheme: "exp" }],
  ["synthid", { scheme: "synthid" }],
];
for (const [name, profile, proxy] of cases) {
  const input = { ...profile, vocab_size: size } as ProfileInput;
  const watermark = createWatermark(input, "00112233445566778899aabbccddeeff", proxy && { proxy });
  const started = process.cpuUsage();
  watermark.detect(ids);
  const { user, system } = process.cpuUsage(started);
  const each = (user + system) / 1000 / ids.length;
  process.stdout.write(`${name.padEnd(40)}${each.toFixed(2)} ms per token\n`);
}
