import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import {
  aucFlags,
  compressFlags,
  diagnoseFlags,
  flowFlags,
  isolateFlags,
  reweightFlags,
  TEMPLATE_FILE,
  trainFlags,
} from "./flags";

export const anchors = defineGroup(
  "Label words in in-context learning: where information flows, and what follows from it.",
  {
    train: defineCommand({
      summary: "train a tiny model that learns in context",
      description:
        "Trains a tiny model that learns in context: on made-up blocks, where the default steps and seeds reproduce the shipped models, or on own texts with own labels.",
      examples: [
        "anchors train --out tiny-anchors",
        "anchors train --recipe small --seed 3 --out small   # under a minute",
        `anchors train --data texts.jsonl --out own   # then: anchors flow --model own --task own/${TEMPLATE_FILE} --data texts.jsonl --page flow`,
      ],
      flags: trainFlags,
      isTraining: true,
      run: async (...call) => (await import("./train")).train(...call),
    }),
    flow: defineCommand({
      summary: "measure saliency flow between texts, label words and the answer",
      description:
        "Measures the saliency flow from texts into label words (S_wp), from label words into the answer (S_pq) and between all others (S_ww), layer by layer.",
      examples: [
        "anchors flow --page flow   # flow/flow.html, SVG, PNG, files for BertViz and CircuitsVis",
        "anchors flow --model gpt2 --task sst2 --data sst2-train.tsv --test sst2-dev.tsv --seeds 5",
        'anchors flow --model DIR --ids ids.json --out out.json   # ids.json: {"input_ids", "label_positions", "target_position", "class_ids", "gold"}',
      ],
      flags: flowFlags,
      isComputing: true,
      run: async (...call) => (await import("./flow")).flow(...call),
    }),
    isolate: defineCommand({
      summary: "block label words, layer by layer",
      description:
        "Blocks attention from label words, and from random words for comparison, to the tokens before them in the first or last layers, and prints how many answers stay the same.",
      examples: [
        "anchors isolate",
        "anchors isolate --model gpt2 --task sst2 --data sst2-train.tsv --test sst2-dev.tsv --layers 1,3,5 --seeds 5",
      ],
      flags: isolateFlags,
      isComputing: true,
      run: async (...call) => (await import("./isolate")).isolate(...call),
    }),
    auc: defineCommand({
      summary: "measure how well attention to label words predicts the answer",
      description:
        "Prints how well, in each layer, attention from the answer position to the label words predicts the answer (AUCROC), and the share of the layers so far (R).",
      examples: [
        "anchors auc",
        "anchors auc --model gpt2 --task trec --data trec-train.tsv --test trec-test.tsv --seeds 5",
      ],
      flags: aucFlags,
      isComputing: true,
      run: async (...call) => (await import("./auc")).auc(...call),
    }),
    reweight: defineCommand({
      summary: "learn factors on the attention to label words",
      description:
        "Learns factors on the attention to label words from 4 further examples per class, and prints the accuracy before and after.",
      examples: [
        "anchors reweight --model look-alike",
        "anchors reweight --model gpt2 --task sst2 --data sst2-train.tsv --test sst2-dev.tsv --out beta.json",
      ],
      flags: reweightFlags,
      isTraining: true,
      run: async (...call) => (await import("./reweight")).reweight(...call),
    }),
    compress: defineCommand({
      summary: "answer from only the label words",
      description:
        "Answers queries from only the keys and values of the demonstrations' label and formatting tokens, and prints how many answers stay the same.",
      examples: [
        "anchors compress",
        "anchors compress --model gpt2 --task sst2 --data sst2-train.tsv --variants hidden-anchor,text-anchor",
      ],
      flags: compressFlags,
      isComputing: true,
      run: async (...call) => (await import("./compress")).compress(...call),
    }),
    diagnose: defineCommand({
      summary: "predict which classes are confused",
      description:
        "Predicts from the keys of the label words which classes the model confuses, and compares them with those it really confuses.",
      examples: [
        "anchors diagnose --model look-alike",
        "anchors diagnose --model gpt2 --task trec --data trec-train.tsv --test trec-test.tsv --layer 8",
      ],
      flags: diagnoseFlags,
      isComputing: true,
      run: async (...call) => (await import("./diagnose")).diagnose(...call),
    }),
  },
);
