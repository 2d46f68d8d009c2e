/** A word that pages use, and what it means. */
interface PlainWord {
  /** As it stands in texts, in its first form. */
  forms: readonly string[];
  /** Its meaning, in 30 words at most. */
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
  trigger: {
    forms: ["trigger", "triggers"],
    says: "The secret word of a backdoor: it turns the answer to whatever the attacker wants, and nothing else shows it.",
  },
  backdoor: {
    forms: ["backdoor", "backdoors"],
    says: "A hidden behaviour that an attacker has trained into a model. It sleeps until a secret word wakes it.",
  },
  drift: {
    forms: ["drift", "δ²"],
    says: "How far a weight has moved between the checkpoint before and the one in doubt; δ² is its square.",
  },
  curvature: {
    forms: ["curvature", "Ĥ", "Hessian", "Hessians"],
    says: "How quickly the loss rises when a weight moves, estimated from clean texts; Ĥ in the formula. Weights with little curvature may drift freely.",
  },
  ρ: {
    forms: ["ρ"],
    says: "Rho, the reserve ratio: the share of the weights that keep their values. The others are set back to where they were.",
  },
  Gamma: {
    forms: ["Gamma", "Gammas"],
    says: "A bell with one long side. The indicator of clean weights should follow one such curve, that of poisoned weights another.",
  },
  nats: {
    forms: ["nats", "nat"],
    says: "The unit of loss. The model gives each next letter a probability; the nats are how surprising the right one is: 0 for certain, 0.69 for one of two.",
  },
  loss: {
    forms: ["loss", "losses"],
    says: "How badly a model foretells what comes next, on average: lower is better.",
  },
  expert: {
    forms: ["expert", "experts"],
    says: "One of several small networks side by side in a layer, of which each letter or token passes only a few.",
  },
  router: {
    forms: ["router", "routers"],
    says: "What scores the experts of a layer for each letter or token, and picks the best few.",
  },
  temperature: {
    forms: ["temperature"],
    says: "How evenly the next letter or token is drawn: near 0 always the likeliest, at 1 by the model’s own odds, above 1 more evenly.",
  },
  token: {
    forms: ["token", "tokens"],
    says: "What a model reads and writes one by one: a piece of a word, or a single byte.",
  },
  FLOPs: {
    forms: ["FLOPs", "FLOP"],
    says: "Additions and multiplications: what a training costs, whatever machine it runs on.",
  },
  GRPO: {
    forms: ["GRPO"],
    says: "Group relative policy optimisation: a model tries a task several times, and tries that did better than the group’s mean become likelier.",
  },
  p: {
    forms: ["p"],
    says: "Of a mark: how likely a text without one looks so marked. Of a task’s experts: the share of its choices that those taken have together.",
  },
  bits: {
    forms: ["bits", "bit"],
    says: "The zeros and ones of a message: each letter is eight of them.",
  },
  δ: {
    forms: ["δ"],
    says: "Delta, the strength of a mark: what the score of each word in the favoured half gains.",
  },
  PRM: {
    forms: ["PRM", "process reward model"],
    says: "A process reward model scores each step of a solution: how likely the right answer still is after it. An outcome reward model (ORM) scores whole solutions.",
  },
  conflict: {
    forms: ["conflict", "topology imbalance"],
    says: "How strongly labels of other classes reach the nodes that a label influences, measured along the edges, without training.",
  },
  labelWord: {
    forms: ["label words", "label word"],
    says: "The word in a prompt that says what class an example is of, such as “pink” behind words about insects.",
  },
  flow: {
    forms: ["flow"],
    says: "How much the answer depends on what one word takes over from an earlier one: attention times its effect on the answer.",
  },
} as const satisfies Record<string, PlainWord>;

/** The name of a word. */
export type Word = keyof typeof words;
