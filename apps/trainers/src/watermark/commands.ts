import { defineGroup } from "../cli/define-command";

export const watermark = defineGroup(
  "Multi-bit watermarks in generated text: write, find, read, attack, measure.",
  {
    embed: {
      summary: "continue prompts with marked text",
      load: async () => (await import("./embed")).embed,
    },
    detect: {
      summary: "test whether texts are marked",
      load: async () => (await import("./detect")).detect,
    },
    decode: {
      summary: "read the payload of marked texts",
      load: async () => (await import("./decode")).decode,
    },
    attack: {
      summary: "edit texts as an attacker would who wants to remove the mark",
      load: async () => (await import("./attack")).attack,
    },
    calibrate: {
      summary: "measure a detector on unmarked text",
      load: async () => (await import("./calibrate")).calibrate,
    },
    vectors: {
      summary: "write internals for given ids and logits, to compare bit for bit",
      load: async () => (await import("./vectors")).vectors,
    },
  },
);
