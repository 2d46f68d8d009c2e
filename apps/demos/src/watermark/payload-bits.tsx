import { payloadBits } from "./payload-code";
import type { Reading } from "./read-text";
import { address } from "./state";

/** The bits as they were read, beside those of the message: filled where right, crossed where wrong, paler where in doubt. */
export function PayloadBits({ bits, confidence }: Pick<Reading, "bits" | "confidence">) {
  const meant = payloadBits(address.state.value.payload);
  const right = bits.filter((bit, i) => bit === meant[i]).length;
  return (
    <div class="bits" role="img" aria-label={`${right} of ${bits.length} bits are right`}>
      {bits.map((bit, i) => {
        const sure = Math.min(3, Math.floor(8 * (confidence[i]! - 0.5)));
        return (
          <span key={i} class={`${bit === meant[i] ? "right" : "wrong"} sure${sure}`}>
            {bit}
          </span>
        );
      })}
    </div>
  );
}
