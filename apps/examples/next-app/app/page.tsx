import { FittedLine } from "./fitted-line";

export default function Page() {
  return (
    <main>
      <h1>A line through points</h1>
      <p>
        <FittedLine />
      </p>
    </main>
  );
}
