/** The functions of `sucrase` that are used. */
interface Sucrase {
  transform(code: string, options: object): { code: string };
}

/**
 * TypeScript without its types; enums and parameter properties become code.
 *
 * @throws {Error} for text that is no TypeScript; one whose `isMissing` is true where `sucrase` is not installed
 */
export async function eraseTypes(code: string): Promise<string> {
  let sucrase: Sucrase;
  try {
    sucrase = (await import("sucrase")) as unknown as Sucrase;
  } catch (cause) {
    throw Object.assign(new Error("TypeScript needs sucrase: npm i sucrase@3.35.1", { cause }), {
      isMissing: true,
    });
  }
  return sucrase.transform(code, { transforms: ["typescript"], disableESTransforms: true }).code;
}
