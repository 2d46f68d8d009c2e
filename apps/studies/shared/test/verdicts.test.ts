import { describe, expect, it } from "vitest";
import { recordedVerdicts } from "../verdicts";
import { recordedRuns, recordedStudies, recordingsOf, storedVerdicts } from "./recordings";

describe.each(Object.entries(recordedStudies))("the recordings of %s", (paper, study) => {
  it("judge to the stored verdicts, to the last digit", () => {
    const recordings = recordingsOf(paper).map((file) =>
      recordedVerdicts(study, recordedRuns(paper, file), file),
    );
    expect(recordings.length).toBeGreaterThan(0);
    const judged = JSON.stringify({ study: study.name, unasked: study.unasked ?? [], recordings });
    expect(JSON.parse(judged)).toEqual(storedVerdicts(paper));
  });

  it("have results of the form that runs have", () => {
    for (const file of recordingsOf(paper))
      for (const { result } of recordedRuns(paper, file).runs) study.parse?.(result);
  });
});
