// The one error that reading a file throws: a sentence about the file as a whole.

export type FileProblem = Error & { readonly fileProblem: true }

export function fileProblem(message: string): FileProblem {
  return Object.assign(new Error(message), { fileProblem: true } as const)
}

export function isFileProblem(error: unknown): error is FileProblem {
  return error instanceof Error && 'fileProblem' in error
}
