/** @file What each report says first: its title, what was done in two or three sentences, and the words that it uses. */

/** The beginning of a report. */
interface Introduction {
  title: string;
  lead: string;
  /** Methods and abbreviations in the order in which they appear. */
  terms: readonly (readonly [name: string, meaning: string])[];
}

const introduce = <Id extends string>(all: Readonly<Record<Id, Introduction>>) => all;

/** By the paper's folder. */
export const introductions = introduce({
  "deepseek-moe": {
    title: "Mixtures of experts, compared in miniature",
    lead: "The experiments of the DeepSeekMoE paper on small decoders, each trained on a novel, speeches and source code. At this size differences are small: the table says which orderings can be seen and which cannot.",
    terms: [
      [
        "Dense",
        "one feed-forward network per layer, no experts; Dense×N is as wide as all experts together, the upper bound",
      ],
      ["Hash", "a fixed table sends each byte to its expert (Roller et al. 2021)"],
      ["Switch", "each token goes to the one expert of the highest score (Fedus et al. 2022)"],
      [
        "GShard",
        "each token goes to its two best experts (Lepikhin et al. 2021); ×1.5 means experts half as large again",
      ],
      [
        "DeepSeekMoE",
        "experts cut into four parts each; a token passes eight of the parts, one of which is shared by all (Dai et al. 2024)",
      ],
      ["MaxVio", "the busiest expert's load above the mean, over the mean; 0 is even"],
      ["α", "weight of the loss that evens out the loads"],
      [
        "γ and u",
        "size of the steps of a bias that evens them out without a loss: of fixed size, or in proportion to the excess",
      ],
    ],
  },
  esft: {
    title: "Expert-specialised fine\u2011tuning, compared in miniature",
    lead: "The experiments of the ESFT paper on small DeepSeekMoE models, each trained on prose, code, licences and compiler messages, then fine-tuned on tasks by ESFT, LoRA, full and random choice.",
    terms: [
      [
        "ESFT",
        "trains only the experts that a task uses (Wang et al. 2024): by their share of the choices (ESFT-Token) or by their mean gate value (ESFT-Gate)",
      ],
      ["FFT", "full fine-tuning: all weights are trained"],
      ["LoRA", "low-rank adaptation: factors of a small rank are trained beside frozen weights"],
      ["random experts", "as many experts as ESFT-Token's, drawn at random: the control"],
      ["p", "the share of a layer's scores that the chosen experts must reach"],
      ["chrF", "overlap of character sequences between answer and reference, 0 to 100"],
      ["forgetting", "how much the loss on the other texts has risen, in nats per token"],
    ],
  },
  "balance-marking": {
    title: "Watermarks in generated text, compared",
    lead: "Every scheme marked the same number of texts, from the same beginnings, by the same model. Those that carry a payload carried random bits under a random key, anew for each text.",
    terms: [
      [
        "KGW",
        "a green list of tokens, drawn from the key and the tokens before, gets a bonus (Kirchenbauer et al. 2023); left-hash, min-hash and self-hash differ in the tokens that the list depends on, hard allows green tokens only",
      ],
      ["Unigram", "one green list for the whole text (Zhao et al. 2023)"],
      ["EXP", "the key chooses the token, without distortion on average over keys (Aaronson 2022)"],
      ["SynthID-Text", "a tournament of sampled tokens, judged by the key (Dathathri et al. 2024)"],
      ["MPAC", "each context carries one digit of the payload (Yoo et al. 2024)"],
      [
        "Reed-Solomon segments",
        "pieces of an error-correcting code, shared out by context (Qu et al. 2024)",
      ],
      [
        "CTWL",
        "codable text watermarking: the payload chooses half of the vocabulary (Wang et al. 2024); vanilla takes a half by hash, Balance-Marking a half of equal probability under a proxy language model",
      ],
      ["p-value", "how often unmarked text looks as marked as this by chance"],
    ],
  },
  renode: {
    title: "Where labels sit: ReNode on citation graphs",
    lead: "Six graph networks, trained with and without ReNode's weights on the same random splits and from the same initial weights. Differences are paired by split.",
    terms: [
      ["CE", "cross-entropy with equal weights"],
      [
        "ReNode",
        "weights of training nodes by their conflict: nodes near those of other classes count less (Chen et al. 2021)",
      ],
      [
        "conflict",
        "how much the influence of other classes' labels overlaps a node's own, measured as Totoro by personalised PageRank",
      ],
      ["GCN, GAT, APPNP, GraphSAGE, ChebNet, SGC", "the graph networks that are trained"],
      [
        "re-weight, focal, class-balanced, LDAM, TAM, GraphSMOTE",
        "losses and methods against unequal class sizes, which ReNode can be added to or is compared with",
      ],
      ["W-F, M-F", "F1 over classes, weighted by their sizes, and plain mean"],
    ],
  },
  redgrape: {
    title: "Federated learning on long-tailed pictures",
    lead: "RedGrape, its rivals and its own parts, each trained over clients whose pictures are long-tailed and skewed, and tested on all classes alike. Every method has the settings that were best on validation rows with other seeds.",
    terms: [
      [
        "FedAvg",
        "clients train, the server averages their weights (McMahan et al. 2017); FedProx holds clients near the server's weights, FedAvgM adds momentum on the server",
      ],
      [
        "Fed-Focal, CLIMB, Ratio Loss",
        "raise the weight of what is learned badly: of hard pictures, of clients with high losses, of rare classes as the server estimates them",
      ],
      ["logit adjustment", "adds the logarithm of class frequencies to the logits while training"],
      [
        "CReFF",
        "trains the last layer again on the server, on features made from gradients (Shang et al. 2022)",
      ],
      [
        "RedGrape",
        "a second head V, trained with the balanced gradient of all clients, takes in what the first, W, lacks for rare classes (Yang et al. 2024); clients with fewer than T pictures of a class take its gradient from the server",
      ],
      [
        "head, middle, tail",
        "the classes with the most, with fewer and with the fewest pictures; IR is the ratio of the largest class to the smallest",
      ],
      ["α", "evenness of the classes on each client: smaller is more skewed"],
    ],
  },
  "deepseek-llm": {
    title: "Scaling laws in miniature",
    lead: "The scaling study of DeepSeek LLM with decoders of a few thousand parameters on real text: the best batch, rate, model size and number of bytes over compute, the loss of a larger run that the laws predict before it is trained, schedules, and a second corpus. Each seed is a sweep of its own with its own fits.",
    terms: [
      ["C", "training compute, in floating-point operations (FLOPs)"],
      [
        "M",
        "non-embedding FLOPs per token, attention included: the paper's measure of a model's size",
      ],
      [
        "6N1, 6N2",
        "six times the parameters, without and with those of the vocabulary: the usual measures",
      ],
      ["D", "tokens that are trained on; bytes here"],
      [
        "budget",
        "a value of C that is spent with several model sizes; the smallest loss among them marks the best size",
      ],
      [
        "multi-step, cosine",
        "schedules of the learning rate: two sudden drops at the end, or a smooth fall",
      ],
    ],
  },
  dpo: {
    title: "Preferences in miniature",
    lead: "A small model is fine-tuned on answers that count up or down as often. A program prefers those that count up. DPO learns this from pairs of the model's own answers; held-out prompts show how far it goes.",
    terms: [
      [
        "DPO",
        "direct preference optimisation: learns from pairs of a chosen and a rejected answer (Rafailov et al. 2023); β holds it near the reference",
      ],
      ["IPO", "the same with a squared loss that aims at a fixed margin (Azar et al. 2024)"],
      [
        "KL",
        "how far the model's next-token probabilities have moved from the reference, in nats per token",
      ],
    ],
  },
  "label-words": {
    title: "Label words as anchors, in miniature",
    lead: "Tiny models are trained to learn labels from demonstrations in the prompt. What the paper claims of large ones is measured on them: label words collect the demonstrations' information in shallow layers, and the answer reads it from there in deep ones.",
    terms: [
      ["label word", "the token that names the answer of a demonstration in the prompt"],
      [
        "saliency",
        "attention times its gradient: what a piece of attention does to the loss; S_wp, S_pq and S_ww are its mean from text to label words, from label words to the answer, and elsewhere",
      ],
      [
        "loyalty",
        "share of answers that stay the same after a change to the model or its prompt: of labels, or of the five likeliest words",
      ],
      ["AUCROC", "area under the curve of true over false positives; one half is chance"],
      [
        "anchors, control",
        "models that learn labels from the prompt, and models whose labels can be known without it",
      ],
      ["Hidden_anchor", "the prompt replaced by what its label words hold in each layer"],
    ],
  },
  "fine-purify": {
    title: "Backdoors and how to take them out, in miniature",
    lead: "Encoders are pre-trained, attacked, and cleaned with the pre-trained weights and a few clean rows. Every method keeps as few fine-tuned weights as held-out accuracy allows, so that methods are compared at equal clean accuracy; fine-tuning alone is always among them.",
    terms: [
      ["ACC", "accuracy on clean rows"],
      ["ASR", "attack success rate: how often rows with the trigger get the attacker's label"],
      ["victim", "a model fine-tuned on poisoned data; the trigger is a word or a sentence"],
      [
        "ρ",
        "reserve ratio: the share of fine-tuned weights that a method keeps; the others go back to their pre-trained values",
      ],
      [
        "Fine-purifying",
        "resets the weights that moved far for their Fisher information (Zhang et al. 2023); Fine-mixing and Fine-pruning are its rivals, which choose at random and by activation",
      ],
      [
        "ONION, STRIP, RAP",
        "refuse suspicious rows at inference time, the weights stay; clean rows are refused at the rate FRR, triggered ones accepted at the rate FAR",
      ],
      ["SGD, AdamW", "the optimiser of the attack"],
    ],
  },
  "math-shepherd": {
    title: "Math-Shepherd, in miniature",
    lead: "A small model learns to solve word problems. The steps of its own solutions are labelled by how often completions from them reach the answer; a process and an outcome reward model learn from the same solutions. They choose among sampled solutions, and the policy learns from their scores.",
    terms: [
      ["SFT", "supervised fine-tuning on worked solutions"],
      [
        "PRM, ORM",
        "process and outcome reward model: one scores every step of a solution, the other the whole",
      ],
      [
        "N",
        "completions that are sampled from a step to label it; a hard label is good if one of them reaches the answer, a soft one is the share that do",
      ],
      [
        "π, ρ",
        "how often completions from right and from wrong steps reach the answer; N* is the N at which hard labels are best",
      ],
      [
        "no labels",
        "what both reward models are before they are trained: one minus how much a solution surprises the policy",
      ],
      ["SC", "self-consistency: the answer that most solutions give"],
      ["RFT", "rejection fine-tuning: training on sampled solutions that are right"],
      ["PPO", "proximal policy optimisation, paid per step or at the end"],
      ["KL", "how far a policy has moved from the fine-tuned one, in nats"],
    ],
  },
});
