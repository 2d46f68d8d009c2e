import { moveLabel } from "./actions";
import { shown } from "./state";

/** The labels: where each sits, its conflict and its weight; another node can be chosen for it. */
export function LabelTable() {
  const { nodes, classNames } = shown.graph.value!;
  const { labels, conflict, weights } = shown.weighing.value!;
  const labelled = new Set(labels.map(([node]) => node));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys
    <section class="scroll" tabIndex={0} aria-label="Labels, their conflict and weights">
      <table id="labels">
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">at node</th>
            <th scope="col">Conflict</th>
            <th scope="col">Weight</th>
          </tr>
        </thead>
        <tbody>
          {labels.map(([node, label], i) => (
            <tr key={node}>
              <th scope="row">
                <span class={`dot x${label + 1}`} />
                {classNames[label]}
              </th>
              <td>
                <select
                  aria-label={`Node of label ${i + 1}, ${classNames[label]}`}
                  value={node}
                  onChange={({ currentTarget }) => moveLabel(node, Number(currentTarget.value))}
                >
                  {nodes.map(({ name }, other) =>
                    other === node || !labelled.has(other) ? (
                      <option key={other} value={other}>
                        {name}
                      </option>
                    ) : null,
                  )}
                </select>
              </td>
              <td>{conflict[i]!.toPrecision(3)}</td>
              <td class="weight">{weights[i]!.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
