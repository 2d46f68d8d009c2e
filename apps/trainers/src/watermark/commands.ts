import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import {
  attackFlags,
  calibrateFlags,
  decodeFlags,
  detectFlags,
  embedFlags,
  vectorsFlags,
} from "./flags";

export const watermark = defineGroup(
  "Multi-bit watermarks in generated text: write, find, read, attack, measure.",
  {
    embed: defineCommand({
      summary: "continue prompts with marked text",
      description: "Continues prompts with marked text and reads the payload back.",
      examples: [
        `watermark embed --model DIR --profile kgw.json --key-file key.hex --prompt "Once upon a time" --out marked.json   # kgw.json: {"scheme": "kgw", "vocab_size": 512}`,
        "watermark embed --model DIR --profile ctwl.json --key-file key.hex --payload 10110011 --prompts prompts.txt   # openssl rand -hex 32 > key.hex",
        'watermark embed --model DIR --profile mpac.json --key-file key.hex --codec integer --payload 4711 --prompt "Once upon a time" --max-new-tokens 400 --forbid-eos   # mpac.json: {"scheme": "mpac", "vocab_size": 512, "message_bits": 24, "bias": 4}',
      ],
      flags: embedFlags,
      isComputing: true,
      run: async (...call) => (await import("./embed")).embed(...call),
    }),
    detect: defineCommand({
      summary: "test whether texts are marked",
      description: "Tests whether texts are marked. Ends with 0 if all of them are, with 1 if not.",
      examples: [
        "watermark detect --profile kgw.json --key-file key.hex --in marked.json",
        "watermark detect --profile kgw.json --key-file key.hex --tokenizer DIR --in letter.txt --normalize --windows 100,200",
        "watermark detect --profile ctwl.json --key-file key.hex --model DIR --proxy model --in marked.json --json",
      ],
      flags: detectFlags,
      isComputing: true,
      run: async (...call) => (await import("./detect")).detect(...call),
    }),
    decode: defineCommand({
      summary: "read the payload of marked texts",
      description: "Reads the payload of marked texts, with the confidence of each bit.",
      examples: [
        "watermark decode --profile mpac.json --key-file key.hex --codec integer --in marked.json",
        "watermark decode --profile ctwl.json --key-file key.hex --model DIR --proxy model --in marked.json --json",
        "watermark decode --profile ctwl.json --key-file key.hex --proxy uniform --candidates users.json --tokenizer DIR --in letter.txt",
      ],
      flags: decodeFlags,
      isComputing: true,
      run: async (...call) => (await import("./decode")).decode(...call),
    }),
    attack: defineCommand({
      summary: "edit texts as an attacker would who wants to remove the mark",
      description: "Edits marked texts the way an attacker would.",
      examples: [
        "watermark attack --attack substitute --edit-rate 0.3 --in marked.json --vocab-size 512 --out edited.json",
        "watermark attack --attack copy-paste --pieces 3 --human human.txt --in marked.json --tokenizer DIR --out pasted.json",
        "watermark attack --attack paraphrase --edit-rate 0.5 --model DIR --in marked.json --out rewritten.json",
        "watermark attack --attack homoglyph --edit-rate 0.2 --text 'Once upon a time'",
      ],
      flags: attackFlags,
      isComputing: true,
      run: async (...call) => (await import("./attack")).attack(...call),
    }),
    calibrate: defineCommand({
      summary: "measure a detector on unmarked text",
      description:
        "Measures a detector on unmarked text: thresholds with bootstrap intervals, and how often p-values raise an alarm.",
      examples: [
        "watermark calibrate --profile kgw.json --corpus corpus.txt --tokenizer DIR   # a fresh random key for every window",
        "watermark calibrate --profile kgw.json --key-file key.hex --corpus ids.json --lengths 50,100 --fpr 0.01 --profile-out calibrated.json",
      ],
      flags: calibrateFlags,
      isComputing: true,
      run: async (...call) => (await import("./calibrate")).calibrate(...call),
    }),
    vectors: defineCommand({
      summary: "write internals for given ids and logits, to compare bit for bit",
      description: "Writes a scheme's internals for given ids and logits, to compare bit for bit.",
      examples: [
        'watermark vectors --in in.json --out out.json   # in.json: {"profile": {"scheme": "kgw", "vocab_size": 8}, "key": "001122…", "ids": [[1, 2, 3]]}',
        'watermark vectors --in in.json   # more of it: "logits": [[0, 0.5, null, …]] (null: minus infinity), "payload": [0, 1], "promptLength": 1',
      ],
      flags: vectorsFlags,
      isComputing: true,
      run: async (...call) => (await import("./vectors")).vectors(...call),
    }),
  },
);
