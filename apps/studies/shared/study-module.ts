/** Address of a paper's study in the bundle, where worker threads find it: an entry of its own. @param paper the folder's name */
export const studyModule = (paper: string): string =>
  new URL(`./study-${paper}.js`, import.meta.url).href;
