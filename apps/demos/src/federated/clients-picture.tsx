import { groupOf, type Run } from "./names";

const [WIDTH, HEIGHT, BASE] = [100, 56, 46];

/** The rows of one client, a bar per digit. */
function Client({
  counts,
  most,
  k,
  lit,
}: {
  counts: readonly number[];
  most: number;
  k: number;
  lit: number | null;
}) {
  const slot = WIDTH / counts.length;
  const held = counts.flatMap((count, digit) => (count > 0 ? [`${count} of ${digit}`] : []));
  const isLit = lit !== null && counts[lit]! > 0;
  return (
    <li class={isLit ? "lit" : undefined}>
      <svg
        class="client"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Client ${k + 1} has ${held.join(", ")}`}
      >
        {counts.map((count, digit) => {
          // A single picture is still to be seen.
          const height = count === 0 ? 0 : Math.max(1.5, (BASE * count) / most);
          return (
            <g key={digit} class={`${groupOf(digit)}${digit === lit ? " lit" : ""}`}>
              <rect x={digit * slot + 1} width={slot - 2} y={BASE - height} height={height} />
              <text x={(digit + 0.5) * slot} y={HEIGHT - 1} text-anchor="middle">
                {digit}
              </text>
            </g>
          );
        })}
      </svg>
    </li>
  );
}

/** All clients as small pictures of what they hold. @param lit a digit, whose clients light up */
export function ClientsPicture({
  countsPerClient,
  lit,
}: Pick<Run, "countsPerClient"> & { lit: number | null }) {
  const most = Math.max(...countsPerClient.flat());
  return (
    <ul class={lit === null ? "clients" : "clients some-lit"}>
      {countsPerClient.map((counts, k) => (
        <Client key={k} counts={counts} most={most} k={k} lit={lit} />
      ))}
    </ul>
  );
}
