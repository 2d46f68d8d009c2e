import { useEffect } from "preact/hooks";
import { Choice, Problems, RecordedTag, RunButtons } from "../shell/controls";
import { AccuracyPicture } from "./accuracy-picture";
import { chooseFiles, chooseGraph, openGraph, renew, save, train } from "./actions";
import { GraphView } from "./graph-view";
import { LabelTable } from "./label-table";
import { LIMITS } from "./parse-graph";
import type { RecordedGraph } from "./recorded";
import type { SourceName } from "./sources";
import { address, doing, isLive, picked, problems, shown, showRecorded } from "./state";

const own = "own";
const titles: Record<SourceName, string> = { karate: "Karate club", miserables: "Les Misérables" };

/** The next step, in words. */
function said(): string {
  const { nodes } = shown.graph.value!;
  const from = picked.value;
  if (from !== null) return `Click the node that ${nodes[from]!.name}’s label is to move to.`;
  return "Drag a label to another node, or click one after the other.";
}

function Sources() {
  const title = shown.ownTitle.value;
  const choices: Record<string, string> = title === null ? titles : { ...titles, [own]: title };
  return (
    <div class="panel">
      <Choice
        id="graph"
        name="Graph"
        value={title === null ? (address.state.value.graph as string) : own}
        choices={choices}
        onChange={(name) => name !== own && chooseGraph(name as SourceName)}
      />
      <div>
        <label class="file">
          <span>Your own</span>
          <input
            type="file"
            multiple
            accept=".json,.csv,.tsv,.txt"
            onChange={({ currentTarget }) => void chooseFiles([...(currentTarget.files ?? [])])}
          />
        </label>
        <Problems messages={problems.file.value} />
      </div>
    </div>
  );
}

function Training() {
  const accuracies = shown.accuracies.value;
  return (
    <section aria-labelledby="gcn">
      <h2 id="gcn">What a network makes of it</h2>
      <div class="training">
        {accuracies && accuracies.equal.length > 0 ? (
          <AccuracyPicture accuracies={accuracies} />
        ) : (
          <p class="hint">No network has been trained with these labels yet.</p>
        )}
        <div>
          <RunButtons replay={() => void train()} renew={renew} save={save} />
          <p class="status" role="status">
            {doing.value}
          </p>
          <Problems messages={problems.training.value} />
        </div>
      </div>
    </section>
  );
}

/** Labels of a graph, their conflict and weights, and networks that are trained with them. */
export function Graph({ recorded }: { recorded: RecordedGraph }) {
  if (!shown.graph.value) showRecorded(recorded, "karate");
  useEffect(() => openGraph(recorded), []);
  const { total, cover, warnings } = shown.weighing.value!;
  return (
    <>
      <section aria-label="The graph and its labels">
        <Sources />
        <div class="columns graph">
          <div>
            <GraphView />
            <p class="hint said">{said()}</p>
          </div>
          <div>
            <LabelTable />
            <p id="total">
              Conflict of all labels <strong>{total.toPrecision(4)}</strong>
              <span class="muted">; they reach {Math.round(100 * cover)}&nbsp;% of the nodes</span>
            </p>
            <Problems messages={problems.labels.value} />
            {warnings.map((warning) => (
              <p key={warning} class="hint">
                Note: {warning}.
              </p>
            ))}
            {!isLive.value && (
              <p class="hint">
                <RecordedTag /> Move a label, and it is computed here.
              </p>
            )}
          </div>
        </div>
        <p class="hint">
          A file may be graphology’s JSON, or a CSV with the columns source, target and, if you
          like, weight, together with one of the nodes: id, label and, if only some labels may be
          used, train. At most {LIMITS.nodes.toLocaleString("en-US")} nodes; it stays on this
          machine.
        </p>
      </section>
      <Training />
    </>
  );
}
