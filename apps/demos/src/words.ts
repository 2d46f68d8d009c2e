/** A word that pages use, and what it means. */
interface PlainWord {
  /** As it stands in texts, in its first form. */
  forms: readonly string[];
  /** What it means, in 30 words at most. */
  says: string;
}

/** Words of the papers that pages cannot do without. */
export const words = {
  seed: {
    forms: ["seed", "seeds"],
    says: "A number that all chance in a run comes from: the same seed gives the same run, another one new first weights.",
  },
  client: {
    forms: ["client", "clients"],
    says: "A participant, such as a phone or a clinic, that trains on its own data and sends weights instead of the data.",
  },
  FedAvg: {
    forms: ["FedAvg", "federated averaging"],
    says: "Federated averaging: each client trains a copy of the model on its own data, and a server averages the copies, round after round.",
  },
  secondHead: {
    forms: ["second head"],
    says: "A head is a model’s last layer, which scores the classes. RedGrape trains two on the same layers below; only the first answers.",
  },
  gradient: {
    forms: ["gradient", "gradients"],
    says: "For each weight, the direction in which it has to move for the loss to fall, and how strongly.",
  },
  tail: {
    forms: ["tail"],
    says: "The rare classes. The common ones are the head of the data; middle lies between.",
  },
} as const satisfies Record<string, PlainWord>;

/** The name of a word. */
export type Word = keyof typeof words;
