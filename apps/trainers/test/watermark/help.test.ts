import { type ProfileInput, validateProfile } from "@deepgrain/watermark";
import { expect, it } from "vitest";
import { watermarkFlags } from "../../src/watermark/flags";

it("names every scheme in the help of --profile", () => {
  let known: string[] = [];
  try {
    validateProfile({ scheme: "none" } as unknown as ProfileInput);
  } catch (error) {
    known = (error as Error).message.split("there are ")[1]!.split(", ");
  }
  const listed = watermarkFlags.profile.help.split("its scheme is ")[1]!.split(/, | or /);
  expect(listed.sort()).toEqual(known.sort());
  expect(known).toContain("unbiased");
});
