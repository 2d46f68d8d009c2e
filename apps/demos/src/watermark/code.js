import { bytesCodec, createSampler, createWatermark, trainNgram } from "@deepgrain/watermark";

// Your model's vocabulary, and texts in it for the small model that splits probabilities evenly.
const corpus = Array.from({ length: 20_000 }, (_, i) => (i * i + 7 * (i >> 4)) % 64);
const proxy = trainNgram([corpus], { vocabSize: 64 });
const codec = bytesCodec(2, { checksum: 0 });
const profile = {
  scheme: "ctwl-balance",
  vocab_size: 64,
  message_bits: codec.bits,
  message_code_len: codec.bits,
  encode_ratio: 16,
  lm_prefix_len: 2,
  bias: 3,
};
const watermark = createWatermark(profile, "00112233445566778899aabbccddeeff", { proxy });

const payload = codec.encode(new TextEncoder().encode("Hi"));
const processor = watermark.createProcessor({ payload });
let state = 1;
const random = () => {
  state = (state * 16_807) % 2_147_483_647;
  return state / 2_147_483_647;
};
const sampler = createSampler(processor, { random });
for (let i = 0; i < 258; i++) sampler.next(new Float32Array(64)); // your model's logits

const edited = sampler.ids.filter((_, i) => i % 10 !== 9); // every tenth token is gone
const { verdict, bits } = watermark.decode(edited);
console.log(verdict, new TextDecoder().decode(codec.decode(bits).value)); // found Hi
const wrong = createWatermark(profile, "ffeeddccbbaa99887766554433221100", { proxy });
console.log(wrong.detect(edited).verdict); // not-found
