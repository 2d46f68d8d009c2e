/** Reads shipped files by their names. @throws {Error} for a file that cannot be read */
export const readFrom =
  <Name extends string>(addresses: Readonly<Record<Name, URL>>) =>
  async (name: Name): Promise<Blob> => {
    const answer = await fetch(addresses[name]).catch(() => undefined);
    if (!answer?.ok)
      throw new Error(`${name} could not be loaded (${answer?.status ?? "no answer"})`);
    return answer.blob();
  };
