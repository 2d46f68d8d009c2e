import { encoderDefences } from "@deepgrain/fine-purify/encoders";

const victims: Readonly<Record<string, string>> = {
  "sgd/word": "SGD, trigger word",
  "sgd/sentence": "SGD, trigger sentence",
  "adamw/word": "AdamW, trigger word",
  "adamw/sentence": "AdamW, trigger sentence",
  "sgd/none": "a clean victim",
  "text/word": "real text, AdamW, trigger words",
};

/** The name of a victim for readers. */
export const victimName = (id: string): string => victims[id] ?? id;

/** Names in place of the package's, which are formulas. */
const methods: Readonly<Record<string, string>> = {
  delta2: "δ² alone (Fine-mixing, selected)",
  fisher: "1/Ĥ alone, pre-trained Ĥ",
  "r-init": "Fine-purifying (δ²/Ĥ), pre-trained Ĥ",
  "r-finetuned": "Fine-purifying (δ²/Ĥ), fine-tuned Ĥ",
  soft: "Fine-purifying, soft, pre-trained Ĥ",
};

/** The name of a defence of weights for readers. */
export const methodName = (id: string): string =>
  methods[id] ?? encoderDefences.find((defence) => defence.id === id)?.name ?? id;

const short: Readonly<Record<string, string>> = {
  delta2: "δ² alone",
  fisher: "1/Ĥ alone",
  random: "random masks",
  "r-init": "Fine-purifying",
  "r-finetuned": "fine-tuned",
  soft: "soft",
  "fine-tuning": "fine-tuning alone",
};

/** The name of a defence beside its line. */
export const shortName = (id: string): string => short[id] ?? methodName(id);
