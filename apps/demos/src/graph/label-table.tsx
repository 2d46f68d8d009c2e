import { moveLabel } from "./actions";
import { nodesOf } from "./graph-data";
import { shown } from "./state";

/** The labels: where each sits, its conflict and its weight; another node can be chosen for it. */
export function LabelTable() {
  const { nodes, classNames } = shown.graph.value!;
  const { labels, conflict, weights } = shown.weighing.value!;
  const places = nodesOf(labels);
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
          {shown.rows.value.map((node, row) => {
            const i = places.indexOf(node);
            const label = labels[i]![1];
            return (
              <tr key={row}>
                <th scope="row">
                  <span class={`dot x${label + 1}`} />
                  {classNames[label]}
                </th>
                <td>
                  <select
                    aria-label={`Node of label ${row + 1}, ${classNames[label]}`}
                    value={node}
                    onChange={({ currentTarget }) => moveLabel(node, Number(currentTarget.value))}
                  >
                    {nodes.map(({ name }, other) =>
                      other === node || !places.includes(other) ? (
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
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
