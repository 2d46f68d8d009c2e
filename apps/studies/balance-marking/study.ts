import { type Study, study } from "@deepgrain/lab";
import { claims } from "./claims";
import { type ComparisonParts, compareOne } from "./compare-one";
import { finding } from "./finding";
import { picture } from "./frontier-chart";
import { gates } from "./gate";
import { experiments, introduction } from "./introduction";
import type { ComparedRow, ComparisonSettings } from "./recipe";
import { sections } from "./report";
import { type ComparedScheme, comparedSchemes } from "./variants";

/**
 * Every scheme with the same prompts and the same model, on this thread.
 * @param openParts called when a scheme is run; runs that are stored are judged without it
 */
export const watermarkStudy = (
  openParts: () => ComparisonParts,
  settings: ComparisonSettings,
): Study<ComparisonSettings, ComparedRow, ComparedScheme> =>
  study({
    name: "balance-marking",
    ...introduction,
    settings,
    experiments,
    variants: ({ vocabSize, bits, tokens }) => comparedSchemes(vocabSize, { bits, tokens }),
    run: (scheme, seed, { settings: own, signal }) =>
      compareOne(scheme, { parts: openParts(), settings: own, seed, signal }),
    claims,
    gates,
    finding,
    picture,
    sections,
  });
