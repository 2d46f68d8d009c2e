/**
 * @file Microseconds per token at vocabulary 32,000, and the time to decode 20 bits from 200 tokens.
 * Run: `npm run bench`. One core; medians; decoding in processor time.
 */

import type { ProfileInput } from "../src/profile";
import { trainNgram } from "../src/proxy/ngram";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, randomBits, randomKey } from "../test/support/language-model";

const size = 32_000;
const random = makeRandom(1);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const rows = Array.from({ length: 8 }, () =>
  Float32Array.from({ length: size }, () => 3 * normal()),
);
/** Zipf-distributed ids, as text has. */
const zipf = () => Math.min(size - 1, Math.floor(Math.exp(random() * Math.log(size))) - 1);
const corpus = Int32Array.from({ length: 300_000 }, zipf);
const proxy = trainNgram([corpus], { vocabSize: size, order: 3 });

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
const line = (name: string, value: string) => process.stdout.write(`${name.padEnd(58)}${value}\n`);

/** Milliseconds of processor time: other processes do not count. */
function timeCpu(action: () => void): number {
  const started = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function timeEncoding(name: string, edit: (ids: Int32Array, logits: Float32Array) => void): void {
  const logits = new Float32Array(size);
  const times: number[] = [];
  for (let i = 0; i < 300; i++) {
    logits.set(rows[i % rows.length]!);
    const ids = corpus.slice(i * 20, i * 20 + 64);
    const started = performance.now();
    edit(ids, logits);
    times.push((performance.now() - started) * 1000);
  }
  line(name, `${median(times.slice(50)).toFixed(0)} µs a token`);
}

const mask = Float32Array.from({ length: size }, () => (random() < 0.5 ? 2 : 0));
timeEncoding("plain add loop", (_ids, logits) => {
  for (let v = 0; v < size; v++) logits[v]! += mask[v]!;
});
const schemes: ProfileInput[] = [
  { scheme: "kgw", vocab_size: size },
  { scheme: "kgw", vocab_size: size, greenlist_ratio: 0.5 },
  { scheme: "kgw", vocab_size: size, seeding_scheme: "selfhash" },
  { scheme: "unigram", vocab_size: size },
  { scheme: "exp", vocab_size: size },
  { scheme: "synthid", vocab_size: size },
  { scheme: "unbiased", vocab_size: size },
  { scheme: "dip", vocab_size: size },
  {
    scheme: "synthid",
    vocab_size: size,
    keys: Array.from({ length: 30 }, (_, i) => i * 7919),
    compat: "huggingface",
    top_k: 1000,
  },
  { scheme: "mpac", vocab_size: size, message_bits: 32 },
  { scheme: "rs-segment", vocab_size: size },
  { scheme: "ctwl-vanilla", vocab_size: size },
  { scheme: "ctwl-balance", vocab_size: size },
];
for (const input of schemes) {
  const key = input.compat ? undefined : randomKey(random);
  const watermark = createWatermark(input, key, { proxy });
  const processor = watermark.createProcessor({
    promptLength: 20,
    ...(watermark.messageBits && { payload: randomBits(watermark.messageBits, random) }),
  });
  timeEncoding(`${JSON.stringify(input).slice(0, 56)}`, (ids, logits) => {
    processor.reset();
    processor(ids, logits);
  });
}

for (const scheme of ["ctwl-balance", "ctwl-vanilla"] as const) {
  const watermark = createWatermark({ scheme, vocab_size: size }, randomKey(random), { proxy });
  const text = corpus.slice(1000, 1210);
  const candidates = Array.from({ length: 1024 }, () => randomBits(20, random));
  for (const [name, options] of [
    ["2^20 messages", {}],
    ["1,024 candidates", { candidates }],
  ] as const) {
    const times = Array.from({ length: 3 }, () => timeCpu(() => watermark.decode(text, options)));
    line(`${scheme}: decode 20 bits over 200 tokens, ${name}`, `${median(times).toFixed(0)} ms`);
  }
}

const half = trainNgram([corpus.map((id) => id % 2000)], { vocabSize: 2000, order: 3 });
for (const [vocab_size, lm, bits, partitions] of [
  [2000, half, 10, 100],
  [2000, half, 20, 10],
  [2000, half, 20, 100],
  [size, proxy, 10, 100],
  [size, proxy, 20, 10],
] as const) {
  const watermark = createWatermark(
    {
      scheme: "ctwl-balance",
      vocab_size,
      message_bits: bits,
      message_code_len: bits,
      random_permutation_num: partitions,
      encode_ratio: 200 / bits,
    },
    randomKey(random),
    { proxy: lm },
  );
  const text = corpus.slice(1000, 1210).map((id) => id % vocab_size);
  const times = Array.from({ length: 3 }, () => timeCpu(() => watermark.decode(text)));
  line(
    `balance: vocabulary ${vocab_size}, L ${bits}, R ${partitions}`,
    `${median(times).toFixed(0)} ms to decode`,
  );
}
