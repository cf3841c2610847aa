/** A mistake in a description: which file, which row, and why. */
export class DescriptionError extends Error {
  constructor(
    readonly file: string,
    readonly symbol: string,
    readonly reason: string,
  ) {
    super(`${file}: ${symbol}: ${reason}`);
    this.name = "DescriptionError";
  }
}
