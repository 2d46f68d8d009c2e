import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  P1: "RedGrape against FedAvg, Fed-Focal and FedProx",
  P2: "Both parts are needed",
  P3: "The sum of both heads stays biased",
  P4: "The close rivals",
  P5: "Prototypes alone",
  others: "Further methods",
  ratio: "Other imbalance ratios",
  partial: "5 of 20 clients per round",
  partition: "Class-wise partition",
  sweeps: "Threshold and weight",
} as const;

export const introduction: Introduction = {
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
};
