import * as flags from "@deepgrain/command-line/flags/flags";

/** Flags for marking every served text. */
export const watermarkFlags = {
  watermark: flags.file({ help: "Mark every text: a watermark's profile as JSON" }),
  watermarkKey: flags.file({ help: "With --watermark, its secret: hexadecimal digits" }),
  payload: flags.text({
    hint: "bits",
    help: "With --watermark, the payload of the texts: zeros and ones",
  }),
};
