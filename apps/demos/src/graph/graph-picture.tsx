import type { GraphData } from "./graph-data";
import { fittedPlaces, looksOf, shareOf } from "./look";
import type { Weighing } from "./weigh-labels";

/** A graph with its labels as a picture: colours are classes, strong ones weigh much. */
export function GraphPicture({
  graph,
  weighing,
  picked = null,
}: {
  graph: GraphData;
  weighing: Weighing;
  picked?: number | null | undefined;
}) {
  const { places, height } = fittedPlaces(graph);
  const looks = looksOf(graph, weighing);
  const order = [...looks.keys()].sort((a, b) => looks[a]!.radius - looks[b]!.radius);
  return (
    <svg
      class="graph-picture"
      viewBox={`0 0 100 ${height}`}
      role="img"
      aria-label={`${graph.title}: ${graph.nodes.length} nodes, ${graph.edges.length} edges, ${weighing.labels.length} labels`}
    >
      {graph.edges.map(([source, target], i) => {
        const [from, to] = [places[source]!, places[target]!];
        return <line key={i} class="edge" x1={from.x} y1={from.y} x2={to.x} y2={to.y} />;
      })}
      {order.map((node) => {
        const look = looks[node]!;
        const { x, y } = places[node]!;
        const isPicked = node === picked;
        return (
          <g key={node} class={look.label === null ? "bare" : `x${look.label + 1}`}>
            <circle class="under" cx={x} cy={y} r={look.radius} />
            <circle
              class={isPicked ? "node picked" : "node"}
              cx={x}
              cy={y}
              r={look.radius}
              fill-opacity={look.label === null ? 1 : shareOf(look)}
            />
          </g>
        );
      })}
    </svg>
  );
}
