import { literal, readsFiles } from "../share/program";
import { profileOf, secrets } from "./mark";
import { bytesOf, tokensOf } from "./names";
import { config } from "./open-model";
import { address, type State } from "./state";

/** The change that an attack makes to the tokens of a text, in a program. */
function attacked({ attack, rate, seed }: State): string {
  if (rate === 0) return "";
  const change =
    attack === "replace"
      ? `substitute(ids, ${rate}, { vocabSize: 512, draw }, random)`
      : `(await attackText(${literal(attack)}, { ids }, { rate: ${rate}, random })).ids`;
  const draw = `\n  const draw = () => corpus[Math.floor(random() * corpus.length)];`;
  return `
  const { next: random } = createRandom(${seed});${attack === "replace" ? draw : ""}
  ids = encode(tokenizer.decode(${change}));`;
}

/** A program that writes, attacks and reads both stories as the page does. */
export function codeOf(state: State = address.state.value): string {
  const { seed, payload, strength, key, balanced, plain } = state;
  const bytes = bytesOf(payload);
  const profile = { strength, bits: 8 * bytes, vocabSize: config.vocab_size };
  const mark = (scheme: "balanced" | "plain", more: string) =>
    `(key) => createWatermark(${literal(profileOf(scheme, profile))}, key${more})`;
  return `import { createRandom, createTokenizer, evaluate, generate, loadModel, multinomial } from "@deepgrain/lm";
import { attackText, bytesCodec, createWatermark, substitute, trainNgram } from "@deepgrain/watermark";

${readsFiles()}
const json = async (name) => JSON.parse(await (await read(name)).text());

const config = new Blob([JSON.stringify(${literal(config)})]);
const weights = await read("stories.safetensors");
const model = (await loadModel(new Map([["config.json", config], ["model.safetensors", weights]]))).eval();
const ends = { bos_token: "<s>", eos_token: "</s>" };
const tokenizer = await createTokenizer({ tokenizer: await json("stories-tokenizer.json"), config: ends });
const encode = (text) => tokenizer.encode(text, { addSpecialTokens: false });
const stories = (await (await read("stories.txt")).text()).split("\\n\\n").map(encode);
const corpus = stories.flat();
const proxy = trainNgram(stories, { vocabSize: ${config.vocab_size} }); // splits probabilities evenly

const codec = bytesCodec(${bytes}, { checksum: 0 });
const payload = codec.encode(new TextEncoder().encode(${literal(payload.padEnd(bytes))}));
const schemes = {
  balanced: { markOf: ${mark("balanced", ", { proxy }")}, text: ${literal(balanced)} },
  plain: { markOf: ${mark("plain", "")}, text: ${literal(plain)} },
};

async function write(mark) {
  const { next } = createRandom(${seed});
  const noEnd = (_, logits) => logits.fill(-Infinity, 0, 3);
  const options = {
    maxNewTokens: ${tokensOf(payload)},
    eosTokenId: null,
    logitsProcessors: [noEnd, mark.createProcessor({ payload, promptLength: 1 })],
    sampler: (logits) => multinomial(logits, next),
  };
  const written = [];
  for await (const { ids } of generate(model, [[1]], options)) written.push(ids[0]);
  return tokenizer.decode(written);
}

for (const [name, { markOf, text }] of Object.entries(schemes)) {
  let ids = encode(text || (await write(markOf(${literal(secrets.own)}))));${attacked(state)}
  const { bits, pValue, verdict } = markOf(${literal(secrets[key])}).decode(ids);
  const letterOf = (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·");
  const letters = Array.from(codec.decode(bits).value, letterOf).join("").trimEnd();
  const batch = { ids: Int32Array.from([1, ...ids]), batch: 1, length: ids.length + 1 };
  const nats = batch.length > 512 ? NaN : (await evaluate(model, [batch])).loss;
  console.log(name, verdict, JSON.stringify(letters), "p", pValue, "nats per token", nats);
}
`;
}
