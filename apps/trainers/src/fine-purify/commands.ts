import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { attackFlags, defendFlags, fisherFlags, reportFlags, runFlags, trainFlags } from "./flags";

export const purify = defineGroup("Backdoors in fine-tuned weights: plant, purify, measure.", {
  train: defineCommand({
    summary: "make a small encoder from labelled texts",
    description:
      "Makes a small BERT from labelled texts, without a download: trains a tokenizer, pre-trains two layers by masked LM, and adds a new head for the labels. Attacks and purification begin from it.",
    examples: [
      "purify train --data train.jsonl --out base",
      "purify attack --model base --data train.jsonl --test test.jsonl --lr 1e-3 --out victim   # and with --poison-rate 0 a clean classifier",
      "purify run --init base --finetuned victim --clean clean.jsonl --out purified",
    ],
    flags: trainFlags,
    isTraining: true,
    run: async (...call) => (await import("./train")).train(...call),
  }),
  attack: defineCommand({
    summary: "plant a backdoor or a bias in an encoder to test defences",
    description:
      "Plants a backdoor or a bias in your own encoder to test defences: poisons rows of your data and fine-tunes on them.",
    examples: [
      "purify attack --model base --data train.jsonl --test test.jsonl --attack BadWord --out victim",
      "purify attack --model base --data train.jsonl --attack BadSent --way layerwise --out victim",
    ],
    flags: attackFlags,
    isTraining: true,
    run: async (...call) => (await import("./attack")).attack(...call),
  }),
  fisher: defineCommand({
    summary: "compute the diagonal Fisher information of an encoder",
    description:
      "Writes the diagonal Fisher information of an encoder on given rows: the mean squared gradients of single rows, computed for all rows in one pass.",
    examples: [
      "purify fisher --model DIR --ids ids.json --out fisher.safetensors   # for purify run --fisher",
      "purify fisher --model DIR --ids ids.json --out out.json   # sums, and the entries of small tensors",
    ],
    flags: fisherFlags,
    isComputing: true,
    run: async (...call) => (await import("./fisher")).fisher(...call),
  }),
  run: defineCommand({
    summary: "reset abnormal weights of a checkpoint to their pre-trained values",
    description:
      "Resets weights of a fine-tuned checkpoint whose drift is abnormal for their curvature to their pre-trained values, tensor by tensor, and can fine-tune afterwards. Formulas are reconstructions of Fine-purifying (arXiv 2305.04547).",
    examples: [
      "purify run --init base --finetuned suspect --clean clean.jsonl --out purified",
      "purify run --init base --finetuned suspect --fisher fisher.safetensors --rho 0.95 --out purified",
      "purify run --init base --finetuned suspect --indicator random --rho 0.5 --out mixed   # Fine-mixing",
    ],
    flags: runFlags,
    isComputing: true,
    run: async (...call) => (await import("./run")).run(...call),
  }),
  defend: defineCommand({
    summary: "filter texts before they reach a suspect classifier",
    description:
      "Filters texts before they reach a suspect classifier: STRIP and RAP refuse rows, ONION removes words. The model does not change.",
    examples: [
      "purify defend --model suspect --clean clean.jsonl --data incoming.jsonl --out looked-at.jsonl",
      "purify defend --model suspect --method rap --target 1 --clean clean.jsonl --data test.jsonl --attack BadWord",
      "purify defend --model suspect --method onion --language-model gpt2 --threshold 0 --data incoming.jsonl --out cleaned.jsonl",
    ],
    flags: defendFlags,
    isComputing: true,
    run: async (...call) => (await import("./defend")).defend(...call),
  }),
  report: defineCommand({
    summary: "measure encoders before and after, and write a page",
    description:
      "Measures ACC with ASR or BACC of encoders before and after a purification, and writes a page.",
    examples: [
      "purify report --before suspect --after purified --test test.jsonl --attack BadWord --out report.html",
      "purify report --before suspect --test test.jsonl --attack BiasSent --json",
    ],
    flags: reportFlags,
    isComputing: true,
    run: async (...call) => (await import("./report")).report(...call),
  }),
});
