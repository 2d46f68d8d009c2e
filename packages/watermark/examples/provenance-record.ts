/** @file Writes a record (model version, time, user id) into a text with MPAC, attacks the text, and reads it back. */
import {
  continueText,
  createWatermark,
  generateSecret,
  recordCodec,
  substitute,
} from "../src/index";

const size = 1000;
/** Stands in for a language model: some tokens are likelier than others. */
const model = (ids: readonly number[]) =>
  Float32Array.from({ length: size }, (_, v) => Math.sin((ids.at(-1) ?? 0) * 13 + v * 7));

const codec = recordCodec({}, { checksum: 8, eccBytes: 4 });
const watermark = createWatermark(
  { scheme: "mpac", vocab_size: size, message_bits: codec.bits, bias: 3 },
  generateSecret(),
);
const record = { modelVersion: 2, time: Date.UTC(2026, 10, 25, 12), userId: 4711 };
const processor = watermark.createProcessor({ payload: codec.encode(record) });
const text = await continueText(model, processor, 800, { random: Math.random, prompt: [1] });

const edited = substitute(text, 0.1, { vocabSize: size }, Math.random);
const { verdict, pValue, bits, erasedBits } = watermark.decode(edited);
const { value, correctedSymbols } = codec.decode(bits, erasedBits);
process.stdout.write(
  `${verdict} (p = ${pValue.toExponential(1)}): ${JSON.stringify(value)}, ${correctedSymbols.length} bytes corrected\n`,
);
