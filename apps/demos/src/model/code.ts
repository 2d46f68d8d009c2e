import { rawConfigOf } from "../mixture/pair";
import { literal, readsFiles } from "../share/program";
import { config } from "../watermark/open-model";
import type { Source } from "./source";
import { address, type State, shown } from "./state";

/** A model and its tokenizer, in a program. */
function opening(source: Source): string {
  if (source.kind !== "shipped") {
    const place = source.kind === "address" ? source.address : `./${source.title}`;
    const from = source.kind === "address" ? "" : " // the folder that was opened";
    return `const folder = ${literal(place)};${from}
const model = (await loadModel(folder)).eval();
const tokenizer = await loadTokenizer(folder);`;
  }
  const isOfBytes = source.name === "mixture";
  const [own, name] = isOfBytes
    ? [`toHuggingFace(parseConfig(${literal(rawConfigOf("fine"))}))`, "fine"]
    : [literal(config), "stories"];
  const tokenizer = isOfBytes
    ? `// Token n is byte n.
const tokenizer = {
  encode: (text) => [...new TextEncoder().encode(text)],
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
  eosTokenId: null,
};`
    : `const pieces = JSON.parse(await (await read("stories-tokenizer.json")).text());
const tokenizer = await createTokenizer({ tokenizer: pieces, config: { bos_token: "<s>", eos_token: "</s>" } });`;
  return `${readsFiles()}
const config = new Blob([JSON.stringify(${own})]);
const weights = await read("${name}.safetensors");
const model = (await loadModel(new Map([["config.json", config], ["model.safetensors", weights]]))).eval();
${tokenizer}`;
}

/** A program that opens the model and writes as the page does. @param isChat whether the model answers */
export function codeOf(
  { prompt, temperature, tokens, seed }: State = address.state.value,
  source: Source = shown.source.value,
  isChat: boolean = shown.description.value?.isChat ?? false,
): string {
  const asked = isChat
    ? `chatPrompt(tokenizer, [{ role: "user", content: ${literal(prompt)} }])`
    : `tokenizer.encode(${literal(prompt)})`;
  const isOfBytes = source.kind === "shipped" && source.name === "mixture";
  return `import { chatPrompt, createRandom, createTokenizer, generate, loadModel, loadTokenizer } from "@deepgrain/lm";
import { multinomial, parseConfig, temperature, toHuggingFace } from "@deepgrain/lm";

${opening(source)}

const prompt = ${asked};
const ends = ${isOfBytes ? "[]" : "[model.config.eosTokenId, tokenizer.eosTokenId].flat().filter((id) => id != null)"};
const { next } = createRandom(${seed});
const options = {
  maxNewTokens: Math.min(${tokens}, model.config.maxPositionEmbeddings - prompt.length),
  eosTokenId: ends.length > 0 ? ends : null,
${
  temperature === 0
    ? "  // At temperature 0 the likeliest token each time."
    : `  logitsProcessors: [temperature(${temperature})],
  sampler: (logits) => multinomial(logits, next),`
}
};
const written = [];
for await (const { ids } of generate(model, [prompt], options)) written.push(ids[0]);
console.log(written.length, "tokens");
console.log(tokenizer.decode(written${isOfBytes ? "" : ", { skipSpecialTokens: true }"}));
`;
}
