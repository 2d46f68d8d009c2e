import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import type { comparison } from "./comparison";
import { dataFolder, fingerprintGraphs } from "./graph-data";
import { type ComparisonSettings, comparisonSettings, type GraphName } from "./recipe";
import { studyOf } from "./study";

/** Opens the study with the graphs of a folder. */
export async function open({
  size,
  values: { data, graphs, initialisations },
  resolve,
}: ComparisonRequest<(typeof comparison)["flags"]>): Promise<OpenedComparison> {
  const sized: ComparisonSettings = comparisonSettings[size];
  const settings = {
    ...sized,
    graphs: (graphs as GraphName[] | undefined) ?? sized.graphs,
    initialisations: initialisations ?? sized.initialisations,
    otherInitialisations: initialisations ?? sized.otherInitialisations,
  };
  const from = dataFolder(data, settings.graphs, resolve);
  return {
    study: studyOf(from),
    settings: { ...settings, ...(await fingerprintGraphs(from, settings.graphs)) },
  };
}
