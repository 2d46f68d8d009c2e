/** The `model_type` values of encoders. */
export const encoderTypes = ["bert", "roberta", "xlm-roberta", "distilbert", "modernbert"] as const;
