import { useEffect } from "preact/hooks";
import { Choice, Problems, RecordedTag, RunButtons } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import {
  chooseFiles,
  chooseGraph,
  openGraph,
  renew,
  save,
  stop,
  takeSeats,
  train,
} from "./actions";
import { GainPicture } from "./gain-picture";
import { GraphView } from "./graph-view";
import { LabelTable } from "./label-table";
import { LIMITS } from "./parse-graph";
import type { RecordedGraph } from "./recorded";
import type { SourceName } from "./sources";
import {
  address,
  doing,
  isCurrent,
  isLive,
  moved,
  picked,
  problems,
  shown,
  showRecorded,
} from "./state";

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
      {shown.seats.value.length > 0 && (
        <div class="buttons" id="seats" tabIndex={-1}>
          <button type="button" onClick={() => takeSeats("worst")}>
            Worst seats
          </button>
          <button type="button" onClick={() => takeSeats("best")}>
            Best seats
          </button>
          <button type="button" class="quiet" onClick={() => takeSeats("middle")}>
            Middle ones
          </button>
        </div>
      )}
    </div>
  );
}

/** A graph of one's own, from files. */
function OwnGraph() {
  return (
    <>
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
      <p class="hint">
        A file may be graphology’s JSON, or a CSV with the columns source, target and, if you like,
        weight, together with one of the nodes: id, label and, if only some labels may be used,
        train. At most {LIMITS.nodes.toLocaleString("en-US")} nodes; it stays on this machine.
      </p>
    </>
  );
}

/** How often ReNode gains at the seats that were drawn. */
function Drawn() {
  const seats = shown.seats.value;
  if (seats.length === 0) return null;
  const gained = seats.filter(({ gain }) => gain > 0).length;
  const lost = seats.filter(({ gain }) => gain < 0).length;
  return (
    <p class="hint" id="drawn">
      Of {seats.length} drawn seats, recorded, ReNode’s weights gain at {gained} and lose at {lost}.
      The page opens on the middle ones; worst and best are those with the most and the least
      conflict.
    </p>
  );
}

function Training() {
  const accuracies = shown.accuracies.value;
  return (
    <section aria-labelledby="gcn" id="training-part">
      <h2 id="gcn">What a network makes of it</h2>
      <div class="training">
        {accuracies && accuracies.equal.length > 0 ? (
          <GainPicture accuracies={accuracies} />
        ) : (
          <p class="hint">No network has been trained with these labels yet.</p>
        )}
        <div>
          <Drawn />
          <div id="train" tabIndex={-1}>
            <RunButtons replay={() => void train()} renew={renew} save={save} />
          </div>
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
    <section aria-label="The graph and its labels">
      <Sources />
      <Outcome
        doing={doing.value}
        isOld={!isCurrent.value}
        moved={moved.value}
        stop={stop}
        note={!isLive.value && <RecordedTag />}
      >
        <div class="columns graph" id="labels-part">
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
          </div>
        </div>
        <Training />
      </Outcome>
      <OwnGraph />
    </section>
  );
}
