/** Where the texts of a comparison come from: an artificial language of topics, or real text. */
export type TaskName = "toy" | "text";

/** Sizes of a comparison; the same for all its runs. */
export interface PurifySettings {
  /** d of the artificial language's encoder; of the text's, half as much again. */
  hiddenSize: number;
  /** Masked-LM steps before any attack, of 48 rows. */
  pretrainSteps: number;
  /** Steps of an attack by SGD; by AdamW three fifths of it. */
  attackSteps: number;
  /** Rows of the attacker's data. */
  attackRows: number;
  /** Steps of fine-tuning after a defence. */
  tuneSteps: number;
  /** Steps of adversarial masks. */
  maskSteps: number;
  /** Clean rows per class that the defender has. */
  perClass: number;
  /** Rows on which ρ is chosen, and rows on which results are measured. */
  heldOutRows: number;
  testRows: number;
  /** Reserve ratios that every method tries. */
  grid: readonly number[];
  /** Accuracy that may be lost against the victim. */
  tolerance: number;
  /** Ids of the victims, such as "sgd/word". */
  victims: readonly string[];
  methods: readonly string[];
  /** Folder of SST-2 files, from the study's; null for noun glosses of WordNet. */
  textFolder: string | null;
}

const full: PurifySettings = {
  hiddenSize: 32,
  pretrainSteps: 2500,
  attackSteps: 2500,
  attackRows: 6000,
  tuneSteps: 150,
  maskSteps: 300,
  perClass: 8,
  heldOutRows: 400,
  testRows: 800,
  grid: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99],
  tolerance: 0.05,
  victims: ["sgd/word", "sgd/sentence", "adamw/word", "adamw/sentence", "sgd/none", "text/word"],
  methods: [
    "fine-tuning",
    "random",
    "delta2",
    "fisher",
    "r-init",
    "r-finetuned",
    "soft",
    "averaging",
    "epur",
    "fine-pruning",
    "anp",
    "onion",
    "strip",
    "rap",
  ],
  textFolder: null,
};

/** Sizes by name: a minute, a quarter of an hour, and over half an hour on two idle cores. */
export const purifySizes = {
  quick: {
    ...full,
    pretrainSteps: 400,
    attackSteps: 700,
    attackRows: 2000,
    tuneSteps: 100,
    heldOutRows: 200,
    testRows: 400,
    grid: [0.5, 0.9, 0.98],
    victims: ["sgd/word"],
    methods: ["fine-tuning", "random", "delta2", "r-init", "strip"],
  },
  default: {
    ...full,
    maskSteps: 100,
    grid: [0.3, 0.5, 0.7, 0.9, 0.95, 0.98],
  },
  full,
} satisfies Record<string, PurifySettings>;

/** Paired seeds of each size. */
export const seedCounts = { quick: 2, default: 8, full: 8 };
