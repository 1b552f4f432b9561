/** Words, or groups of words, by name. */
export interface Words {
  [name: string]: string | Words;
}

/** `../pages/runs/en.json` becomes the group `runs`; what is not of a page keeps its file's folder as name. */
export function gather(files: Record<string, Words>): Record<string, Words> {
  return Object.fromEntries(Object.entries(files).map(([path, words]) => [path.split("/").at(-2) ?? "", words]));
}
