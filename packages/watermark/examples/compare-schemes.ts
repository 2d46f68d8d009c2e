/** @file Prints the paper's table for a few schemes on a toy model. */
import { compareSchemes, proxyFromLogits } from "../src/index";

const size = 256;
const model = (ids: readonly number[]) =>
  Float32Array.from({ length: size }, (_, v) => 3 * Math.sin((ids.at(-1) ?? 0) * 31 + v * v));

const chunk = { message_bits: 8, message_code_len: 8, encode_ratio: 20, vocab_size: size };
const rows = compareSchemes({
  profiles: [
    { name: "Balance-Marking", profile: { scheme: "ctwl-balance", ...chunk } },
    { name: "Vanilla-Marking", profile: { scheme: "ctwl-vanilla", ...chunk } },
    { name: "MPAC", profile: { scheme: "mpac", vocab_size: size, message_bits: 8 } },
    { name: "KGW", profile: { scheme: "kgw", vocab_size: size } },
    { name: "DiP", profile: { scheme: "dip", vocab_size: size } },
  ],
  model,
  proxy: proxyFromLogits("same model", size, model),
  prompts: Array.from({ length: 10 }, (_, i) => [i]),
  random: Math.random,
});
for await (const row of rows) {
  const success = row.success.map(({ rate }) => rate.rate.toFixed(2)).join(" ");
  process.stdout.write(
    `${row.name.padEnd(16)} bits ${row.payloadBits}, success at 0, 10, 30, 50 % ${success}, perplexity × ${row.perplexityRatio.toFixed(2)}, KL ${row.kl.toFixed(2)} nats\n`,
  );
}
