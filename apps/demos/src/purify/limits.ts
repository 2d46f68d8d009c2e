/** Rows of the task, and the width of its encoder: those of `apps/studies/fine-purify`. */
export const SIZES = {
  hiddenSize: 32,
  attackRows: 6000,
  heldOutRows: 400,
  testRows: 400,
  perClass: 8,
};

/** Steps of the trainings. */
export const STEPS = { pretrain: 1500, attack: 1500, tune: 150 };

/** Reserve ratios that can be chosen. */
export const RHO = { min: 0.3, max: 1 };

/** Words of the longest text that the encoder learns from, without the trigger, and of the longest that a visitor may type. */
export const MOST_WORDS = 12;

/** Letters that a text may have. */
export const LONGEST = 200;
