import { LossPicture } from "../mixture/loss-picture";
import type { RecordedMixture } from "../mixture/recorded";
import { readRecorded } from "./read-recorded";

/** The pages as pictures, each of what it shows at first. */
export function PageCards() {
  const mixture = readRecorded<RecordedMixture>("mixture");
  return (
    <ul class="cards">
      <li>
        <a href="./mixture.html">
          <LossPicture curve={mixture.curve} />
          <span class="name">Mixture</span>
          <span>
            Many small experts beside few large ones, at equal size and cost. Switch one off and see
            what is lost.
          </span>
        </a>
      </li>
    </ul>
  );
}
