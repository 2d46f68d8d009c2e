/**
 * The fields of watermark profiles as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";
import { attackNames } from "./attacks/attack-names";

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `spelledCodec`. */
  codec: {
    codec: {
      kind: "choice",
      words: ["bits", "integer", "hex", "text", "record"],
      default: "bits",
      help: "Format of the payload",
    },
    checksum: {
      kind: "choice",
      words: ["0", "8", "16"],
      help: "Check bits after the payload; by default 0 for bits and with --tag-bits, otherwise 8",
    },
    tagBits: {
      kind: "whole",
      min: 8,
      max: 128,
      help: "Bits of a keyed tag after that, so that pieces of two users' texts do not pass as a third payload; none by default",
    },
    eccBytes: {
      kind: "whole",
      max: 254,
      default: 0,
      help: "Reed-Solomon check bytes after that",
    },
  },
  /** Of `detect`. */
  detection: {
    alpha: {
      kind: "real",
      min: 1e-300,
      max: 1,
      help: "Largest p-value that counts as found; 0.001 by default",
    },
    windows: {
      kind: "wholes",
      min: 1,
      hint: "sizes",
      help: "Also try windows of these sizes in tokens, as 100,200, for pasted pieces",
    },
    stride: {
      kind: "whole",
      min: 1,
      help: "Tokens between windows; a quarter of the size by default",
    },
    workLimit: {
      kind: "whole",
      min: 1,
      hint: "steps",
      help: "Maximum number of steps, of a few nanoseconds each, before detection stops with an error; 800000000 by default",
    },
    promptLength: { kind: "whole", help: "Number of prompt tokens at the start; 0 by default" },
  },
  /** Of `decode`, beside those of `detect`. */
  decoding: {
    listSize: {
      kind: "whole",
      min: 1,
      max: 4096,
      help: "MPAC and Reed-Solomon: number of payloads to list; 16 by default",
    },
  },
  /** Of `attackText`, whose `rate` is `editRate`. */
  attack: {
    attack: { kind: "choice", words: attackNames, help: `One of ${attackNames.join(", ")}` },
    editRate: {
      kind: "real",
      max: 1,
      default: 0.1,
      help: "Share of tokens, letters or words to change",
    },
    vocabSize: {
      kind: "whole",
      min: 2,
      help: "Tokens to substitute or insert from; the tokenizer's or the model's by default",
    },
    humanTokens: {
      kind: "whole",
      min: 1,
      default: 1000,
      help: "copy-paste: tokens of the surrounding text per marked text",
    },
    pieces: {
      kind: "whole",
      min: 1,
      default: 1,
      help: "copy-paste: number of pieces a text is cut into",
    },
  },
  /** Of `calibrate`. */
  calibration: {
    lengths: { kind: "wholes", min: 1, default: [100, 200], help: "Text lengths in tokens" },
    fpr: {
      kind: "reals",
      above: 0,
      max: 0.5,
      default: [0.01, 0.001],
      help: "False-positive rates",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
