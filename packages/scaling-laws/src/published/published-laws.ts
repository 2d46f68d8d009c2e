import { type ParametricLaw, parametricAllocation } from "../fits/parametric-curve";
import { exactly, type Law, mapLaw, type PointLaw } from "../law/law";

/** A law from the literature, in this package's form: C = model · tokens, the model scale being FLOPs per token. */
export interface PublishedLaw {
  name: string;
  source: string;
  law: Law;
  /** The paper's measure of a model's scale. For N1 and N2 the law holds 6 FLOPs per parameter. */
  measure: "M" | "6N1" | "6N2";
  /** Budgets that the allocation was fitted to, in FLOPs. */
  fittedRange: readonly [number, number];
  /** `L(N, D)` with N in parameters, where the paper publishes one. */
  parametric?: ParametricLaw | undefined;
}

type WithParametric = PublishedLaw & { parametric: ParametricLaw };

const law = (numbers: PointLaw): Law => mapLaw(numbers, exactly);

/** One petaflop/s-day in FLOPs: Kaplan's unit of compute. */
const PF_DAY = 1e15 * 24 * 3600;

/** `scale · (C / unit)^exponent` with C in FLOPs. */
const perUnit = (scale: number, exponent: number, unit: number) => ({
  coefficient: scale * unit ** -exponent,
  exponent,
});

/** DeepSeek LLM: sections 3.1 (equation 1) and 3.2 (equation 4). Its loss curve is drawn but not published as numbers. */
const deepseek: PublishedLaw = {
  name: "DeepSeek LLM",
  source: "DeepSeek-AI 2024, arXiv 2401.02954, section 3",
  measure: "M",
  fittedRange: [1e17, 3e20],
  law: law({
    allocation: {
      model: { coefficient: 0.1715, exponent: 0.5243 },
      data: { coefficient: 5.8316, exponent: 0.4757 },
    },
    batchSize: { coefficient: 0.292, exponent: 0.3271 },
    learningRate: { coefficient: 0.3118, exponent: -0.125 },
    loss: null,
  }),
};

/** Allocation and loss that follow from a parametric law in parameters N with C = 6·N·D. */
function fromParametric(parametric: ParametricLaw): Law {
  const { model, data } = parametricAllocation(parametric, { perToken: 6 });
  const { E, A, alpha, B, beta } = parametric;
  return law({
    allocation: {
      model: { coefficient: 6 * model.coefficient, exponent: model.exponent },
      data,
    },
    batchSize: null,
    learningRate: null,
    // On the frontier both terms fall as C^(−αβ/(α+β)).
    loss: {
      floor: E,
      coefficient: A * model.coefficient ** -alpha + B * data.coefficient ** -beta,
      exponent: (-alpha * beta) / (alpha + beta),
    },
  });
}

const hoffmann: ParametricLaw = { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 };
const besiroglu: ParametricLaw = { E: 1.8172, A: 482.01, alpha: 0.3478, B: 2085.43, beta: 0.3658 };

/** Chinchilla's third approach as printed; rounding moves its exponent from the reported 0.46 to 0.45. */
const chinchilla: WithParametric = {
  name: "Chinchilla",
  source: "Hoffmann et al. 2022, arXiv 2203.15556, section 3.3",
  measure: "6N2",
  fittedRange: [6e18, 3e21],
  parametric: hoffmann,
  law: fromParametric(hoffmann),
};

/** The third approach fitted anew to the data of Chinchilla's figure 4. */
const chinchillaRefit: WithParametric = {
  name: "Chinchilla, refitted",
  source: "Besiroglu et al. 2024, arXiv 2404.10102",
  measure: "6N2",
  fittedRange: [6e18, 3e21],
  parametric: besiroglu,
  law: fromParametric(besiroglu),
};

/**
 * Kaplan: appendix A, tables 5 and 6. Its C_min assumes training far below the critical batch size. The coefficients agree with
 * several published citations of these tables; they were not compared with the paper itself.
 */
const kaplan: PublishedLaw = {
  name: "Kaplan",
  source: "Kaplan et al. 2020, arXiv 2001.08361, appendix A",
  measure: "6N1",
  fittedRange: [1e-6 * PF_DAY, 10 * PF_DAY],
  law: law({
    allocation: { model: perUnit(6 * 1.3e9, 0.73, PF_DAY), data: perUnit(2e10, 0.27, PF_DAY) },
    batchSize: perUnit(2e6, 0.24, PF_DAY),
    learningRate: null,
    loss: { floor: 0, ...perUnit(3.1e8 ** 0.05, -0.05, PF_DAY) },
  }),
};

/**
 * Published laws by name. A law's `model` is in FLOPs per token; for laws in parameters N that is 6·N, which leaves
 * attention out (Kaplan) or takes the vocabulary in (Chinchilla): it is not DeepSeek's M.
 */
export const publishedLaws = { deepseek, chinchilla, chinchillaRefit, kaplan } as const;

/**
 * Exponents of the compute-optimal allocation by data, as DeepSeek LLM compares them: the better the data, the more goes
 * to the model.
 */
export const dataQualityExponents: readonly { data: string; model: number; tokens: number }[] = [
  { data: "OpenAI (Kaplan)", model: 0.73, tokens: 0.27 },
  { data: "Chinchilla", model: 0.49, tokens: 0.51 },
  { data: "DeepSeek, early in-house", model: 0.45, tokens: 0.55 },
  { data: "DeepSeek, current in-house", model: 0.524, tokens: 0.476 },
  { data: "DeepSeek, OpenWebText2", model: 0.578, tokens: 0.422 },
];
