import * as flags from "../flags/flags";

/** Types of weights in memory. */
export const dtypes = ["auto", "float32", "bfloat16", "int8"] as const;

/** One of {@link dtypes}. */
export type Dtype = (typeof dtypes)[number];

/** How the weights of a model that is only read are held. */
export const dtypeFlag = {
  dtype: flags.choice(dtypes, {
    default: "float32",
    help: "Type of the weights in memory; auto: as the files have them",
  }),
};

/** The same of a model beside the one that is trained, through which no gradient goes. */
export const referenceDtypeFlag = {
  dtype: flags.choice(dtypes, {
    default: "float32",
    help: "Type of the reference model's weights in memory; auto: as the files have them. What is trained has float32",
  }),
};
