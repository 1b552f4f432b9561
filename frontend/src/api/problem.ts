import type { FieldProblem, Problem } from "./generated";

/** What went wrong, in the words of the api's problem document; for a request that never arrived, in ours. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];

  constructor(document: Partial<Problem>, status: number, requestId: string | null) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.code = document.code ?? (status ? "http_error" : "unreachable");
    this.status = document.status ?? status;
    this.title = document.title ?? "";
    this.hint = document.hint ?? null;
    this.requestId = document.request_id ?? requestId;
    this.fields = document.errors ?? [];
  }
}

/** Makes a ProblemError of whatever the generated client throws. */
export function problemOf(error: unknown, response?: Response): ProblemError {
  if (error instanceof ProblemError) return error;
  const requestId = response?.headers.get("x-request-id") ?? null;
  const document = typeof error === "object" && error !== null && "code" in error ? (error as Partial<Problem>) : {};
  if (!response && error instanceof Error && !(error instanceof TypeError)) {
    return new ProblemError({ code: "defect", detail: error.message }, 0, null);
  }
  return new ProblemError(document, response?.status ?? 0, requestId);
}
