import {
  type Judgement,
  judge,
  type Study,
  type StudyRuns,
  type UnaskedClaim,
} from "@deepgrain/lab";

/** The findings of a recording, without its runs. */
export interface RecordedVerdicts extends Pick<Judgement, "claims" | "gates"> {
  /** The file of all runs, beside verdicts.json. */
  results: string;
  seeds: readonly number[];
  experiments: readonly string[];
  /** Number of runs. */
  runs: number;
  /** The command that repeats it. */
  command: string;
  /** By experiment, where another command repeats it. */
  commands?: Readonly<Record<string, string>> | undefined;
  /** Primary claims that these runs did not measure. */
  unrecorded: readonly string[];
  /** Commits that the runs were done at; none if they do not say. */
  commits: readonly string[];
}

/** The verdicts of a paper: the content of its verdicts.json. */
export interface PaperVerdicts {
  study: string;
  /** Claims of the abstract that the study cannot ask. */
  unasked: readonly UnaskedClaim[];
  /** The main recording first. */
  recordings: readonly RecordedVerdicts[];
}

/** The command of a recording as it is called today: without the folder and threads that were chosen for that run. */
const commandOf = (paper: string, command: string): string => {
  const flags = command
    .replace(/^.*?main\.js /, "")
    .replace(/^(compare [\w-]+|\w+ (compare|sweep)) ?/, "")
    .replace(/--(out|workers) \S+ ?|--quiet ?/g, "")
    .replace(/(\.\.\/)+shared\//g, "shared/")
    .trim();
  return `npm run -s deepgrain -- compare ${paper} ${flags}`.trim();
};

/** The commands of the experiments that another one than the first repeats; undefined if there are none. */
function commandsOf<S, R>(
  paper: string,
  { runs }: StudyRuns<S, R>,
  claims: Judgement["claims"],
): Record<string, string> | undefined {
  const first = commandOf(paper, runs[0]!.provenance.command);
  const found = claims.flatMap(({ experiment, lower, higher }): [string, string][] => {
    const variants = [...lower.variants, ...higher.variants];
    const own = runs.find(({ variant }) => variants.includes(variant));
    const command = own && commandOf(paper, own.provenance.command);
    return command === undefined || command === first ? [] : [[experiment, command]];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/**
 * Judges recorded runs; settings that came in after the recording have their defaults.
 * @param results name of the file that the runs are stored in
 */
export function recordedVerdicts<S extends object, R>(
  study: Study<S, R>,
  recorded: StudyRuns<S, R>,
  results: string,
): RecordedVerdicts {
  const runs = { ...recorded, settings: { ...study.settings, ...recorded.settings } };
  const { claims, gates } = judge(study, runs);
  const stated = typeof study.claims === "function" ? study.claims(runs.settings) : study.claims;
  const measured = new Set(claims.map(({ primary }) => primary?.sentence));
  const sentences = (stated ?? []).flatMap(({ primary }) => primary?.sentence ?? []);
  const commands = commandsOf(study.name, runs, claims);
  const commits = runs.runs.flatMap(({ provenance }) => provenance.commit ?? []);
  return {
    results,
    seeds: runs.seeds,
    experiments: runs.experiments,
    runs: runs.runs.length,
    command: commandOf(study.name, runs.runs[0]!.provenance.command),
    commands,
    unrecorded: sentences.filter((sentence) => !measured.has(sentence)),
    commits: [...new Set(commits)],
    ...(gates && { gates }),
    claims,
  };
}
