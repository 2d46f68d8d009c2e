/** The `model_type` values of encoders. */
export const encoderTypes = ["bert", "roberta"] as const;
