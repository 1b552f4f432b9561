import { problemOf } from "./problem";
import { sessionFetch } from "./session";

/** Fetches a file of the api and hands it to the browser's downloads. Raises ProblemError. */
export async function download(path: string, filename: string): Promise<void> {
  const response = await sessionFetch(path);
  if (!response.ok) throw problemOf(await response.json().catch(() => ({})), response);
  saved(await response.blob(), filename);
}

/** Hands what was fetched to the browser's downloads. */
export function saved(content: Blob, filename: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  URL.revokeObjectURL(address);
}
