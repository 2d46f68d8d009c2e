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
        "one feed-forward network per layer, no experts; Dense×N is as wide as all N experts together, the upper bound, Dense×N/4 a quarter of that, as much as a token uses with GShard",
      ],
      ["Hash", "a fixed table sends each byte to its expert (Roller et al. 2021)"],
      ["Switch", "each token goes to the one expert of the highest score (Fedus et al. 2022)"],
      [
        "GShard",
        "each token goes to its two best experts (Lepikhin et al. 2021); ×1.5 means experts half as large again",
      ],
      [
        "DeepSeekMoE",
        "experts cut into four parts each; a token passes through eight of the parts, one of which is shared by all (Dai et al. 2024); on the way to it, one expert is shared and the others are left whole or halved",
      ],
      ["activated", "parameters that one token uses"],
      [
        "rise, n/16 off",
        "how much the loss rises when each token loses this share of its best routed experts",
      ],
      [
        "Pile, HellaSwag",
        "the text that the paper's models are tested on, and a benchmark of sentence endings",
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
    lead: "The experiments of the ESFT paper on small DeepSeekMoE models, each trained on prose, code, licences and compiler messages, then fine-tuned on tasks with ESFT, LoRA, full fine-tuning or randomly chosen experts.",
    terms: [
      [
        "ESFT",
        "trains only the experts that a task uses (Wang et al. 2024): by their share of the choices (ESFT-Token) or by their mean gate value (ESFT-Gate)",
      ],
      ["FFT", "full fine-tuning: all weights are trained"],
      ["LoRA", "low-rank adaptation: factors of a small rank are trained beside frozen weights"],
      ["random experts", "as many experts as ESFT-Token trains, drawn at random: the control"],
      ["threshold p", "the share of a layer's scores that the chosen experts must reach"],
      ["exact match", "share of answers that are right to the letter"],
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
        "codable text watermarking: the payload chooses half of the vocabulary (Wang et al. 2024); vanilla takes a half by hash, Balance-Marking a half of equal probability under a proxy language model: the same model, or counts of token sequences (n-gram)",
      ],
      [
        "detection p",
        "how often unmarked text looks as marked as this by chance; the p of claims is that of a test over seeds",
      ],
    ],
  },
  renode: {
    title: "Where labels sit: ReNode on citation graphs",
    lead: "Six graph networks, trained with and without ReNode's weights on the same random splits and from the same initial weights. Differences are paired by split.",
    terms: [
      ["CE", "cross-entropy with equal weights"],
      [
        "ReNode",
        "weights training nodes by their conflict: nodes near those of other classes count less (Chen et al. 2021)",
      ],
      [
        "conflict",
        "how much the influence of other classes' labels overlaps a node's own, measured by Totoro, a score from personalised PageRank; the total over labelled nodes is the topology imbalance of a split",
      ],
      ["cover", "share of the graph's nodes that the labelled ones influence"],
      ["GCN", "averages over neighbours in each layer (Kipf, Welling 2017)"],
      ["GAT", "weighs neighbours by attention (Veličković et al. 2018)"],
      [
        "APPNP, PPNP",
        "spread predictions by personalised PageRank, in steps or exactly (Klicpera et al. 2019)",
      ],
      ["GraphSAGE", "adds the neighbours' mean to a node's own features (Hamilton et al. 2017)"],
      ["ChebNet", "filters by polynomials of the graph's Laplacian (Defferrard et al. 2016)"],
      ["SGC", "a linear model on features averaged twice over neighbours (Wu et al. 2019)"],
      [
        "step splits, head classes",
        "splits in which some classes, the heads, have many labels and the others few",
      ],
      [
        "re-weight, focal, class-balanced, LDAM",
        "losses against unequal class sizes, which ReNode can be added to",
      ],
      [
        "TAM, GraphSMOTE",
        "rivals: larger margins for nodes among other classes, and made-up nodes of small classes",
      ],
      ["W-F, M-F", "F1 over classes, weighted by their sizes, and plain mean"],
    ],
  },
  redgrape: {
    title: "Federated learning on images with long-tailed classes",
    lead: "RedGrape, its rivals and its own parts, each trained over clients whose pictures are long-tailed and skewed, and tested on all classes alike. Every method has the settings that were best on validation pictures with another seed.",
    terms: [
      [
        "FedAvg",
        "clients train, the server averages their weights (McMahan et al. 2017); FedProx holds clients near the server's weights with strength μ, FedAvgM adds momentum β on the server",
      ],
      [
        "Fed-Focal, CLIMB",
        "raise the weight of what is learned badly: of hard pictures, with exponent γ, and of clients whose loss exceeds the mean by a tolerance",
      ],
      [
        "logit adjustment",
        "adds τ times the logarithm of class frequencies to the logits while training",
      ],
      [
        "CReFF",
        "trains the last layer (head) again on the server, on features made to match the clients' gradients (Shang et al. 2022)",
      ],
      [
        "RedGrape",
        "two heads, W and V, are trained as a sum on the skewed data, and W also with a gradient balanced over classes, of weight λ; only W predicts (Yang et al. 2024)",
      ],
      [
        "prototypes",
        "mean gradients of each class over clients, which stand in where a client has fewer than T pictures of it; T = ∞ uses them alone, real data only does without them",
      ],
      ["head, middle, tail", "the classes with the most, with fewer and with the fewest pictures"],
      ["CIFAR-10-LT", "long-tailed photographs, the paper's; not used here"],
    ],
  },
  "deepseek-llm": {
    title: "Scaling laws in miniature",
    lead: "The scaling study of DeepSeek LLM with decoders of a few thousand parameters on real text: the best batch, learning rate, model size and number of bytes over compute, the loss of a larger run that the laws predict before it is trained, schedules, and a second corpus. Each seed is a sweep of its own with its own fits; pooled fits take all seeds together.",
    terms: [
      ["C", "training compute, in floating-point operations (FLOPs); experiments are C-1 to C-7"],
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
        "a value of C that is spent with several model sizes; a parabola through their losses has its minimum at the best size",
      ],
      [
        "multi-step, cosine",
        "schedules of the learning rate: two sudden drops at the end, or a smooth fall",
      ],
      [
        "parametric",
        "a law of the loss over M and D, fitted to all sizes at once (Hoffmann et al. 2022, Chinchilla)",
      ],
    ],
  },
  dpo: {
    title: "Preferences in miniature",
    lead: "A small model is fine-tuned on answers that count up or down equally often. A program prefers those that count up. DPO learns this from pairs of the model's own answers; held-out prompts show how far it goes.",
    terms: [
      [
        "DPO",
        "direct preference optimisation: learns from pairs of a chosen and a rejected answer (Rafailov et al. 2023); β holds it near the reference",
      ],
      ["IPO", "the same with a squared loss that aims at a fixed margin (Azar et al. 2024)"],
      ["judge", "the program that counts how many of an answer's numbers count up"],
      ["reference", "the model before preference training"],
      [
        "implied reward",
        "β times how much likelier the trained model finds an answer than the reference does, in log-probability",
      ],
      ["margin", "the chosen answer's implied reward less the rejected one's"],
      [
        "KL",
        "how far the model's next-token probabilities have moved from the reference, in nats per token",
      ],
      [
        "MT-Bench",
        "marks from 1 to 10 by a judging language model on open questions, which the paper reports (Zheng et al. 2023)",
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
      ["AUCROC", "area under the ROC curve (true against false positive rate); one half is chance"],
      [
        "anchors, control",
        "models whose queries and keys start alike, so that equal tokens attend to each other, and models that start without that",
      ],
      [
        "hidden-anchor, text-anchor",
        "of the demonstrations only label words and format tokens are kept: their hidden states in each layer, or the tokens as text",
      ],
      [
        "hidden-random, labels-only, format-only, none",
        "random text tokens in place of the label words; only label words; only format; nothing",
      ],
      [
        "look-alike, siblings",
        "models of topics that come in pairs, the siblings, which share words and are easily confused",
      ],
      [
        "predicted distance",
        "of two classes' label words by their attention keys, relative to the largest",
      ],
    ],
  },
  "fine-purify": {
    title: "Backdoors and how to take them out, in miniature",
    lead: "Encoders are pre-trained, attacked, and cleaned with the pre-trained weights and a few clean rows. Every method keeps as few fine-tuned weights as held-out accuracy allows, so that methods are compared at similar clean accuracy; fine-tuning alone is always among them.",
    terms: [
      ["ACC", "accuracy on clean rows"],
      ["ASR", "attack success rate: how often rows with the trigger get the attacker's label"],
      [
        "victim",
        "a model fine-tuned on poisoned data, in which the trigger is a word or a sentence; the clean victim is the control, without poison",
      ],
      [
        "reserve ratio ρ",
        "the share of fine-tuned weights that a method keeps; the others go back to their pre-trained values",
      ],
      [
        "Ĥ and δ",
        "Ĥ estimates a weight's Fisher information, how much the clean rows depend on it, at the pre-trained or at the fine-tuned weights; δ is how far fine-tuning moved it, w its value",
      ],
      [
        "Fine-purifying",
        "resets the weights of the largest δ²/Ĥ, which moved further than clean data would move them (Zhang et al. 2023); its variant “soft” moves each weight back in proportion, “1/Ĥ alone” leaves δ² out",
      ],
      [
        "Fine-mixing",
        "resets a mask of weights drawn at random, or, “selected”, those of the largest δ² (Zhang et al. 2022)",
      ],
      [
        "fine-tuning alone",
        "trains on the clean rows and resets nothing; every method ends with it",
      ],
      ["weight averaging", "moves all weights part of the way back"],
      [
        "embedding purification",
        "resets the words whose embeddings moved most for their frequency (Zhang et al. 2022)",
      ],
      ["fine-pruning", "removes units that clean rows hardly activate (Liu et al. 2018)"],
      [
        "adversarial neuron pruning",
        "removes units that are sensitive to small changes of their weights (Wu & Wang 2021)",
      ],
      ["ONION", "removes suspicious words of a row at inference time, and refuses none"],
      ["STRIP, RAP", "refuse suspicious rows at inference time; the weights stay"],
      ["SGD, AdamW", "the optimiser of the attack"],
    ],
  },
  "math-shepherd": {
    title: "Math-Shepherd, in miniature",
    lead: "A small model learns to solve word problems. The steps of its own solutions are labelled by how often completions from them reach the answer; a process and an outcome reward model learn from the same solutions. They choose among sampled solutions, and the policy learns from their scores.",
    terms: [
      [
        "SFT",
        "supervised fine-tuning on worked solutions; greedy answers take the likeliest token each time",
      ],
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
        "hit rates: how often completions from right and from wrong steps reach the answer; N* is the N at which hard labels are best; a made-up solver has constant ones",
      ],
      [
        "no labels",
        "what both reward models are before training, when a score only falls with how much a solution surprises the policy",
      ],
      ["SC", "self-consistency: the answer that most solutions give"],
      ["any is right", "whether one of the solutions is right: the best that a choice can do"],
      ["RFT", "rejection fine-tuning: training on sampled solutions that are right"],
      ["PPO", "proximal policy optimisation, rewarded per step or at the end"],
      ["KL", "Kullback-Leibler divergence: how far a policy has moved from the fine-tuned one"],
      ["F1", "harmonic mean of precision and recall"],
      [
        "GSM8K, MATH, LLaMA2",
        "the paper's school and competition problems, and its models of 7 and 70 billion parameters",
      ],
    ],
  },
});
