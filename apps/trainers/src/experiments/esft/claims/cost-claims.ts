import { cost, type Quantity, stored } from "../quantities";
import { ALL_TASKS, type Claim } from "./claim";

/** A quantity of bytes in kB. */
const kilobytes = ({ name, of }: Quantity): Quantity => ({
  name,
  of(...input) {
    const value = of(...input);
    return value === null ? null : value / 1000;
  },
});

/** B-10. */
export function costClaims(): Claim[] {
  const row = (
    measure: string,
    lower: Quantity,
    higher: Quantity,
    paper: string,
    ifReversed?: string,
  ): Claim => ({
    experiment: "B-10",
    scope: "a step",
    measure,
    lower,
    higher,
    paper,
    ...(ifReversed === undefined ? {} : { ifReversed }),
  });
  const [token, full, lora] = [
    ["esft-token", "ESFT-Token"],
    ["full", "FFT"],
    ["lora", "LoRA"],
  ] as const;
  const of = (field: Parameters<typeof cost>[2], [id, name]: readonly [string, string]) =>
    cost(id, name, field);
  return [
    row(
      "milliseconds a step",
      of("millisecondsPerStep", token),
      of("millisecondsPerStep", full),
      "19.8 < 28.5 minutes",
    ),
    row(
      "milliseconds a step",
      of("millisecondsPerStep", lora),
      of("millisecondsPerStep", token),
      "16.5 < 19.8 minutes",
      "products with factors are small here and cost more time than they save; ESFT needs no gradient below its lowest layer",
    ),
    row(
      "optimiser kB",
      kilobytes(of("optimizerBytes", token)),
      kilobytes(of("optimizerBytes", full)),
      "75 to 95 % fewer parameters",
    ),
    row(
      "peak kB of tensors",
      kilobytes(of("peakBytes", token)),
      kilobytes(of("peakBytes", full)),
      "not given",
    ),
    {
      ...row(
        "stored kB",
        kilobytes(stored(...token)),
        kilobytes(stored(...full)),
        "2.57 < 28.6 GB",
      ),
      scope: ALL_TASKS,
    },
    {
      ...row(
        "stored kB",
        kilobytes(stored(...lora)),
        kilobytes(stored(...token)),
        "LoRA least",
        "factors of rank 8 beside matrices of width 32 to 64 are not small, and all experts have them",
      ),
      scope: ALL_TASKS,
    },
  ];
}
