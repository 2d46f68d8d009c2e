import * as flags from "../flags/flags";

/** Types of weights in memory. */
export const dtypes = ["auto", "float32", "bfloat16", "int8", "q4_0"] as const;

/** One of {@link dtypes}. */
export type Dtype = (typeof dtypes)[number];

const heldAs = (byDefault: Dtype) => ({
  dtype: flags.choice(dtypes, {
    default: byDefault,
    help: "Type of the weights in memory; auto: each as the files have it, or int8 for a GGUF file's Q5_1, Q4_1, IQ4_XS, IQ4_NL, Q3_K and Q2_K",
  }),
});

/** How the weights of a model that is only read are held. */
export const dtypeFlag = heldAs("float32");

/** The same where the model answers, as in `generate`: as its files have it. */
export const keptDtypeFlag = heldAs("auto");

/** The same of a model beside the one that is trained, through which no gradient goes. */
export const referenceDtypeFlag = {
  dtype: flags.choice(dtypes, {
    default: "float32",
    help: "Type of the reference model's weights in memory; auto: each as the files have it. What is trained has float32",
  }),
};
