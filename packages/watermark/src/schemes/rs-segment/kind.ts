import { rsCodeFor } from "../../codec/reed-solomon-code";
import { type CodeShape, liftedRate, presenceOnly, wordContexts } from "../../core/code-shape";
import { bias, choice, integer, ratio } from "../../core/profile-fields";
import { type Refuse, schemeKind } from "../../core/scheme-kind";
import type { RsSegmentProfile } from "./profile";
import { rsSegment } from "./rs-segment";

const BITS = 20;

function check(profile: RsSegmentProfile, refuse: Refuse): void {
  const { symbol_bits: m, data_symbols: k, code_symbols: n, message_bits, vocab_size } = profile;
  if (n < k || n > 2 ** m - 1)
    refuse(`code_symbols must lie between data_symbols (${k}) and ${2 ** m - 1}, got ${n}`);
  if (k * m < message_bits)
    refuse(`${k} symbols of ${m} bits hold ${k * m} bits, message_bits is ${message_bits}`);
  if (2 ** m > vocab_size)
    refuse(`${2 ** m} shifts need as many tokens, vocab_size is ${vocab_size}`);
}

function shape(profile: RsSegmentProfile, spike: number | undefined, bits?: number): CodeShape {
  const { symbol_bits, data_symbols, code_symbols, greenlist_ratio: mass, bias: lift } = profile;
  const data = bits === undefined ? data_symbols : Math.ceil(bits / symbol_bits);
  const parity = code_symbols - data_symbols;
  return {
    ...presenceOnly(mass, liftedRate(mass, lift, spike)),
    parts: data + parity,
    contexts: wordContexts,
    rivals: 2 ** symbol_bits - 1,
    correctable: Math.floor(parity / 2),
    messages: 2 * 2 ** (data * symbol_bits),
  };
}

/** The scheme `rs-segment`. */
export const rsSegmentKind = schemeKind<RsSegmentProfile>({
  name: "rs-segment",
  fields: {
    message_bits: integer(BITS, 1, 4096),
    symbol_bits: integer(5, 2, 12),
    data_symbols: integer(4, 1, 4094),
    code_symbols: integer(6, 1, 4095),
    greenlist_ratio: ratio(0.5),
    bias: bias(6),
    segment_map: choice("hash", "balanced"),
  },
  defaults: ({ message_bits: bits }) => ({
    ...rsCodeFor((bits as number) >= 1 ? (bits as number) : BITS),
  }),
  check,
  shape,
  contextTokens: () => 1,
  bind: (profile, key, resources) => rsSegment(profile, key!, resources) as never,
});
