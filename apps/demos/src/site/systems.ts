/** A paper that the packages follow. */
export interface System {
  name: string;
  /** Folder of `apps/studies`. */
  study: string;
  paper: string;
  authors: string;
  /** arXiv number. */
  arxiv: string;
  package: string;
  /** Its use, in a sentence. */
  use: string;
  /**
   * The count of its outcomes before claims took their relations from the paper's words, where that was another; it stays until the
   * study is recorded anew.
   */
  countBefore?: string;
}

/** The ten systems, in the order of their pages. */
export const systems: readonly System[] = [
  {
    name: "DeepSeekMoE",
    study: "deepseek-moe",
    paper: "DeepSeekMoE: Towards Ultimate Expert Specialization",
    authors: "Dai et al. 2024",
    arxiv: "2401.06066",
    package: "moe",
    use: "Put many small experts, some of them shared, where a model has one large layer.",
  },
  {
    name: "ESFT",
    study: "esft",
    paper: "Let the Expert Stick to His Last",
    authors: "Wang et al. 2024",
    arxiv: "2407.01906",
    package: "esft",
    use: "Tune only those experts of a mixture that a task uses, and store the difference.",
  },
  {
    name: "Balance-Marking",
    study: "balance-marking",
    paper: "Towards Codable Watermarking",
    authors: "Wang et al. 2024",
    arxiv: "2307.15992",
    package: "watermark",
    use: "Hide a message of several bits in generated text, and read it back.",
  },
  {
    name: "Label words",
    study: "label-words",
    paper: "Label Words are Anchors",
    authors: "Wang et al. 2023",
    arxiv: "2305.14160",
    package: "icl-anchors",
    use: "See through which words a model learns from the examples in its prompt.",
  },
  {
    name: "Math-Shepherd",
    study: "math-shepherd",
    paper: "Math-Shepherd: Verify and Reinforce LLMs Step-by-step",
    authors: "Wang et al. 2024",
    arxiv: "2312.08935",
    package: "prm",
    use: "Score each step of a solution, and choose among answers better than votes do.",
  },
  {
    name: "Fine-purifying",
    study: "fine-purify",
    paper: "Diffusion Theory as a Scalpel",
    authors: "Zhang et al. 2023",
    arxiv: "2305.04547",
    package: "fine-purify",
    use: "Find the weights that a backdoor has moved, and set them back.",
    countBefore: "2 as claimed",
  },
  {
    name: "RedGrape",
    study: "redgrape",
    paper: "Integrating Local Real Data with Global Gradient Prototypes",
    authors: "Yang et al. 2024",
    arxiv: "2301.10394",
    package: "fedlt",
    use: "Train over many clients who have little of the rare classes.",
  },
  {
    name: "ReNode",
    study: "renode",
    paper: "Topology-Imbalance Learning for Semi-Supervised Node Classification",
    authors: "Chen et al. 2021",
    arxiv: "2110.04099",
    package: "renode",
    use: "Let labelled nodes of a graph count by where they sit.",
  },
  {
    name: "DeepSeek LLM",
    study: "deepseek-llm",
    paper: "DeepSeek LLM: Scaling Open-Source Language Models",
    authors: "DeepSeek-AI 2024",
    arxiv: "2401.02954",
    package: "scaling-laws",
    use: "Plan a large training from small ones.",
    countBefore: "2 as claimed, 1 opposite, 1 equal, 1 undecided",
  },
  {
    name: "DeepSeek-Coder-V2",
    study: "deepseek-coder-v2",
    paper: "DeepSeek-Coder-V2: Breaking the Barrier of Closed-Source Models in Code Intelligence",
    authors: "DeepSeek-AI 2024",
    arxiv: "2406.11931",
    package: "coder",
    use: "Prepare code for training, run what a model wrote, and let it learn from its tests.",
  },
];
