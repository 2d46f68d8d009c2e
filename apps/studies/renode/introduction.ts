import type { Introduction } from "../shared/introduction";

/** Titles of the experiments. */
export const experiments = {
  balanced: "Six networks, 20 labels per class",
  ranges: "How far weights may differ",
  levels: "Low, middle and high topology imbalance",
  conflict: "Conflict and score over many splits",
  both: "Unequal classes too: six networks, five losses",
  rivals: "TAM and GraphSMOTE",
} as const;

export const introduction: Introduction = {
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
};
