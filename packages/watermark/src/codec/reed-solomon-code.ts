/** @file The choice of a Reed-Solomon code for a message. */

/** Parameters of a code over GF(2^symbol_bits). */
export interface RsCode {
  symbol_bits: number;
  data_symbols: number;
  code_symbols: number;
}

function smallestCode(messageBits: number, isExact: boolean): RsCode | undefined {
  let best: RsCode | undefined;
  for (let m = 3; m <= 8; m++) {
    const k = Math.ceil(messageBits / m);
    if (isExact && k * m !== messageBits) continue;
    for (let n = k + 2; n <= 2 ** m - 1; n += 2) {
      const correctable = (n - k) / 2;
      if (k / n < 0.6 || correctable / n < 0.15) continue;
      if (!best || n < best.code_symbols)
        best = { symbol_bits: m, data_symbols: k, code_symbols: n };
      break;
    }
  }
  return best;
}

/** Messages that the rule does not cover: symbols of up to 12 bits, and two fifths more symbols for checking. */
function longCode(messageBits: number): RsCode {
  for (let m = 4; ; m++) {
    const k = Math.ceil(messageBits / m);
    const n = k + 2 * Math.ceil(0.2 * k);
    if (n <= 2 ** m - 1) return { symbol_bits: m, data_symbols: k, code_symbols: n };
  }
}

/**
 * The smallest code with an even number of check symbols, rate k/n of at least 0.6 and correctable
 * share t/n of at least 0.15. Symbol sizes of 3 to 8 bits that divide the message come first.
 *
 * @param messageBits message length, 1 or more
 * @returns for example (n, k, m) = (6, 4, 5) for 20 bits
 * @see Qu et al. 2024 (2401.16820), code choice
 */
export const rsCodeFor = (messageBits: number): RsCode =>
  smallestCode(messageBits, true) ?? smallestCode(messageBits, false) ?? longCode(messageBits);
