/** @file The recorded runs of all papers. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Study, StudyRuns } from "@deepgrain/lab";
import { watermarkStudy } from "../../balance-marking/study";
import { watermarkRuns } from "../../balance-marking/test/watermark-results";
import { deepseekCoderV2 } from "../../deepseek-coder-v2/study";
import { scalingSweep } from "../../deepseek-llm/study";
import { deepseekMoe } from "../../deepseek-moe/study";
import { preferences } from "../../dpo/study";
import { esft } from "../../esft/study";
import { finePurify } from "../../fine-purify/study";
import { labelWords } from "../../label-words/study";
import { mathShepherd } from "../../math-shepherd/study";
import { redgrape } from "../../redgrape/study";
import { renodeStudy } from "../../renode/study";
import type { PaperVerdicts } from "../verdicts";

// biome-ignore lint/suspicious/noExplicitAny: a list of studies of any settings and results
export type AnyStudy = Study<any, any, any>;

/** Recorded runs are judged without the models that wrote. */
const notOpened = (): never => {
  throw new Error("no model is open");
};

/** Studies whose runs were recorded, by paper. */
export const recordedStudies: Readonly<Record<string, AnyStudy>> = {
  "balance-marking": watermarkStudy(notOpened, watermarkRuns().settings),
  "deepseek-coder-v2": deepseekCoderV2,
  "deepseek-llm": scalingSweep,
  "deepseek-moe": deepseekMoe,
  dpo: preferences,
  esft,
  "fine-purify": finePurify,
  "label-words": labelWords,
  "math-shepherd": mathShepherd,
  redgrape,
  renode: renodeStudy,
};

const folderOf = (paper: string) => new URL(`../../${paper}/`, import.meta.url);

/** The runs in a compressed file of a paper's folder. @param file default: its main recording */
export function recordedRuns(paper: string, file = "results.json.gz"): StudyRuns<object, unknown> {
  const packed = readFileSync(new URL(file, folderOf(paper)));
  return JSON.parse(gunzipSync(packed).toString("utf8"));
}

/** Names of the files of runs of a paper, the main recording first. */
export const recordingsOf = (paper: string): string[] =>
  readdirSync(folderOf(paper))
    .filter((name) => /^results.*\.json\.gz$/.test(name))
    .sort((a, b) => a.length - b.length || a.localeCompare(b));

/** The verdicts of a paper as they are stored; undefined if it has none. */
export function storedVerdicts(paper: string): PaperVerdicts | undefined {
  const file = new URL("verdicts.json", folderOf(paper));
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
