import type { MethodCost } from "../measure-costs";
import { cost, type Quantity, stored } from "../quantities";
import { ALL_TASKS, type Claim } from "./claim";

const names = { full: "FFT", lora: "LoRA", "esft-token": "ESFT-Token" } as const;

type MethodId = keyof typeof names;

/** A quantity of bytes in kB. */
const kilobytes = ({ name, of }: Quantity): Quantity => ({
  name,
  of(...input) {
    const value = of(...input);
    return value === null ? null : value / 1000;
  },
});

const time = (method: MethodId) => cost(method, names[method], "millisecondsPerStep");
const bytes = (method: MethodId, field: keyof Omit<MethodCost, "method">) =>
  kilobytes(cost(method, names[method], field));
const storage = (method: MethodId) => kilobytes(stored(method, names[method]));

type StepClaim = Pick<Claim, "measure" | "lower" | "higher" | "paper" | "ifReversed">;

const ofASingleStep: StepClaim[] = [
  {
    measure: "milliseconds a step",
    lower: time("esft-token"),
    higher: time("full"),
    paper: "19.8 < 28.5 minutes",
  },
  {
    measure: "milliseconds a step",
    lower: time("lora"),
    higher: time("esft-token"),
    paper: "16.5 < 19.8 minutes",
    ifReversed:
      "products with factors are small here and cost more time than they save; ESFT needs no gradient below its lowest layer",
  },
  {
    measure: "optimiser kB",
    lower: bytes("esft-token", "optimizerBytes"),
    higher: bytes("full", "optimizerBytes"),
    paper: "75 to 95 % fewer parameters",
  },
  {
    measure: "peak kB of tensors",
    lower: bytes("esft-token", "peakBytes"),
    higher: bytes("full", "peakBytes"),
    paper: "not given",
  },
];

const ofAnAdapter: StepClaim[] = [
  {
    measure: "stored kB",
    lower: storage("esft-token"),
    higher: storage("full"),
    paper: "2.57 < 28.6 GB",
  },
  {
    measure: "stored kB",
    lower: storage("lora"),
    higher: storage("esft-token"),
    paper: "LoRA least",
    ifReversed:
      "factors of rank 8 beside matrices of width 32 to 64 are not small, and all experts have them",
  },
];

/** B-10. */
export const costClaims = (): Claim[] => [
  ...ofASingleStep.map((claim): Claim => ({ experiment: "B-10", scope: "a step", ...claim })),
  ...ofAnAdapter.map((claim): Claim => ({ experiment: "B-10", scope: ALL_TASKS, ...claim })),
];
